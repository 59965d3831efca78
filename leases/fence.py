"""Writing a claimed row: one UPDATE that names the claim, so that nobody writes who has lost it.

Its SQL is put together here from Django's own fields and expressions. As a queryset's it would be built by way of a
whole query, which takes several times as long, with every look at Marketing Cloud.
"""

from collections.abc import Collection, Mapping, Sequence
from typing import Any, TypeVar

from django.db import connection
from django.db.models.expressions import RawSQL
from django.db.models.sql import UpdateQuery

from leases.claims import Claim
from leases.models import Leased
from qspro.statements import Statement
from tenants.context import ask

R = TypeVar("R", bound=Leased)


def write(
    model: type[R],
    claim: Claim,
    fields: Mapping[str, Any],
    *,
    among: Mapping[str, Collection[str]] | None = None,
    told: Sequence[str] = ("id",),
    along: Statement | None = None,
) -> R | None:
    """The row as it is written, with the fields `told` (columns that Django reads as they are) and the database's time
    as `now`; None if the claim is lost, or if a field of `among` has none of its values.

    In the scope of the claim's tenant that is running, or in one of its own.

    `fields` may hold Django's expressions. Those of SQL (qspro/database_time.py) are taken as they are. `along` is a
    part of the same statement, for which what is `told` stands in `moved`: no row if nothing was written.
    """
    assigned = [assignment(model, name, value) for name, value in fields.items()]
    guards: list[tuple[str, Sequence[Any]]] = [("id = %s", [claim.row_id]), ("claim_token = %s", [claim.token])]
    guards += [(f"{name} = ANY(%s)", [list(values)]) for name, values in (among or {}).items()]
    # In the order in which a model takes them.
    names = [field.attname for field in model._meta.concrete_fields if field.attname in told]
    sql = (
        f"UPDATE {model._meta.db_table} SET {', '.join(text for text, _ in assigned)} "  # noqa: S608
        f"WHERE {' AND '.join(text for text, _ in guards)} "
        f"RETURNING {', '.join(names)}, statement_timestamp() AS now"
    )
    values = [value for _, values in (*assigned, *guards) for value in values]
    if along is not None:
        sql = f"WITH moved AS ({sql}), along AS ({along.sql}) SELECT * FROM moved"  # noqa: S608
        values += along.values
    for row in ask(claim.tenant_id, sql, values):
        written = model.from_db(connection.alias, names, row[:-1])
        written.now = row[-1]  # type: ignore[attr-defined]
        return written
    return None


def assignment(model: type[Leased], name: str, value: Any) -> tuple[str, Sequence[Any]]:
    field: Any = model._meta.get_field(name)
    text, values = assigned_to(model, field, value)
    return f"{field.column} = {text}", values


def assigned_to(model: type[Leased], field: Any, value: Any) -> tuple[str, Sequence[Any]]:
    if value is None:
        return "NULL", []
    if isinstance(value, RawSQL):
        return value.sql, value.params
    if hasattr(value, "resolve_expression"):
        compiler = UpdateQuery(model).get_compiler(connection=connection)
        resolved = value.resolve_expression(compiler.query, allow_joins=False, for_save=True)
        text, values = compiler.compile(resolved)
        return str(text), values
    return "%s", [field.get_db_prep_save(value, connection)]
