"""A checked query in DuckDB's words, with T-SQL's meaning kept."""

from dataclasses import dataclass
from datetime import datetime

from sqlglot import exp
from sqlglot.dialects.duckdb import DuckDB
from sqlglot.errors import SqlglotError
from sqlglot.optimizer.qualify import qualify

from mce_sandbox.objects.fields import Field
from mce_sandbox.sql.casts import convert
from mce_sandbox.sql.checking import Checked
from mce_sandbox.sql.dialect import SandboxSql
from mce_sandbox.sql.errors import SqlFailed
from mce_sandbox.sql.rewrites.queries import settle_tops
from mce_sandbox.sql.rewriting import Rewriter
from mce_sandbox.sql.types import Type, of_field, typed


@dataclass(frozen=True)
class Translated:
    """DuckDB's SELECT, and the type of each column that comes out, by its name in lower case."""

    sql: str
    types: dict[str, Type]

    def column(self, field: Field) -> str:
        """The column `querydef.X` converted to a target field, as SQL."""
        column = exp.column(exp.to_identifier(field.name, quoted=True), table="querydef")
        typed(column, self.types[field.name.lower()])
        return convert(column, of_field(field)).sql(DuckDB)


def translate(checked: Checked, *, now: datetime) -> Translated:
    """`now` is system time, what GETDATE() says in the whole statement."""
    sources = {f"{source.schema}.{source.table}": source for source in checked.sources}
    schema: dict[str, object] = {
        name: {
            source.table: {field.name: field.tsql_type for field in source.fields}
            for source in checked.sources
            if source.schema == name
        }
        for name in {source.schema for source in checked.sources}
    }
    try:
        tree = qualify(
            checked.tree.copy(), dialect=SandboxSql, schema=schema, expand_alias_refs=False,
            validate_qualify_columns=False,
        )  # fmt: skip
        types = Rewriter(sources, now).rewrite(tree)
        sql = settle_tops(tree).sql(DuckDB, comments=False)
    except (SqlglotError, RecursionError) as error:
        raise SqlFailed("The query processor could not produce a query plan.") from error
    return Translated(sql, dict(zip((name.lower() for name in checked.columns), types, strict=True)))
