"""QueryDefinition: a SELECT, its target and how it writes there."""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from mce_sandbox.objects.refusals import Refused

KEY_LENGTH = 36
UPDATE_TYPES = {"Overwrite": 0, "Update": 1, "Append": 2}
ACTIVE, INACTIVE = "Active", "Inactive"


@dataclass(slots=True)
class QueryDefinition:
    object_id: str
    name: str
    customer_key: str
    description: str
    text: str
    target_key: str
    target_name: str
    target_id: str
    update_type: str
    category_id: int
    created: datetime
    modified: datetime
    status: str = ACTIVE


class QueryDefinitions:
    """The query definitions of one business unit. A deleted one stays, inactive; its name and key become free."""

    def __init__(self) -> None:
        self._by_id: dict[str, QueryDefinition] = {}
        self._active_by_key: dict[str, QueryDefinition] = {}
        self._active_by_name: dict[str, QueryDefinition] = {}
        self._by_key: defaultdict[str, list[QueryDefinition]] = defaultdict(list)

    def __iter__(self) -> Iterator[QueryDefinition]:
        return iter(self._by_id.values())

    def by_id(self, object_id: str) -> QueryDefinition | None:
        """Also finds deleted ones: look at `status`."""
        return self._by_id.get(object_id.lower())

    def by_key(self, key: str) -> list[QueryDefinition]:
        """All that ever had the key, deleted ones too."""
        return list(self._by_key.get(key.lower(), ()))

    def active(self) -> list[QueryDefinition]:
        return list(self._active_by_key.values())

    def add(self, query: QueryDefinition) -> QueryDefinition:
        # Longer keys are cut without a word, and then not found by their whole length.
        query.customer_key = query.customer_key[:KEY_LENGTH]
        self._check_free(name=query.name, key=query.customer_key, own=None)
        self._by_id[query.object_id] = query
        self._enter(query)
        return query

    def rename(self, query: QueryDefinition, *, name: str, customer_key: str) -> None:
        """Gives an active query another name or key. Raises Refused if one is taken."""
        key = customer_key[:KEY_LENGTH]
        self._check_free(name=name, key=key, own=query)
        self._leave(query)
        self._by_key[query.customer_key.lower()].remove(query)
        query.name, query.customer_key = name, key
        self._enter(query)

    def remove(self, query: QueryDefinition, now: datetime) -> None:
        """Soft: it stays to be retrieved, no longer active."""
        query.status, query.modified = INACTIVE, now
        self._leave(query)

    def _check_free(self, *, name: str, key: str, own: QueryDefinition | None) -> None:
        holders = (self._active_by_key.get(key.lower(), own), self._active_by_name.get(name.lower(), own))
        if any(holder is not own for holder in holders):
            raise Refused("A query definition with this name or customer key already exists.", 1)

    def _enter(self, query: QueryDefinition) -> None:
        self._active_by_key[query.customer_key.lower()] = query
        self._active_by_name[query.name.lower()] = query
        self._by_key[query.customer_key.lower()].append(query)

    def _leave(self, query: QueryDefinition) -> None:
        self._active_by_key.pop(query.customer_key.lower(), None)
        self._active_by_name.pop(query.name.lower(), None)
