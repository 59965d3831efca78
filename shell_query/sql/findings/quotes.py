"""Texts in double quotes, which are for names."""

from sqlglot import exp

from shell_query.sql.codes import Code
from shell_query.sql.lexer import Source
from shell_query.sql.places import reach
from shell_query.sql.problem import Problem


def double_quoted(column: exp.Expr, source: Source) -> Problem | None:
    """A column that does not exist, in double quotes: a text is meant, which may be personal and stays untold."""
    start, end = reach(source, column)
    written = source.text[start:end]
    if not written.startswith('"') or column.args.get("table"):
        return None
    fix = "'" + str(column.name).replace("'", "''") + "'"
    message = "Double quotes are for names, and there is no column of this name: a text goes in single quotes."
    return source.problem(Code.DOUBLE_QUOTES, message, start=start, end=end, fix=fix)
