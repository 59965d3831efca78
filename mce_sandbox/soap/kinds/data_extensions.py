"""DataExtension over SOAP."""

from collections.abc import Callable, Iterable
from uuid import uuid4

from lxml import etree

from mce_sandbox.clock import system_now, us_date
from mce_sandbox.objects.data_extensions import (
    NO_KEY,
    NOT_FOUND,
    UNITS,
    DataExtension,
    Retention,
    checked_fields,
    checked_name,
)
from mce_sandbox.objects.field_changes import change_fields, drop_fields
from mce_sandbox.objects.fields import Field
from mce_sandbox.objects.refusals import Refused
from mce_sandbox.soap.elements import flag, number, text, whole, word
from mce_sandbox.soap.envelope import NIL_IDS, element
from mce_sandbox.soap.filters import Filter, pinned
from mce_sandbox.soap.kinds.data_extension_parts import (
    RETENTION,
    changed_retention,
    check_sendable,
    fields_of,
    read_field,
    read_retention,
    read_template,
)
from mce_sandbox.soap.kinds.kind import CLIENT, CREATED, MODIFIED, OBJECT_ID, PARTNER_KEY, Done, Kind, Row, own, without
from mce_sandbox.soap.shapes import Property, Shape, Value
from mce_sandbox.world import Caller


def retained(
    path: str,
    read: Callable[[DataExtension, Retention], Value],
    type: str = "String",
    *,
    absent: Value = None,
) -> Property:
    """A property of the retention; `absent` is what it says where there is none."""

    def value(row: Row) -> Value:
        extension: DataExtension = row.thing
        return read(extension, extension.retention) if extension.retention else absent

    return Property(path, value, type)


SHAPE = Shape(
    "DataExtension",
    [
        CLIENT,
        PARTNER_KEY,
        CREATED,
        MODIFIED,
        OBJECT_ID,
        own("CustomerKey", "customer_key"),
        own("Name", "name"),
        own("Description", "description"),
        own("IsSendable", "is_sendable", "Boolean"),
        own("IsTestable", "is_testable", "Boolean"),
        Property("SendableDataExtensionField.Name", lambda row: row.thing.sendable_field or None),
        Property("SendableSubscriberField.Name", lambda row: row.thing.subscriber_field or None, api_object=False),
        Property("Template.CustomerKey", lambda row: row.thing.template_key or None),
        retained("DataRetentionPeriodLength", lambda _, retention: retention.length or None, "Int32"),
        retained("DataRetentionPeriodUnitOfMeasure", lambda _, retention: UNITS.get(retention.unit), "Int32"),
        retained("RowBasedRetention", lambda _, retention: retention.row_based, "Boolean", absent=False),
        retained(
            "ResetRetentionPeriodOnImport", lambda _, retention: retention.reset_on_import, "Boolean", absent=False
        ),
        retained(
            "DeleteAtEndOfRetentionPeriod", lambda _, retention: retention.keep_extension, "Boolean", absent=False
        ),
        retained("RetainUntil", lambda de, retention: us_date(retention.until(de.retained_from)), absent=""),
        # A retrieve gives the period back as a number alone.
        without("DataRetentionPeriod"),
        own("CategoryID", "category_id", "Int64"),
        Property("Status", lambda row: "Active"),
        Property("IsPlatformObject", lambda row: False, "Boolean"),
    ],
)
ECHOED = SHAPE.writer(
    (
        "ObjectID", "CustomerKey", "Name", "Description", "IsSendable", "IsTestable", "SendableDataExtensionField.Name",
        "SendableSubscriberField.Name", "Template.CustomerKey", *RETENTION,
    )
)  # fmt: skip


def rows(caller: Caller, filter_: Filter | None) -> Iterable[Row]:
    extensions = caller.unit.data_extensions
    if keys := pinned(filter_, "CustomerKey"):
        found = [extensions.by_key(each) for each in keys]
    elif ids := pinned(filter_, "ObjectID"):
        found = [extensions.by_id(each) for each in ids]
    elif names := pinned(filter_, "Name"):
        found = [extensions.by_name(each) for each in names]
    elif folders := pinned(filter_, "CategoryID"):
        found = [de for each in folders for de in extensions.in_folder(whole(each) or 0)]
    else:
        found = list(extensions)
    return [Row(caller.unit, extension) for extension in found if extension]


async def create(caller: Caller, wanted: etree._Element) -> Done:
    now, template = system_now(), read_template(wanted)
    fields = [read_field(each) for each in fields_of(wanted)]
    extension = DataExtension(
        object_id=str(uuid4()),
        name=checked_name(text(wanted, "Name") or ""),
        customer_key=word(wanted, "CustomerKey") or str(uuid4()).upper(),
        description=text(wanted, "Description") or "",
        fields=checked_fields([*(template.fields if template else ()), *fields]),
        category_id=caller.unit.folders.category(number(wanted, "CategoryID"), "dataextension"),
        table=caller.world.new_table(),
        created=now,
        modified=now,
        is_sendable=flag(wanted, "IsSendable", default=bool(template and template.sendable_field)),
        is_testable=flag(wanted, "IsTestable"),
        sendable_field=word(wanted, "SendableDataExtensionField", "Name")
        or (template.sendable_field if template else ""),
        subscriber_field=word(wanted, "SendableSubscriberField", "Name")
        or (template.subscriber_field if template else ""),
        retention=read_retention(caller, wanted),
        template_key=template.customer_key if template else "",
    )
    check_sendable(extension)
    caller.world.add_data_extension(caller.unit, extension)
    return Done(
        "Data Extension created.", new_object_id=extension.object_id, object=echo(caller, extension, extension.fields)
    )


async def update(caller: Caller, wanted: etree._Element) -> Done:
    """Changes what is given. Fields are found by id or name, new ones are added."""
    extension, unit = find(caller, wanted), caller.unit
    given = [read_field(each) for each in fields_of(wanted)]
    retention = changed_retention(caller, wanted, extension.retention)
    category = number(wanted, "CategoryID")
    category_id = extension.category_id if category is None else unit.folders.category(category, "dataextension")
    if name := text(wanted, "Name"):
        unit.data_extensions.rename(extension, checked_name(name))
    await change_fields(caller.world.warehouse, unit.schema, extension, given)
    unit.data_extensions.move(extension, category_id)
    description = text(wanted, "Description")
    extension.description = extension.description if description is None else description
    extension.is_sendable = flag(wanted, "IsSendable", default=extension.is_sendable)
    extension.is_testable = flag(wanted, "IsTestable", default=extension.is_testable)
    extension.sendable_field = word(wanted, "SendableDataExtensionField", "Name") or extension.sendable_field
    extension.subscriber_field = word(wanted, "SendableSubscriberField", "Name") or extension.subscriber_field
    extension.modified = system_now()
    extension.set_retention(retention, extension.modified)
    touched = [field for each in given if (field := extension.field(each.name))]
    return Done("Data Extension updated.", object=echo(caller, extension, touched))


async def delete(caller: Caller, wanted: etree._Element) -> Done:
    """The data extension; or, when fields are given by their ids, these fields alone."""
    extension = find(caller, wanted)
    row = Row(caller.unit, extension)
    # Clients send back what they created, fields and all: only an ObjectID means the field.
    if named := [field for each in fields_of(wanted) if (field := read_field(each)).object_id]:
        await drop_fields(caller.world.warehouse, caller.unit.schema, extension, named)
        return Done(
            "Data Extension deleted. / Data Extension Fields deleted",
            object=SHAPE.write(row, ("ObjectID", "CustomerKey")),
        )
    caller.world.remove_data_extension(caller.unit, extension)
    return Done("Data Extension deleted.", object=SHAPE.write(row, ("ObjectID", "CustomerKey")))


def find(caller: Caller, wanted: etree._Element) -> DataExtension:
    extensions = caller.unit.data_extensions
    object_id, key = word(wanted, "ObjectID"), word(wanted, "CustomerKey")
    if not object_id and not key:
        raise Refused("A CustomerKey or an ObjectID is required.", NO_KEY)
    extension = extensions.by_id(object_id) or extensions.by_key(key)
    if extension is None:
        raise Refused("The Data Extension was not found.", NOT_FOUND)
    return extension


def echo(caller: Caller, extension: DataExtension, fields: Iterable[Field]) -> str:
    """The object as Create and Update give it back: fields with nil ids and no Ordinal."""
    written = "".join(_echo_field(field) for field in fields)
    holder = f"<Fields>{written}</Fields>" if written else ""
    return f"{ECHOED(Row(caller.unit, extension))}{holder}{element('CategoryID', extension.category_id)}"


def _echo_field(field: Field) -> str:
    length = element("MaxLength", field.max_length) if field.max_length else ""
    scale = element("Scale", field.scale) if field.scale is not None else ""
    return (
        f"<Field>{NIL_IDS}{element('Name', field.name)}{scale}{element('DefaultValue', field.default)}{length}"
        f"{element('IsRequired', field.required)}{element('IsPrimaryKey', field.primary_key)}"
        f"{element('FieldType', field.type)}</Field>"
    )


KIND = Kind(SHAPE, rows, create=create, update=update, delete=delete, is_shared=lambda row: True)
