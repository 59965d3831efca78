"""Statements that need nothing of each other's answers, sent together: one round trip instead of one each."""

from dataclasses import dataclass, field
from typing import Any

from django.db import connection


@dataclass(frozen=True)
class Statement:
    """With a `%s` in its SQL for each of its values."""

    sql: str = field(repr=False)
    values: tuple[Any, ...] = field(default=(), repr=False)


def send(*statements: Statement) -> None:
    """In their order, within the running transaction; each sees what those before it have done."""
    sql = "; ".join(each.sql for each in statements)
    with connection.cursor() as cursor:
        cursor.execute(sql, [value for each in statements for value in each.values])
