"""What a sweep that has seen everything says of the runs that were abandoned: who left nothing is cleaned up."""

from collections.abc import Mapping
from copy import copy
from datetime import datetime
from uuid import UUID

from shell_query.engine import cleanup, record
from shell_query.models import Run, UnitSweep
from shell_query.sweeper.assets import KINDS
from tenants.context import tenant_scope

REMOVED = {kind.removal: kind.removed for kind in KINDS}


def settle_abandoned(sweep: UnitSweep, *, kept: Mapping[str, set[UUID]], before: datetime) -> None:
    """`kept` are the runs of which something still stands, by cleanup's word for it.

    Runs that ended after `before` wait for a later sweep: a call of theirs may still be on the wire.
    """
    with tenant_scope(sweep.tenant_id):
        runs = list(
            Run.objects.filter(
                business_unit_id=sweep.business_unit_id,
                abandoned=True,
                assets_cleaned_at__isnull=True,
                finished_at__lt=before,
            )
        )
    for run in runs:
        fields = settled_fields(run, kept)
        if fields:
            record.settle(tenant_id=run.tenant_id, run_id=run.id, fields=fields)


def settled_fields(run: Run, kept: Mapping[str, set[UUID]]) -> list[str]:
    """What the run's cleanup would still have to remove and is not there any more; with that the promise is kept."""
    fields: list[str] = []
    after = copy(run)
    while (removal := cleanup.next_removal(after)) is not None:
        if run.id in kept[removal]:
            return fields
        fields.append(REMOVED[removal])
        setattr(after, REMOVED[removal], run.finished_at)
    return [*fields, "assets_cleaned_at"]
