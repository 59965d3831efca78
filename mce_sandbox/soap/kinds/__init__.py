"""The object types that SOAP knows, by name; names are case-sensitive."""

from mce_sandbox.soap.kinds import (
    business_units,
    data_extensions,
    fields,
    folders,
    queries,
    rows,
    statuses,
    subscribers,
    templates,
)
from mce_sandbox.soap.kinds.kind import Kind
from mce_sandbox.world import Caller

KINDS: dict[str, Kind] = {
    kind.object_type: kind
    for kind in (
        folders.KIND, data_extensions.KIND, fields.KIND, templates.KIND, rows.KIND, queries.KIND, statuses.KIND,
        subscribers.KIND, business_units.KIND,
    )
}  # fmt: skip


def kind_to_describe(caller: Caller, object_type: str) -> Kind | None:
    """Also the rows of one data extension: `DataExtensionObject[key]`."""
    return KINDS.get(object_type) or rows.kind_of(caller, object_type)


def kind_to_retrieve(caller: Caller, object_type: str) -> Kind | None:
    """As to describe; but rows can be retrieved of a certain data extension only."""
    return None if object_type == rows.KIND.object_type else kind_to_describe(caller, object_type)
