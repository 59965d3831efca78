"""What the data extensions that a query reads look like. Names go in, since SQL knows no keys; fields come by key."""

from collections.abc import Sequence

from mce_bridge.account import Account
from mce_bridge.objects import data_extensions
from mce_bridge.objects.data_extensions import DataExtensionField
from shell_query.sql import Field, FieldType, TableRef, TableSchema
from shell_query.sql.data_views import DATA_VIEWS

KNOWN_TYPES = frozenset(FieldType)


def read_schemas(account: Account, tables: Sequence[TableRef]) -> dict[str, TableSchema]:
    """By lower-cased name. A table that is not there is left out: MCE's own validation has the last word on it."""
    schemas = {table.name.lower(): DATA_VIEWS[table.name.lower()] for table in tables if is_data_view(table)}
    names = [table.name for table in tables if not is_data_view(table)]
    if not names:
        return schemas
    found = data_extensions.find_by_names(account, names)
    fields = data_extensions.fields(account, [each.customer_key for each in found]) if found else {}
    for each in found:
        columns = tuple(field_of(field) for field in fields[each.customer_key])
        schemas[each.name.lower()] = TableSchema(each.name, columns)
    return schemas


def is_data_view(table: TableRef) -> bool:
    return table.name.lower() in DATA_VIEWS


def field_of(field: DataExtensionField) -> Field:
    """A type that we do not know is read as a text: it can hold whatever comes."""
    known = field.field_type in KNOWN_TYPES
    return Field(
        name=field.name,
        type=FieldType(field.field_type) if known else FieldType.TEXT,
        length=field.max_length,
        scale=field.scale,
        nullable=not field.is_required,
    )
