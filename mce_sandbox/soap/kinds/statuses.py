"""AsyncActivityStatus: no type of the WSDL, so it comes as an ObjectExtension with Property elements."""

from collections.abc import Callable, Iterable

from mce_sandbox.soap.envelope import NIL_IDS, element
from mce_sandbox.soap.filters import Filter, pinned
from mce_sandbox.soap.kinds.kind import Kind, Row
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


SHAPE = Shape("AsyncActivityStatus", [Property(name, told(name)) for name in NAMES])


def rows(caller: Caller, filter_: Filter | None) -> Iterable[Row]:
    activities = caller.world.activities
    if ids := pinned(filter_, "TaskID"):
        found = [activity for each in ids if (activity := activities.find(each))]
    elif queries := pinned(filter_, "ParentInteractionObjectID"):
        found = [activity for each in queries for activity in activities.of_query(each.lower())]
    else:
        found = list(activities.all())
    return [Row(caller.unit, activities.told(activity)) for activity in found if activity.mid == caller.unit.mid]


def write(row: Row, wanted: list[str]) -> str:
    """Properties as Name and Value, in the order asked for; what is unset has no Value."""
    canonical = {name.lower(): name for name in NAMES}
    parts = []
    for path in wanted:
        name = canonical[path.lower()]
        value = row.thing[name]
        inside = element("Name", name) + ("" if value is None else element("Value", value))
        parts.append(f"<Property>{inside}</Property>")
    return (
        f'<Results xsi:type="ObjectExtension">{NIL_IDS}<Type>AsyncActivityStatus</Type>'
        f"<Properties>{''.join(parts)}</Properties></Results>"
    )


KIND = Kind(SHAPE, rows, write=write)
