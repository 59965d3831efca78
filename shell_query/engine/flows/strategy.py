"""What tells one way of running a SELECT from another."""

from collections.abc import Callable
from dataclasses import dataclass

from shell_query.engine.destination import Destination
from shell_query.engine.step import Step
from shell_query.models import Run
from shell_query.states import Status


@dataclass(frozen=True)
class FlowStrategy:
    """The steps in their order, where the rows go, and whether the data extension goes once a run has ended so."""

    steps: tuple[Step, ...]
    destination: Callable[[Run], Destination]
    removes_data_extension: Callable[[Status], bool]

    def next_step(self, run: Run) -> Step | None:
        """The first step that is not done; None for a run that has ended."""
        if run.is_final:
            return None
        return next((step for step in self.steps if not step.is_done(run)), None)
