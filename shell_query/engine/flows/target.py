"""RunToTargetFlow: into a data extension that is there already, whose rows are the results afterwards.

It is never made, changed or deleted by us. The results are all its rows: what an Append or an Update has written cannot
be told from what was there before.
"""

from shell_query.engine.destination import Destination
from shell_query.engine.flows.strategy import FlowStrategy
from shell_query.engine.steps import confirm, query, start, target, validate, watch
from shell_query.models import Run
from shell_query.targets import UpdateType


def destination(run: Run) -> Destination:
    return Destination(
        key=run.target_key,
        name=run.data_extension_name,
        update_type=UpdateType(run.target_update_type),
        is_new=False,
    )


TARGET = FlowStrategy(
    steps=(
        validate.STEP,
        target.STEP,
        query.STEP,
        start.STEP,
        watch.STEP,
        confirm.STEP,
    ),
    destination=destination,
    removes_data_extension=lambda status: False,
)
