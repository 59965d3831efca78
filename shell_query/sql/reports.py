"""The problems that are found while a query is resolved, each with the best hint there is."""

from collections.abc import Iterable

from sqlglot import exp

from shell_query.sql.codes import Code
from shell_query.sql.findings import aliases, quotes, tables
from shell_query.sql.lexer import Source
from shell_query.sql.names import bracketed, fold
from shell_query.sql.places import at_node
from shell_query.sql.problem import Problem
from shell_query.sql.scope import MOST_NEAREST, Meaning, nearest
from shell_query.sql.shape import is_star
from shell_query.sql.stars import Clash

LONGEST_FIX = 20_000


class Reports:
    def __init__(self, source: Source) -> None:
        self.problems: list[Problem] = []
        self._source = source
        self._nearest_left = MOST_NEAREST

    def at(self, node: exp.Expr, code: Code, message: str, *, fix: str | None = None) -> None:
        self.problems.append(at_node(self._source, node, code, message, fix=fix))

    def clash(self, star: exp.Expr, clash: Clash) -> None:
        message = f"{clash.name} would come out twice: name the columns instead of the star."
        fix = clash.mended if len(clash.mended) <= LONGEST_FIX else None
        self.at(star, Code.DUPLICATE_COLUMN, message, fix=fix)

    def meaning(self, column: exp.Expr, meaning: Meaning, hidden: aliases.Aliases | None = None) -> None:
        """What is wrong with a name, if anything is."""
        if meaning.code is None:
            return
        is_alias = meaning.code is Code.UNKNOWN_COLUMN and not column.args.get("table")
        if is_alias and (alias := (hidden or {}).get(fold(column.name))):
            self.problems.append(aliases.not_visible(column, alias, self._source))
            return
        if meaning.code is Code.UNKNOWN_COLUMN and (problem := quotes.double_quoted(column, self._source)):
            self.problems.append(problem)
            return
        if meaning.fix is not None:
            self.at(column, meaning.code, meaning.message, fix=meaning.fix)
            return
        sought = column.args["table"].name if meaning.code is Code.UNKNOWN_ALIAS else str(column.name)
        other = self.nearest(sought, meaning.candidates)
        fix = _replaced(column, meaning.code, other) if other else None
        self.at(column, meaning.code, meaning.message + tables.hint(other), fix=fix)

    def nearest(self, name: str, candidates: Iterable[str]) -> str | None:
        """Of so many names of one text: to look for one takes a while."""
        if self._nearest_left == 0:
            return None
        self._nearest_left -= 1
        return nearest(name, candidates)


def _replaced(column: exp.Expr, code: Code, other: str) -> str:
    """The column with the name that was probably meant."""
    table = column.args.get("table")
    if code is Code.UNKNOWN_ALIAS:
        return f"{bracketed(other)}.{bracketed(column.name)}" if not is_star(column) else f"{bracketed(other)}.*"
    return f"{bracketed(table.name)}.{bracketed(other)}" if table is not None else bracketed(other)
