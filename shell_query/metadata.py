"""What the data extensions look like that a query reads, by name, since SQL knows no keys, or writes, by key."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from mce_bridge.account import Account
from mce_bridge.objects import data_extensions, folders
from mce_bridge.objects.data_extensions import DataExtensionField
from shell_query.sql import Field, FieldType, TableRef, TableSchema
from shell_query.sql.data_views import DATA_VIEWS
from shell_query.targets import Target, TargetField

KNOWN_TYPES = frozenset(FieldType)


def read_schemas(account: Account, tables: Sequence[TableRef]) -> dict[str, TableSchema]:
    """By `TableRef.key`. A table that is not found is left out: MCE's own validation has the last word on it.

    Shared ones (`Ent.`) belong to the parent business unit, which this account does not see; data views are known.
    """
    return {each.schema.name.lower(): each.schema for each in read_described(account, own_names(tables))}


@dataclass(frozen=True)
class Described:
    """A data extension of the business unit with its fields."""

    customer_key: str
    schema: TableSchema


def own_names(tables: Iterable[TableRef]) -> list[str]:
    """In lower case, which is their TableRef.key too."""
    return [table.key for table in tables if not table.enterprise and not is_data_view(table)]


def read_described(account: Account, names: Sequence[str]) -> list[Described]:
    """Those of these names, in lower case, that the business unit has."""
    found = [each for each in data_extensions.find_by_names(account, names) if each.name.lower() in names]
    fields = data_extensions.fields(account, [each.customer_key for each in found]) if found else {}
    return [
        Described(each.customer_key, TableSchema(each.name, tuple(map(field_of, fields[each.customer_key]))))
        for each in found
    ]


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


def read_target(account: Account, key: str) -> Target | None:
    """The data extension with this customer key, in whatever case; None if this business unit has none."""
    found = data_extensions.find_by_key(account, key)
    # MCE may compare more leniently than we lock (a trailing blank, an accent): that would be another name for it.
    if found is None or found.customer_key.lower() != key.lower():
        return None
    folder = folders.get(account, found.folder_id) if found.folder_id else None
    fields = data_extensions.fields(account, [found.customer_key])[found.customer_key]
    return Target(
        key=found.customer_key,
        name=found.name,
        is_sendable=found.is_sendable,
        folder_name=folder.name if folder else "",
        fields=tuple(map(target_field_of, fields)),
    )


def target_field_of(field: DataExtensionField) -> TargetField:
    return TargetField(
        column=field_of(field),
        is_required=field.is_required,
        is_primary_key=field.is_primary_key,
        has_default=field.default_value != "",
        is_known=field.field_type in KNOWN_TYPES,
    )
