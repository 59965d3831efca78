"""Django's ASGI handler, with all middlewares and the view in one thread.

Django asks some middlewares in the event loop and some in a thread, as each can be asked: a request changed
sides so often that it took more CPU time than an empty view itself.
"""

from asgiref.sync import sync_to_async
from django.core.handlers.asgi import ASGIHandler
from django.http import HttpRequest
from django.http.response import HttpResponseBase


class OneThreadHandler(ASGIHandler):
    def __init__(self) -> None:
        super().__init__()
        self.respond = sync_to_async(self.get_response)

    def load_middleware(self, is_async: bool = False) -> None:
        super().load_middleware(is_async=False)

    async def get_response_async(self, request: HttpRequest) -> HttpResponseBase:
        return await self.respond(request)
