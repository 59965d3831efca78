"""Lists with opaque cursors, newest first."""

from typing import Any

from rest_framework.exceptions import NotFound
from rest_framework.pagination import CursorPagination
from rest_framework.request import Request

from qspro.errors import BadRequest
from qspro.moments import read_moment


class NewestFirst(CursorPagination):
    """`ordering` begins with a time."""

    page_size = 20
    page_size_query_param = "pageSize"
    max_page_size = 100
    cursor_query_param = "cursor"
    ordering = ("-created_at", "-id")

    def decode_cursor(self, request: Request) -> Any:
        """Raises BadRequest for a cursor that we never gave: its position would go into a query as it is."""
        try:
            cursor = super().decode_cursor(request)
        except NotFound:
            raise unknown_cursor() from None
        if cursor is not None and cursor.position is not None and read_moment(str(cursor.position)) is None:
            raise unknown_cursor()
        return cursor


def unknown_cursor() -> BadRequest:
    return BadRequest("The cursor is not one of ours: follow the links in next and previous.")
