"""What a room whose rows are watched gives to the streams."""

from dataclasses import dataclass
from typing import Any, Protocol
from uuid import UUID

from events.asgi import Scope
from events.models import Event


@dataclass(frozen=True)
class Watch:
    """Somebody may watch a subject."""

    tenant_id: UUID
    user_id: UUID
    subject_id: UUID


class Resolver(Protocol):
    """Both are plain functions, called in a thread; a module that has them will do."""

    def authorize(self, scope: Scope) -> Watch:
        """Who may watch what: asked before a stream begins, and again while it is open.

        `scope["path_params"]["subject_id"]` is the UUID in the address. Called outside of any tenant scope.
        Raises AppError.
        """

    def render(self, tenant_id: UUID, subject_id: UUID, events: list[Event]) -> list[dict[str, Any]]:
        """The `data` of each event's frame, in order; called within the tenant's scope, once for all who watch."""
