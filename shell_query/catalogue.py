"""The data extensions of a business unit, kept in this process for some minutes (decision 0015).

What is kept belongs to one tenant, business unit and connection: whoever asks over another connection may see others.
"""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass, field

from django.core.cache import caches
from django.core.cache.backends.base import BaseCache

from mce_bridge.account import Account
from mce_bridge.objects import data_extensions
from shell_query.metadata import Described, own_names, read_described, target_field_of
from shell_query.sql import TableRef
from shell_query.targets import OUR_KEYS, TargetField

MOST_NAMES = 5_000
"""Two batches of Marketing Cloud's. An account with more has its names asked for part by part."""


@dataclass(frozen=True)
class Listed:
    name: str
    customer_key: str


@dataclass(frozen=True)
class Names:
    """Those of one question, without results of our own runs. `complete`: there are no others."""

    own: tuple[Listed, ...]
    complete: bool


@dataclass(frozen=True)
class Detailed(Listed):
    """With its fields, in their order."""

    fields: tuple[TargetField, ...]


@dataclass
class Catalogue:
    """One request's look at it. `is_old`: something that it gave was not read just now."""

    account: Account
    is_old: bool = field(default=False, init=False)

    def described(self, tables: Iterable[TableRef], *, fresh: bool = False) -> dict[str, Described]:
        """By TableRef.key, those that are there. Others are asked for every time: they may be made any moment."""
        names = own_names(tables)
        keys = {self._key("table", name): name for name in names}
        kept = {} if fresh else {keys[key]: found for key, found in _cache().get_many(list(keys)).items()}
        self.is_old = bool(kept)
        if missing := [name for name in names if name not in kept]:
            read = {each.schema.name.lower(): each for each in read_described(self.account, missing)}
            _cache().set_many({self._key("table", name): each for name, each in read.items()})
            kept |= read
        return kept

    def names(self, part: str = "") -> tuple[Listed, ...]:
        """Those whose name contains `part`, at most MOST_NAMES, by name. Results of our own runs are left out."""
        found = self._listed("")
        if part and not found.complete:
            found = self._listed(part.lower())
        # Also of what was asked for by its part: % and _ stand for any characters there.
        return tuple(each for each in found.own if part.lower() in each.name.lower())

    def detailed(self, customer_key: str) -> Detailed | None:
        """None for one that the business unit does not have, or that is ours."""
        key = self._key("fields", customer_key.lower())
        kept: Detailed | None = _cache().get(key)
        if kept is None and (found := data_extensions.find_by_key(self.account, customer_key)):
            if is_ours(found.customer_key):
                return None
            fields = data_extensions.fields(self.account, [found.customer_key])[found.customer_key]
            kept = Detailed(found.name, found.customer_key, tuple(map(target_field_of, fields)))
            _cache().set(key, kept)
        return kept

    def _listed(self, part: str) -> Names:
        key = self._key("names", part)
        kept: Names | None = _cache().get(key)
        if kept is None:
            found = data_extensions.find_by_part(self.account, part, most=MOST_NAMES)
            own = [Listed(each.name, each.customer_key) for each in found if not is_ours(each.customer_key)]
            by_name = sorted(own, key=lambda each: each.name.lower())
            kept = Names(tuple(by_name), complete=len(found) < MOST_NAMES)
            _cache().set(key, kept)
        return kept

    def _key(self, kind: str, name: str) -> str:
        whose = f"{self.account.tenant_id}/{self.account.mid}/{self.account.connection_id}"
        return hashlib.sha256(f"{whose}/{kind}/{name}".encode()).hexdigest()


def is_ours(customer_key: str) -> bool:
    return customer_key.lower().startswith(OUR_KEYS)


def _cache() -> BaseCache:
    """Each process its own: in Redis a customer's schema would lie outside of row-level security."""
    return caches["metadata"]
