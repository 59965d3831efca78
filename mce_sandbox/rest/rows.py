"""/hub/v1/dataevents: rows written at once, all of them or none."""

from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from mce_sandbox.control.call_log import Call
from mce_sandbox.objects.data_extensions import DataExtension
from mce_sandbox.objects.refusals import Refused
from mce_sandbox.objects.rows import RowRefused
from mce_sandbox.rest.answers import RestCaller, RestError, json_given, json_object, not_found, rest_call

Row = dict[str, Any]


@rest_call("WriteRows", object_type="DataExtension")
async def write(request: Request, caller: RestCaller, call: Call) -> Response:
    """`[{"keys": {..}, "values": {..}}, ..]`, found by their keys or added; answered as they were given."""
    extension = find_extension(request, caller, call)
    given = await json_given(request)
    if not isinstance(given, list) or not all(_is_row(each) for each in given):
        raise RestError(400, "The body must be a list of rows, each with keys and values.", code=10001)
    return JSONResponse(await _upsert(caller, extension, given))


@rest_call("WriteRow", object_type="DataExtension")
async def write_one(request: Request, caller: RestCaller, call: Call) -> Response:
    """`{"values": {..}}` for the row whose keys stand in the address: `Id:1` or `Id:1,Country:DE`."""
    extension = find_extension(request, caller, call)
    values = (await json_object(request)).get("values", {})
    pairs = [pair.partition(":") for pair in request.path_params["keys"].split(",")]
    if not is_columns(values):
        raise RestError(400, "The body must have the row's values.", code=10001)
    row = {"keys": {name: value for name, _, value in pairs}, "values": values}
    return JSONResponse((await _upsert(caller, extension, [row]))[0])


async def _upsert(caller: RestCaller, extension: DataExtension, given: list[Row]) -> list[Row]:
    """Writes the rows, and answers them as they were given."""
    told = [{"keys": each["keys"], "values": each.get("values", {})} for each in given]
    for each in told:
        _check_keys(extension, each["keys"])
    try:
        await caller.world.rows(caller.unit, extension).upsert([each["keys"] | each["values"] for each in told])
    except Refused as error:
        raise RestError(
            400, f"Unable to save rows for data extension ID {extension.object_id}", code=10006, details=reasons(error)
        ) from error
    return told


def find_extension(request: Request, caller: RestCaller, call: Call) -> DataExtension:
    """By `key:...`, or by its id alone."""
    which: str = request.path_params["which"]
    kind, _, key = which.partition(":")
    extensions = caller.unit.data_extensions
    extension = extensions.by_key(key) if kind == "key" else extensions.by_id(which.removeprefix("id:"))
    if extension is None:
        raise not_found()
    call.name, call.key = extension.name, extension.customer_key
    return extension


def is_columns(given: object) -> bool:
    """Names of columns, each with a value that is no list or object."""
    return isinstance(given, dict) and not any(isinstance(value, list | dict) for value in given.values())


def reasons(error: Refused) -> list[str]:
    """One sentence for each thing that is wrong."""
    if isinstance(error, RowRefused):
        return [f"{problem.column}: {problem.message}" for problem in error.problems]
    return [error.message]


def _is_row(given: object) -> bool:
    return isinstance(given, dict) and is_columns(given.get("keys")) and is_columns(given.get("values", {}))


def _check_keys(extension: DataExtension, keys: Row) -> None:
    for name in keys:
        field = extension.field(name)
        if field is None or not field.primary_key:
            raise RestError(400, f"Primary key '{name}' does not exist.", code=10000)
