"""Querysets whose SQL is built once.

Django builds the SQL of a queryset anew for each use, and learns anew which column is what, which takes several times
as long as PostgreSQL's answer. What is asked with every look at Marketing Cloud is built at its first use, and after
that only its ids change.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Generic, TypeVar
from uuid import UUID, uuid4

from django.db import connection
from django.db.models import Model, QuerySet

from tenants.context import ask

M = TypeVar("M", bound=Model)


class Compiled(Generic[M]):
    """`build` gives the queryset for `count` ids. Whatever else it depends on is taken as it was at the first use.

    Related rows are not read along (no `select_related`); annotations are.
    """

    def __init__(self, build: Callable[..., QuerySet[M]], *, count: int) -> None:
        self.build = build
        # They stand for the ids where the SQL is built.
        self.marks = [uuid4() for _ in range(count)]

    def rows(self, tenant_id: UUID, *ids: UUID) -> list[M]:
        """In the scope of that tenant that is running, or in one of its own."""
        places = dict(zip(self.marks, ids, strict=True))
        return self.plan.read(ask(tenant_id, self.plan.sql, [places.get(value, value) for value in self.plan.values]))

    @cached_property
    def plan(self) -> "Plan[M]":
        queryset = self.build(*self.marks)
        compiler: Any = queryset.query.get_compiler(connection=connection)
        sql, values = compiler.as_sql()
        selected = [column for column, *_ in compiler.select]
        return Plan(
            model=queryset.model,
            compiler=compiler,
            sql=sql,
            values=values,
            fields=[selected[place].target.attname for place in compiler.klass_info["select_fields"]],
            annotations=compiler.annotation_col_map,
            converters=compiler.get_converters(selected),
        )


@dataclass(frozen=True)
class Plan(Generic[M]):
    """A queryset's SQL and what its columns are: those of the model's `fields` first, in the order of their names."""

    model: type[M]
    compiler: Any
    sql: str
    values: Sequence[Any]
    fields: Sequence[str]
    annotations: Mapping[str, int]
    converters: Mapping[int, Any]

    def read(self, rows: Sequence[Sequence[Any]]) -> list[M]:
        return [self.made(row) for row in self.compiler.apply_converters(rows, self.converters)]

    def made(self, row: Sequence[Any]) -> M:
        found = self.model.from_db(connection.alias, self.fields, row[: len(self.fields)])
        for name, place in self.annotations.items():
            setattr(found, name, row[place])
        return found
