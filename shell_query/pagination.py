"""Lists with opaque cursors, newest first."""

from rest_framework.pagination import CursorPagination


class RunPagination(CursorPagination):
    page_size = 20
    page_size_query_param = "pageSize"
    max_page_size = 100
    cursor_query_param = "cursor"
    ordering = ("-created_at", "-id")
