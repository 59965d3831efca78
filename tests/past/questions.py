"""What the product asks of a database that holds a past: each question by the product's own code, as it is shipped."""

from base64 import b64encode
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlencode
from uuid import uuid4

from django.utils import timezone
from rest_framework.test import APIRequestFactory, force_authenticate

from events.frames import read_frames, with_news
from events.services import forget_stale_keys
from leases.claiming import claim_new, claim_next
from leases.rooms import few
from leases.services import begin, claim_due, leave_steps_of
from operators import gauges, work
from operators.deeds import BulkForm
from operators.use import use_of
from shell_query.engine import record
from shell_query.engine.outcomes import Ended
from shell_query.models import Run, UnitSweep
from shell_query.serializers import submitted
from shell_query.services import NewRun, NewTarget, account_of, find_run, submit_run
from shell_query.services.estimate import latest_run
from shell_query.services.pruning import forget_runs
from shell_query.services.sweeping import units_of
from shell_query.sql.parse import parse
from shell_query.states import Stage, Status
from shell_query.stream import render
from shell_query.sweeper import alarms
from shell_query.sweeper.assets import QUERY, Asset, active_runs
from shell_query.sweeper.settling import settle_abandoned
from shell_query.targets import UpdateType
from shell_query.views import RunsView
from tenants.context import tenant_scope
from tenants.services import forget_ended_families
from tenants.views.audit import AuditView
from tests.past.people import Scene

SQL = "SELECT StoreID FROM Stores"
RUNS = "/admin/shell_query/run/"
AUDIT = "/admin/tenants/auditentry/"


@dataclass(frozen=True)
class Question:
    """`all_due`: every run in flight is due when it is asked; otherwise none is."""

    name: str
    ask: Callable[[Scene], object]
    all_due: bool = False


def get(view: Any, path: str, **parameters: Any) -> Callable[[Scene], object]:
    """A GET of the API by the asker."""

    def ask(scene: Scene) -> object:
        request = APIRequestFactory(SERVER_NAME="127.0.0.1").get(path, parameters)
        force_authenticate(request, user=scene.caller)  # type: ignore[arg-type]
        response = view.as_view()(request)
        assert response.status_code == 200, response.data
        return response.data

    return ask


def runs_list(**parameters: Any) -> Callable[[Scene], object]:
    return get(RunsView, "/api/runs", **parameters)


def page(path: str, **parameters: Any) -> Callable[[Scene], object]:
    """A page of the admin."""

    def ask(scene: Scene) -> object:
        response = scene.staff.get(path, parameters)
        assert response.status_code == 200
        return response

    return ask


def cursor(*, days_ago: float, backwards: bool = False) -> str:
    """The place in a list that a client would have paged to."""
    tokens = {"p": str(timezone.now() - timedelta(days=days_ago))} | ({"r": "1"} if backwards else {})
    return b64encode(urlencode(tokens).encode()).decode()


def submit(scene: Scene, target: NewTarget | None = None) -> object:
    return submit_run(
        caller=scene.caller, new=NewRun(SQL, target=target), idempotency_key=uuid4().hex, answer=submitted
    )


def reusable(scene: Scene) -> object:
    with tenant_scope(scene.caller.tenant_id):
        mine = Run.objects.for_caller(scene.caller)
        run = mine.get(id=scene.run_id)
        return mine.reusable(text_hash=run.sql_text_hash, max_age=timedelta(days=30)).first()


def estimated(scene: Scene) -> object:
    with tenant_scope(scene.caller.tenant_id):
        return latest_run(scene.caller, parse(SQL, max_characters=1000))


def claimed(model: Any, most: int) -> Callable[[Scene], object]:
    return lambda _: claim_due(model, most=most)


def passed_on(scene: Scene) -> object:
    return claim_next(Run)


def claimed_new(scene: Scene) -> object:
    return claim_new(Run, tenant_id=scene.flying.tenant_id, row_id=scene.flying.row_id)


def step(scene: Scene) -> None:
    """Loaded, begun, noted, gone on with."""
    assert begin(Run, scene.flying)
    with tenant_scope(scene.flying.tenant_id):
        assert record.load(scene.flying) is not None
        record.begin(scene.flying, stage=Stage.CONFIRMING)
    record.note(scene.flying, {"looks": 5})
    record.give_back(scene.flying, changes={"attempts": 0}, seconds=2)


def ended(scene: Scene) -> None:
    with tenant_scope(scene.flying.tenant_id):
        record.end(scene.flying, Ended(Status.FAILED, error_code="query_failed", error_message="It failed."))


def canceled(scene: Scene) -> None:
    with tenant_scope(scene.flying.tenant_id):
        assert record.cancel(tenant_id=scene.flying.tenant_id, run_id=scene.flying.row_id)


def watched(scene: Scene) -> object:
    return with_news([(scene.caller.tenant_id, run_id, 4) for run_id in scene.past_ids])


def listed_assets(scene: Scene) -> object:
    made = [Asset(QUERY, run_id, "", "", None) for run_id in scene.past_ids[:500]]
    return active_runs(scene.caller.tenant_id, made)


def settled(scene: Scene) -> None:
    caller = scene.caller
    sweep = UnitSweep(tenant_id=caller.tenant_id, business_unit_id=caller.business_unit_id)
    kept = {"query": set(scene.past_ids), "data_extension": set(scene.past_ids)}
    settle_abandoned(sweep, kept=kept, before=timezone.now())


def removed(scene: Scene) -> None:
    record.removed(tenant_id=scene.caller.tenant_id, run_id=scene.run_id, field="query_removed_at")


def pruned(forget: Callable[[], int]) -> Callable[[Scene], object]:
    def ask(scene: Scene) -> int:
        with tenant_scope(scene.caller.tenant_id):
            return forget()

    return ask


def counted(deed: str, **fields: Any) -> Callable[[Scene], object]:
    """Of many runs at once, at the admin's queue page."""

    def ask(_: Scene) -> int:
        form = BulkForm({"deed": deed, **fields})
        assert form.is_valid()
        return form.runs().count() + len(form.runs()[:500])

    return ask


def of_caller(service: Callable[..., object], **fields: Any) -> Callable[[Scene], object]:
    return lambda scene: service(caller=scene.caller, **fields)


def day(days_ago: int) -> str:
    moment: datetime = timezone.now() - timedelta(days=days_ago)
    return moment.isoformat()


QUESTIONS = (
    Question("run list, first page", runs_list()),
    Question("run list, a page far down", lambda scene: runs_list(cursor=cursor(days_ago=60))(scene)),
    Question("run list, the page before", lambda scene: runs_list(cursor=cursor(days_ago=60, backwards=True))(scene)),
    Question("run list of a week", lambda scene: runs_list(createdAfter=day(47), createdBefore=day(40))(scene)),
    *(Question(f"run list, {status}", runs_list(status=str(status))) for status in Status),
    Question("run list, one snippet", runs_list(snippetName="Snippet 7")),
    Question("run list, a snippet without runs", runs_list(snippetName="Nothing of that name")),
    Question("one run", lambda scene: find_run(caller=scene.caller, run_id=scene.run_id)),
    Question("events of a run", lambda scene: read_frames(render, scene.caller.tenant_id, scene.run_id, 0)),
    Question("who one is", of_caller(account_of)),
    Question("submission", submit),
    Question("submission to a target", lambda scene: submit(scene, NewTarget("Target 3", UpdateType.OVERWRITE))),
    Question("a run to reuse", reusable),
    Question("what the query took before", estimated),
    Question("tick, nothing due", claimed(Run, 100)),
    Question("tick, all in flight due", lambda _: claim_due(Run, most=few()), all_due=True),
    Question("tick of sweeps", claimed(UnitSweep, 100)),
    Question("claim of a new run", claimed_new),
    Question("place passed on", passed_on, all_due=True),
    Question("step of a run", step),
    Question("end of a run", ended),
    Question("cancel", canceled),
    Question("steps of a dead worker", lambda _: leave_steps_of("worker@nowhere")),
    Question("catch-up of 1,000 streams", watched),
    Question("sweep: what is connected", lambda scene: units_of(scene.caller.tenant_id)),
    Question("sweep: plan", lambda _: alarms.plan()),
    Question("sweep: active among 500", listed_assets),
    Question("sweep: the abandoned", settled),
    Question("sweep: one removed", removed),
    Question("prune runs, one batch", pruned(forget_runs)),
    Question("prune idempotency keys, one batch", pruned(forget_stale_keys)),
    Question("prune refresh families, one batch", pruned(forget_ended_families)),
    Question("metrics: active runs", lambda _: gauges.active_runs()),
    Question("metrics: backlog", lambda _: gauges.backlog()),
    Question("metrics: breakers", lambda _: gauges.breakers()),
    Question("queue page: stages", lambda _: list(work.stages())),
    Question("queue page: overdue", lambda _: list(work.overdue()), all_due=True),
    Question("queue page: failures of a day", lambda _: list(work.failures())),
    Question("queue page: tenants", lambda _: list(work.tenants()), all_due=True),
    Question("queue page: queues", lambda _: work.queues()),
    Question("queue page: cancel many", counted("cancel")),
    Question("queue page: clean up many", counted("clean_up", status="failed")),
    Question("use of a tenant", lambda scene: list(use_of(scene.caller.tenant_id))),
    Question("admin: runs", page(RUNS)),
    *(Question(f"admin: runs, {status}", page(RUNS, status=str(status))) for status in Status),
    Question("admin: runs, executing", page(RUNS, stage="executing")),
    Question("admin: runs, to targets", page(RUNS, flow__exact="target")),
    Question("admin: runs, abandoned", page(RUNS, abandoned__exact="1")),
    Question("admin: runs of a tenant", lambda scene: page(RUNS, tenant=str(scene.caller.tenant_id))(scene)),
    Question("admin: runs, by id", lambda scene: page(RUNS, q=str(scene.run_id))(scene)),
    Question("admin: runs, by the beginning of an id", lambda scene: page(RUNS, q=str(scene.run_id)[:4])(scene)),
    Question("admin: one run", lambda scene: page(f"{RUNS}{scene.run_id}/change/")(scene)),
    Question("audit, first page", get(AuditView, "/api/audit")),
    Question("audit, one action", get(AuditView, "/api/audit", action="signed_in")),
    Question("audit, an action that nobody took", get(AuditView, "/api/audit", action="role_changed")),
    Question("admin: audit", page(AUDIT)),
)
