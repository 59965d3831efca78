"""DataExtension over SOAP."""

from collections.abc import Callable, Iterable
from uuid import uuid4

from lxml import etree

from mce_sandbox.clock import system_now, us_date
from mce_sandbox.objects.data_extensions import (
    INVALID,
    NOT_FOUND,
    UNITS,
    DataExtension,
    Retention,
    checked_fields,
    checked_name,
)
from mce_sandbox.objects.fields import Field
from mce_sandbox.objects.refusals import Refused
from mce_sandbox.soap.elements import child, children, flag, number, text, word
from mce_sandbox.soap.envelope import NIL_IDS, element
from mce_sandbox.soap.filters import Filter, pinned
from mce_sandbox.soap.kinds.kind import CLIENT, NO_PARTNER_KEY, Done, Kind, Row, own
from mce_sandbox.soap.shapes import Property, Shape, Value
from mce_sandbox.world import Caller

RETENTION = (
    "RowBasedRetention", "ResetRetentionPeriodOnImport", "DeleteAtEndOfRetentionPeriod", "RetainUntil",
    "DataRetentionPeriodLength", "DataRetentionPeriod", "DataRetentionPeriodUnitOfMeasure",
)  # fmt: skip


def retained(path: str, read: Callable[[DataExtension, Retention], Value], without: Value = None) -> Property:
    """A property of the retention; `without` is what it says where there is none."""

    def value(row: Row) -> Value:
        extension: DataExtension = row.thing
        return read(extension, extension.retention) if extension.retention else without

    return Property(path, value)


SHAPE = Shape(
    "DataExtension",
    [
        CLIENT,
        NO_PARTNER_KEY,
        own("CreatedDate", "created"),
        own("ModifiedDate", "modified"),
        own("ObjectID", "object_id"),
        own("CustomerKey", "customer_key"),
        own("Name", "name"),
        own("Description", "description"),
        own("IsSendable", "is_sendable"),
        own("IsTestable", "is_testable"),
        Property("SendableDataExtensionField.Name", lambda row: row.thing.sendable_field or None),
        Property("SendableSubscriberField.Name", lambda row: row.thing.subscriber_field or None, api_object=False),
        retained("DataRetentionPeriodLength", lambda _, retention: retention.length),
        retained("DataRetentionPeriodUnitOfMeasure", lambda _, retention: UNITS[retention.unit]),
        retained("RowBasedRetention", lambda _, retention: retention.row_based, without=False),
        retained("ResetRetentionPeriodOnImport", lambda _, retention: retention.reset_on_import, without=False),
        retained("DeleteAtEndOfRetentionPeriod", lambda _, retention: retention.keep_extension, without=False),
        retained("RetainUntil", lambda de, retention: us_date(retention.until(de.created)), without=""),
        own("CategoryID", "category_id"),
    ],
)


def rows(caller: Caller, filter_: Filter | None) -> Iterable[Row]:
    extensions = caller.unit.data_extensions
    if keys := pinned(filter_, "CustomerKey"):
        found = [extensions.by_key(each) for each in keys]
    elif ids := pinned(filter_, "ObjectID"):
        found = [extensions.by_id(each) for each in ids]
    elif names := pinned(filter_, "Name"):
        found = [extensions.by_name(each) for each in names]
    elif folders := pinned(filter_, "CategoryID"):
        found = [de for each in folders if each.isdecimal() for de in extensions.in_folder(int(each))]
    else:
        found = list(extensions)
    return [Row(caller.unit, extension) for extension in found if extension]


async def create(caller: Caller, wanted: etree._Element) -> Done:
    now = system_now()
    extension = DataExtension(
        object_id=str(uuid4()),
        name=checked_name(text(wanted, "Name") or ""),
        customer_key=word(wanted, "CustomerKey") or str(uuid4()).upper(),
        description=text(wanted, "Description") or "",
        fields=checked_fields([read_field(each) for each in children_of(wanted)]),
        category_id=caller.unit.folders.category(number(wanted, "CategoryID"), "dataextension"),
        table=caller.world.new_table(),
        created=now,
        modified=now,
        is_sendable=flag(wanted, "IsSendable"),
        is_testable=flag(wanted, "IsTestable"),
        sendable_field=word(wanted, "SendableDataExtensionField", "Name"),
        subscriber_field=word(wanted, "SendableSubscriberField", "Name"),
        retention=read_retention(caller, wanted),
    )
    caller.world.add_data_extension(caller.unit, extension)
    return Done("Data Extension created.", new_object_id=extension.object_id, object=_echo(extension))


async def delete(caller: Caller, wanted: etree._Element) -> Done:
    extensions = caller.unit.data_extensions
    extension = extensions.by_id(word(wanted, "ObjectID")) or extensions.by_key(word(wanted, "CustomerKey"))
    if extension is None:
        raise Refused("The Data Extension was not found.", NOT_FOUND)
    caller.world.remove_data_extension(caller.unit, extension)
    return Done("Data Extension deleted.")


def children_of(wanted: etree._Element) -> list[etree._Element]:
    holder = child(wanted, "Fields")
    return list(children(holder, "Field")) if holder is not None else []


def read_field(wanted: etree._Element) -> Field:
    return Field(
        object_id="",
        name=word(wanted, "Name"),
        type=word(wanted, "FieldType"),
        max_length=number(wanted, "MaxLength"),
        scale=number(wanted, "Scale"),
        default=text(wanted, "DefaultValue") or "",
        required=flag(wanted, "IsRequired"),
        primary_key=flag(wanted, "IsPrimaryKey"),
    )


def read_retention(caller: Caller, wanted: etree._Element) -> Retention | None:
    """Without a period there is no retention, whatever the flags say."""
    given = [name for name in RETENTION if text(wanted, name)]
    if given and caller.world.dials.retention_refused:
        # The permission is documented, the words of the refusal are not.
        raise Refused("You do not have the permission Manage Data Extension Retention.", INVALID)
    length, unit = number(wanted, "DataRetentionPeriodLength"), word(wanted, "DataRetentionPeriod")
    if not length or not unit:
        return None
    if unit not in UNITS:
        raise Refused(f"The DataRetentionPeriod '{unit}' is not valid.", INVALID)
    if text(wanted, "RetainUntil"):
        raise Refused("RetainUntil and a data retention period cannot both be set.", INVALID)
    return Retention(
        length,
        unit,
        flag(wanted, "RowBasedRetention"),
        flag(wanted, "DeleteAtEndOfRetentionPeriod"),
        flag(wanted, "ResetRetentionPeriodOnImport"),
    )


def _echo(extension: DataExtension) -> str:
    """The object as Create gives it back: fields with nil ids and no Ordinal."""
    fields = "".join(_echo_field(field) for field in extension.fields)
    return (
        f'<PartnerKey xsi:nil="true" />{element("ObjectID", extension.object_id)}'
        f"{element('CustomerKey', extension.customer_key)}{element('Name', extension.name)}"
        f"{element('Description', extension.description)}{element('IsSendable', extension.is_sendable)}"
        f"{element('IsTestable', extension.is_testable)}<Fields>{fields}</Fields>"
        f"{element('CategoryID', extension.category_id)}"
    )


def _echo_field(field: Field) -> str:
    length = element("MaxLength", field.max_length) if field.max_length else ""
    scale = element("Scale", field.scale) if field.scale is not None else ""
    return (
        f"<Field>{NIL_IDS}{element('Name', field.name)}{scale}{element('DefaultValue', field.default)}{length}"
        f"{element('IsRequired', field.required)}{element('IsPrimaryKey', field.primary_key)}"
        f"{element('FieldType', field.type)}</Field>"
    )


KIND = Kind(SHAPE, rows, create=create, delete=delete)
