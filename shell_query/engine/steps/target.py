"""Checks the target before anything is made: what it is, and whether the rows that come out fit into it.

All problems are told at once, as the run's `violations`: MCE would tell the first of them when the query is saved, and
some not before it runs.
"""

from shell_query import metadata
from shell_query.engine.failures import failed
from shell_query.engine.outcomes import Onward, Outcome
from shell_query.engine.step import Step, Work
from shell_query.engine.steps.columns import as_json, order_of, put_off, understand
from shell_query.errors import TargetDoesNotFit, UnknownColumns
from shell_query.models import Run
from shell_query.sql import SqlRefused
from shell_query.states import Stage
from shell_query.targets import findings_of, typed_by


def is_done(run: Run) -> bool:
    return run.columns is not None


def perform(work: Work) -> Outcome:
    run = work.run
    try:
        statement, inference = understand(work)
    except SqlRefused as refused:
        return put_off(refused)
    target = metadata.read_target(work.account, run.target_key)
    found = findings_of(target, work.destination.update_type, statement, inference)
    told = {"warnings": [finding.as_json() for finding in found if finding.severity == "warning"]}
    errors = [finding for finding in found if finding.severity == "error"]
    if errors or target is None:
        about_target = any(finding.is_about_target for finding in errors)
        reason = TargetDoesNotFit() if about_target else UnknownColumns()
        return failed(reason, run, {**told, "violations": [finding.as_json() for finding in errors]})
    return Onward(
        {
            **told,
            "columns": as_json(typed_by(target, inference.columns)),
            "order_by": order_of(statement),
            "target_key": target.key,
            "data_extension_name": target.name,
        }
    )


STEP = Step("target", Stage.VALIDATING, is_done, perform)
