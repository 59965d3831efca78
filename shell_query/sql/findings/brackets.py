"""Names with spaces or hyphens that stand without brackets, as far as only the tables' columns can show it."""

from sqlglot import exp

from shell_query.sql.codes import Code
from shell_query.sql.lexer import Source
from shell_query.sql.names import bracketed
from shell_query.sql.places import reach
from shell_query.sql.problem import Problem
from shell_query.sql.scope import Scope


def of_item(item: exp.Expr, scope: Scope, source: Source) -> Problem | None:
    """SELECT First Name: read as First with the alias Name."""
    column = item.unalias()
    if not isinstance(item, exp.Alias) or not isinstance(column, exp.Column) or not item.args.get("alias"):
        return None
    return _of_name(item, column, f"{column.name} {item.alias}", scope, source)


def of_difference(node: exp.Expr, scope: Scope, source: Source) -> Problem | None:
    """First-Name: read as First minus Name."""
    if not isinstance(node, exp.Sub):
        return None
    left, right = node.this, node.expression
    if not isinstance(left, exp.Column) or not isinstance(right, exp.Column) or right.args.get("table"):
        return None
    return _of_name(node, left, f"{left.name}-{right.name}", scope, source)


def _of_name(node: exp.Expr, left: exp.Column, name: str, scope: Scope, source: Source) -> Problem | None:
    """Only where there is a column of the whole name, and none of its first part."""
    if scope.meaning(str(left.name), str(left.table)).is_known or not scope.meaning(name, str(left.table)).is_known:
        return None
    start, end = reach(source, node)
    prefix = f"{bracketed(left.table)}." if left.args.get("table") else ""
    if source.text[start:end].lower() != f"{prefix}{name}".lower():
        return None
    message = f"The name {name} goes in brackets: {bracketed(name)}."
    return source.problem(Code.UNBRACKETED_NAME, message, start=start, end=end, fix=prefix + bracketed(name))
