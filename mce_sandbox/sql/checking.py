"""Is it a query that MCE takes? Reads the T-SQL, resolves its tables and columns, names what comes out."""

from dataclasses import dataclass
from itertools import pairwise

import sqlglot
from sqlglot import Token, TokenType, exp
from sqlglot.dialects.tsql import TSQL
from sqlglot.errors import ParseError, TokenError

from mce_sandbox.sql.catalogue import Catalogue, Source
from mce_sandbox.sql.errors import TOO_DEEP, SqlRejected
from mce_sandbox.sql.functions import KNOWN_FUNCTIONS
from mce_sandbox.sql.names import Names

ONLY_SELECT = "Only SELECT queries are valid. Select must be the first word of the query."
SEMICOLON = "';' is a reserved word and may not be used"
INTO = "'into' is a reserved word"
ORDER_BY = (
    "The ORDER BY clause is invalid in views, inline functions, derived tables, subqueries, and common table "
    "expressions, unless TOP, OFFSET or FOR XML is also specified."
)
TOO_LONG = "The query text is too long."
MAX_DEPTH = 60
MAX_LENGTH = 200_000


@dataclass(frozen=True)
class Checked:
    """A query that passed: its tree (tables renamed to DuckDB's), what it reads, what comes out."""

    tree: exp.Query
    sources: tuple[Source, ...]
    columns: tuple[str, ...]


def check(text: str, catalogue: Catalogue) -> Checked:
    """Raises SqlRejected with MCE's words for what it does not take."""
    if len(text) > MAX_LENGTH:
        raise SqlRejected(TOO_LONG)
    try:
        check_words(text)
        tree = _parse(text)
        _check_shape(tree)
        sources = _resolve_tables(tree, catalogue)
        columns = Names(sources).check(tree)
    except RecursionError as error:
        raise SqlRejected(TOO_DEEP) from error
    return Checked(tree, tuple(sources.values()), columns)


def check_words(text: str) -> None:
    """What MCE finds before it parses: reserved words, the first word, and how deep it nests."""
    try:
        tokens = sqlglot.tokenize(text, read=TSQL)
    except TokenError as error:
        raise SqlRejected("Incorrect syntax near the end of the query.") from error
    words = [token for token in tokens if token.token_type not in (TokenType.STRING, TokenType.IDENTIFIER)]
    if any(w.token_type == TokenType.SEMICOLON or w.text.upper() == "DECLARE" for w in words):
        raise SqlRejected(SEMICOLON)
    if not tokens or tokens[0].token_type != TokenType.SELECT:
        raise SqlRejected(ONLY_SELECT)
    if any(w.token_type == TokenType.INTO for w in words):
        raise SqlRejected(INTO)
    for word, following in pairwise(tokens):
        if word.token_type == TokenType.FOR and following.text.upper() in ("XML", "JSON"):
            raise SqlRejected(f"The sandbox does not run FOR {following.text.upper()}.")
        if word.token_type == TokenType.LIMIT and following.token_type == TokenType.NUMBER:
            raise SqlRejected(_near(word.text))
        if word.token_type == TokenType.COMMA and following.token_type in (
            TokenType.COMMA, TokenType.FROM, TokenType.R_PAREN,
        ):  # fmt: skip
            raise SqlRejected(_near(following.text))
    _check_depth(words)


def _check_depth(words: list[Token]) -> None:
    depth = 0
    for word in words:
        if word.token_type == TokenType.L_PAREN:
            depth += 1
        elif word.token_type == TokenType.R_PAREN:
            depth -= 1
        if depth > MAX_DEPTH:
            raise SqlRejected(TOO_DEEP)


def _near(text: str) -> str:
    return f"Incorrect syntax near '{text}'."


def _parse(text: str) -> exp.Query:
    try:
        statements = sqlglot.parse(text, read=TSQL)
    except ParseError as error:
        place = error.errors[0].get("highlight") if error.errors else ""
        raise SqlRejected(_near(str(place or "the end of the query"))) from error
    if len(statements) != 1 or not isinstance(statements[0], exp.Query):
        raise SqlRejected(ONLY_SELECT)
    return statements[0]


def _check_shape(tree: exp.Query) -> None:
    """What the parser takes and SQL Server, or MCE around it, does not."""
    for node in tree.walk():
        if isinstance(node, exp.With):
            raise SqlRejected(ONLY_SELECT)
        if isinstance(node, exp.Parameter | exp.SessionParameter):
            raise SqlRejected(f'Must declare the scalar variable "{node.sql(TSQL)}".')
        if isinstance(node, exp.Anonymous) and node.name.upper() not in KNOWN_FUNCTIONS:
            raise SqlRejected(f"'{node.name}' is not a recognized built-in function name.")
        if isinstance(node, exp.JSONExtract | exp.JSONExtractScalar | exp.JSONValue):
            raise SqlRejected("'JSON_VALUE' is not a recognized built-in function name.")
        if isinstance(node, exp.Query) and node.args.get("order") and not _is_limited(node):
            raise SqlRejected(ORDER_BY)
        if isinstance(node, exp.Select) and not node.expressions:
            raise SqlRejected("Incorrect syntax near 'SELECT'.")
        if isinstance(node, exp.Select) and node.is_star and not node.args.get("from_"):
            raise SqlRejected("Must specify table to select from.")
        if isinstance(node, exp.In) and not node.expressions and not node.args.get("query"):
            raise SqlRejected(_near(")"))


def _is_limited(query: exp.Query) -> bool:
    return bool(query.args.get("limit") or query.args.get("offset"))


def _resolve_tables(tree: exp.Query, catalogue: Catalogue) -> dict[str, Source]:
    """Renames each table to DuckDB's and gives it its own name as alias. Answers DuckDB's name -> source."""
    found: dict[str, Source] = {}
    for table in list(tree.find_all(exp.Table)):
        if not isinstance(table.this, exp.Identifier):
            raise SqlRejected(f"'{table.this.sql(TSQL)}' is not a known data extension or system data view")
        source = None if table.catalog else catalogue.find(table.name, table.db)
        if source is None:
            raise SqlRejected(f"{table.name} is not a known data extension or system data view")
        if not table.alias:
            table.set("alias", exp.TableAlias(this=exp.to_identifier(table.name, quoted=True)))
        table.set("this", exp.to_identifier(source.table, quoted=True))
        table.set("db", exp.to_identifier(source.schema, quoted=True))
        found[f"{source.schema}.{source.table}"] = source
    return found
