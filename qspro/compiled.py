"""Querysets whose SQL is built once.

Django builds the SQL of a queryset anew for each use, which takes several times as long as PostgreSQL's answer. What is
asked with every look at Marketing Cloud is built at its first use, and after that only its ids change.
"""

from collections.abc import Callable
from functools import cached_property
from typing import Any, Generic, TypeVar
from uuid import UUID, uuid4

from django.db.models import Model, QuerySet

M = TypeVar("M", bound=Model)


class Compiled(Generic[M]):
    """`build` gives the queryset for `count` ids. Whatever else it depends on is taken as it was at the first use.

    Related rows are not read along (no `select_related`); annotations are.
    """

    def __init__(self, build: Callable[..., QuerySet[M]], *, count: int) -> None:
        self.build = build
        self.count = count

    def rows(self, *ids: UUID) -> list[M]:
        """Within the running scope."""
        sql, values = self.statement
        places = dict(zip(self.marks, ids, strict=True))
        model: type[M] = self.model
        return list(model._default_manager.raw(sql, [places.get(value, value) for value in values]))

    @cached_property
    def marks(self) -> list[UUID]:
        """They stand for the ids where the SQL is built."""
        return [uuid4() for _ in range(self.count)]

    @cached_property
    def queryset(self) -> QuerySet[M]:
        return self.build(*self.marks)

    @property
    def model(self) -> type[M]:
        return self.queryset.model

    @cached_property
    def statement(self) -> tuple[str, tuple[Any, ...]]:
        sql, values = self.queryset.query.sql_with_params()
        return sql, values
