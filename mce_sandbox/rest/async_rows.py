"""/data/v1/async: rows written later, each for itself, with a status and results to ask for."""

from collections.abc import Awaitable, Callable, Sequence
from datetime import datetime

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from mce_sandbox.clock import soap_date
from mce_sandbox.control.call_log import Call
from mce_sandbox.control.faults import RUN_ROWS
from mce_sandbox.objects.refusals import Refused
from mce_sandbox.rest.answers import RestCaller, RestError, json_object, positive, rest_call
from mce_sandbox.rest.row_orders import PENDING, OrderFailed, RowOrder
from mce_sandbox.rest.rows import Row, find_extension, is_columns, reasons
from mce_sandbox.world import World

Write = Callable[[Sequence[Row]], Awaitable[None]]
LARGEST_PAGE = 2500


@rest_call("InsertRowsAsync", object_type="DataExtension")
async def insert(request: Request, caller: RestCaller, call: Call) -> Response:
    return await _order(request, caller, call, upsert=False)


@rest_call("UpsertRowsAsync", object_type="DataExtension")
async def upsert(request: Request, caller: RestCaller, call: Call) -> Response:
    return await _order(request, caller, call, upsert=True)


@rest_call("RowsStatus", object_type="DataExtension")
async def status(request: Request, caller: RestCaller, call: Call) -> Response:
    order = _find(request, caller, call)
    if order is None:
        return _nothing(call, "AsyncRequestStatusNotFound")
    has_errors = any(order.refusals)
    told = {
        "callDateTime": soap_date(order.called),
        "completionDateTime": _date(order.completed),
        "hasErrors": has_errors,
        "pickupDateTime": _date(order.picked_up),
        "requestStatus": order.status,
        "resultStatus": None if order.status == PENDING else "Error" if has_errors else "OK",
        "requestId": order.id,
    }
    return JSONResponse({"status": told, "requestId": order.id})


@rest_call("RowsResults", object_type="DataExtension")
async def results(request: Request, caller: RestCaller, call: Call) -> Response:
    """What became of each row, in their order."""
    order = _find(request, caller, call)
    if order is None or order.status == PENDING:
        return _nothing(call, "AsyncRequestResultsNotFound")
    asked = {name.lower(): value for name, value in request.query_params.items()}
    page = positive(asked.get("$page", "1"))
    size = min(positive(asked.get("$pagesize", "50")), LARGEST_PAGE)
    chosen = order.refusals[(page - 1) * size : page * size]
    return JSONResponse(
        {
            "page": page,
            "pageSize": size,
            "count": len(order.refusals),
            "items": [_result(refusal) for refusal in chosen],
            "requestId": order.id,
        }
    )


async def _order(request: Request, caller: RestCaller, call: Call, *, upsert: bool) -> Response:
    extension = find_extension(request, caller, call)
    items = (await json_object(request)).get("items")
    if not isinstance(items, list) or not items or not all(is_columns(item) for item in items):
        raise RestError(400, "items must be a list of rows, each an object of column names and values.", code=10001)

    async def work() -> list[str]:
        return await write_each(
            caller.world, mid=caller.unit.mid, object_id=extension.object_id, items=items, upsert=upsert
        )

    order = caller.world.row_orders.add(caller.unit.mid, work)
    return JSONResponse({"requestId": order.id, "resultMessages": []}, 202)


async def write_each(world: World, *, mid: int, object_id: str, items: list[Row], upsert: bool) -> list[str]:
    """Writes what can be written. Answers why a row was refused, '' for one that was not.

    Where to is looked up now: the data extension may be gone since the order, or its table another.
    """
    if fault := world.faults.take(RUN_ROWS, "DataExtension"):
        raise OrderFailed(fault.message)
    unit = world.units[mid]
    extension = unit.data_extensions.by_id(object_id)
    if extension is None:
        raise OrderFailed("The data extension does not exist.")
    rows = world.rows(unit, extension)
    if upsert and not rows.keys:
        return ["This Data Extension does not have any primary keys defined."] * len(items)
    write = rows.upsert if upsert else rows.insert
    try:
        await write(items)
    except Refused:
        # All or none were tried first, since that is quick: now one after the other.
        return [await _write_one(write, item) for item in items]
    return [""] * len(items)


async def _write_one(write: Write, item: Row) -> str:
    try:
        await write([item])
    except Refused as error:
        return " ".join(reasons(error))
    return ""


def _find(request: Request, caller: RestCaller, call: Call) -> RowOrder | None:
    call.key = request.path_params["order"]
    return caller.world.row_orders.find(call.key, mid=caller.unit.mid)


def _nothing(call: Call, code: str) -> Response:
    """Known neither yet nor any more: 200, as a live tenant answers."""
    message = {"resultType": "Error", "resultCode": code, "message": "The request was not found."}
    return JSONResponse({"requestId": call.key, "resultMessages": [message]})


def _date(moment: datetime | None) -> str | None:
    return soap_date(moment) if moment else None


def _result(refusal: str) -> dict[str, str]:
    if refusal:
        return {"errorCode": "UnexpectedError", "message": refusal, "status": "Error"}
    return {"message": "", "status": "OK"}
