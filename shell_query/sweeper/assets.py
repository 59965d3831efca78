"""What of ours lies in a business unit, and which of it may go.

Ours is what lies in our folder and has both a key and a name as we make them: whatever else somebody keeps in there
stays. It may go once it is old by MCE's own date and its run is not active.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import islice
from typing import Protocol
from uuid import UUID

from mce_bridge.account import Account
from mce_bridge.objects import data_extensions, query_definitions
from shell_query import naming
from shell_query.engine import folders
from shell_query.models import Run
from tenants.context import tenant_scope

# The rows are asked of so many assets at once; MCE lists 2,500 at a time.
BATCH = 500


class Listed(Protocol):
    """What the modules of `mce_bridge.objects` tell of a data extension or a query."""

    @property
    def object_id(self) -> str: ...
    @property
    def customer_key(self) -> str: ...
    @property
    def name(self) -> str: ...
    @property
    def created_at(self) -> datetime | None: ...


@dataclass(frozen=True)
class Kind:
    """A sort of asset. `removal` is cleanup's word for it, `removed` the field of its run that says when it went."""

    removal: str
    folder: folders.Kind
    removed: str
    in_folder: Callable[[Account, int], Iterable[Listed]]
    run_of: Callable[[str, str], UUID | None]
    delete: Callable[[Account, str], None]


QUERY = Kind(
    removal="query",
    folder="queryactivity",
    removed="query_removed_at",
    in_folder=query_definitions.in_folder,
    run_of=naming.run_of_query,
    delete=lambda account, object_id: query_definitions.delete(account, object_id=object_id),
)
DATA_EXTENSION = Kind(
    removal="data_extension",
    folder="dataextension",
    removed="data_extension_removed_at",
    in_folder=data_extensions.in_folder,
    run_of=naming.run_of_data_extension,
    delete=lambda account, object_id: data_extensions.delete(account, object_id=object_id),
)
# Queries first: they are few, and nothing shall write into a data extension that goes.
KINDS = (QUERY, DATA_EXTENSION)


@dataclass(frozen=True)
class Asset:
    """`created_at` is UTC; None where MCE left it out."""

    kind: Kind
    run_id: UUID
    object_id: str
    name: str
    created_at: datetime | None

    def is_older_than(self, moment: datetime) -> bool:
        """One of unknown age is not: it stays."""
        return self.created_at is not None and self.created_at < moment


def look_through(account: Account, *, before: datetime) -> Iterator[tuple[Asset, bool]]:
    """Everything of ours, and whether it may go: made before that moment, and of no active run.

    Lazily: MCE is asked for the next page when the last one has been dealt with. Raises what MCE answers.
    """
    for kind in KINDS:
        for batch in in_batches(ours(account, kind)):
            # Asked after they were listed: a run that made one of them is in the rows by now.
            active = active_runs(account.tenant_id, batch)
            for asset in batch:
                yield asset, asset.is_older_than(before) and asset.run_id not in active


def ours(account: Account, kind: Kind) -> Iterator[Asset]:
    folder_id = folders.find(account, kind.folder)
    if folder_id is None:
        return
    for found in kind.in_folder(account, folder_id):
        run_id = kind.run_of(found.customer_key, found.name)
        if run_id is not None:
            yield Asset(kind, run_id, found.object_id, found.name, found.created_at)


def active_runs(tenant_id: UUID, assets: Sequence[Asset]) -> set[UUID]:
    with tenant_scope(tenant_id):
        runs = Run.objects.active().filter(id__in={asset.run_id for asset in assets})
        return set(runs.values_list("id", flat=True))


def in_batches(assets: Iterator[Asset]) -> Iterator[list[Asset]]:
    while batch := list(islice(assets, BATCH)):
        yield batch
