"""Is it a query that MCE takes? Reads the T-SQL, resolves its tables and columns, names what comes out."""

from dataclasses import dataclass

import sqlglot
from sqlglot import exp
from sqlglot.errors import ParseError, TokenError
from sqlglot.optimizer.scope import Scope, traverse_scope
from sqlglot.tokens import Token, TokenType

from mce_sandbox.sql.catalogue import Catalogue, Source
from mce_sandbox.sql.errors import SqlRejected
from mce_sandbox.sql.functions import KNOWN_FUNCTIONS

ONLY_SELECT = "Only SELECT queries are valid. Select must be the first word of the query."
SEMICOLON = "';' is a reserved word and may not be used"
INTO = "'into' is a reserved word"
ORDER_BY = (
    "The ORDER BY clause is invalid in views, inline functions, derived tables, subqueries, and common table "
    "expressions, unless TOP, OFFSET or FOR XML is also specified."
)
TOO_DEEP = (
    "Some part of your SQL statement is nested too deeply. Rewrite the query or break it up into smaller queries."
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
        columns = _Names(sources).check(tree)
    except RecursionError as error:
        raise SqlRejected(TOO_DEEP) from error
    return Checked(tree, tuple(sources.values()), columns)


def check_words(text: str) -> None:
    """What MCE finds before it parses: reserved words, the first word, and how deep it nests."""
    try:
        tokens = sqlglot.tokenize(text, read="tsql")
    except TokenError as error:
        raise SqlRejected("Incorrect syntax near the end of the query.") from error
    words = [token for token in tokens if token.token_type not in (TokenType.STRING, TokenType.IDENTIFIER)]
    if any(w.token_type == TokenType.SEMICOLON or w.text.upper() == "DECLARE" for w in words):
        raise SqlRejected(SEMICOLON)
    if not tokens or tokens[0].token_type != TokenType.SELECT:
        raise SqlRejected(ONLY_SELECT)
    if any(w.token_type == TokenType.INTO for w in words):
        raise SqlRejected(INTO)
    for word, following in zip(tokens, tokens[1:], strict=False):
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
        statements = sqlglot.parse(text, read="tsql")
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
            raise SqlRejected(f'Must declare the scalar variable "{node.sql("tsql")}".')
        if isinstance(node, exp.Anonymous) and node.name.upper() not in KNOWN_FUNCTIONS:
            raise SqlRejected(f"'{node.name}' is not a recognized built-in function name.")
        if isinstance(node, exp.JSONExtract | exp.JSONExtractScalar | exp.JSONValue):
            raise SqlRejected("'JSON_VALUE' is not a recognized built-in function name.")
        if isinstance(node, exp.Query) and node.args.get("order"):
            if not node.args.get("limit") and not node.args.get("offset"):
                raise SqlRejected(ORDER_BY)
        if isinstance(node, exp.In) and not node.expressions and not node.args.get("query"):
            raise SqlRejected(_near(")"))


def _resolve_tables(tree: exp.Query, catalogue: Catalogue) -> dict[str, Source]:
    """Renames each table to DuckDB's and gives it its own name as alias. Answers DuckDB's name -> source."""
    found: dict[str, Source] = {}
    for table in list(tree.find_all(exp.Table)):
        if not isinstance(table.this, exp.Identifier):
            raise SqlRejected(f"'{table.this.sql('tsql')}' is not a known data extension or system data view")
        source = None if table.catalog else catalogue.find(table.name, table.db)
        if source is None:
            raise SqlRejected(f"{table.name} is not a known data extension or system data view")
        if not table.alias:
            table.set("alias", exp.TableAlias(this=exp.to_identifier(table.name, quoted=True)))
        table.set("this", exp.to_identifier(source.table, quoted=True))
        table.set("db", exp.to_identifier(source.schema, quoted=True))
        found[f"{source.schema}.{source.table}"] = source
    return found


class _Names:
    """Column names, scope by scope, innermost first: what each source offers and each scope gives out."""

    def __init__(self, sources: dict[str, Source]) -> None:
        self._sources = sources
        self._outputs: dict[int, list[str]] = {}

    def check(self, tree: exp.Query) -> tuple[str, ...]:
        """The names that come out; raises for columns that do not exist or names that are missing or double."""
        scopes = traverse_scope(tree)
        for scope in scopes:
            self._check_columns(scope)
            self._outputs[id(scope.expression)] = self._output(scope)
            if scope.is_root or scope.is_derived_table:
                self._check_names(scope)
        return tuple(self._outputs[id(tree)])

    def _check_names(self, scope: Scope) -> None:
        parent = scope.expression.parent
        owner = parent.alias if isinstance(parent, exp.Subquery) and parent.alias else "querydef"
        seen: set[str] = set()
        for number, name in enumerate(self._outputs[id(scope.expression)], start=1):
            if not name:
                raise SqlRejected(f"No column name was specified for column {number} of '{owner}'.")
            if name.lower() in seen:
                raise SqlRejected(f"The column '{name}' was specified multiple times for '{owner}'.")
            seen.add(name.lower())

    def _output(self, scope: Scope) -> list[str]:
        query = scope.expression
        if isinstance(query, exp.SetOperation):
            left = query.left.unnest() if isinstance(query.left, exp.Subquery) else query.left
            right = query.right.unnest() if isinstance(query.right, exp.Subquery) else query.right
            names = self._outputs[id(left)]
            if len(names) != len(self._outputs[id(right)]):
                raise SqlRejected(
                    "All queries combined using a UNION, INTERSECT or EXCEPT operator must have an equal number "
                    "of expressions in their target lists."
                )
            return names
        names = []
        for projection in query.expressions if isinstance(query, exp.Select) else []:
            if isinstance(projection, exp.Star):
                for source in scope.selected_sources:
                    names += self._offered(scope, source)
            elif isinstance(projection, exp.Column) and isinstance(projection.this, exp.Star):
                source = self._source_named(scope, projection.table)
                if source is None:
                    raise SqlRejected(
                        f"The column prefix '{projection.table}' does not match with a table name or alias name "
                        "used in the query."
                    )
                names += self._offered(scope, source)
            else:
                names.append(projection.alias_or_name if _is_named(projection) else "")
        return names

    def _source_named(self, scope: Scope, name: str) -> str | None:
        return next((key for key in scope.sources if key.lower() == name.lower()), None)

    def _offered(self, scope: Scope, name: str) -> list[str]:
        """The columns of one source of a scope, spelled as they were made."""
        source = scope.sources[name]
        if isinstance(source, exp.Table):
            return [field.name for field in self._sources[f"{source.db}.{source.name}"].fields]
        expression = source.expression
        if isinstance(expression, exp.Lateral):
            expression = expression.this
        return self._outputs.get(id(expression.unnest()), [])

    def _check_columns(self, scope: Scope) -> None:
        for column in scope.columns:
            if isinstance(column.this, exp.Star):
                continue
            if not self._found(scope, column):
                if column.table and not self._reachable(scope, column.table):
                    raise SqlRejected(f'The multi-part identifier "{column.table}.{column.name}" could not be bound.')
                raise SqlRejected(f"Invalid column name '{column.name}'")

    def _reachable(self, scope: Scope | None, table: str) -> bool:
        while scope is not None:
            if self._source_named(scope, table):
                return True
            scope = scope.parent
        return False

    def _found(self, scope: Scope, column: exp.Column) -> bool:
        here: Scope | None = scope
        wanted, table = column.name.lower(), column.table.lower()
        if not table and column.find_ancestor(exp.Order, exp.Select) and _is_output(scope, wanted, column):
            return True
        while here is not None:
            offers = [
                key
                for key in here.sources
                if (not table or key.lower() == table)
                and wanted in (offered.lower() for offered in self._offered(here, key))
            ]
            if len(offers) > 1:
                raise SqlRejected(f"Ambiguous column name '{column.name}'.")
            if offers:
                return True
            here = here.parent
        return False


def _is_named(projection: exp.Expression) -> bool:
    return isinstance(projection, exp.Alias | exp.Column) and bool(projection.alias_or_name)


def _is_output(scope: Scope, name: str, column: exp.Column) -> bool:
    """ORDER BY, and only it, may use the names that come out."""
    order = column.find_ancestor(exp.Order)
    return (
        order is not None
        and order.parent is scope.expression
        and name in (output.lower() for output in scope.expression.named_selects)
    )
