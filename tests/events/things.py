"""Things to watch: subjects that consist of nothing but their events, each its maker's own."""

from typing import Any
from uuid import UUID, uuid4

from events.asgi import Scope
from events.callers import caller_of_scope
from events.models import Event
from events.resolver import Watch
from events.services import append
from qspro.errors import NotFound
from tenants.callers import Caller
from tenants.context import tenant_scope

PREFIX = "/api/things/"


class ThingResolver:
    def authorize(self, scope: Scope) -> Watch:
        subject_id: UUID = scope["path_params"]["subject_id"]
        caller = caller_of_scope(scope, subject_id)
        with tenant_scope(caller.tenant_id):
            if not Event.objects.filter(subject_id=subject_id, data__maker=str(caller.user_id)).exists():
                raise NotFound
        return Watch(caller.tenant_id, caller.user_id, subject_id)

    def render(self, tenant_id: UUID, subject_id: UUID, events: list[Event]) -> list[dict[str, Any]]:
        return [{"thing": str(subject_id), "status": event.data["status"]} for event in events]


class Thing:
    """Made with its first event."""

    def __init__(self, maker: Caller, status: str = "queued") -> None:
        self.id = uuid4()
        self.maker = maker
        self.sequence = 0
        self.becomes(status)

    def becomes(self, *statuses: str) -> None:
        """Each status is an event, in a transaction of its own; "ready" is the final one."""
        for status in statuses:
            with tenant_scope(self.maker.tenant_id):
                self.append(status)

    def append(self, status: str) -> None:
        self.sequence += 1
        append(
            tenant_id=self.maker.tenant_id,
            subject_id=self.id,
            sequence=self.sequence,
            name="status",
            data={"status": status, "maker": str(self.maker.user_id)},
            final=status == "ready",
        )

    @property
    def path(self) -> str:
        return f"{PREFIX}{self.id}"

    def frame(self, sequence: int, status: str) -> "tuple[int, str, dict[str, str]]":
        """What a client gets to see of an event."""
        return sequence, "status", {"thing": str(self.id), "status": status}
