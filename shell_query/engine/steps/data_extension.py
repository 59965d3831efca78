"""Makes the temporary data extension, with the columns that the query gives."""

from mce_bridge.errors import AlreadyExists, TerminalError
from mce_bridge.objects import data_extensions
from mce_bridge.objects.data_extensions import NewDataExtension, NewField
from shell_query import naming
from shell_query.engine.folders import folder_of, is_gone
from shell_query.engine.outcomes import Onward, Outcome
from shell_query.engine.step import Step, Work
from shell_query.errors import NameTaken
from shell_query.models import Run
from shell_query.states import Stage

# A day is MCE's smallest unit. The sweeper deletes too: some accounts refuse retention.
RETENTION_DAYS = 1


def is_done(run: Run) -> bool:
    return bool(run.data_extension_id)


def perform(work: Work) -> Outcome:
    run, account = work.run, work.account
    name = name_of(run)
    folder_id = folder_of(account, run.business_unit_id, "dataextension")
    try:
        made = data_extensions.create(account, described(run, name=name, folder_id=folder_id))
    except AlreadyExists:
        return found_or_renamed(work, name)
    except TerminalError:
        if is_gone(account, run.business_unit_id, "dataextension", folder_id):
            return Onward()
        raise
    return Onward({"data_extension_id": made.object_id, "data_extension_name": name})


def found_or_renamed(work: Work, name: str) -> Outcome:
    """Our key is there: an earlier try of ours made it. It is not: somebody has the name, so take a longer hash."""
    found = data_extensions.find_by_key(work.account, naming.data_extension_key(work.run.id))
    if found is not None:
        return Onward({"data_extension_id": found.object_id, "data_extension_name": found.name})
    if work.run.name_attempt + 1 >= len(naming.HASH_LENGTHS):
        raise NameTaken
    return Onward({"name_attempt": work.run.name_attempt + 1})


def name_of(run: Run) -> str:
    return naming.data_extension_name(run.id, run.snippet_name, attempt=run.name_attempt)


def described(run: Run, *, name: str, folder_id: int) -> NewDataExtension:
    return NewDataExtension(
        customer_key=naming.data_extension_key(run.id),
        name=name,
        folder_id=folder_id,
        fields=tuple(
            NewField(
                name=column["name"],
                field_type=column["type"],
                max_length=column["length"],
                scale=column["scale"],
            )
            for column in run.columns or ()
        ),
        description=f"Results of the Query++ run {run.id}",
        delete_after_days=RETENTION_DAYS,
    )


STEP = Step("data_extension", Stage.PREPARING, is_done, perform)
