"""DataFolder: the tree that data extensions and queries lie in."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from itertools import count

from mce_sandbox.objects.refusals import Refused

# Content type, name, and the content type above; shared folders lie in one that holds nothing else.
ROOTS = (
    ("dataextension", "Data Extensions", None),
    ("queryactivity", "Query", None),
    ("shared_data", "Shared Items", None),
    ("shared_dataextension", "Shared Data Extensions", "shared_data"),
    ("synchronizeddataextension", "Synchronized Data Extensions", None),
)
# What may lie in a folder of another content type than its own.
ALSO_IN = {"dataextension": ("shared_dataextension",)}


@dataclass(slots=True)
class Folder:
    id: int
    parent_id: int
    name: str
    customer_key: str
    description: str
    content_type: str
    created: datetime
    modified: datetime
    is_active: bool = True
    is_editable: bool = False
    allow_children: bool = False


class Folders:
    """The folders of one business unit, by id and by key."""

    def __init__(self, first_id: int, now: datetime) -> None:
        self._ids = count(first_id)
        self._by_id: dict[int, Folder] = {}
        self._by_key: dict[str, Folder] = {}
        for content_type, name, above in ROOTS:
            parent_id = self.root(above).id if above else 0
            self._add(
                Folder(
                    next(self._ids), parent_id, name, f"{content_type}_default", "", content_type, now, now,
                    allow_children=content_type != "shared_data",
                )
            )  # fmt: skip
        self._made_by_mce = set(self._by_id)

    def __iter__(self) -> Iterator[Folder]:
        return iter(self._by_id.values())

    def get(self, folder_id: int) -> Folder | None:
        return self._by_id.get(folder_id)

    def by_key(self, key: str) -> Folder | None:
        return self._by_key.get(key.lower())

    def root(self, content_type: str) -> Folder:
        return self._by_key[f"{content_type}_default"]

    def children(self, folder_id: int) -> Iterable[Folder]:
        return [folder for folder in self if folder.parent_id == folder_id]

    def category(self, folder_id: int | None, content_type: str) -> int:
        """The folder an object is put into: the one asked for, or the root when none is."""
        if folder_id is None:
            return self.root(content_type).id
        folder = self.get(folder_id)
        if folder is None or folder.content_type not in (content_type, *ALSO_IN.get(content_type, ())):
            raise Refused(f"CategoryID {folder_id} is not a valid folder of type {content_type}.", 2)
        return folder.id

    def create(
        self, *, name: str, customer_key: str, description: str, content_type: str, parent_id: int | None,
        is_active: bool, is_editable: bool, allow_children: bool, now: datetime,
    ) -> Folder:  # fmt: skip
        """Adds a folder below another one of the same content type."""
        if not name:
            raise Refused("Folder name is required.", 396003)
        if not content_type:
            raise Refused("Content type is required.", 396004)
        if not description:
            raise Refused("Folder description is required.", 396010)
        parent = self.get(parent_id or 0)
        if parent is None or parent.content_type != content_type.lower():
            raise Refused("The parent folder is invalid.", 396007)
        if customer_key and self.by_key(customer_key):
            raise Refused("A folder with this customer key already exists.", 396002)
        if any(child.name.lower() == name.lower() for child in self.children(parent.id)):
            raise Refused("A folder with this name already exists in the parent folder.", 1)
        folder_id = next(self._ids)
        return self._add(
            Folder(
                folder_id, parent.id, name, customer_key or f"folder-{folder_id}", description,
                parent.content_type, now, now, is_active, is_editable, allow_children,
            )
        )  # fmt: skip

    def change(
        self, folder: Folder, *, name: str | None, description: str | None, parent_id: int | None, now: datetime
    ) -> None:  # fmt: skip
        """New name, description or place; None leaves it. What was there from the start stays."""
        if folder.id in self._made_by_mce:
            raise Refused("The folder cannot be changed.", 2)
        parent = self.get(folder.parent_id if parent_id is None else parent_id)
        if parent is None or parent.content_type != folder.content_type or folder in self._up_from(parent):
            raise Refused("The parent folder is invalid.", 396007)
        new_name = folder.name if name is None else name
        if not new_name:
            raise Refused("Folder name is required.", 396003)
        if any(child is not folder and child.name.lower() == new_name.lower() for child in self.children(parent.id)):
            raise Refused("A folder with this name already exists in the parent folder.", 1)
        folder.name, folder.parent_id, folder.modified = new_name, parent.id, now
        folder.description = folder.description if description is None else description

    def _up_from(self, folder: Folder | None) -> Iterator[Folder]:
        while folder is not None:
            yield folder
            folder = self.get(folder.parent_id)

    def delete(self, folder: Folder) -> None:
        """Removes an empty folder that was not there from the start; what lies in it is the caller's to check."""
        if folder.id in self._made_by_mce or self.children(folder.id):
            raise Refused("The folder cannot be deleted.", 396007)
        del self._by_id[folder.id]
        del self._by_key[folder.customer_key.lower()]

    def _add(self, folder: Folder) -> Folder:
        self._by_id[folder.id] = folder
        self._by_key[folder.customer_key.lower()] = folder
        return folder
