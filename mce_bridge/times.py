"""MCE's times. They carry no offset: system time, UTC-6 all year (docs/mce-facts.md 2)."""

from datetime import UTC, datetime, timedelta, timezone

MCE_TIME = timezone(timedelta(hours=-6))


def read_soap_time(text: str | None) -> datetime | None:
    """`2016-07-22T11:52:19.6` as UTC; one that says its offset is believed. None where there is none to be read, or
    where it is the last of all days, as .NET writes "never"."""
    if not text:
        return None
    try:
        # The fraction has one digit or seven; Python reads six.
        whole, dot, rest = text.strip().partition(".")
        digits = len(rest) - len(rest.lstrip("0123456789"))
        fraction = dot + rest[:digits][:6].ljust(6, "0") if dot else ""
        return to_utc(datetime.fromisoformat(whole + fraction + rest[digits:]))
    except (ValueError, OverflowError):
        return None


def read_property_time(text: str | None) -> datetime | None:
    """`1/5/2026 4:00:04 AM`, as AsyncActivityStatus writes it, as UTC."""
    if not text:
        return None
    try:
        return to_utc(datetime.strptime(text.strip(), "%m/%d/%Y %I:%M:%S %p"))  # noqa: DTZ007  to_utc gives the zone
    except (ValueError, OverflowError):
        return read_soap_time(text)


def to_utc(moment: datetime) -> datetime:
    return (moment if moment.tzinfo else moment.replace(tzinfo=MCE_TIME)).astimezone(UTC)
