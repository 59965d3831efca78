"""DataFolder over SOAP."""

from collections.abc import Iterable

from lxml import etree

from mce_sandbox.clock import system_now
from mce_sandbox.objects.refusals import Refused
from mce_sandbox.soap.elements import flag, number, word
from mce_sandbox.soap.filters import Filter, pinned
from mce_sandbox.soap.kinds.kind import CLIENT, NO_PARTNER_KEY, Done, Kind, Row, own
from mce_sandbox.soap.shapes import Property, Shape, Value
from mce_sandbox.world import Caller


def parent(attribute: str) -> Property:
    """A property of the folder above; a root has none but the id 0."""

    def read(row: Row) -> Value:
        above = row.unit.folders.get(row.thing.parent_id)
        value: Value = getattr(above, attribute) if above else None
        return value

    name = {"name": "Name", "customer_key": "CustomerKey", "content_type": "ContentType"}[attribute]
    return Property(f"ParentFolder.{name}", read)


SHAPE = Shape(
    "DataFolder",
    [
        CLIENT,
        NO_PARTNER_KEY,
        own("CreatedDate", "created"),
        own("ModifiedDate", "modified"),
        own("ID", "id"),
        # Always nil for a folder, asked for or not.
        Property("ObjectID", lambda row: None),
        own("CustomerKey", "customer_key"),
        own("ParentFolder.ID", "parent_id"),
        parent("customer_key"),
        parent("name"),
        parent("content_type"),
        own("Name", "name"),
        own("Description", "description"),
        own("ContentType", "content_type"),
        own("IsActive", "is_active"),
        own("IsEditable", "is_editable"),
        own("AllowChildren", "allow_children"),
    ],
)


def rows(caller: Caller, filter_: Filter | None) -> Iterable[Row]:
    folders = caller.unit.folders
    if ids := pinned(filter_, "ID"):
        found = [folders.get(int(each)) for each in ids if each.isdecimal()]
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


async def delete(caller: Caller, element: etree._Element) -> Done:
    unit = caller.unit
    folder = unit.folders.get(number(element, "ID") or 0) or unit.folders.by_key(word(element, "CustomerKey"))
    if folder is None:
        raise Refused("The folder was not found.", 2)
    if unit.data_extensions.in_folder(folder.id) or any(
        query.category_id == folder.id for query in unit.queries.active()
    ):
        raise Refused("The folder is not empty.", 2)
    unit.folders.delete(folder)
    return Done("Folder deleted successfully.")


KIND = Kind(SHAPE, rows, create=create, delete=delete)
