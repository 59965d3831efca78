"""What is done once the running transaction has committed, and at once where there is none."""

import logging
from collections.abc import Callable

from django.db import connection, transaction

logger = logging.getLogger(__name__)


def once_committed(act: Callable[[], object]) -> None:
    """An error of it is logged: what has committed has happened."""
    if connection.in_atomic_block:
        transaction.on_commit(act, robust=True)
        return
    try:
        act()
    except Exception:
        logger.exception("What follows a commit has failed.")
