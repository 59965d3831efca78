"""Finds or makes our two folders, one for data extensions and one for queries, and caches their ids.

There is one of each in a business unit; both are found by name below their root.
"""

from typing import Literal
from uuid import UUID

from mce_bridge.account import Account
from mce_bridge.errors import AlreadyExists
from mce_bridge.objects import folders
from shell_query.naming import FOLDER
from tenants.context import ask, tenant_scope
from tenants.models import BusinessUnit

Kind = Literal["dataextension", "queryactivity"]

COLUMNS: dict[Kind, str] = {"dataextension": "data_extension_folder_id", "queryactivity": "query_folder_id"}
DESCRIPTION = "Temporary objects of Query++. They are removed by themselves."


def folder_of(account: Account, unit_id: UUID, kind: Kind) -> int:
    """The id of our folder, from the cache or from MCE. Raises what MCE answers."""
    column = COLUMNS[kind]
    sql = f"SELECT {column} FROM tenants_businessunit WHERE id = %s"  # noqa: S608  a column of ours
    ((known,),) = ask(account.tenant_id, sql, [unit_id])
    if known is not None:
        return int(known)
    folder_id = find_or_make(account, kind)
    remember(account, unit_id, kind, folder_id)
    return folder_id


def is_gone(account: Account, unit_id: UUID, kind: Kind, folder_id: int) -> bool:
    """Whether somebody deleted our folder; then it is forgotten, and the next step makes it again."""
    if folders.get(account, folder_id) is not None:
        return False
    remember(account, unit_id, kind, None)
    return True


def remember(account: Account, unit_id: UUID, kind: Kind, folder_id: int | None) -> None:
    with tenant_scope(account.tenant_id):
        BusinessUnit.objects.filter(id=unit_id).update(**{COLUMNS[kind]: folder_id})


def find(account: Account, kind: Kind) -> int | None:
    """The id of our folder as MCE has it now."""
    return find_below(account, kind, folders.find_root(account, kind).id)


def find_or_make(account: Account, kind: Kind) -> int:
    root = folders.find_root(account, kind)
    found = find_below(account, kind, root.id)
    if found is not None:
        return found
    try:
        return folders.create(account, name=FOLDER, content_type=kind, parent_id=root.id, description=DESCRIPTION).id
    except AlreadyExists:
        # Another run of this business unit made it a moment ago.
        found = find_below(account, kind, root.id)
        if found is None:
            raise
        return found


def find_below(account: Account, kind: Kind, root_id: int) -> int | None:
    found = folders.find(account, content_type=kind, name=FOLDER, parent_id=root_id)
    return found.id if found is not None else None
