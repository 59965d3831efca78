"""/control: what a test turns, orders and reads. No token needed: the sandbox has nothing to hide."""

import csv
import json
from dataclasses import asdict
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from mce_sandbox.accounts import ENTERPRISES
from mce_sandbox.calls import BodyTooLarge, limited_body
from mce_sandbox.clock import put_clock_right, utc_now
from mce_sandbox.control.dials import Dials
from mce_sandbox.control.faults import Fault
from mce_sandbox.control.snapshots import Snapshots
from mce_sandbox.data.sample import build_world
from mce_sandbox.data.seeding import seed_data_extension
from mce_sandbox.objects.refusals import Refused
from mce_sandbox.world import World


class BadRequest(Exception):
    """The control API was asked for something it does not have; the text says what."""


def bad_request(request: Request, error: Exception) -> Response:
    return JSONResponse({"error": str(error)}, 413 if isinstance(error, BodyTooLarge) else 400)


async def _json(request: Request) -> dict[str, Any]:
    body = await limited_body(request)
    try:
        given = json.loads(body) if body else {}
    except ValueError as error:
        raise BadRequest("The body is not JSON.") from error
    if not isinstance(given, dict):
        raise BadRequest("The body is not a JSON object.")
    return given


def _world(request: Request) -> World:
    world: World = request.app.state.world
    return world


async def healthz(request: Request) -> Response:
    return JSONResponse({"status": "ok"})


async def accounts(request: Request) -> Response:
    """Who there is: ids, credentials, users, and what stands in each business unit."""
    units = _world(request).units
    answer = []
    for enterprise in ENTERPRISES:
        shown = asdict(enterprise)
        for unit in shown["business_units"]:
            unit["data_extensions"] = [
                {"name": de.name, "customer_key": de.customer_key} for de in units[unit["mid"]].data_extensions
            ]
            standing = units[unit["mid"]].queries.active()
            unit["queries"] = [{"name": query.name, "customer_key": query.customer_key} for query in standing]
        answer.append(shown)
    return JSONResponse({"enterprises": answer})


async def reset(request: Request) -> Response:
    """Back to the beginning: sample data, dials, faults, log; tokens end. `{"seed": n}` for other data."""
    given, old = await _json(request), _world(request)
    seed = given.get("seed", old.seed)
    if type(seed) is not int:
        raise BadRequest("seed must be a number.")
    put_clock_right()
    state = request.app.state
    state.world = build_world(seed=seed, dials=Dials(**state.first_dials))
    state.snapshots = Snapshots(state.world)
    await old.close()
    return JSONResponse({"seed": seed})


async def dials(request: Request) -> Response:
    world = _world(request)
    if request.method == "PATCH":
        try:
            world.dials.change(await _json(request))
        except ValueError as error:
            raise BadRequest(str(error)) from error
    return JSONResponse(world.dials.as_json())


async def faults(request: Request) -> Response:
    world = _world(request)
    if request.method == "DELETE":
        world.faults.clear()
    elif request.method == "POST":
        try:
            world.faults.order(Fault(**await _json(request)))
        except (TypeError, ValueError) as error:
            raise BadRequest(str(error)) from error
    return JSONResponse({"faults": world.faults.as_json()})


async def calls(request: Request) -> Response:
    world = _world(request)
    if request.method == "DELETE":
        world.calls.clear()
    asked = request.query_params
    since = asked.get("since", "0")
    if not since.isdecimal():
        raise BadRequest("since must be a number.")
    found = world.calls.select(
        operation=asked.get("operation", ""), object_type=asked.get("object_type", ""), since=int(since)
    )
    return JSONResponse({"calls": found})


async def activities(request: Request) -> Response:
    """Every start of a query, oldest first, also of queries that are deleted by now."""
    return JSONResponse(
        {
            "activities": [
                {
                    "task_id": each.task_id,
                    "query_id": each.query_id,
                    "query_key": each.query_key,
                    "mid": each.mid,
                    "status": each.status,
                    "rows": each.rows,
                }
                for each in _world(request).activities.all()
            ]
        }
    )


async def snapshots(request: Request) -> Response:
    """The names there are; or a new one, `{"name": "clean"}`."""
    kept: Snapshots = request.app.state.snapshots
    if request.method == "GET":
        return JSONResponse({"snapshots": kept.as_json()})
    name = (await _json(request)).get("name")
    if not isinstance(name, str) or not name or "/" in name:
        raise BadRequest("name must be a text without a slash.")
    return JSONResponse(kept.take(name).as_json(), 201)


async def restore_snapshot(request: Request) -> Response:
    kept: Snapshots = request.app.state.snapshots
    try:
        return JSONResponse((await kept.restore(request.path_params["name"])).as_json())
    except Refused as error:
        return JSONResponse({"error": error.message}, 404)


async def forget_snapshot(request: Request) -> Response:
    kept: Snapshots = request.app.state.snapshots
    kept.forget(request.path_params["name"])
    return JSONResponse({"snapshots": kept.as_json()})


async def hold(request: Request) -> Response:
    """Queries that would finish from now on wait for a release."""
    _world(request).dials.hold = True
    return JSONResponse({"hold": True})


async def release(request: Request) -> Response:
    world = _world(request)
    world.dials.hold = False
    return JSONResponse({"hold": False, "released": world.activities.release()})


async def expire_tokens(request: Request) -> Response:
    """Access tokens end now; `{"refresh_tokens": true}` ends those too, so that users sign in again."""
    given, world = await _json(request), _world(request)
    world.tokens.expire_all(utc_now())
    if given.get("refresh_tokens") is True:
        world.tokens.refresh_tokens.end_all()
    return JSONResponse({"status": "expired"})


async def seed(request: Request) -> Response:
    """Makes a data extension with rows out of JSON, or out of CSV with mid, name, key and fields in the address."""
    try:
        made = seed_data_extension(_world(request), await _seeded(request))
    except (Refused, csv.Error, ValueError) as error:
        raise BadRequest(error.message if isinstance(error, Refused) else str(error)) from error
    fields = [{"name": field.name, "type": field.type, "length": field.max_length} for field in made.fields]
    body = {"name": made.name, "customer_key": made.customer_key, "object_id": made.object_id, "fields": fields}
    return JSONResponse(body, 201)


async def _seeded(request: Request) -> dict[str, Any]:
    if not request.headers.get("content-type", "").startswith("text/csv"):
        return await _json(request)
    try:
        text = (await limited_body(request)).decode("utf-8")
    except UnicodeDecodeError as error:
        raise BadRequest("The CSV is not UTF-8.") from error
    return {**request.query_params, "csv": text}
