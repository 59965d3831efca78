"""Django's ASGI handler, with all middlewares and the view in one thread, which serves the next request then.

Django asks some middlewares in the event loop and some in a thread, as each can be asked: a request changed sides so
often that it took more CPU time than an empty view itself. And it begins a thread for each request, with database and
cache clients of its own, and another one that waits for its end.
"""

from collections.abc import AsyncIterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager
from typing import Any

from asgiref.sync import ThreadSensitiveContext, sync_to_async
from django.core.handlers.asgi import ASGIHandler
from django.http import HttpRequest
from django.http.response import HttpResponseBase

# Those that more requests at once have needed end with them.
KEPT_THREADS = 15


class OneThreadHandler(ASGIHandler):
    def __init__(self) -> None:
        super().__init__()
        self.respond = sync_to_async(self.get_response)
        self.idle: list[ThreadPoolExecutor] = []

    async def __call__(self, scope: dict[str, Any], receive: Any, send: Any) -> None:
        async with self.thread():
            await super().__call__(scope, receive, send)

    @asynccontextmanager
    async def thread(self) -> AsyncIterator[None]:
        """All that a request does in a thread it does in one, and nobody else meanwhile."""
        thread = self.idle.pop() if self.idle else ThreadPoolExecutor(1, thread_name_prefix="request")
        try:
            async with ThreadSensitiveContext(executor=thread):
                yield
        finally:
            if len(self.idle) < KEPT_THREADS:
                self.idle.append(thread)
            else:
                thread.shutdown(wait=False)

    def load_middleware(self, is_async: bool = False) -> None:
        super().load_middleware(is_async=False)

    async def get_response_async(self, request: HttpRequest) -> HttpResponseBase:
        return await self.respond(request)
