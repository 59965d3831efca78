"""Lists with opaque cursors, newest first."""

import re
from typing import Any

from rest_framework.exceptions import NotFound
from rest_framework.pagination import CursorPagination
from rest_framework.request import Request

from qspro.errors import BadRequest
from qspro.moments import read_moment

SIZE = re.compile(r"0{0,9}[1-9][0-9]{0,8}")


class NewestFirst(CursorPagination):
    """`ordering` begins with a time."""

    page_size = 20
    page_size_query_param = "pageSize"
    max_page_size = 100
    cursor_query_param = "cursor"
    ordering = ("-created_at", "-id")

    def get_page_size(self, request: Request) -> int:
        """As many as asked for, and no more than the most. Raises BadRequest for what is no size."""
        given = request.query_params.get(self.page_size_query_param, str(self.page_size))
        if not SIZE.fullmatch(given):
            raise BadRequest(f"{self.page_size_query_param} is a number from 1 to {self.max_page_size}.")
        return min(int(given), self.max_page_size)

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
