"""Deleting rows that nobody needs any more, some at a time: short transactions, and nobody is made to wait."""

from typing import Any

from django.db import models

# So many rows go in one transaction. Row-level security hides from the planner how many rows the tenant has: for more
# keys than these in one statement it would rather read an index of all the tenant's, which of the largest takes long.
BATCH = 20


def delete_some(old: models.QuerySet[Any], *, most: int = BATCH) -> int:
    """Deletes up to `most` rows of `old` within the running scope; how many. Those somebody else is at are let be."""
    ids = take_some(old, most=most)
    old.model._default_manager.filter(pk__in=ids).delete()
    return len(ids)


def take_some(old: models.QuerySet[Any], *, most: int = BATCH) -> list[Any]:
    """Locks up to `most` rows of `old` until the running scope ends, and gives their keys."""
    free = old.select_for_update(skip_locked=True)
    return list(free.values_list("pk", flat=True)[:most])
