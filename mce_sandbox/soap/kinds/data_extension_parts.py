"""What a request says of a data extension: its fields, template and retention."""

from dataclasses import replace

from lxml import etree

from mce_sandbox.objects.data_extensions import INVALID, UNITS, DataExtension, Retention
from mce_sandbox.objects.fields import Field
from mce_sandbox.objects.refusals import Refused
from mce_sandbox.objects.templates import Template, template_named
from mce_sandbox.soap.elements import child, children_of, flag, number, text, word
from mce_sandbox.world import Caller

# Whatever the unit, the end is still a date.
LONGEST_PERIOD = 999
RETENTION = (
    "RowBasedRetention", "ResetRetentionPeriodOnImport", "DeleteAtEndOfRetentionPeriod", "RetainUntil",
    "DataRetentionPeriodLength", "DataRetentionPeriod", "DataRetentionPeriodUnitOfMeasure",
)  # fmt: skip


def fields_of(wanted: etree._Element) -> list[etree._Element]:
    return children_of(child(wanted, "Fields"), "Field")


def read_field(wanted: etree._Element) -> Field:
    return Field(
        object_id=word(wanted, "ObjectID"),
        name=word(wanted, "Name"),
        type=word(wanted, "FieldType"),
        max_length=number(wanted, "MaxLength"),
        scale=number(wanted, "Scale"),
        default=text(wanted, "DefaultValue") or "",
        required=flag(wanted, "IsRequired"),
        primary_key=flag(wanted, "IsPrimaryKey"),
    )


def read_template(wanted: etree._Element) -> Template | None:
    key = word(wanted, "Template", "CustomerKey")
    if not key:
        return None
    if (template := template_named(key)) is None:
        raise Refused(f"The Data Extension Template '{key}' was not found.", INVALID)
    return template


def check_sendable(extension: DataExtension) -> None:
    """A sendable data extension says which of its fields is the subscriber. MCE's words are not known."""
    if not extension.is_sendable:
        return
    if not extension.sendable_field or not extension.subscriber_field:
        raise Refused(
            "A sendable Data Extension needs a SendableDataExtensionField and a SendableSubscriberField.", INVALID
        )
    if extension.field(extension.sendable_field) is None:
        raise Refused(f"The SendableDataExtensionField '{extension.sendable_field}' is not one of the fields.", INVALID)


def read_retention(caller: Caller, wanted: etree._Element) -> Retention | None:
    """Without a period there is no retention, whatever the flags say."""
    given = [name for name in RETENTION if text(wanted, name)]
    if given and caller.world.dials.retention_refused:
        # The permission is documented, the words of the refusal are not.
        raise Refused("You do not have the permission Manage Data Extension Retention.", INVALID)
    length, unit = number(wanted, "DataRetentionPeriodLength"), word(wanted, "DataRetentionPeriod")
    if not length or not unit:
        return None
    if unit not in UNITS or not 0 < length <= LONGEST_PERIOD:
        raise Refused(f"The data retention period of {length} '{unit}' is not valid.", INVALID)
    if text(wanted, "RetainUntil"):
        raise Refused("RetainUntil and a data retention period cannot both be set.", INVALID)
    return Retention(
        length,
        unit,
        flag(wanted, "RowBasedRetention"),
        flag(wanted, "DeleteAtEndOfRetentionPeriod"),
        flag(wanted, "ResetRetentionPeriodOnImport"),
    )


def changed_retention(caller: Caller, wanted: etree._Element, present: Retention | None) -> Retention | None:
    """A new period replaces what there was; flags alone change it."""
    found = read_retention(caller, wanted)
    if found or present is None:
        return found
    return replace(
        present,
        row_based=flag(wanted, "RowBasedRetention", default=present.row_based),
        keep_extension=flag(wanted, "DeleteAtEndOfRetentionPeriod", default=present.keep_extension),
        reset_on_import=flag(wanted, "ResetRetentionPeriodOnImport", default=present.reset_on_import),
    )
