"""Makes the query activity. From then on MCE has the SQL, and the row has it no more."""

from mce_bridge.errors import AlreadyExists, TerminalError
from mce_bridge.objects import query_definitions
from mce_bridge.objects.query_definitions import NewQuery
from shell_query import naming
from shell_query.engine.folders import folder_of, is_gone
from shell_query.engine.outcomes import Onward, Outcome
from shell_query.engine.step import Step, Work
from shell_query.models import Run
from shell_query.states import Stage


def is_done(run: Run) -> bool:
    return bool(run.query_id)


def perform(work: Work) -> Outcome:
    run, account = work.run, work.account
    folder_id = folder_of(account, run.business_unit_id, "queryactivity")
    spec = NewQuery(
        customer_key=naming.query_key(run.id),
        name=naming.query_name(run.id),
        sql=work.sql,
        target_key=work.destination.key,
        target_name=work.destination.name,
        update_type=work.destination.update_type.value,
        folder_id=folder_id,
        description=f"Query of the Query++ run {run.id}",
    )
    try:
        made = query_definitions.create(account, spec)
    except AlreadyExists:
        # The name and key derive from the run's id: whoever made it, it was this step.
        found = query_definitions.find_by_key(account, spec.customer_key)
        if found is None:
            raise
        made = found
    except TerminalError:
        if is_gone(account, run.business_unit_id, "queryactivity", folder_id):
            return Onward()
        raise
    return Onward({"query_id": made.object_id, "sealed_sql": None})


STEP = Step("query", Stage.PREPARING, is_done, perform)
