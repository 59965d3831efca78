"""QueryDefinition over SOAP."""

from collections.abc import Iterable

from lxml import etree

from mce_sandbox.objects.query_definitions import ACTIVE, QueryDefinition
from mce_sandbox.objects.refusals import Refused
from mce_sandbox.queries import QuerySpec, create_query, delete_query, start_query, update_query
from mce_sandbox.soap.elements import number, text, word
from mce_sandbox.soap.envelope import element
from mce_sandbox.soap.filters import Filter, pinned
from mce_sandbox.soap.kinds.kind import CLIENT, CREATED, MODIFIED, OBJECT_ID, PARTNER_KEY, Done, Kind, Row, own, without
from mce_sandbox.soap.shapes import Property, Shape, Value
from mce_sandbox.sql.errors import SqlError
from mce_sandbox.world import Caller


def target(path: str, attribute: str) -> Property:
    """A property of the target as it is now; its name and key as the query was saved if it is gone."""

    def read(row: Row) -> Value:
        extension = row.unit.data_extensions.by_id(row.thing.target_id)
        value: Value = getattr(extension, attribute) if extension else getattr(row.thing, f"target_{path}", None)
        return value

    return Property(f"DataExtensionTarget.{ {'key': 'CustomerKey'}.get(path, path.capitalize()) }", read)


SHAPE = Shape(
    "QueryDefinition",
    [
        CLIENT,
        PARTNER_KEY,
        CREATED,
        MODIFIED,
        OBJECT_ID,
        own("CustomerKey", "customer_key"),
        own("Name", "name"),
        own("Description", "description"),
        own("QueryText", "text"),
        Property("TargetType", lambda row: "DE"),
        target("key", "customer_key"),
        target("name", "name"),
        target("description", "description"),
        own("TargetUpdateType", "update_type"),
        without("FileSpec"),
        without("FileType"),
        own("Status", "status"),
        own("CategoryID", "category_id", "Int64"),
    ],
)
ECHOED = ("ObjectID", "CustomerKey", "Name", "Description", "TargetType", "TargetUpdateType", "CategoryID")


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
    return await _save(caller, wanted, spec)


async def update(caller: Caller, wanted: etree._Element) -> Done:
    """Changes what is given, by ObjectID or by CustomerKey."""
    queries = caller.unit.queries
    key = word(wanted, "CustomerKey")
    query = queries.by_id(word(wanted, "ObjectID")) or next(
        (each for each in queries.by_key(key) if key and each.status == ACTIVE), None
    )
    if query is None or query.status != ACTIVE:
        raise Refused("The QueryDefinition was not found.", 2)
    target_key = word(wanted, "DataExtensionTarget", "CustomerKey")
    target_name = word(wanted, "DataExtensionTarget", "Name")
    spec = QuerySpec(
        name=_given(wanted, "Name", query.name),
        customer_key=key or query.customer_key,
        description=_given(wanted, "Description", query.description),
        text=_given(wanted, "QueryText", query.text),
        target_key=target_key or ("" if target_name else query.target_key),
        target_name=target_name or query.target_name,
        update_type=word(wanted, "TargetUpdateType") or query.update_type,
        category_id=query.category_id if (category := number(wanted, "CategoryID")) is None else category,
    )
    return await _save(caller, wanted, spec, query)


def _given(wanted: etree._Element, name: str, present: str) -> str:
    found = text(wanted, name)
    return present if found is None else found


async def _save(
    caller: Caller, wanted: etree._Element, spec: QuerySpec, query: QueryDefinition | None = None
) -> Done:  # fmt: skip
    if (word(wanted, "TargetType") or "DE") != "DE":
        raise Refused("TargetType must be DE.", 2)
    try:
        if query is None:
            saved, message = await create_query(caller.world, caller.unit, spec), "QueryDefinition created"
        else:
            await update_query(caller.world, caller.unit, query, spec)
            saved, message = query, "QueryDefinition updated"
    except SqlError as error:
        raise Refused(f"Error saving the Query field. {error.message}", 2) from error
    new_id = saved.object_id if query is None else ""
    return Done(message, new_object_id=new_id, object=SHAPE.write(Row(caller.unit, saved), ECHOED))


async def delete(caller: Caller, wanted: etree._Element) -> Done:
    query = caller.unit.queries.by_id(word(wanted, "ObjectID"))
    if query is None:
        raise Refused("The QueryDefinition was not found.", 2)
    delete_query(caller.unit, query)
    return Done("QueryDefinition deleted", object=SHAPE.write(Row(caller.unit, query), ("ObjectID", "CustomerKey")))


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
        object=SHAPE.write(Row(caller.unit, query), ("ObjectID",)),
        more=task,
    )


KIND = Kind(SHAPE, rows, create=create, update=update, delete=delete, perform={"start": start})
