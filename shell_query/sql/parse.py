"""From a text to a statement, or to the reasons why it is none."""

from dataclasses import dataclass, field

import sqlglot
from sqlglot import exp
from sqlglot.errors import ParseError

from shell_query.sql.codes import Code
from shell_query.sql.dialect import MceSql, TooManySteps
from shell_query.sql.findings.tree import problems_of_tree
from shell_query.sql.findings.words import problems_of_words
from shell_query.sql.lexer import Source
from shell_query.sql.normalize import normalize
from shell_query.sql.ordering import OrderColumn, order_of
from shell_query.sql.problem import Problem, SqlRefused, few
from shell_query.sql.tables import TableRef, tables_of


@dataclass(frozen=True)
class Statement:
    """One SELECT. Its text is not part of its repr: it may hold personal data, and reprs end up in logs."""

    text: str = field(repr=False)
    normalized: str = field(repr=False)
    tables: tuple[TableRef, ...]
    order_by: tuple[OrderColumn, ...]
    warnings: tuple[Problem, ...]


def parse(sql_text: str, *, max_characters: int) -> Statement:
    """Raises SqlRefused for whatever is not one SELECT that Marketing Cloud would take."""
    if len(sql_text) > max_characters:
        message = f"The query has {len(sql_text):,} characters; {max_characters:,} are allowed."
        raise SqlRefused((Problem(Code.SQL_TOO_LONG, message, 1, 1),))
    source = Source(sql_text)
    problems = problems_of_words(source)
    _refuse_errors(problems)
    try:
        tree = tree_of(source)
        problems += problems_of_tree(tree, source)
        _refuse_errors(problems)
        tables, order_by = tables_of(tree, source), order_of(tree)
    except RecursionError:
        raise SqlRefused((too_deep(),)) from None
    return Statement(sql_text, normalize(source), tables, order_by, few(problems))


def tree_of(source: Source) -> exp.Query:
    """The parser's tree. Raises SqlRefused for a text that it does not understand."""
    try:
        trees = sqlglot.parse(source.blanked(), read=MceSql)
    except RecursionError:
        raise
    except TooManySteps:
        message = "The query is too complex to be read: its parts can be put together in too many ways."
        raise SqlRefused((Problem(Code.SQL_TOO_COMPLEX, message, 1, 1),)) from None
    except ParseError as error:
        raise SqlRefused((_not_understood(source, error),)) from None
    except Exception:
        # On odd texts the parser fails in many ways (IndexError, AttributeError, ...): all mean that it gave up.
        raise SqlRefused((_not_understood(source),)) from None
    if len(trees) != 1 or not isinstance(trees[0], exp.Select | exp.SetOperation):
        raise SqlRefused((_not_understood(source),))
    return trees[0]


def _refuse_errors(problems: list[Problem]) -> None:
    if any(problem.severity == "error" for problem in problems):
        raise SqlRefused(few(problems))


def _not_understood(source: Source, error: ParseError | None = None) -> Problem:
    """The parser's place with our words: its own message quotes the text around it."""
    detail = error.errors[0] if error and error.errors else {}
    line, column = detail.get("line"), detail.get("col")
    token = source.token_ending_at(line, column) if line and column else None
    if token is None:
        return source.problem(Code.NOT_UNDERSTOOD, "This cannot be read as one SELECT.", start=0)
    return source.at(token, Code.NOT_UNDERSTOOD, f"The query cannot be read from {token.shown} on.")


def too_deep() -> Problem:
    return Problem(Code.SQL_TOO_DEEP, "The query is nested too deeply to be read.", 1, 1)
