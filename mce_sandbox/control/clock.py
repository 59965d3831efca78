"""GET, POST /control/clock: the sandbox's time, and a way to move it forward."""

import json
from datetime import timedelta

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from mce_sandbox.calls import limited_body
from mce_sandbox.clock import utc_now
from mce_sandbox.retention import travel
from mce_sandbox.world import World

UNITS = ("days", "hours", "minutes", "seconds")
FURTHEST = timedelta(days=10_000)


async def clock(request: Request) -> Response:
    """`{"days": 1, "hours": 2}` moves it; tokens expire and retention ends as they then would."""
    if request.method == "POST":
        world: World = request.app.state.world
        try:
            by = _distance(await limited_body(request))
        except ValueError as error:
            return JSONResponse({"error": str(error)}, 400)
        await travel(world, by)
    return JSONResponse({"now": utc_now().isoformat(timespec="milliseconds")})


def _distance(body: bytes) -> timedelta:
    given = json.loads(body)
    if not isinstance(given, dict) or not given or set(given) - set(UNITS):
        raise ValueError(f"A JSON object with some of {', '.join(UNITS)} is needed.")
    if any(type(value) not in (int, float) for value in given.values()):
        raise ValueError("The clock is moved by numbers.")
    try:
        by = timedelta(**given)
    except OverflowError as error:
        raise ValueError("That is too far.") from error
    if not timedelta(0) < by <= FURTHEST:
        raise ValueError("The clock moves forward only, by 10,000 days at most.")
    return by
