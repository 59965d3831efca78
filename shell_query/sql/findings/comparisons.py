"""Comparisons of texts in which the longer one is cut, or cannot be met."""

from collections.abc import Callable, Iterator

from sqlglot import exp

from shell_query.sql.codes import Code
from shell_query.sql.expressions import constant_of
from shell_query.sql.lexer import Source
from shell_query.sql.places import at_node, reach
from shell_query.sql.problem import Problem
from shell_query.sql.scope import Scope
from shell_query.sql.types import ValueType

COMPARISONS = (exp.EQ, exp.NEQ, exp.In)

Typed = Callable[[exp.Expr], ValueType]


def of_texts(node: exp.Expr, scope: Scope, type_in: Typed, source: Source) -> Iterator[Problem]:
    """`node` is one of COMPARISONS; `type_in` gives the type of an expression in its scope."""
    sides = [node.this, *([node.expression] if isinstance(node, exp.Binary) else node.expressions)]
    for side in sides:
        yield from _cut(side, type_in, source)
    for side in sides[1:]:
        yield from _too_long(node.this, side, scope, source)
    if isinstance(node, exp.Binary):
        yield from _too_long(node.expression, node.this, scope, source)


def _cut(side: exp.Expr, type_in: Typed, source: Source) -> Iterator[Problem]:
    inner: exp.Expr | None = None
    if isinstance(side, exp.Cast):
        inner = side.this
    elif isinstance(side, exp.Convert):
        inner = side.expression
    elif isinstance(side, exp.Anonymous) and str(side.name).upper() == "ISNULL" and len(side.expressions) == 2:
        yield from _cut_by_isnull(side, type_in, source)
    if inner is None:
        return
    before, after = type_in(inner), type_in(side)
    if before.is_text and after.is_text and (after.length or 0) < (before.length or 0):
        message = (
            f"The text is cut to {after.length} characters before it is compared, and can have {before.length}: "
            "compare it whole."
        )
        start, end = reach(source, inner)
        yield at_node(source, side, Code.COMPARISON_CUTS, message, fix=source.text[start:end] or None)


def _cut_by_isnull(side: exp.Expr, type_in: Typed, source: Source) -> Iterator[Problem]:
    first, second = (type_in(each) for each in side.expressions)
    if first.is_text and second.is_text and not first.is_null and (second.length or 0) > (first.length or 0):
        message = (
            f"ISNULL cuts its second text to the {first.length} characters of the first before it is compared: "
            "COALESCE does not."
        )
        start, end = reach(source, side)
        fix = "COALESCE" + source.text[start + len("ISNULL") : end]
        yield source.problem(Code.COMPARISON_CUTS, message, start=start, end=end, fix=fix)


def _too_long(side: exp.Expr, other: exp.Expr, scope: Scope, source: Source) -> Iterator[Problem]:
    value = constant_of(other)
    if not isinstance(side, exp.Column) or not isinstance(value, str):
        return
    meaning = scope.meaning(str(side.name), str(side.table))
    room = meaning.type.length
    if meaning.is_known and meaning.type.is_text and room and len(value.rstrip()) > room:
        message = f"{side.name} holds at most {room} characters: it never equals this longer text."
        yield at_node(source, other, Code.COMPARISON_TOO_LONG, message)
