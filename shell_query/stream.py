"""The event stream's edge: who may watch a run, and how its events read. The stream itself is `events.stream`."""

from typing import Any
from uuid import UUID

from events.asgi import Scope as AsgiScope
from events.callers import caller_of_scope
from events.models import Event
from events.resolver import Watch
from shell_query.errors import RunNotFound
from shell_query.models import Run
from shell_query.serializers import error_message
from shell_query.states import Status
from tenants.callers import Scope
from tenants.context import tenant_scope
from tenants.errors import MissingScope

# In this order: PostgreSQL keeps none.
TOLD = ("status", "stage", "errorCode", "errorMessage")


def authorize(scope: AsgiScope) -> Watch:
    """Only who made a run watches it. Raises NotSignedIn, MissingScope, RunNotFound."""
    run_id: UUID = scope["path_params"]["subject_id"]
    caller = caller_of_scope(scope, run_id)
    if Scope.RUNS_READ not in caller.scopes:
        raise MissingScope(f"The key needs the scope {Scope.RUNS_READ}.")
    with tenant_scope(caller.tenant_id):
        if not Run.objects.for_caller(caller).filter(id=run_id).exists():
            raise RunNotFound
    return Watch(tenant_id=caller.tenant_id, user_id=caller.user_id, subject_id=run_id)


def render(tenant_id: UUID, subject_id: UUID, events: list[Event]) -> list[dict[str, Any]]:
    """{"runId", "status", "stage"?, "errorCode"?, "errorMessage"?, "at"}, with MCE's own message for a failed run."""
    return [frame(subject_id, event) for event in events]


def frame(run_id: UUID, event: Event) -> dict[str, Any]:
    told = {name: event.data[name] for name in TOLD if name in event.data}
    return {"runId": str(run_id), **told, **full_message(event), "at": event.created_at.isoformat()}


def full_message(event: Event) -> dict[str, str]:
    """Events hold our sentence alone; what MCE said stands sealed in the run, and only its caller watches it."""
    if event.data["status"] != Status.FAILED:
        return {}
    run = Run.objects.only("error_code", "error_message", "sealed_mce_message").get(id=event.subject_id)
    return {"errorMessage": error_message(run, own=True) or ""}
