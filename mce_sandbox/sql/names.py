"""Column names: do they exist, are they clear, and what does a query give out."""

from sqlglot import exp
from sqlglot.optimizer.scope import Scope, traverse_scope

from mce_sandbox.sql.catalogue import Source
from mce_sandbox.sql.errors import SqlRejected


class Names:
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
                prefix = self._source_named(scope, projection.table)
                if prefix is None:
                    raise SqlRejected(
                        f"The column prefix '{projection.table}' does not match with a table name or alias name "
                        "used in the query."
                    )
                names += self._offered(scope, prefix)
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
        # Not scope.columns: it counts the unqualified columns of subqueries in.
        for column in scope.walk():
            if not isinstance(column, exp.Column) or isinstance(column.this, exp.Star):
                continue
            if column.find_ancestor(exp.WithTableHint):
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


def _is_named(projection: exp.Expr) -> bool:
    return isinstance(projection, exp.Alias | exp.Column) and bool(projection.alias_or_name)


def _is_output(scope: Scope, name: str, column: exp.Column) -> bool:
    """ORDER BY, and only it, may use the names that come out."""
    order = column.find_ancestor(exp.Order)
    query = scope.expression
    return (
        order is not None
        and order.parent is query
        and isinstance(query, exp.Query)
        and name in (output.lower() for output in query.named_selects)
    )
