"""/automation/v1/queries: query definitions over REST."""

import json
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from mce_sandbox.calls import limited_body
from mce_sandbox.clock import soap_date
from mce_sandbox.control.call_log import Call
from mce_sandbox.objects.query_definitions import ACTIVE, UPDATE_TYPES, QueryDefinition
from mce_sandbox.objects.refusals import Refused
from mce_sandbox.queries import QuerySpec, check_text, create_query, delete_query, start_query
from mce_sandbox.rest.answers import RestError, not_found, rejected, rest_call
from mce_sandbox.sql.errors import SqlError
from mce_sandbox.world import Caller

LARGEST_PAGE = 25


@rest_call("ListQueries", object_type="QueryDefinition")
async def list_queries(request: Request, caller: Caller, call: Call) -> Response:
    asked = {name.lower(): value for name, value in request.query_params.items()}
    page = _positive(asked.get("$page", "1"))
    size = min(_positive(asked.get("$pagesize", "25")), LARGEST_PAGE)
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
    call.name, call.key = str(given.get("name", "")), str(given.get("key", ""))
    by_number = {number: name for name, number in UPDATE_TYPES.items()}
    if not given.get("categoryId"):
        raise RestError(400, "categoryId is required.", code=10006)
    spec = QuerySpec(
        name=call.name,
        customer_key=call.key,
        description=str(given.get("description") or ""),
        text=str(given.get("queryText") or ""),
        target_key=str(given.get("targetKey") or ""),
        target_name=str(given.get("targetName") or ""),
        update_type=by_number.get(given.get("targetUpdateTypeId", 0), ""),
        category_id=_positive(str(given["categoryId"])),
    )
    try:
        query = await create_query(caller.world, caller.unit, spec)
    except SqlError as error:
        raise rejected(error.message) from error
    except Refused as error:
        raise RestError(400, error.message, code=10006) from error
    return JSONResponse(as_json(caller, query) | {"validatedQueryText": query.text}, 201)


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


def _positive(text: str) -> int:
    if not text.isdecimal() or int(text) < 1:
        raise RestError(400, f"'{text}' is not a positive number.")
    return int(text)


async def json_object(request: Request) -> dict[str, Any]:
    """The body, a JSON object."""
    try:
        given = json.loads(await limited_body(request))
    except ValueError as error:
        raise RestError(400, "The body is not JSON.") from error
    if not isinstance(given, dict):
        raise RestError(400, "The body is not a JSON object.")
    return given
