"""The HTTP server: uvicorn, with the connection reachable so that a fault can reset it."""

import asyncio

import uvicorn
from starlette.applications import Starlette
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol


class ResettableProtocol(HttpToolsProtocol):
    """Puts its transport into the scope, for `reset_connection`."""

    transport: asyncio.Transport

    def on_message_begin(self) -> None:
        super().on_message_begin()
        self.scope["extensions"] = {"mce_sandbox.transport": self.transport}  # type: ignore[dict-item]


def serve(app: Starlette, *, host: str, port: int) -> None:
    """Serves until SIGINT or SIGTERM; hanging calls are cut off after two seconds."""
    uvicorn.run(
        app, host=host, port=port, http=ResettableProtocol, ws="none", access_log=False, log_level="warning",
        timeout_graceful_shutdown=2, server_header=False, proxy_headers=False,
    )  # fmt: skip
