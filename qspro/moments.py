"""Times as clients write them."""

from datetime import UTC, datetime

from django.utils.dateparse import parse_datetime


def read_moment(text: str) -> datetime | None:
    """ISO 8601 with an offset, as UTC; None for anything else, and for a time that no calendar holds in UTC."""
    try:
        found = parse_datetime(text)
        return found.astimezone(UTC) if found is not None and found.tzinfo is not None else None
    except (ValueError, OverflowError):
        return None
