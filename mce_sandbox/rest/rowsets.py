"""GET /data/v1/customobjectdata/...: rows of a data extension, page by page, every value a string."""

# ruff: noqa: S608 - every name put into SQL here is quoted or of our own making

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from itertools import count
from typing import Any

import duckdb
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from mce_sandbox.clock import utc_now
from mce_sandbox.control.call_log import Call
from mce_sandbox.objects.data_extensions import DataExtension
from mce_sandbox.objects.field_changes import between_changes
from mce_sandbox.objects.fields import Field
from mce_sandbox.objects.values import told
from mce_sandbox.rest.answers import RestError, not_found, positive, rest_call
from mce_sandbox.rest.cursors import RowsetRequest
from mce_sandbox.rest.filters import where
from mce_sandbox.sql.warehouse import quoted
from mce_sandbox.world import Caller

LARGEST_PAGE = 2500
_reads = count(1)


@dataclass(frozen=True)
class Page:
    number: int
    size: int


@rest_call("Rowset", object_type="DataExtension")
async def by_key(request: Request, caller: Caller, call: Call) -> Response:
    extension = caller.unit.data_extensions.by_key(request.path_params["key"])
    if extension is None:
        raise not_found()
    call.name = extension.name
    asked, dials = _parameters(request), caller.world.dials
    wanted = RowsetRequest(
        mid=caller.unit.mid,
        object_id=extension.object_id,
        page_size=asked.get("$pagesize", "50"),
        order_by=asked.get("$orderby", ""),
        filter=asked.get("$filter", ""),
        shuffle=next(_reads) if dials.rowset_shuffled else 0,
        expires_at=utc_now() + timedelta(seconds=dials.rowset_token_seconds),
    )
    return await _answer(caller, extension, wanted, _page(asked), caller.world.rowset_tokens.add(wanted))


@rest_call("Rowset", object_type="DataExtension")
async def by_token(request: Request, caller: Caller, call: Call) -> Response:
    """The way `links.next` shows."""
    token = request.path_params["token"]
    wanted = caller.world.rowset_tokens.find(token, now=utc_now())
    if wanted is None or wanted.mid != caller.unit.mid:
        raise not_found()
    extension = caller.unit.data_extensions.by_id(wanted.object_id)
    if extension is None:
        raise not_found()
    call.name, call.key = extension.name, extension.customer_key
    page = _page({"$pagesize": wanted.page_size} | _parameters(request))
    return await _answer(caller, extension, wanted, page, token)


def _parameters(request: Request) -> dict[str, str]:
    return {name.lower(): value for name, value in request.query_params.items()}


def _page(asked: dict[str, str]) -> Page:
    number = positive(asked.get("$page", "1"))
    size = positive(asked.get("$pagesize", "50"))
    if size > LARGEST_PAGE:
        raise RestError(400, f"The largest page has {LARGEST_PAGE} rows.")
    return Page(number, size)


async def _answer(caller: Caller, extension: DataExtension, wanted: RowsetRequest, page: Page, token: str) -> Response:
    if asyncio.get_running_loop().time() < extension.readable_at:
        raise not_found()
    total, items = await between_changes(lambda: _items(caller, extension, wanted, page))
    return JSONResponse(_body(extension, wanted, page, token, total, items))


async def _items(
    caller: Caller, extension: DataExtension, wanted: RowsetRequest, page: Page
) -> tuple[int, list[dict[str, dict[str, str]]]]:
    """How many rows there are, and those of the page."""
    fields, order = extension.fields, order_by(extension, wanted)
    condition, values = where(extension, wanted.filter)
    table = f"{quoted(caller.unit.schema)}.{quoted(extension.table)}"
    names = ", ".join(quoted(field.name) for field in fields)

    def read(connection: duckdb.DuckDBPyConnection) -> tuple[int, list[tuple[Any, ...]]]:
        total = connection.execute(f"SELECT count(*) FROM {table}{condition}", values).fetchone()
        rows = connection.execute(
            f"SELECT {names} FROM {table}{condition} ORDER BY {order} LIMIT ? OFFSET ?",
            [*values, page.size, (page.number - 1) * page.size],
        ).fetchall()
        return (total[0] if total else 0), rows

    total, rows = await caller.world.warehouse.run(read)
    return total, [_item(fields, row) for row in rows]


def order_by(extension: DataExtension, wanted: RowsetRequest) -> str:
    """`$orderBy`'s columns; without it no order that a client could rely on, the query's own least of all."""
    if not wanted.order_by:
        return f"hash(rowid + {wanted.shuffle})"
    parts = []
    for part in wanted.order_by.split(","):
        words = part.split()
        descending = len(words) > 1 and words[-1].lower() == "desc"
        name = " ".join(words[:-1] if words and words[-1].lower() in ("asc", "desc") else words).strip("[]")
        field = extension.field(name)
        if field is None:
            raise RestError(400, f"The column '{name}' in $orderBy is not a column of the data extension.")
        parts.append(f"{quoted(field.name)} {'DESC NULLS LAST' if descending else 'ASC NULLS FIRST'}")
    return ", ".join(parts)


def _body(
    extension: DataExtension, wanted: RowsetRequest, page: Page, token: str, total: int, items: list[dict[str, Any]]
) -> dict[str, Any]:
    path = f"/v1/customobjectdata/token/{token}/rowset"
    links = {"self": f"{path}?$page={page.number}"}
    if page.number * page.size < total:
        links["next"] = f"{path}?$page={page.number + 1}"
    body: dict[str, Any] = {
        "links": links,
        "requestToken": token,
        "tokenExpireDateUtc": wanted.expires_at.strftime("%Y-%m-%dT%H:%M:%S.%f")[:-3],
        "customObjectId": extension.object_id,
        "customObjectKey": extension.customer_key,
        "pageSize": page.size,
        "page": page.number,
        "count": total,
        "top": 0,
    }
    if total:
        body["items"] = items
    return body


def _item(fields: Sequence[Field], row: tuple[Any, ...]) -> dict[str, dict[str, str]]:
    keys: dict[str, str] = {}
    values: dict[str, str] = {}
    for field, value in zip(fields, row, strict=True):
        (keys if field.primary_key else values)[field.name.lower()] = told(value)
    return {"keys": keys, "values": values}
