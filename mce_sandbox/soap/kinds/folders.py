"""DataFolder over SOAP."""

from collections.abc import Iterable
from dataclasses import replace

from lxml import etree

from mce_sandbox.clock import system_now
from mce_sandbox.objects.folders import Folder
from mce_sandbox.objects.refusals import Refused
from mce_sandbox.soap.elements import flag, number, text, whole, word
from mce_sandbox.soap.filters import Filter, pinned
from mce_sandbox.soap.kinds.kind import CLIENT, CREATED, MODIFIED, PARTNER_KEY, Done, Kind, Row, own
from mce_sandbox.soap.shapes import Property, Shape, Value, nil
from mce_sandbox.world import Caller


def parent(path: str, attribute: str, type: str = "String") -> Property:
    """A property of the folder above; a root has none but the id 0."""

    def read(row: Row) -> Value:
        above = row.unit.folders.get(row.thing.parent_id)
        value: Value = getattr(above, attribute) if above else None
        return value

    return Property(f"ParentFolder.{path}", read, type)


SHAPE = Shape(
    "DataFolder",
    [
        CLIENT,
        Property("Client.CreatedBy", lambda row: row.unit.enterprise.users[0].number, "Int32", api_object=False),
        Property("Client.ModifiedBy", lambda row: row.unit.enterprise.users[0].number, "Int32", api_object=False),
        Property("Client.EnterpriseID", lambda row: row.unit.enterprise.id, "Int64", api_object=False),
        replace(PARTNER_KEY, retrievable=False),
        CREATED,
        MODIFIED,
        own("ID", "id", "Int32"),
        # Always nil for a folder, asked for or not.
        Property("ObjectID", lambda row: None, unset=nil("ObjectID")),
        own("CustomerKey", "customer_key"),
        own("ParentFolder.ID", "parent_id", "Int32"),
        # Written nil in any case.
        Property("ParentFolder.ObjectID", lambda row: None, "Guid"),
        parent("CustomerKey", "customer_key"),
        parent("Name", "name"),
        parent("Description", "description"),
        parent("ContentType", "content_type"),
        parent("IsActive", "is_active", "Boolean"),
        parent("IsEditable", "is_editable", "Boolean"),
        parent("AllowChildren", "allow_children", "Boolean"),
        own("Name", "name"),
        own("Description", "description"),
        own("ContentType", "content_type"),
        own("IsActive", "is_active", "Boolean"),
        own("IsEditable", "is_editable", "Boolean"),
        own("AllowChildren", "allow_children", "Boolean"),
    ],
)


def rows(caller: Caller, filter_: Filter | None) -> Iterable[Row]:
    folders = caller.unit.folders
    if ids := pinned(filter_, "ID"):
        found = [folders.get(whole(each) or 0) for each in ids]
    elif keys := pinned(filter_, "CustomerKey"):
        found = [folders.by_key(each) for each in keys]
    else:
        found = list(folders)
    return [Row(caller.unit, folder) for folder in found if folder]


async def create(caller: Caller, element: etree._Element) -> Done:
    folder = caller.unit.folders.create(
        name=word(element, "Name"), customer_key=word(element, "CustomerKey"),
        description=word(element, "Description"), content_type=word(element, "ContentType"),
        parent_id=number(element, "ParentFolder", "ID"), is_active=flag(element, "IsActive", default=True),
        is_editable=flag(element, "IsEditable"), allow_children=flag(element, "AllowChildren"),
        now=system_now(),
    )  # fmt: skip
    return Done("Folder created successfully.", new_id=folder.id)


async def update(caller: Caller, element: etree._Element) -> Done:
    """Changes what is given: name, description, parent, flags."""
    folders = caller.unit.folders
    folder = _find(caller, element)
    folders.change(
        folder, name=text(element, "Name"), description=text(element, "Description"),
        parent_id=number(element, "ParentFolder", "ID"), now=system_now(),
    )  # fmt: skip
    folder.is_active = flag(element, "IsActive", default=folder.is_active)
    folder.is_editable = flag(element, "IsEditable", default=folder.is_editable)
    folder.allow_children = flag(element, "AllowChildren", default=folder.allow_children)
    return Done("Folder updated successfully.")


async def delete(caller: Caller, element: etree._Element) -> Done:
    unit, folder = caller.unit, _find(caller, element)
    if unit.data_extensions.in_folder(folder.id) or any(
        query.category_id == folder.id for query in unit.queries.active()
    ):
        raise Refused("The folder is not empty.", 2)
    unit.folders.delete(folder)
    return Done("Folder deleted successfully.")


def _find(caller: Caller, element: etree._Element) -> Folder:
    folders = caller.unit.folders
    folder = folders.get(number(element, "ID") or 0) or folders.by_key(word(element, "CustomerKey"))
    if folder is None:
        raise Refused("The folder was not found.", 2)
    return folder


KIND = Kind(
    SHAPE,
    rows,
    create=create,
    update=update,
    delete=delete,
    is_shared=lambda row: row.thing.content_type.startswith("shared"),
)
