"""Answering with the rows of an earlier run of the same query instead of running it again."""

import logging
from datetime import timedelta

from mce_bridge.errors import MceError
from mce_bridge.objects import data_extensions
from mce_bridge.services import open_account
from shell_query.models import Run
from shell_query.naming import data_extension_key
from tenants.callers import Caller
from tenants.context import tenant_scope

logger = logging.getLogger(__name__)

# Somebody waits for the answer; a new run is as good as one that takes longer to find.
SECONDS = 5.0


def find_reusable(*, caller: Caller, text_hash: str, max_age: timedelta) -> Run | None:
    """The caller's latest ready run of this query, if its rows are at most so old and still stand in MCE.

    Asks MCE, so not inside a scope. None also if MCE cannot say: then the query is simply run.
    """
    with tenant_scope(caller.tenant_id):
        run = Run.objects.for_caller(caller).reusable(text_hash=text_hash, max_age=max_age).first()
    return run if run is not None and stands(caller, run) else None


def stands(caller: Caller, run: Run) -> bool:
    """Whether its data extension is the one that was made for it."""
    try:
        account = open_account(
            tenant_id=caller.tenant_id,
            business_unit_id=caller.business_unit_id,
            user_id=caller.user_id,
            seconds=SECONDS,
        )
        found = data_extensions.find_by_key(account, data_extension_key(run.id))
    except MceError as error:
        logger.info("Whether run %s can be reused is not known: %s", run.id, error.code)
        return False
    return found is not None and found.object_id == run.data_extension_id
