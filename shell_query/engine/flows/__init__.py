"""Ways to run a SELECT: which steps a run takes, where its rows are, what is removed behind it."""

from shell_query.engine.flows.strategy import FlowStrategy
from shell_query.engine.flows.target import TARGET
from shell_query.engine.flows.temp import TEMP
from shell_query.models import Flow, Run

FLOWS: dict[str, FlowStrategy] = {Flow.TEMP: TEMP, Flow.TARGET: TARGET}


def flow_of(run: Run) -> FlowStrategy:
    return FLOWS[run.flow]


__all__ = ["FLOWS", "FlowStrategy", "flow_of"]
