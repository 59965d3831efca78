"""The application: every address of the sandbox on one port."""

import asyncio
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.routing import Route
from starlette.types import ASGIApp, Receive, Scope, Send

from mce_sandbox.calls import BodyTooLarge
from mce_sandbox.control import page as control_page
from mce_sandbox.control import views as control
from mce_sandbox.control.clock import clock
from mce_sandbox.control.dials import Dials
from mce_sandbox.control.snapshots import Snapshots
from mce_sandbox.data.sample import build_world
from mce_sandbox.oauth import signing_in
from mce_sandbox.oauth import views as oauth
from mce_sandbox.pages import stylesheet
from mce_sandbox.rest import async_rows, platform, queries, rows, rowsets
from mce_sandbox.retention import look_again_and_again
from mce_sandbox.soap.service import service
from mce_sandbox.soap.wsdl import wsdl
from mce_sandbox.world import DEFAULT_SEED

ROUTES = [
    Route("/healthz", control.healthz),
    Route("/pages.css", stylesheet),
    Route("/v2/token", oauth.token, methods=["POST"]),
    Route("/v2/authorize", signing_in.show, methods=["GET"]),
    Route("/v2/authorize", signing_in.sign_in, methods=["POST"]),
    Route("/v2/userinfo", oauth.userinfo),
    Route("/service.asmx", service, methods=["POST"]),
    Route("/etframework.wsdl", wsdl),
    Route("/platform/v1/tokenContext", platform.token_context),
    Route("/data/v1/customobjectdata/key/{key:path}/rowset", rowsets.by_key),
    Route("/data/v1/customobjectdata/token/{token}/rowset", rowsets.by_token),
    Route("/hub/v1/dataevents/{which:path}/rowset", rows.write, methods=["POST"]),
    Route("/hub/v1/dataevents/{which:path}/rows/{keys}", rows.write_one, methods=["PUT"]),
    Route("/data/v1/async/dataextensions/{which:path}/rows", async_rows.insert, methods=["POST"]),
    Route("/data/v1/async/dataextensions/{which:path}/rows", async_rows.upsert, methods=["PUT"]),
    Route("/data/v1/async/{order}/status", async_rows.status, methods=["GET"]),
    Route("/data/v1/async/{order}/results", async_rows.results, methods=["GET"]),
    Route("/automation/v1/queries", queries.list_queries, methods=["GET"]),
    Route("/automation/v1/queries", queries.create, methods=["POST"]),
    Route("/automation/v1/queries/actions/validate", queries.validate, methods=["POST"]),
    Route("/automation/v1/queries/{key}", queries.get_query, methods=["GET"]),
    Route("/automation/v1/queries/{key}", queries.update, methods=["PATCH"]),
    Route("/automation/v1/queries/{key}", queries.delete, methods=["DELETE"]),
    Route("/automation/v1/queries/{key}/actions/start", queries.start, methods=["POST"]),
    Route("/automation/v1/queries/{key}/actions/isrunning", queries.is_running, methods=["GET"]),
    Route("/control", control_page.show, methods=["GET"]),
    Route("/control/page/{action}", control_page.act, methods=["POST"]),
    Route("/control/accounts", control.accounts),
    Route("/control/reset", control.reset, methods=["POST"]),
    Route("/control/seed", control.seed, methods=["POST"]),
    Route("/control/clock", clock, methods=["GET", "POST"]),
    Route("/control/dials", control.dials, methods=["GET", "PATCH"]),
    Route("/control/faults", control.faults, methods=["GET", "POST", "DELETE"]),
    Route("/control/calls", control.calls, methods=["GET", "DELETE"]),
    Route("/control/activities", control.activities),
    Route("/control/hold", control.hold, methods=["POST"]),
    Route("/control/release", control.release, methods=["POST"]),
    Route("/control/snapshots", control.snapshots, methods=["GET", "POST"]),
    Route("/control/snapshots/{name}", control.forget_snapshot, methods=["DELETE"]),
    Route("/control/snapshots/{name}/restore", control.restore_snapshot, methods=["POST"]),
    Route("/control/tokens/expire", control.expire_tokens, methods=["POST"]),
]

SOAP_PATHS = ("/service.asmx", "/etframework.wsdl")
OAUTH = re.compile(r"/v2/(token|authorize|userinfo)$", re.IGNORECASE)


class Paths:
    """IIS is not particular: `/Service.asmx` in any case, REST paths with or without a trailing slash.

    OAuth's paths may have anything before them: some clients know their authentication address by a folder.
    """

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http":
            path: str = scope["path"]
            if len(path) > 1:
                path = path.rstrip("/")
            scope["path"] = path.lower() if path.lower() in SOAP_PATHS else path
            if found := OAUTH.search(path):
                scope["path"] = found[0].lower()
        await self.app(scope, receive, send)


def create_app(*, seed: int = DEFAULT_SEED, dials: dict[str, Any] | None = None) -> Starlette:
    """The application with its world built. `dials` are what a reset goes back to."""
    first = dials or {}

    @asynccontextmanager
    async def lifespan(app: Starlette) -> AsyncIterator[None]:
        app.state.world = build_world(seed=seed, dials=Dials(**first))
        app.state.snapshots = Snapshots(app.state.world)
        app.state.first_dials = first
        watch = asyncio.create_task(look_again_and_again(app.state))
        yield
        watch.cancel()
        await app.state.world.close()

    return Starlette(
        routes=ROUTES,
        middleware=[Middleware(Paths)],
        exception_handlers={
            control.BadRequest: control.bad_request,
            BodyTooLarge: control.bad_request,
            404: platform.nothing_here,
            405: platform.wrong_method,
        },
        lifespan=lifespan,
    )
