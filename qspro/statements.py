"""Statements that are sent together: one round trip instead of one each."""

from dataclasses import dataclass, field
from typing import Any

from django.db import connection


@dataclass(frozen=True)
class Statement:
    """With a `%s` in its SQL for each of its values."""

    sql: str = field(repr=False)
    values: tuple[Any, ...] = field(default=(), repr=False)


def send(*statements: Statement) -> list[list[tuple[Any, ...]]]:
    """The rows of each. In their order; each sees what those before it have done.

    Where no transaction runs, what is sent at once is one.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            "; ".join(each.sql for each in statements), [value for each in statements for value in each.values]
        )
        rows = [taken(cursor)]
        while cursor.nextset():
            rows.append(taken(cursor))
        return rows


def taken(cursor: Any) -> list[tuple[Any, ...]]:
    """None of what gives no rows, as an INSERT without RETURNING."""
    return list(cursor.fetchall()) if cursor.description else []
