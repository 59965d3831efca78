"""DataExtension and DataExtensionField: MCE's tables and their columns."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import islice
from typing import Any

from mce_bridge import soap
from mce_bridge.account import Account
from mce_bridge.errors import RetentionRefused, UnknownAnswer
from mce_bridge.filters import Filter, containing, equals, within
from mce_bridge.times import read_soap_time

TYPE = "DataExtension"
PROPERTIES = ("ObjectID", "CustomerKey", "Name", "CategoryID", "IsSendable", "CreatedDate")
FIELD_TYPE = "DataExtensionField"
FIELD_PROPERTIES = (
    "Name",
    "FieldType",
    "MaxLength",
    "Scale",
    "IsRequired",
    "IsPrimaryKey",
    "Ordinal",
    "DefaultValue",
    "DataExtension.CustomerKey",
)
# How many names or keys one filter holds.
CHUNK = 50


@dataclass(frozen=True)
class DataExtension:
    """`created_at` is UTC; None where MCE left it out."""

    object_id: str
    customer_key: str
    name: str
    folder_id: int | None
    is_sendable: bool
    created_at: datetime | None


@dataclass(frozen=True)
class DataExtensionField:
    """`field_type` is MCE's word. `max_length` of a Decimal is its precision; Number and Date have none."""

    name: str
    field_type: str
    max_length: int | None
    scale: int | None
    is_required: bool
    is_primary_key: bool
    ordinal: int
    default_value: str


@dataclass(frozen=True)
class NewField:
    """A column to make: Text Number Date Boolean EmailAddress Phone Decimal Locale."""

    name: str
    field_type: str
    max_length: int | None = None
    scale: int | None = None
    is_required: bool = False
    is_primary_key: bool = False


@dataclass(frozen=True)
class NewDataExtension:
    """A data extension to make. With `delete_after_days` MCE deletes it, rows and all, where it may."""

    customer_key: str
    name: str
    folder_id: int | None
    fields: tuple[NewField, ...]
    description: str = ""
    delete_after_days: int | None = None


def find_by_key(account: Account, key: str) -> DataExtension | None:
    return next(retrieve(account, equals("CustomerKey", key)), None)


def find_by_names(account: Account, names: Sequence[str]) -> list[DataExtension]:
    """Those of `names` that this business unit has, in no order; MCE compares without regard to case."""
    return [found for part in chunks(names) for found in retrieve(account, within("Name", part))]


def find_by_part(account: Account, part: str, *, most: int) -> list[DataExtension]:
    """At most so many whose name contains `part`, in no order."""
    return list(islice(retrieve(account, containing("Name", part)), most))


def in_folder(account: Account, folder_id: int) -> Iterator[DataExtension]:
    """All of a folder, whatever their number: MCE gives 2,500 at a time."""
    return retrieve(account, equals("CategoryID", str(folder_id)))


def fields(account: Account, keys: Sequence[str]) -> dict[str, list[DataExtensionField]]:
    """The columns of each data extension by its customer key, in their order; a key that is not there has none."""
    found: dict[str, list[DataExtensionField]] = {key: [] for key in keys}
    spelled = {key.casefold(): key for key in keys}
    for part in chunks(keys):
        matching = within("DataExtension.CustomerKey", part)
        for row in soap.retrieve(account, FIELD_TYPE, FIELD_PROPERTIES, matching):
            key = spelled.get((row.DataExtension.CustomerKey or "").casefold()) if row.DataExtension else None
            if key is not None:
                found[key].append(read_field(row))
    for columns in found.values():
        columns.sort(key=lambda column: column.ordinal)
    return found


def create(account: Account, spec: NewDataExtension) -> DataExtension:
    """Raises AlreadyExists, Rejected. An account that may not set retention gets the data extension without it."""
    try:
        created = soap.create(account, TYPE, described(spec) | retention(spec))
    except RetentionRefused:
        created = soap.create(account, TYPE, described(spec))
    return DataExtension(
        object_id=created.named(),
        customer_key=spec.customer_key,
        name=spec.name,
        folder_id=spec.folder_id,
        is_sendable=False,
        created_at=None,
    )


def delete(account: Account, *, object_id: str) -> None:
    """Raises NotThere."""
    soap.delete(account, TYPE, {"ObjectID": object_id})


def retrieve(account: Account, matching: Filter) -> Iterator[DataExtension]:
    return (read(row) for row in soap.retrieve(account, TYPE, PROPERTIES, matching))


def described(spec: NewDataExtension) -> dict[str, Any]:
    return {
        "CustomerKey": spec.customer_key,
        "Name": spec.name,
        "Description": spec.description,
        "IsSendable": False,
        "IsTestable": False,
        "Fields": {"Field": [field_described(field) for field in spec.fields]},
        "CategoryID": spec.folder_id,
    }


def retention(spec: NewDataExtension) -> dict[str, Any]:
    """MCE's flags read backwards: false and **false** delete rows and data extension alike (docs/mce-facts.md 2)."""
    if spec.delete_after_days is None:
        return {}
    return {
        "RowBasedRetention": False,
        "ResetRetentionPeriodOnImport": False,
        "DeleteAtEndOfRetentionPeriod": False,
        "DataRetentionPeriodLength": spec.delete_after_days,
        "DataRetentionPeriod": "Days",
    }


def field_described(field: NewField) -> dict[str, Any]:
    return {
        "Name": field.name,
        "FieldType": field.field_type,
        "MaxLength": field.max_length,
        "Scale": field.scale,
        "IsRequired": field.is_required or field.is_primary_key,
        "IsPrimaryKey": field.is_primary_key,
    }


def read(row: Any) -> DataExtension:
    if not row.ObjectID or not row.CustomerKey:
        raise UnknownAnswer("Marketing Cloud gave a data extension without its id or key.")
    return DataExtension(
        object_id=row.ObjectID,
        customer_key=row.CustomerKey,
        name=row.Name or "",
        folder_id=row.CategoryID,
        is_sendable=bool(row.IsSendable),
        created_at=read_soap_time(row.CreatedDate),
    )


def read_field(row: Any) -> DataExtensionField:
    return DataExtensionField(
        name=row.Name or "",
        field_type=row.FieldType or "",
        max_length=row.MaxLength,
        scale=row.Scale,
        is_required=bool(row.IsRequired),
        is_primary_key=bool(row.IsPrimaryKey),
        ordinal=row.Ordinal or 0,
        default_value=row.DefaultValue or "",
    )


def chunks(values: Sequence[str]) -> Iterator[Sequence[str]]:
    return (values[start : start + CHUNK] for start in range(0, len(values), CHUNK))
