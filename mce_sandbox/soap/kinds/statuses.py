"""AsyncActivityStatus: no type of the WSDL, so it comes as an ObjectExtension with Property elements."""

from collections.abc import Callable, Iterable
from datetime import datetime

from mce_sandbox.clock import us_date
from mce_sandbox.soap.envelope import NIL_IDS, element
from mce_sandbox.soap.filters import Filter, pinned
from mce_sandbox.soap.kinds.kind import Kind, Row, Writer
from mce_sandbox.soap.shapes import Property, Shape, Value
from mce_sandbox.world import Caller

NAMES = (
    "Status", "StatusMessage", "ErrorMsg", "TaskID", "InteractionObjectID", "ParentInteractionObjectID",
    "CustomerKey", "ClientID", "CreatedDate", "StartDate", "StartTime", "CompletedDate", "EndTime",
    "ProcessedCount", "TotalCount", "ErrorCount",
)  # fmt: skip


def told(name: str) -> Callable[[Row], Value]:
    def read(row: Row) -> Value:
        value: Value = row.thing[name]
        return value

    return read


FILTERABLE = {"TaskID", "ParentInteractionObjectID", "StartTime", "EndTime", "ClientID"}
SHAPE = Shape(
    "AsyncActivityStatus", [Property(name, told(name), filterable=name in FILTERABLE) for name in NAMES]
)  # fmt: skip


def rows(caller: Caller, filter_: Filter | None) -> Iterable[Row]:
    activities = caller.world.activities
    if ids := pinned(filter_, "TaskID"):
        found = [activity for each in ids if (activity := activities.find(each))]
    elif queries := pinned(filter_, "ParentInteractionObjectID"):
        found = [activity for each in queries for activity in activities.of_query(each.lower())]
    else:
        found = list(activities.all())
    return [Row(caller.unit, activities.told(activity)) for activity in found if activity.mid == caller.unit.mid]


def writer(wanted: list[str]) -> Writer:
    """Properties as Name and Value, in the order asked for; what is unset has no Value."""
    canonical = {name.lower(): name for name in NAMES}
    names = [canonical[path.lower()] for path in wanted]

    def write(row: Row) -> str:
        properties = "".join(_property(name, row.thing[name]) for name in names)
        return (
            f'<Results xsi:type="ObjectExtension">{NIL_IDS}<Type>AsyncActivityStatus</Type>'
            f"<Properties>{properties}</Properties></Results>"
        )

    return write


def _property(name: str, value: Value) -> str:
    inside = "" if value is None else element("Value", us_date(value) if isinstance(value, datetime) else value)
    return f"<Property>{element('Name', name)}{inside}</Property>"


KIND = Kind(SHAPE, rows, writer=writer)
