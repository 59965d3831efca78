"""How much of their limits the people of a tenant use, and what its runs came to of late. Asked as the operator."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from django.db.models import Count, Q
from django.db.models.functions import Now

from events.usage import streams_in_use
from shell_query.models import Run
from shell_query.states import ACTIVE, Status
from tenants.administration import OPERATOR
from tenants.models import User

DAY = timedelta(days=1)


@dataclass(frozen=True)
class Use:
    """Of one user. `streams` is None while Redis does not answer."""

    name: str
    active: int
    streams: int | None
    of_late: int
    failed: int


def use_of(tenant_id: UUID) -> Iterator[Use]:
    late = Q(created_at__gt=Now() - DAY)
    counts = (
        Run.objects.using(OPERATOR)
        .filter(Q(status__in=ACTIVE) | late, tenant_id=tenant_id)
        .order_by()
        .values("user_id")
        .annotate(
            active=Count("id", filter=Q(status__in=ACTIVE)),
            of_late=Count("id", filter=late),
            failed=Count("id", filter=late & Q(status=Status.FAILED)),
        )
    )
    by_user = {row["user_id"]: row for row in counts}
    for user in User.objects.using(OPERATOR).filter(tenant_id=tenant_id):
        row = by_user.get(user.id, {"active": 0, "of_late": 0, "failed": 0})
        yield Use(
            name=str(user),
            active=row["active"],
            streams=streams_in_use(tenant_id=tenant_id, user_id=user.id),
            of_late=row["of_late"],
            failed=row["failed"],
        )
