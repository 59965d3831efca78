"""A checked query in DuckDB's words, with T-SQL's meaning kept."""

from datetime import datetime

from sqlglot import exp
from sqlglot.errors import SqlglotError
from sqlglot.optimizer.annotate_types import annotate_types
from sqlglot.optimizer.qualify import qualify

from mce_sandbox.sql.checking import Checked
from mce_sandbox.sql.errors import SqlFailed
from mce_sandbox.sql.rewriting import rewrite


def to_duckdb(checked: Checked, *, now: datetime) -> str:
    """`now` is system time, what GETDATE() says in the whole statement."""
    schema: dict[str, dict[str, dict[str, str]]] = {}
    for source in checked.sources:
        columns = {field.name: field.tsql_type for field in source.fields}
        schema.setdefault(source.schema, {})[source.table] = columns
    try:
        tree = qualify(
            checked.tree.copy(), dialect="tsql", schema=schema, expand_alias_refs=False,
            validate_qualify_columns=False,
        )  # fmt: skip
        tree = rewrite(annotate_types(tree, schema=schema, dialect="tsql"), now=now)
        return tree.sql("duckdb", unsupported_level=None)
    except (SqlglotError, RecursionError) as error:
        raise SqlFailed("The query processor could not produce a query plan.") from error


def named(tree: exp.Query) -> list[str]:
    return list(tree.named_selects)
