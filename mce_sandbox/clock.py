"""The time, as Marketing Cloud tells it: system time is UTC-6 all year, without an offset written down."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

SYSTEM_OFFSET = timedelta(hours=-6)


@dataclass
class _Clock:
    """How far the sandbox's clock is ahead of the machine's: what it is moved by, all together."""

    ahead: timedelta = timedelta(0)


_clock = _Clock()


def move_clock(by: timedelta) -> None:
    """Forward, for everything that has a time: tokens, dates, retention."""
    _clock.ahead += by


def put_clock_right() -> None:
    _clock.ahead = timedelta(0)


def utc_now() -> datetime:
    return datetime.now(UTC) + _clock.ahead


def system_now() -> datetime:
    """Now in system time: naive, UTC-6, no daylight saving."""
    return to_system(utc_now())


def to_system(moment: datetime) -> datetime:
    return (moment.astimezone(UTC) + SYSTEM_OFFSET).replace(tzinfo=None)


def soap_date(moment: datetime) -> str:
    """`2016-07-22T11:52:19.6`: milliseconds without trailing zeros, no offset."""
    text = moment.strftime("%Y-%m-%dT%H:%M:%S")
    fraction = f"{moment.microsecond // 1000:03d}".rstrip("0")
    return f"{text}.{fraction}" if fraction else text


def us_date(moment: datetime) -> str:
    """`6/13/2005 12:00:00 AM`, as rowsets and activity statuses write dates."""
    hour = moment.hour % 12 or 12
    half = "AM" if moment.hour < 12 else "PM"
    return f"{moment.month}/{moment.day}/{moment.year} {hour}:{moment.minute:02d}:{moment.second:02d} {half}"


def parse_date(text: str) -> datetime | None:
    """Reads a date of a filter: ISO (an offset is turned into system time) or the US form."""
    try:
        moment = datetime.fromisoformat(text.strip())
        return to_system(moment) if moment.tzinfo else moment
    except OverflowError:
        return None
    except ValueError:
        pass
    for form in ("%m/%d/%Y %I:%M:%S %p", "%m/%d/%Y"):
        try:
            return datetime.strptime(text.strip(), form)  # noqa: DTZ007 - system time has no offset
        except ValueError:
            continue
    return None
