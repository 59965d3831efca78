"""DataFolder: where data extensions and queries are kept. `content_type` is `dataextension` or `queryactivity`."""

from dataclasses import dataclass
from typing import Any

from mce_bridge import soap
from mce_bridge.account import Account
from mce_bridge.errors import NotThere
from mce_bridge.filters import Filter, both, equals

TYPE = "DataFolder"
PROPERTIES = ("ID", "Name", "CustomerKey", "ContentType", "ParentFolder.ID")


@dataclass(frozen=True)
class Folder:
    id: int
    name: str
    content_type: str
    parent_id: int


def find_root(account: Account, content_type: str) -> Folder:
    """The top folder of a content type; raises NotThere. By parent and never by name, which is translated."""
    found = first(account, both(equals("ContentType", content_type), equals("ParentFolder.ID", "0")))
    if found is None:
        raise NotThere("This Marketing Cloud account has no root folder of this kind.")
    return found


def find(account: Account, *, content_type: str, name: str, parent_id: int) -> Folder | None:
    named = both(equals("ParentFolder.ID", str(parent_id)), equals("Name", name))
    return first(account, both(equals("ContentType", content_type), named))


def get(account: Account, folder_id: int) -> Folder | None:
    return first(account, equals("ID", str(folder_id)))


def create(account: Account, *, name: str, content_type: str, parent_id: int, description: str) -> Folder:
    """Raises AlreadyExists."""
    created = soap.create(
        account,
        TYPE,
        {
            "ParentFolder": {"ID": parent_id},
            "Name": name,
            # MCE refuses a folder without a description.
            "Description": description or name,
            "ContentType": content_type,
            # Both are false through the API unless they are sent.
            "IsEditable": True,
            "AllowChildren": True,
        },
    )
    return Folder(id=created.numbered(), name=name, content_type=content_type, parent_id=parent_id)


def first(account: Account, matching: Filter) -> Folder | None:
    return next((read(row) for row in soap.retrieve(account, TYPE, PROPERTIES, matching)), None)


def read(row: Any) -> Folder:
    return Folder(
        id=row.ID or 0,
        name=row.Name or "",
        content_type=row.ContentType or "",
        parent_id=(row.ParentFolder.ID or 0) if row.ParentFolder is not None else 0,
    )
