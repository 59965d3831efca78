"""Aliases used where Marketing Cloud does not see them yet: WHERE, ON, GROUP BY, HAVING."""

from collections.abc import Mapping
from dataclasses import dataclass

from sqlglot import exp

from shell_query.sql.codes import Code
from shell_query.sql.findings.grouping import is_aggregate, within
from shell_query.sql.lexer import Source
from shell_query.sql.names import fold
from shell_query.sql.places import at_node
from shell_query.sql.problem import Problem
from shell_query.sql.select_list import places_of_items, written

_NEED_NO_PARENTHESES = (exp.Column, exp.Literal, exp.Anonymous, exp.Cast, exp.Convert, exp.Paren)

_CLAUSES: dict[type, str] = {exp.Having: "HAVING", exp.Group: "GROUP BY", exp.Join: "ON"}


@dataclass(frozen=True)
class Named:
    """What an alias stands for: its expression, and how that is written ("" where that is not known)."""

    expression: exp.Expr
    text: str


Aliases = Mapping[str, Named]


def of(select: exp.Select, source: Source) -> Aliases:
    """By the alias in lower case."""
    places = places_of_items(select, source)
    return {
        fold(item.alias_or_name): Named(item.unalias(), written(item, place, source) if place else "")
        for item, place in zip(select.expressions, places, strict=True)
        if isinstance(item, exp.Alias) or (isinstance(item, exp.Column) and not item.is_star)
    }


def not_visible(column: exp.Expr, alias: Named, source: Source) -> Problem:
    clause = column.find_ancestor(exp.Having, exp.Group, exp.Where, exp.Join)
    where = _CLAUSES.get(type(clause), "WHERE")
    message = f"{column.name} is an alias, which {where} does not see yet: repeat its expression."
    many = any(is_aggregate(part) or isinstance(part, exp.Window) for part in within(alias.expression))
    fix = None if not alias.text or (many and where != "HAVING") else alias.text
    if fix and not isinstance(alias.expression, _NEED_NO_PARENTHESES):
        fix = f"({fix})"
    return at_node(source, column, Code.ALIAS_NOT_VISIBLE, message, fix=fix)
