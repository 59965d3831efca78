"""RunToTempFlow: into a data extension made for the query, whose rows are the results."""

from shell_query.engine.destination import Destination
from shell_query.engine.flows.strategy import FlowStrategy
from shell_query.engine.steps import columns, confirm, data_extension, query, start, validate, watch
from shell_query.models import Run
from shell_query.naming import data_extension_key
from shell_query.states import Status
from shell_query.targets import UpdateType


def destination(run: Run) -> Destination:
    return Destination(
        key=data_extension_key(run.id),
        name=run.data_extension_name,
        update_type=UpdateType.OVERWRITE,
        is_new=True,
    )


TEMP = FlowStrategy(
    steps=(
        validate.STEP,
        columns.STEP,
        data_extension.STEP,
        query.STEP,
        start.STEP,
        watch.STEP,
        confirm.STEP,
    ),
    destination=destination,
    # After ready it stays: its rows are the results, until MCE's retention or the sweeper takes it.
    removes_data_extension=lambda status: status != Status.READY,
)
