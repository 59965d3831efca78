"""When somebody may not act any more, what they have under way ends with it."""

from typing import Any
from uuid import UUID

from shell_query.engine import record
from shell_query.models import Run


def cancel_runs_of(*, tenant_id: UUID, user_id: UUID, **signal: Any) -> None:
    """Within the tenant's scope. Their streams end with the runs; what these made is cleaned up as ever.

    In the order in which others lock several runs, too (tenants/rotation.py).
    """
    for run_id in list(Run.objects.filter(user_id=user_id).active().order_by("id").values_list("id", flat=True)):
        record.cancel(tenant_id=tenant_id, run_id=run_id)
