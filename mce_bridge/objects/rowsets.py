"""Rowsets: the rows of a data extension, a page at a time, by its customer key. Nothing of them is kept."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, Literal
from urllib.parse import quote

from mce_bridge.account import Account
from mce_bridge.errors import UnknownAnswer

Direction = Literal["asc", "desc"]


@dataclass(frozen=True)
class Rowset:
    """One page. Every value is text as MCE writes it, NULL is "", and every name is in lower case."""

    total: int
    rows: list[dict[str, str]] = field(repr=False)


def page(
    account: Account,
    *,
    key: str,
    page: int,
    page_size: int,
    order_by: Sequence[tuple[str, Direction]] = (),
) -> Rowset:
    """Raises NotThere, also for some seconds after a query has ended.

    Each read is a new snapshot in no order of its own: without `order_by` pages may overlap.
    """
    query = {"$page": str(page), "$pageSize": str(page_size)}
    if order_by:
        query["$orderBy"] = ",".join(f"{name} {direction}" for name, direction in order_by)
    path = f"data/v1/customobjectdata/key/{quote(key, safe='')}/rowset"
    answer = account.rest("GET", path, query=query, about="Rowset")
    if not isinstance(answer, dict) or type(answer.get("count")) is not int:
        raise UnknownAnswer
    # An empty data extension has no `items` at all.
    items = answer.get("items") or []
    if not isinstance(items, list):
        raise UnknownAnswer
    return Rowset(total=answer["count"], rows=[merged(item) for item in items])


def merged(item: Any) -> dict[str, str]:
    """Primary keys come apart from the other values."""
    if not isinstance(item, dict):
        raise UnknownAnswer
    keys, values = item.get("keys") or {}, item.get("values") or {}
    if not isinstance(keys, dict) or not isinstance(values, dict):
        raise UnknownAnswer
    return {name.lower(): as_text(value) for name, value in [*keys.items(), *values.items()]}


def as_text(value: Any) -> str:
    if not isinstance(value, str | int | float | None):
        raise UnknownAnswer
    return "" if value is None else str(value)
