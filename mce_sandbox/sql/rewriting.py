"""The tree, rewritten where DuckDB would fail or, worse, mean something else. Scopes and nodes innermost first."""

from collections.abc import Mapping
from datetime import datetime

from sqlglot import exp
from sqlglot.optimizer.scope import Scope, traverse_scope

from mce_sandbox.sql.catalogue import Source
from mce_sandbox.sql.errors import SqlRejected
from mce_sandbox.sql.rewrites import (
    aggregates,
    blanks,
    branches,
    date_parts,
    dates,
    formats,
    likes,
    operators,
    outputs,
    queries,
    texts,
)
from mce_sandbox.sql.types import UNKNOWN, Call, Rewrite, Type, of_field, type_of, typed, widest

REWRITES: dict[type[exp.Expr], Rewrite] = {
    **operators.REWRITES,
    **likes.REWRITES,
    **outputs.REWRITES,
    **branches.REWRITES,
    **texts.REWRITES,
    **dates.REWRITES,
    **aggregates.REWRITES,
    **queries.REWRITES,
}
CALLS: dict[str, Call] = {
    **aggregates.CALLS,
    **texts.CALLS,
    **dates.CALLS,
    **date_parts.CALLS,
    **formats.CALLS,
}


class Rewriter:
    """Rewrites one qualified query. `now` is what GETDATE() says in the whole statement."""

    def __init__(self, sources: Mapping[str, Source], now: datetime) -> None:
        self._sources = sources
        self._now = now
        # What each query gives out: its columns' names in lower case, and their types.
        self._outputs: dict[int, dict[str, Type]] = {}

    def rewrite(self, tree: exp.Query) -> list[Type]:
        """Changes the tree in place; answers the types of its columns."""
        for scope in traverse_scope(tree):
            for node in reversed(list(scope.walk())):
                self._rewrite_node(scope, node)
            self._outputs[id(scope.expression)] = self._output(scope)
            if isinstance(scope.expression, exp.SetOperation):
                outputs.widen_outputs(scope.expression, list(self._outputs[id(scope.expression)].values()))
            blanks.settle(scope.expression)
        return list(self._outputs[id(tree)].values())

    def _rewrite_node(self, scope: Scope, node: exp.Expr) -> None:
        if node is scope.expression:
            return
        if isinstance(node, exp.Column):
            self._qualify(scope, node)
            typed(node, self._column_type(scope, node))
            return
        if isinstance(node, exp.Query):
            outputs = list(self._outputs.get(id(node.unnest()), {}).values())
            typed(node, outputs[0] if outputs else UNKNOWN)
            return
        if dates.is_clock(node):
            node.replace(dates.clock(node, self._now))
            return
        if isinstance(node, exp.Anonymous) and node.name.upper() in CALLS:
            node.replace(_called(node))
            return
        rewrite = REWRITES.get(type(node))
        if rewrite is None:
            if isinstance(node, exp.Paren | exp.Neg | exp.Alias | exp.Distinct | exp.Ordered | exp.Order):
                inner = node.this or (node.expressions[0] if node.expressions else None)
                typed(node, type_of(inner))
            return
        replacement = rewrite(node)
        if replacement is not node:
            node.replace(replacement)

    def _output(self, scope: Scope) -> dict[str, Type]:
        query = scope.expression
        if isinstance(query, exp.SetOperation):
            left = self._outputs.get(id(query.left.unnest()), {})
            right = list(self._outputs.get(id(query.right.unnest()), {}).values())
            return {name: widest([type_, other]) for (name, type_), other in zip(left.items(), right, strict=False)}
        if isinstance(query, exp.Select):
            return {each.alias_or_name.lower(): type_of(each) for each in query.selects}
        return {}

    def _qualify(self, scope: Scope, column: exp.Column) -> None:
        """sqlglot leaves the columns of HAVING without their table, since elsewhere they may be aliases."""
        if column.table or not isinstance(column.find_ancestor(exp.Having, exp.Select), exp.Having):
            return
        for key, source in scope.sources.items():
            if column.name.lower() in self._source_types(source):
                column.set("table", exp.to_identifier(key, quoted=True))

    def _column_type(self, scope: Scope | None, column: exp.Column) -> Type:
        """From the source that the qualified column names, in this query or in one around it."""
        table, name = column.table.lower(), column.name.lower()
        while scope is not None:
            for key, source in scope.sources.items():
                if key.lower() == table:
                    return self._source_types(source).get(name, UNKNOWN)
            scope = scope.parent
        return UNKNOWN

    def _source_types(self, source: exp.Table | Scope) -> dict[str, Type]:
        if isinstance(source, exp.Table):
            fields = self._sources[f"{source.db}.{source.name}"].fields
            return {field.name.lower(): of_field(field) for field in fields}
        query = source.expression
        if isinstance(query, exp.Lateral):
            query = query.this
        return self._outputs.get(id(query.unnest()), {})


def _called(node: exp.Anonymous) -> exp.Expr:
    name = node.name.upper()
    try:
        return CALLS[name](list(node.expressions))
    except (ValueError, IndexError) as error:
        message = f"The {name.lower()} function was given another number of arguments than it takes."
        raise SqlRejected(message) from error
