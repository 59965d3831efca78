"""What a request says of a data extension: its fields, template and retention."""

from dataclasses import replace
from datetime import datetime

from lxml import etree

from mce_sandbox.clock import parse_date
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
    """Without a period, or a day, there is no retention, whatever the flags say."""
    given = [name for name in RETENTION if text(wanted, name)]
    if given and caller.world.dials.retention_refused:
        # The permission is documented, the words of the refusal are not.
        raise Refused("You do not have the permission Manage Data Extension Retention.", INVALID)
    length, unit = number(wanted, "DataRetentionPeriodLength"), word(wanted, "DataRetentionPeriod")
    until, row_based = word(wanted, "RetainUntil"), flag(wanted, "RowBasedRetention")
    keep, restart = flag(wanted, "DeleteAtEndOfRetentionPeriod"), flag(wanted, "ResetRetentionPeriodOnImport")
    if not length or not unit:
        return Retention(row_based, keep, restart, on=_day(until, row_based=row_based)) if until else None
    if unit not in UNITS or not 0 < length <= LONGEST_PERIOD:
        raise Refused(f"The data retention period of {length} '{unit}' is not valid.", INVALID)
    if until:
        raise Refused("RetainUntil and a data retention period cannot both be set.", INVALID)
    return Retention(row_based, keep, restart, length, unit)


def _day(until: str, *, row_based: bool) -> datetime:
    day = parse_date(until)
    if day is None:
        raise Refused(f"RetainUntil '{until}' is not a date.", INVALID)
    if row_based:
        raise Refused("RowBasedRetention needs a data retention period.", INVALID)
    return day


def changed_retention(caller: Caller, wanted: etree._Element, present: Retention | None) -> Retention | None:
    """A new period replaces what there was; flags alone change it."""
    found = read_retention(caller, wanted)
    if found or present is None:
        return found
    row_based = flag(wanted, "RowBasedRetention", default=present.row_based)
    if row_based and present.on:
        raise Refused("RowBasedRetention needs a data retention period.", INVALID)
    return replace(
        present,
        row_based=row_based,
        keep_extension=flag(wanted, "DeleteAtEndOfRetentionPeriod", default=present.keep_extension),
        reset_on_import=flag(wanted, "ResetRetentionPeriodOnImport", default=present.reset_on_import),
    )
