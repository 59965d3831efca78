"""DataExtensionTemplate over SOAP: to be read only."""

from collections.abc import Iterable

from mce_sandbox.objects.templates import TEMPLATES, Template
from mce_sandbox.soap.envelope import element
from mce_sandbox.soap.filters import Filter
from mce_sandbox.soap.kinds.kind import CLIENT, OBJECT_ID, PARTNER_KEY, Kind, Row, Writer, own
from mce_sandbox.soap.shapes import Shape
from mce_sandbox.world import Caller

# PartnerProperties stand between the two.
HEAD = Shape("DataExtensionTemplate", [CLIENT, PARTNER_KEY])
TAIL = Shape(
    "DataExtensionTemplate",
    [OBJECT_ID, own("CustomerKey", "customer_key"), own("Name", "name"), own("Description", "description")],
)
SHAPE = Shape("DataExtensionTemplate", [*HEAD.properties, *TAIL.properties])


def rows(caller: Caller, filter_: Filter | None) -> Iterable[Row]:
    return [Row(caller.unit, template) for template in TEMPLATES]


def writer(wanted: list[str]) -> Writer:
    """What a template says of the data extension comes as PartnerProperties, asked for or not."""
    head, tail = HEAD.writer(wanted), TAIL.writer(wanted)
    opening = '<Results xsi:type="DataExtensionTemplate">'
    return lambda row: f"{opening}{head(row)}{_properties(row.thing)}{tail(row)}</Results>"


def _properties(template: Template) -> str:
    said = {
        "IsSendable": bool(template.sendable_field),
        "IsTestable": False,
        "SendableCustomObjectField": template.sendable_field,
        "SendableSubscriberField": template.subscriber_field,
        "DataRetentionPeriodLength": "",
        "DataRetentionPeriodUnitOfMeasure": "",
        "RowBasedRetention": False,
        "ResetRetentionPeriodOnImport": False,
        "DeleteAtEndOfRetentionPeriod": False,
        "RetainUntil": "",
    }
    return "".join(
        f"<PartnerProperties>{element('Name', name)}{element('Value', str(value))}</PartnerProperties>"
        for name, value in said.items()
    )


KIND = Kind(SHAPE, rows, writer=writer)
