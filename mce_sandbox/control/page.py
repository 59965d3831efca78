"""GET /control/: all of the sandbox on one page, with forms that turn and order what the control API does."""

from collections.abc import Callable, Mapping
from dataclasses import asdict, fields
from math import isfinite
from typing import Any
from urllib.parse import urlsplit

from starlette.requests import Request
from starlette.responses import PlainTextResponse, RedirectResponse, Response

from mce_sandbox.accounts import ENTERPRISES
from mce_sandbox.calls import form_body
from mce_sandbox.clock import utc_now
from mce_sandbox.control.dials import CHOICES, Dials
from mce_sandbox.control.faults import ENDS, KINDS, MOMENTS, Fault
from mce_sandbox.oauth.scopes import NEEDED
from mce_sandbox.pages import page
from mce_sandbox.world import World

TEMPLATE = "control/page.html"
NEWEST = 50
OTHER_OPERATIONS = ("*", "Token", "Authorize", "SignIn", "Create", "Retrieve", "Update", "Delete", "Perform", "Run")
Given = Mapping[str, str]


async def show(request: Request, *, error: str = "") -> Response:
    world: World = request.app.state.world
    return page(
        TEMPLATE,
        status=400 if error else 200,
        error=error,
        refresh=_refresh(request),
        query=request.url.query,
        seed=world.seed,
        now=utc_now().strftime("%Y-%m-%d %H:%M:%S"),
        dials=world.dials.as_json(),
        choices=CHOICES,
        faults=world.faults.as_json(),
        kinds=sorted(KINDS.union(*ENDS.values())),
        moments=MOMENTS,
        operations=sorted({*OTHER_OPERATIONS, *NEEDED, *ENDS}),
        enterprises=ENTERPRISES,
        units=world.units,
        newest=NEWEST,
        activities=list(world.activities.all())[: -NEWEST - 1 : -1],
        calls=world.calls.newest(NEWEST),
    )


async def act(request: Request) -> Response:
    """One form was sent: does it, and leads back to its part of the page."""
    origin = request.headers.get("origin")
    if origin is not None and urlsplit(origin).netloc != request.headers.get("host"):
        return PlainTextResponse("This form was sent from another site.", 403)
    action = ACTIONS.get(request.path_params["action"])
    if action is None:
        return PlainTextResponse("There is no such form.", 404)
    section, do = action
    try:
        do(request.app.state.world, await form_body(request))
    except (KeyError, TypeError, ValueError) as error:
        return await show(request, error=f"This cannot be done: {error}")
    query = f"?{request.url.query}" if request.url.query else ""
    return RedirectResponse(f"/control/{query}#{section}", 303)


def _refresh(request: Request) -> int:
    """Every how many seconds the page is to load itself again; 0 is never."""
    asked = request.query_params.get("refresh", "")
    return int(asked) if asked.isdecimal() and len(asked) < 5 else 0


def _turn_dial(world: World, given: Given) -> None:
    name, value = given["name"], given["value"]
    world.dials.change({name: _read(value, type(asdict(Dials()).get(name)))})


def _order_fault(world: World, given: Given) -> None:
    kinds = {field.name: type(field.default) for field in fields(Fault)}
    world.faults.order(Fault(**{name: _read(value, kinds.get(name, str)) for name, value in given.items() if value}))


def _remove_fault(world: World, given: Given) -> None:
    world.faults.remove(int(given["id"]))


def _clear_faults(world: World, given: Given) -> None:
    world.faults.clear()


def _hold(world: World, given: Given) -> None:
    world.dials.hold = True


def _release(world: World, given: Given) -> None:
    world.dials.hold = False
    world.activities.release()


def _expire_tokens(world: World, given: Given) -> None:
    world.tokens.expire_all(utc_now())


def _clear_calls(world: World, given: Given) -> None:
    world.calls.clear()


def _read(value: str, kind: type) -> Any:
    """A field of a form, as the control API would be given it."""
    if kind is bool:
        return value == "true"
    if kind in (int, float):
        number = kind(value)
        if not isfinite(number):
            raise ValueError(f"{value} is no number to turn to.")
        return number
    return value


# Form -> the part of the page it belongs to, and what it does.
ACTIONS: dict[str, tuple[str, Callable[[World, Given], None]]] = {
    "dial": ("dials", _turn_dial),
    "fault": ("faults", _order_fault),
    "fault-remove": ("faults", _remove_fault),
    "faults-clear": ("faults", _clear_faults),
    "hold": ("activities", _hold),
    "release": ("activities", _release),
    "tokens-expire": ("accounts", _expire_tokens),
    "calls-clear": ("calls", _clear_calls),
}
