"""What is to be done, over all tenants, as the queue page shows it: all of it asked of the rows, as the operator."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.db.models import Count, DurationField, F, Func, Min, Q, QuerySet, Value
from django.db.models.functions import Now
from kombu.exceptions import OperationalError
from redis.exceptions import RedisError

from leases import pulses
from leases.models import Leased, PausedQueue
from leases.registry import LeasedKind, kinds
from leases.rooms import waiting_in
from shell_query.models import Run
from shell_query.states import FINAL, Status
from tenants.administration import OPERATOR
from tenants.models import BusinessUnit, Tenant

DUE = Q(wake_at__lte=Now())
CLAIMED = Q(claim_token__isnull=False, wake_at__gt=Now())
DAY = timedelta(days=1)
# Of overdue rows, codes, and tenants: the worst are shown.
MOST = 20


@dataclass(frozen=True)
class Queue:
    """`messages` is None while the broker does not answer, `is_alive` while Redis does not."""

    name: str
    messages: int | None
    is_alive: bool | None
    overdue: int
    oldest: timedelta | None
    claimed: int
    paused: PausedQueue | None


def time_since(moment: F | Min) -> Func:
    """In whole seconds."""
    return Func(Value("second"), Now() - moment, function="date_trunc", output_field=DurationField())


def queues() -> list[Queue]:
    paused = {each.queue: each for each in PausedQueue.objects.using(OPERATOR)}
    return [queue_of(kind, paused.get(kind.queue)) for kind in kinds()]


def queue_of(kind: LeasedKind, paused: PausedQueue | None) -> Queue:
    found = rows(kind.model).aggregate(
        overdue=Count("id", filter=DUE),
        oldest=time_since(Min("wake_at", filter=DUE)),
        claimed=Count("id", filter=CLAIMED),
    )
    return Queue(
        name=kind.queue,
        messages=messages(kind.queue),
        is_alive=is_alive(kind.queue),
        overdue=found["overdue"],
        oldest=found["oldest"],
        claimed=found["claimed"],
        paused=paused,
    )


def rows(model: type[Leased]) -> QuerySet[Any]:
    return model._default_manager.using(OPERATOR).order_by().filter(wake_at__isnull=False)


def messages(queue: str) -> int | None:
    try:
        return waiting_in(queue)
    except (OperationalError, OSError):
        return None


def is_alive(queue: str) -> bool | None:
    name = pulses.of_queue(queue)
    try:
        return name in pulses.latest([name])
    except (RedisError, OSError):
        return None


def stages() -> Any:
    """Active runs, and those whose cleanup is not done, by status and stage."""
    return (
        rows(Run)
        .values("status", "stage")
        .annotate(runs=Count("id"), oldest=time_since(Min("created_at")))
        .order_by("status", "stage")
    )


def overdue() -> Any:
    """The runs that have been due for longest."""
    # Not of rows(): the planner would count both conditions, expect one row, and sort all of them.
    late = Run.objects.using(OPERATOR).filter(DUE).select_related("tenant", "business_unit")
    shown = late.only("id", "status", "stage", "last_trouble", "tenant__name", "business_unit__name", "wake_at")
    return shown.annotate(late=time_since(F("wake_at"))).order_by("wake_at")[:MOST]


def failures() -> Any:
    """Of the last day, by code."""
    failed = Run.objects.using(OPERATOR).filter(status=Status.FAILED, finished_at__gt=Now() - DAY)
    return failed.order_by().values("error_code").annotate(runs=Count("*")).order_by("-runs")[:MOST]


def tenants() -> Iterator[dict[str, Any]]:
    """Those with something to do, or paused; the busiest first."""
    held = dict(
        BusinessUnit.objects.using(OPERATOR)
        .order_by()
        .filter(paused_until__gt=Now())
        .values_list("tenant_id")
        .annotate(Count("id"))
    )
    # Without their names: these are wanted of few, and to sort by them takes longer than to count.
    busy = (
        rows(Run)
        .values("tenant_id")
        .annotate(
            active=Count("id", filter=~Q(status__in=FINAL)),
            overdue=Count("id", filter=DUE),
            claimed=Count("id", filter=CLAIMED),
            users=Count("user_id", distinct=True),
        )
        .order_by("-overdue", "-active")[:MOST]
    )
    busiest = {row["tenant_id"]: row for row in busy}
    every = Tenant.objects.using(OPERATOR)
    paused = set(every.filter(paused_at__isnull=False).values_list("id", flat=True))
    names = dict(every.filter(id__in={*busiest, *paused, *held}).values_list("id", "name"))
    ranks = {tenant_id: rank for rank, tenant_id in enumerate(busiest)}
    nothing = dict.fromkeys(("active", "overdue", "claimed", "users"), 0)
    for tenant_id in sorted(names, key=lambda each: ranks.get(each, MOST)):
        yield {
            **nothing,
            **busiest.get(tenant_id, {}),
            "tenant_id": tenant_id,
            "name": names[tenant_id],
            "paused_units": held.get(tenant_id, 0),
            "is_paused": tenant_id in paused,
        }
