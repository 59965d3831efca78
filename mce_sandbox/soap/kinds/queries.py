"""QueryDefinition over SOAP."""

from collections.abc import Iterable

from lxml import etree

from mce_sandbox.objects.refusals import Refused
from mce_sandbox.queries import QuerySpec, create_query, delete_query, start_query
from mce_sandbox.soap.elements import number, text, word
from mce_sandbox.soap.envelope import element
from mce_sandbox.soap.filters import Filter, pinned
from mce_sandbox.soap.kinds.kind import CLIENT, NO_PARTNER_KEY, Done, Kind, Row, own
from mce_sandbox.soap.shapes import Property, Shape
from mce_sandbox.sql.errors import SqlError
from mce_sandbox.world import Caller

SHAPE = Shape(
    "QueryDefinition",
    [
        CLIENT,
        NO_PARTNER_KEY,
        own("CreatedDate", "created"),
        own("ModifiedDate", "modified"),
        own("ObjectID", "object_id"),
        own("CustomerKey", "customer_key"),
        own("Name", "name"),
        own("Description", "description"),
        own("QueryText", "text"),
        Property("TargetType", lambda row: "DE"),
        own("DataExtensionTarget.CustomerKey", "target_key"),
        own("DataExtensionTarget.Name", "target_name"),
        own("DataExtensionTarget.Description", "target_name"),
        own("TargetUpdateType", "update_type"),
        own("Status", "status"),
        own("CategoryID", "category_id"),
    ],
)


def rows(caller: Caller, filter_: Filter | None) -> Iterable[Row]:
    queries = caller.unit.queries
    if ids := pinned(filter_, "ObjectID"):
        found = [query for each in ids if (query := queries.by_id(each))]
    elif keys := pinned(filter_, "CustomerKey"):
        found = [query for each in keys for query in queries.by_key(each)]
    elif pinned(filter_, "Status") == ("Active",):
        found = queries.active()
    else:
        found = list(queries)
    return [Row(caller.unit, query) for query in found]


async def create(caller: Caller, wanted: etree._Element) -> Done:
    if (word(wanted, "TargetType") or "DE") != "DE":
        raise Refused("TargetType must be DE.", 2)
    spec = QuerySpec(
        name=text(wanted, "Name") or "",
        customer_key=word(wanted, "CustomerKey"),
        description=text(wanted, "Description") or "",
        text=text(wanted, "QueryText") or "",
        target_key=word(wanted, "DataExtensionTarget", "CustomerKey"),
        target_name=word(wanted, "DataExtensionTarget", "Name"),
        update_type=word(wanted, "TargetUpdateType") or "Overwrite",
        category_id=number(wanted, "CategoryID"),
    )
    try:
        query = await create_query(caller.world, caller.unit, spec)
    except SqlError as error:
        raise Refused(f"Error saving the Query field. {error.message}", 2) from error
    wanted_back = ("ObjectID", "CustomerKey", "Name", "Description", "TargetType", "TargetUpdateType", "CategoryID")
    return Done(
        "QueryDefinition created",
        new_object_id=query.object_id,
        object=SHAPE.write(Row(caller.unit, query), wanted_back),
    )


async def delete(caller: Caller, wanted: etree._Element) -> Done:
    query = caller.unit.queries.by_id(word(wanted, "ObjectID"))
    if query is None:
        raise Refused("The QueryDefinition was not found.", 2)
    delete_query(caller.unit, query)
    return Done("QueryDefinition deleted")


async def start(caller: Caller, wanted: etree._Element) -> Done:
    """Needs the ObjectID: by CustomerKey alone MCE does not find it."""
    query = caller.unit.queries.by_id(word(wanted, "ObjectID"))
    if query is None:
        raise Refused("QueryDefinition ObjectID is required to perform start.", 2)
    activity = start_query(caller.world, caller.unit, query)
    task = (
        "<Task><StatusCode>OK</StatusCode><StatusMessage>OK</StatusMessage>"
        f"{element('ID', activity.task_id)}{element('InteractionObjectID', activity.interaction_id)}</Task>"
    )
    return Done(
        "QueryDefinition perform called successfully",
        object=f'<Object xsi:type="QueryDefinition"><PartnerKey xsi:nil="true" />'
        f"{element('ObjectID', query.object_id)}</Object>{task}",
    )


KIND = Kind(SHAPE, rows, create=create, delete=delete, perform={"start": start})
