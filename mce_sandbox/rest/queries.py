"""/automation/v1/queries: query definitions over REST."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from mce_sandbox.calls import limited_body
from mce_sandbox.clock import soap_date
from mce_sandbox.control.call_log import Call
from mce_sandbox.objects.query_definitions import ACTIVE, UPDATE_TYPES, QueryDefinition
from mce_sandbox.objects.refusals import Refused
from mce_sandbox.queries import QuerySpec, check_text, create_query, delete_query, start_query, update_query
from mce_sandbox.rest.answers import RestError, json_object, not_found, positive, rejected, rest_call
from mce_sandbox.sql.errors import SqlError
from mce_sandbox.world import Caller

LARGEST_PAGE = 25


@rest_call("ListQueries", object_type="QueryDefinition")
async def list_queries(request: Request, caller: Caller, call: Call) -> Response:
    asked = {name.lower(): value for name, value in request.query_params.items()}
    page = positive(asked.get("$page", "1"))
    size = min(positive(asked.get("$pagesize", "25")), LARGEST_PAGE)
    queries = caller.unit.queries.active()
    chosen = queries[(page - 1) * size : page * size]
    items = [as_json(caller, query) for query in chosen]
    return JSONResponse({"count": len(queries), "page": page, "pageSize": size, "items": items})


@rest_call("GetQuery", object_type="QueryDefinition")
async def get_query(request: Request, caller: Caller, call: Call) -> Response:
    return JSONResponse(as_json(caller, _find(request, caller)))


@rest_call("CreateQuery", object_type="QueryDefinition")
async def create(request: Request, caller: Caller, call: Call) -> Response:
    given = await json_object(request)
    call.name, call.key = _text(given, "name", ""), _text(given, "key", "")
    if not given.get("categoryId"):
        raise RestError(400, "categoryId is required.", code=10006)
    with refused_as_400(caller):
        query = await create_query(caller.world, caller.unit, _spec(given, None))
    return JSONResponse(as_json(caller, query) | {"validatedQueryText": query.text}, 201)


@rest_call("UpdateQuery", object_type="QueryDefinition")
async def update(request: Request, caller: Caller, call: Call) -> Response:
    """Changes what is given, and checks the whole again."""
    query = _find(request, caller)
    given = await json_object(request)
    call.name = query.name
    with refused_as_400(caller):
        await update_query(caller.world, caller.unit, query, _spec(given, query))
    return JSONResponse(as_json(caller, query) | {"validatedQueryText": query.text})


@rest_call("DeleteQuery", object_type="QueryDefinition")
async def delete(request: Request, caller: Caller, call: Call) -> Response:
    delete_query(caller.unit, _find(request, caller))
    return JSONResponse("OK")


@rest_call("StartQuery", object_type="QueryDefinition")
async def start(request: Request, caller: Caller, call: Call) -> Response:
    if await limited_body(request):
        raise RestError(400, "The body must be empty.")
    start_query(caller.world, caller.unit, _find(request, caller))
    return JSONResponse("OK")


@rest_call("IsRunning", object_type="QueryDefinition")
async def is_running(request: Request, caller: Caller, call: Call) -> Response:
    query = caller.unit.queries.by_id(request.path_params["key"])
    if query is None:
        raise not_found()
    running = caller.world.activities.is_running(query.object_id)
    return JSONResponse({"queryDefinitionId": query.object_id, "isRunning": running})


@rest_call("Validate", object_type="QueryDefinition")
async def validate(request: Request, caller: Caller, call: Call) -> Response:
    """Knows data extensions and columns. The field is `Text`, with a capital."""
    given = await json_object(request)
    if not isinstance(given.get("Text"), str):
        raise RestError(400, "Text is required.")
    try:
        await check_text(caller.world, caller.unit, given["Text"])
    except SqlError as error:
        return JSONResponse({"queryValid": False, "errors": [{"message": error.message}], "warnings": []})
    return JSONResponse({"queryValid": True, "errors": [], "warnings": []})


def _spec(given: dict[str, Any], saved: QueryDefinition | None) -> QuerySpec:
    """What is given, and the rest as it was saved. Another target is known by its key, or by its name alone."""
    moved = "targetKey" in given or "targetName" in given
    return QuerySpec(
        name=_text(given, "name", saved.name if saved else ""),
        customer_key=_text(given, "key", saved.customer_key if saved else ""),
        description=_text(given, "description", saved.description if saved else ""),
        text=_text(given, "queryText", saved.text if saved else ""),
        target_key=_text(given, "targetKey", "" if moved or not saved else saved.target_key),
        target_name=_text(given, "targetName", ""),
        update_type=_update_type(given, saved.update_type if saved else "Overwrite"),
        category_id=positive(given["categoryId"]) if "categoryId" in given else saved.category_id if saved else None,
    )


def _text(given: dict[str, Any], name: str, otherwise: str) -> str:
    value = given.get(name)
    if value is not None and not isinstance(value, str):
        raise RestError(400, f"{name} must be a text.", code=10006)
    return otherwise if value is None else value


def _update_type(given: dict[str, Any], otherwise: str) -> str:
    """By its number, or by its name if there is no number."""
    number = given.get("targetUpdateTypeId")
    if number is None:
        return _text(given, "targetUpdateTypeName", otherwise)
    found = next((name for name, known in UPDATE_TYPES.items() if str(known) == str(number)), None)
    if found is None:
        raise RestError(400, "targetUpdateTypeId must be 0, 1 or 2.", code=10006)
    return found


@contextmanager
def refused_as_400(caller: Caller) -> Iterator[None]:
    """What MCE would not save, as REST says it."""
    try:
        yield
    except SqlError as error:
        raise rejected(error.message, shape=caller.world.dials.rejection_shape) from error
    except Refused as error:
        raise RestError(400, error.message, code=10006) from error


def as_json(caller: Caller, query: QueryDefinition) -> dict[str, Any]:
    """A query as REST shows it."""
    return {
        "queryDefinitionId": query.object_id,
        "name": query.name,
        "key": query.customer_key,
        "description": query.description,
        "queryText": query.text,
        "targetName": query.target_name,
        "targetKey": query.target_key,
        "targetId": query.target_id,
        "targetDescription": "",
        "createdDate": soap_date(query.created),
        "modifiedDate": soap_date(query.modified),
        "targetUpdateTypeId": UPDATE_TYPES[query.update_type],
        "targetUpdateTypeName": query.update_type,
        "categoryId": query.category_id,
        "isFrozen": False,
    }


def _find(request: Request, caller: Caller) -> QueryDefinition:
    query = caller.unit.queries.by_id(request.path_params["key"])
    if query is None or query.status != ACTIVE:
        raise not_found()
    return query
