"""RunToTempFlow: into a data extension made for the query, whose rows are the results."""

from shell_query.engine.flows.strategy import FlowStrategy
from shell_query.engine.steps import columns, confirm, data_extension, query, start, validate, watch
from shell_query.states import Status

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
    # After ready it stays: its rows are the results, until MCE's retention or the sweeper takes it.
    removes_data_extension=lambda status: status != Status.READY,
)
