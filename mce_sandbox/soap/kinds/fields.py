"""DataExtensionField over SOAP: found by the key of its data extension, never by its name."""

from collections.abc import Iterable
from typing import NamedTuple

from mce_sandbox.objects.data_extensions import DataExtension
from mce_sandbox.objects.fields import Field
from mce_sandbox.soap.filters import Filter, pinned
from mce_sandbox.soap.kinds.kind import CLIENT, PARTNER_KEY, Kind, Row, own
from mce_sandbox.soap.shapes import Property, Shape, nil
from mce_sandbox.world import Caller


class Column(NamedTuple):
    field: Field
    extension: DataExtension


SHAPE = Shape(
    "DataExtensionField",
    [
        CLIENT,
        PARTNER_KEY,
        own("CreatedDate", "extension.created", "DateTime"),
        own("ModifiedDate", "extension.modified", "DateTime"),
        own("ObjectID", "field.object_id", unset=nil("ObjectID")),
        Property("CustomerKey", lambda row: f"[{row.thing.extension.customer_key}].[{row.thing.field.name}]"),
        own("Name", "field.name"),
        own("Scale", "field.scale", "Int32"),
        own("DefaultValue", "field.default"),
        own("MaxLength", "field.max_length", "Int32"),
        own("IsRequired", "field.required", "Boolean"),
        own("Ordinal", "field.ordinal", "Int32"),
        own("IsPrimaryKey", "field.primary_key", "Boolean"),
        own("FieldType", "field.type"),
        own("DataExtension.CustomerKey", "extension.customer_key"),
        Property("StorageType", lambda row: "Plain"),
    ],
)


def rows(caller: Caller, filter_: Filter | None) -> Iterable[Row]:
    extensions = caller.unit.data_extensions
    keys = pinned(filter_, "DataExtension.CustomerKey")
    found = [extensions.by_key(key) for key in keys] if keys else list(extensions)
    return [
        Row(caller.unit, Column(field, extension))
        for extension in found
        if extension
        # Retrieves come unordered: column order is Ordinal's alone.
        for field in sorted(extension.fields, key=lambda field: field.object_id)
    ]


KIND = Kind(SHAPE, rows, is_shared=lambda row: True)
