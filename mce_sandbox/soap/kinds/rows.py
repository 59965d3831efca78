"""DataExtensionObject over SOAP: rows, retrieved as `DataExtensionObject[key]`, by the data extension's name too."""

import re
from collections.abc import Callable, Iterable
from operator import itemgetter

from lxml import etree

from mce_sandbox.objects.data_extensions import NOT_FOUND, DataExtension
from mce_sandbox.objects.refusals import Refused
from mce_sandbox.objects.rows import Rows
from mce_sandbox.objects.values import told
from mce_sandbox.soap.elements import child, children_of, text, word
from mce_sandbox.soap.envelope import NIL_IDS, element
from mce_sandbox.soap.filters import Filter
from mce_sandbox.soap.kinds.kind import Done, Kind, Row, Writer
from mce_sandbox.soap.kinds.row_filters import condition
from mce_sandbox.soap.shapes import Property, Shape, Value
from mce_sandbox.world import Caller

NAMED = re.compile(r"DataExtensionObject\[(?P<name>.+)\]", re.DOTALL)
TYPES = {"Number": "Int32", "Date": "DateTime", "Boolean": "Boolean", "Decimal": "Decimal"}


def kind_of(caller: Caller, object_type: str) -> Kind | None:
    """The rows of one data extension, as an object type of its own."""
    found = NAMED.fullmatch(object_type)
    extensions = caller.unit.data_extensions
    extension = found and (extensions.by_key(found["name"]) or extensions.by_name(found["name"]))
    return _kind(extension) if extension else None


def _kind(extension: DataExtension) -> Kind:
    columns = [
        Property(field.name, _column(at), TYPES.get(field.type, "String")) for at, field in enumerate(extension.fields)
    ]
    shape = Shape("DataExtensionObject", columns, wildcard=True)

    async def rows(caller: Caller, filter_: Filter | None) -> Iterable[Row]:
        where, values = condition(extension, filter_)
        found = await caller.world.rows(caller.unit, extension).read(where, values)
        return [Row(caller.unit, each) for each in found]

    def writer(wanted: list[str]) -> Writer:
        names = [(found.path, found.read) for each in wanted if (found := shape.find(each))]
        return lambda row: _written(row, names)

    return Kind(shape, rows, writer=writer, filters_itself=True, is_shared=lambda row: True)


def _column(at: int) -> Callable[[Row], Value]:
    value = itemgetter(at)
    return lambda row: None if (found := value(row.thing)) is None else told(found)


def _written(row: Row, names: list[tuple[str, Callable[[Row], Value]]]) -> str:
    """A null has no Value."""
    properties = "".join(
        f"<Property>{element('Name', name)}{'' if (value := read(row)) is None else element('Value', value)}</Property>"
        for name, read in names
    )
    return (
        f'<Results xsi:type="DataExtensionObject">{NIL_IDS}<Type>DataExtensionObject</Type>'
        f"<Properties>{properties}</Properties></Results>"
    )


async def create(caller: Caller, wanted: etree._Element) -> Done:
    await _rows(caller, wanted).insert([_pairs(wanted, "Properties", "Property")])
    return Done("Created DataExtensionObject", object=_echo(wanted))


async def update(caller: Caller, wanted: etree._Element) -> Done:
    await _update(caller, wanted, or_insert=False)
    return Done("Updated DataExtensionObject", object=_echo(wanted))


async def upsert(caller: Caller, wanted: etree._Element) -> Done:
    await _update(caller, wanted, or_insert=True)
    return Done("Updated DataExtensionObject", object=_echo(wanted))


async def _update(caller: Caller, wanted: etree._Element, *, or_insert: bool) -> None:
    given, keys = _pairs(wanted, "Properties", "Property"), _pairs(wanted, "Keys", "Key")
    await _rows(caller, wanted).update(given, found_by=keys, or_insert=or_insert)


async def delete(caller: Caller, wanted: etree._Element) -> Done:
    await _rows(caller, wanted).delete(_pairs(wanted, "Keys", "Key"))
    return Done("Deleted DataExtensionObject")


def _rows(caller: Caller, wanted: etree._Element) -> Rows:
    """Of the data extension by its key, or by its name where there is no key."""
    key, name = word(wanted, "CustomerKey"), word(wanted, "Name")
    extensions = caller.unit.data_extensions
    extension = extensions.by_key(key) if key else extensions.by_name(name)
    if extension is None:
        raise Refused(f"The Data Extension '{key or name}' was not found.", NOT_FOUND)
    return caller.world.rows(caller.unit, extension)


def _pairs(wanted: etree._Element, holder: str, name: str) -> dict[str, str | None]:
    return {word(each, "Name"): text(each, "Value") for each in children_of(child(wanted, holder), name)}


def _echo(wanted: etree._Element) -> str:
    """What was sent, as MCE sends it back."""
    parts = NIL_IDS + element("CustomerKey", word(wanted, "CustomerKey"))
    for holder, name in (("Properties", "Property"), ("Keys", "Key")):
        pairs = "".join(
            f"<{name}>{element('Name', key)}{'' if value is None else element('Value', value)}</{name}>"
            for key, value in _pairs(wanted, holder, name).items()
        )
        parts += f"<{holder}>{pairs}</{holder}>" if pairs else ""
    return parts


async def _no_rows(caller: Caller, filter_: Filter | None) -> Iterable[Row]:
    return []


KIND = Kind(
    Shape("DataExtensionObject", []),
    _no_rows,
    create=create,
    update=update,
    upsert=upsert,
    delete=delete,
    results="DataExtension",
)
