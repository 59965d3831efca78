"""The HTTP edge of results as CSV, streamed."""

from collections.abc import AsyncIterator, Iterable
from typing import Any, ClassVar
from uuid import UUID

from django.http import StreamingHttpResponse
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.negotiation import BaseContentNegotiation
from rest_framework.parsers import BaseParser
from rest_framework.renderers import BaseRenderer
from rest_framework.request import Request
from rest_framework.views import APIView

from qspro.errors import BadRequest
from shell_query import services
from shell_query.csv_text import csv_head, csv_lines
from tenants.authentication import the_caller
from tenants.callers import Scope

FLAGS = {"": False, "false": False, "true": True}


class WhateverIsAccepted(BaseContentNegotiation):
    """CSV for who accepts CSV and for who does not say so; errors are JSON as everywhere."""

    def select_parser(self, request: Request, parsers: Iterable[BaseParser]) -> BaseParser:
        return next(iter(parsers))

    def select_renderer(
        self, request: Request, renderers: Iterable[BaseRenderer], format_suffix: str | None = None
    ) -> tuple[BaseRenderer, str]:
        first = next(iter(renderers))
        return first, str(first.media_type)


class ResultsCsvView(APIView):
    """GET /api/runs/{id}/results.csv: all rows that can be paged, as the pages would give them one after the other."""

    scopes: ClassVar = {"GET": Scope.DATA_READ}
    content_negotiation_class = WhateverIsAccepted

    @extend_schema(
        responses={(200, "text/csv"): OpenApiTypes.STR},
        parameters=[
            OpenApiParameter(
                "exact",
                bool,
                description="Texts that a spreadsheet would take for a formula (=, +, -, @ in front) get an "
                "apostrophe in front, and the file begins with a byte order mark for Excel. With exact=true neither.",
            )
        ],
    )
    def get(self, request: Request, run_id: UUID) -> StreamingHttpResponse:
        exact = flag(request, "exact")
        export = services.export_results(caller=the_caller(request), run_id=run_id)
        return StreamingHttpResponse(
            chunks(export, exact=exact),
            content_type="text/csv; charset=utf-8",
            headers={
                "Content-Disposition": f'attachment; filename="run-{run_id}.csv"',
                "Cache-Control": "no-store",
                "X-Accel-Buffering": "no",
            },
        )


async def chunks(export: services.Export, *, exact: bool) -> AsyncIterator[bytes]:
    """Half a surrogate pair, which UTF-8 cannot hold, is a question mark."""
    yield csv_head([column["name"] for column in export.columns], exact=exact).encode("utf-8", "replace")
    async for rows in export.rows:
        yield csv_lines(rows, exact=exact).encode("utf-8", "replace")


def flag(request: Request, name: str) -> bool:
    given: Any = request.query_params.get(name, "")
    if given not in FLAGS:
        raise BadRequest(f"{name} is true or false.")
    return FLAGS[given]
