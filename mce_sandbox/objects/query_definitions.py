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
        key, name = query.customer_key.lower(), query.name.lower()
        if key in self._active_by_key or name in self._active_by_name:
            raise Refused("A query definition with this name or customer key already exists.", 1)
        self._by_id[query.object_id] = query
        self._active_by_key[key] = query
        self._active_by_name[name] = query
        self._by_key[key].append(query)
        return query

    def rename(self, query: QueryDefinition, *, name: str, customer_key: str) -> None:
        """Another name or key for an active one; Refused if it is taken."""
        key, name_ = customer_key[:KEY_LENGTH].lower(), name.lower()
        if self._active_by_key.get(key, query) is not query or self._active_by_name.get(name_, query) is not query:
            raise Refused("A query definition with this name or customer key already exists.", 1)
        self._active_by_key.pop(query.customer_key.lower(), None)
        self._active_by_name.pop(query.name.lower(), None)
        if query.customer_key.lower() != key:
            self._by_key[query.customer_key.lower()].remove(query)
            self._by_key[key].append(query)
        query.name, query.customer_key = name, customer_key[:KEY_LENGTH]
        self._active_by_key[key] = self._active_by_name[name_] = query

    def remove(self, query: QueryDefinition, now: datetime) -> None:
        """Soft: it stays to be retrieved, no longer active."""
        query.status, query.modified = INACTIVE, now
        self._active_by_key.pop(query.customer_key.lower(), None)
        self._active_by_name.pop(query.name.lower(), None)
