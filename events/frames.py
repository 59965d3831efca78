"""Events read for watching, each as the frame that goes over the line."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db import connection
from django_eventstream.utils import sse_encode_event

from events.models import Event
from tenants.context import tenant_scope

# Of how many streams one query asks: a process that has thousands of them asks several short ones.
MOST_ASKED = 500

Render = Callable[[UUID, UUID, list[Event]], list[dict[str, Any]]]


@dataclass(frozen=True)
class Frame:
    sequence: int
    final: bool
    encoded: bytes


def read_frames(render: Render, tenant_id: UUID, subject_id: UUID, after: int) -> list[Frame]:
    """The frames of the events later than `after`, in order."""
    with tenant_scope(tenant_id):
        events = list(Event.objects.filter(subject_id=subject_id, sequence__gt=after).order_by("sequence"))
        rendered = render(tenant_id, subject_id, events) if events else []
    return [encode(event, data) for event, data in zip(events, rendered, strict=True)]


def encode(event: Event, data: dict[str, Any]) -> Frame:
    text = sse_encode_event(event.name, data, event_id=event.sequence, json_encode=True)
    return Frame(event.sequence, event.final, text.encode())


def with_news(watched: list[tuple[UUID, UUID, int]]) -> list[tuple[UUID, UUID]]:
    """Which of these (tenant, subject, last sequence) have later events, over all tenants; MOST_ASKED in one query."""
    found: list[tuple[UUID, UUID]] = []
    with connection.cursor() as cursor:
        for start in range(0, len(watched), MOST_ASKED):
            tenants, subjects, sequences = (
                list(column) for column in zip(*watched[start : start + MOST_ASKED], strict=True)
            )
            cursor.execute(
                "SELECT tenant_id, subject_id FROM events_newer(%s::uuid[], %s::uuid[], %s::integer[])",
                [tenants, subjects, sequences],
            )
            found += cursor.fetchall()
    return found
