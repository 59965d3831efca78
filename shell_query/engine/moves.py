"""The one log line of each move of a run, and the counting of those that have ended. Both only once it is committed."""

from typing import Any

import structlog

from qspro.committed import once_committed
from qspro.metrics import run_ended
from qspro.tracing import mark
from shell_query.models import Run
from shell_query.states import FINAL, Stage, Status

logger: Any = structlog.get_logger("shell_query.runs")


def tell_move(run: Run, *, status: Status, seconds: float, stage: Stage | None = None) -> None:
    """`seconds` since its submission. Within the transaction that makes the move."""
    line: dict[str, str | int] = {
        "tenantId": str(run.tenant_id),
        "runId": str(run.id),
        "status": str(status),
        "durationMs": round(seconds * 1000),
        **({"stage": str(stage)} if stage else {}),
        **({"errorCode": run.error_code} if run.error_code else {}),
    }
    mark("run moved", line)
    once_committed(lambda: logger.info("run moved", **line))


def count_end(run: Run, *, status: Status, seconds: float) -> None:
    """Once for each run: of all who would end it, one UPDATE does."""
    if status in FINAL:
        once_committed(lambda: run_ended(status=status, error_code=run.error_code, seconds=seconds))
