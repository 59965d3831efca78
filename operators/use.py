"""How much of their limits the people of a tenant use, and what its runs came to of late. Asked as the operator."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from django.db.models import Count, QuerySet
from django.db.models.functions import Now

from events.usage import streams_in_use
from shell_query.models import Run
from shell_query.states import ACTIVE, Status
from tenants.administration import OPERATOR
from tenants.models import User

DAY = timedelta(days=1)
# Of the runs of a day, the latest: the largest tenants make so many that counting them all would take long.
MOST = 2_000


@dataclass(frozen=True)
class Use:
    """Of one user. `streams` is None while Redis does not answer."""

    name: str
    active: int
    streams: int | None
    of_late: int
    failed: int


def use_of(tenant_id: UUID) -> Iterator[Use]:
    active = dict(runs_of(tenant_id).filter(status__in=ACTIVE).values_list("user_id").annotate(Count("id")))
    late = recent(tenant_id)
    of_late = Counter(user_id for user_id, _ in late)
    failed = Counter(user_id for user_id, status in late if status == Status.FAILED)
    for user in User.objects.using(OPERATOR).filter(tenant_id=tenant_id):
        yield Use(
            name=str(user),
            active=active.get(user.id, 0),
            streams=streams_in_use(tenant_id=tenant_id, user_id=user.id),
            of_late=of_late[user.id],
            failed=failed[user.id],
        )


def recent(tenant_id: UUID) -> list[tuple[UUID, str]]:
    """Whose the runs of the last day are, and their status; of very many the latest."""
    late = runs_of(tenant_id).filter(created_at__gt=Now() - DAY).order_by("-created_at", "-id")
    return list(late.values_list("user_id", "status")[:MOST])


def runs_of(tenant_id: UUID) -> QuerySet[Run]:
    return Run.objects.using(OPERATOR).filter(tenant_id=tenant_id).order_by()
