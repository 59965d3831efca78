"""Is it a query that MCE takes? Reads the T-SQL, resolves its tables and columns, names what comes out."""

from dataclasses import dataclass
from itertools import pairwise

import sqlglot
from sqlglot import Token, TokenType, exp
from sqlglot.errors import ParseError, TokenError

from mce_sandbox.sql.catalogue import Catalogue, Source
from mce_sandbox.sql.dialect import SandboxSql, TooManySteps
from mce_sandbox.sql.errors import TOO_DEEP, SqlRejected
from mce_sandbox.sql.names import Names
from mce_sandbox.sql.shapes import ONLY_SELECT, check_shape, near
from mce_sandbox.sql.unfolding import unfold

SEMICOLON = "';' is a reserved word and may not be used"
INTO = "'into' is a reserved word"
# DATE '2026-01-01' is a literal elsewhere.
LITERAL_TYPES = frozenset({TokenType.DATE, TokenType.TIME, TokenType.TIMESTAMP, TokenType.DATETIME, TokenType.INTERVAL})
MOST_DIGITS = 38
TOO_MANY_DIGITS = "The number '{}' is out of the range for numeric representation (maximum precision 38)."
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
        check_shape(tree)
        sources = _resolve_tables(tree, catalogue)
        unfold(tree, sources)
        columns = Names(sources).check(tree)
    except (RecursionError, TooManySteps) as error:
        raise SqlRejected(TOO_DEEP) from error
    return Checked(tree, tuple(sources.values()), columns)


def check_words(text: str) -> None:
    """What MCE finds before it parses: reserved words, the first word, and how deep it nests."""
    try:
        tokens = sqlglot.tokenize(text, read=SandboxSql)
    except TokenError as error:
        raise SqlRejected("Incorrect syntax near the end of the query.") from error
    words = [token for token in tokens if token.token_type not in (TokenType.STRING, TokenType.IDENTIFIER)]
    if any(w.token_type == TokenType.SEMICOLON or w.text.upper() == "DECLARE" for w in words):
        raise SqlRejected(SEMICOLON)
    if not tokens or tokens[0].token_type != TokenType.SELECT:
        raise SqlRejected(ONLY_SELECT)
    if any(w.token_type == TokenType.INTO for w in words):
        raise SqlRejected(INTO)
    for word in words:
        if word.token_type == TokenType.NUMBER and sum(map(str.isdecimal, word.text)) > MOST_DIGITS:
            raise SqlRejected(TOO_MANY_DIGITS.format(word.text))
    for word, following in pairwise(tokens):
        if word.token_type == TokenType.FOR and following.text.upper() in ("XML", "JSON"):
            raise SqlRejected(f"The sandbox does not run FOR {following.text.upper()}.")
        if word.token_type in (TokenType.DCOLON, TokenType.DPIPE):
            raise SqlRejected(near(word.text))
        if word.token_type in LITERAL_TYPES and following.token_type == TokenType.STRING:
            raise SqlRejected(near(following.text))
        if word.token_type == TokenType.LIMIT and following.token_type == TokenType.NUMBER:
            raise SqlRejected(near(word.text))
        if word.token_type == TokenType.SELECT and following.token_type == TokenType.COMMA:
            raise SqlRejected(near(","))
        if word.token_type == TokenType.COMMA and following.token_type in (
            TokenType.COMMA, TokenType.FROM, TokenType.R_PAREN,
        ):  # fmt: skip
            raise SqlRejected(near(following.text))
    if tokens[-1].token_type == TokenType.COMMA:
        raise SqlRejected(near(","))
    _check_depth(words)
    _check_joins(words)


def _check_joins(words: list[Token]) -> None:
    """A JOIN without ON is a comma to the parser."""
    joins = sum(word.token_type == TokenType.JOIN for word in words)
    crossed = sum(a.token_type == TokenType.CROSS and b.token_type == TokenType.JOIN for a, b in pairwise(words))
    if sum(word.token_type == TokenType.ON for word in words) < joins - crossed:
        raise SqlRejected(near("JOIN"))


def _check_depth(words: list[Token]) -> None:
    depth = 0
    for word in words:
        if word.token_type == TokenType.L_PAREN:
            depth += 1
        elif word.token_type == TokenType.R_PAREN:
            depth -= 1
        if depth > MAX_DEPTH:
            raise SqlRejected(TOO_DEEP)


def _parse(text: str) -> exp.Query:
    try:
        statements = sqlglot.parse(text, read=SandboxSql)
    except ParseError as error:
        place = error.errors[0].get("highlight") if error.errors else ""
        raise SqlRejected(near(str(place or "the end of the query"))) from error
    if len(statements) != 1 or not isinstance(statements[0], exp.Query):
        raise SqlRejected(ONLY_SELECT)
    return statements[0]


def _resolve_tables(tree: exp.Query, catalogue: Catalogue) -> dict[str, Source]:
    """Renames each table to DuckDB's and gives it its own name as alias. Answers DuckDB's name -> source."""
    found: dict[str, Source] = {}
    for table in list(tree.find_all(exp.Table)):
        if not isinstance(table.this, exp.Identifier):
            raise SqlRejected(f"'{table.this.sql(SandboxSql)}' is not a known data extension or system data view")
        source = None if table.catalog else catalogue.find(table.name, table.db)
        if source is None:
            raise SqlRejected(f"{table.name} is not a known data extension or system data view")
        if not table.alias:
            table.set("alias", exp.TableAlias(this=exp.to_identifier(table.name, quoted=True)))
        table.set("this", exp.to_identifier(source.table, quoted=True))
        table.set("db", exp.to_identifier(source.schema, quoted=True))
        found[f"{source.schema}.{source.table}"] = source
    return found
