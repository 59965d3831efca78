"""Deleting rows that nobody needs any more, some at a time: short transactions, and nobody is made to wait."""

from collections.abc import Iterable
from typing import Any

from django.db import models

# So many rows go in one transaction.
BATCH = 100


def delete_some(old: models.QuerySet[Any], *, most: int = BATCH) -> int:
    """Deletes up to `most` rows of `old` within the running scope; how many. Those somebody else is at are let be."""
    ids = take_some(old, most=most)
    delete_each(old.model, ids)
    return len(ids)


def delete_each(model: type[models.Model], keys: Iterable[Any]) -> None:
    """One by one: each is found by its key. For many keys in one statement the planner may read an index of all the
    tenant's rows, which takes long where those are millions."""
    for key in keys:
        model._default_manager.filter(pk=key).delete()


def take_some(old: models.QuerySet[Any], *, most: int = BATCH) -> list[Any]:
    """Locks up to `most` rows of `old` until the running scope ends, and gives their keys.

    `old` is in the order of an index. Otherwise the planner, who knows a tenant for a large one, would read the table
    from its beginning, and again and again what is dead there already.
    """
    free = old.select_for_update(skip_locked=True)
    return list(free.values_list("pk", flat=True)[:most])
