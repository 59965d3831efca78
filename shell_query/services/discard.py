"""Letting go of a run's rows before their time."""

from uuid import UUID

from django.db.models.functions import Now

from mce_bridge.errors import NotThere
from mce_bridge.objects import data_extensions
from mce_bridge.services import open_account
from shell_query.errors import ResultsAreYours
from shell_query.models import Flow, Run
from shell_query.naming import data_extension_key
from shell_query.services.results import ready_run
from tenants.callers import Caller
from tenants.context import tenant_scope
from tenants.models import Action
from tenants.services.audit import Actor, note


def discard_results(*, caller: Caller, run_id: UUID) -> None:
    """Deletes the data extension that was made for the run. Doing it again changes nothing.

    The audit has it before MCE is asked: the rows may be gone although no answer came.
    Raises RunNotFound, RunNotReady, NoResults, ResultsAreYours, and what MCE answers.
    """
    run = ready_run(caller, run_id)
    if run.flow == Flow.TARGET:
        raise ResultsAreYours
    if run.data_extension_removed_at is None:
        with tenant_scope(caller.tenant_id):
            actor = Actor.caller(caller)
            note(Action.RESULTS_DISCARDED, tenant_id=caller.tenant_id, actor=actor, subject=run.id)
    delete_data_extension(caller, run)
    with tenant_scope(caller.tenant_id):
        Run.objects.filter(id=run.id, data_extension_removed_at__isnull=True).update(data_extension_removed_at=Now())


def delete_data_extension(caller: Caller, run: Run) -> None:
    """By ObjectID: whatever else has its key by now stays."""
    account = open_account(tenant_id=caller.tenant_id, business_unit_id=caller.business_unit_id, user_id=caller.user_id)
    found = data_extensions.find_by_key(account, data_extension_key(run.id))
    if found is None or found.object_id != run.data_extension_id:
        return
    try:
        data_extensions.delete(account, object_id=found.object_id)
    except NotThere:
        return
