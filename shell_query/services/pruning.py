"""Deleting what is past its time, in one tenant's scope after the other and some rows at a time."""

import logging
from collections.abc import Callable
from dataclasses import asdict, dataclass
from datetime import timedelta
from uuid import UUID

from django.conf import settings
from django.db.models import Q
from django.db.models.functions import Now

from events.services import forget_events, forget_stale_keys
from shell_query.models import Run, RunQuerySet
from shell_query.states import FINAL
from tenants.context import tenant_scope
from tenants.pruning import BATCH, delete_each, take_some
from tenants.services import all_tenants, forget_ended_families, forget_ended_sessions

logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class Pruned:
    """How many of each went."""

    runs: int
    idempotency_keys: int
    refresh_families: int
    sessions: int = 0


def prune_all() -> Pruned:
    """All tenants. Two at once delete different rows; one that is stopped has deleted what it has."""
    each = [prune_tenant(tenant_id) for tenant_id in all_tenants()]
    pruned = Pruned(
        runs=sum(one.runs for one in each),
        idempotency_keys=sum(one.idempotency_keys for one in each),
        refresh_families=sum(one.refresh_families for one in each),
        sessions=forget_ended_sessions(),
    )
    logger.info("Pruned %s", asdict(pruned))
    return pruned


def prune_tenant(tenant_id: UUID) -> Pruned:
    return Pruned(
        runs=until_none(tenant_id, forget_runs),
        idempotency_keys=until_none(tenant_id, forget_stale_keys),
        refresh_families=until_none(tenant_id, forget_ended_families),
    )


def until_none(tenant_id: UUID, forget_some: Callable[[], int]) -> int:
    """Each time in a transaction of its own, until there is nothing more."""
    total = 0
    while True:
        with tenant_scope(tenant_id):
            deleted = forget_some()
        if not deleted:
            return total
        total += deleted


def forget_runs(*, most: int = BATCH) -> int:
    """Deletes some runs with their events, within the running scope; how many runs."""
    ids = take_some(past_their_time(), most=most)
    forget_events(ids)
    delete_each(Run, ids)
    return len(ids)


def past_their_time() -> RunQuerySet:
    """Ended long ago, and nothing more to do for them: cleaned up, or left to the sweeper."""
    long_ago = Now() - timedelta(days=settings.RUN_RETENTION_DAYS)
    done = Q(assets_cleaned_at__isnull=False) | Q(abandoned=True)
    return Run.objects.filter(done, status__in=FINAL, finished_at__lt=long_ago).order_by("finished_at")
