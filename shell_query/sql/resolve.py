"""Walks a query from FROM to its select list: what each SELECT reads and what comes out of it."""

from collections.abc import Collection, Iterator, Mapping, Sequence

from sqlglot import exp

from shell_query.sql.codes import Code
from shell_query.sql.data_views import DATA_VIEWS
from shell_query.sql.expressions import type_of
from shell_query.sql.findings import aliases, brackets, comparisons, nulls, outputs, slow, tables
from shell_query.sql.findings.grouping import arguments_of
from shell_query.sql.from_clause import is_parenthesis, joins_of, pivoted, renamed
from shell_query.sql.lexer import Source
from shell_query.sql.names import fold
from shell_query.sql.problem import Problem, SqlRefused
from shell_query.sql.reports import Reports
from shell_query.sql.scope import Column, Relation, Scope
from shell_query.sql.shape import is_star, name_of, names_matter
from shell_query.sql.stars import clash_of
from shell_query.sql.tables import is_enterprise, table_key
from shell_query.sql.types import TEXT_MAX, UNKNOWN, FieldType, TableSchema, ValueType, of_field, text, widest

_CLAUSES = ("where", "group", "having", "order", "qualify")
MOST_COLUMNS = 100_000
"""That the stars of one query may stand for, all together: a short text and wide tables can make millions."""
ROWS_AS_XML = (Column("1", text(TEXT_MAX)),)
"""What comes out of a query with FOR XML: all rows in one text."""


class Resolver:
    """One use: a source, the tables that are known, and the problems found on the way."""

    def __init__(self, source: Source, known: Mapping[str, TableSchema], names: Collection[str] = ()) -> None:
        self.source = source
        self._reports = Reports(source)
        self.problems = self._reports.problems
        self._known = known
        self._names = [*names, *(table.name for table in known.values())]
        self._tables: dict[str, tuple[Column, ...]] = {}
        self._unknown_tables: set[str] = set()
        self._columns_left = MOST_COLUMNS
        self._outputs: dict[int, tuple[Column, ...] | None] = {}

    def outermost(self, tree: exp.Query) -> tuple[Column, ...]:
        columns = self.query(tree, None)
        if columns is None:
            message = "The columns behind this star are not known: name the columns instead."
            star = next(item for select in tree.find_all(exp.Select) for item in select.expressions if is_star(item))
            self._reports.at(star, Code.UNKNOWN_COLUMNS, message)
            return ()
        return columns

    # 1. Queries

    def query(self, node: exp.Expr, outer: Scope | None) -> tuple[Column, ...] | None:
        """What comes out of a query; None when a star stands for columns that are not known.

        Each query is read once: its type may be asked for again, its problems must not be told twice."""
        if id(node) not in self._outputs:
            self._outputs[id(node)] = self._read(node, outer)
        return self._outputs[id(node)]

    def _read(self, node: exp.Expr, outer: Scope | None) -> tuple[Column, ...] | None:
        while isinstance(node, exp.Subquery):
            node = node.this
        columns: tuple[Column, ...] | None = None
        if isinstance(node, exp.SetOperation):
            columns = self._set_operation(node, outer)
        elif isinstance(node, exp.Select):
            columns = self._select(node, outer)
        elif isinstance(node, exp.Values):
            columns = self._values(node, outer or Scope())
        return ROWS_AS_XML if node.args.get("for_") else columns

    def _set_operation(self, node: exp.SetOperation, outer: Scope | None) -> tuple[Column, ...] | None:
        """UNION and its like lean to the left; names come from the first branch, types hold all branches."""
        branches: list[exp.Expr] = []
        first: exp.Expr = node
        while isinstance(first, exp.SetOperation):
            branches.append(first.expression)
            first = first.this
        outputs = [self.query(branch, outer) for branch in [first, *reversed(branches)]]
        known = [output for output in outputs if output is not None]
        if len(known) < len(outputs):
            return None
        if len({len(output) for output in known}) > 1:
            counts = " and ".join(str(len(output)) for output in known)
            self._reports.at(node, Code.UNION_COLUMNS, f"The queries have different numbers of columns: {counts}.")
        return tuple(
            Column(
                column.name,
                widest([output[place].type for output in known if place < len(output)]),
                any(output[place].nullable for output in known if place < len(output)),
            )
            for place, column in enumerate(known[0])
        )

    def _select(self, select: exp.Select, outer: Scope | None) -> tuple[Column, ...] | None:
        scope = Scope(outer=outer)
        self._from(select, scope)
        output = self._projections(select, scope)
        named = aliases.of(select, self.source)
        for clause in _CLAUSES:
            if part := select.args.get(clause):
                self._check(part, scope, visible=named if clause == "order" else {}, hidden=named)
        if where := select.args.get("where"):
            self.problems += slow.functions_on_dates(where, scope, self.source)
        return output

    def _projections(self, select: exp.Select, scope: Scope) -> tuple[Column, ...] | None:
        columns: list[Column] = []
        complete = True
        taken: set[str] = set()
        named = names_matter(select)
        for number, item in enumerate(select.expressions, start=1):
            if not is_star(item):
                if problem := brackets.of_item(item, scope, self.source):
                    self.problems.append(problem)
                else:
                    self._check(item, scope)
                name = name_of(item) or str(number)
                found: Sequence[Column] = [Column(name, self._type(item, scope), nulls.may_be_null(item, scope))]
                if named and fold(name) in taken:
                    self.problems.append(outputs.beside_star(item, name, self.source))
            else:
                relations = self._relations_of_star(item, scope)
                complete = complete and relations is not None
                found = [column for relation in relations or () for column in relation.columns or ()]
                clash = clash_of(relations or (), taken)
                if clash and named:
                    self._reports.clash(item, clash)
            taken.update(fold(column.name) for column in found)
            columns.extend(found)
        return tuple(columns) if complete else None

    def _relations_of_star(self, item: exp.Expr, scope: Scope) -> list[Relation] | None:
        if isinstance(item, exp.Column):
            relation = scope.relation(item.table)
            if relation is None:
                meaning = scope.meaning("*", item.table)
                self._reports.meaning(item, meaning)
            relations = [relation] if relation else []
        else:
            relations = scope.relations
        if not relations or any(relation.columns is None for relation in relations):
            return None
        self._columns_left -= sum(len(relation.columns or ()) for relation in relations)
        if self._columns_left < 0:
            message = "The stars of this query stand for too many columns: name those that you need."
            raise SqlRefused((self.source.problem(Code.SQL_TOO_COMPLEX, message, start=0),))
        return relations

    # 2. FROM

    def _from(self, select: exp.Select, scope: Scope) -> None:
        parts = [select.args.get("from_"), *(select.args.get("joins") or [])]
        for part in parts:
            if part is not None:
                self._source(part.this, scope)
        for join in joins_of(select):
            if on := join.args.get("on"):
                self._check(on, scope, hidden=aliases.of(select, self.source))
                self.problems += slow.functions_on_dates(on, scope, self.source)

    def _source(self, node: exp.Expr, scope: Scope) -> None:
        """Adds what stands at one place of FROM to the scope."""
        if is_parenthesis(node):
            self._source(node.this, scope)
        else:
            scope.relations.append(self._relation(node, scope))
        for join in node.args.get("joins") or ():
            self._source(join.this, scope)

    def _relation(self, node: exp.Expr, scope: Scope) -> Relation:
        columns: tuple[Column, ...] | None = None
        is_guess = False
        is_view = isinstance(node, exp.Table) and fold(str(node.name)) in DATA_VIEWS
        if isinstance(node, exp.Table) and isinstance(node.this, exp.Identifier):
            columns = self._table(node)
            is_guess = is_enterprise(node) and self._key(node) not in self._known
        elif isinstance(node, exp.Subquery):
            columns = self.query(node.this, scope.outer)
        elif isinstance(node, exp.Lateral) and isinstance(node.this, exp.Subquery):
            # APPLY sees what stands to its left.
            columns = self.query(node.this, Scope(list(scope.relations), scope.outer))
        elif isinstance(node, exp.Values):
            columns = self._values(node, scope)
        if names := node.alias_column_names:
            columns = renamed(columns, names)
        for pivot in node.args.get("pivots") or ():
            columns = pivoted(pivot, columns, self._type)
        alias = str(node.alias or node.name)
        if node.args.get("pivots") and (pivot_alias := node.args["pivots"][-1].alias):
            alias = str(pivot_alias)
        return Relation(alias, columns, is_view, is_guess)

    def _table(self, table: exp.Table) -> tuple[Column, ...] | None:
        name = str(table.name)
        if view := DATA_VIEWS.get(fold(name)):
            return tuple(Column(field.name, _plain(of_field(field))) for field in view.fields)
        key = self._key(table)
        schema = self._known.get(key) or self._known.get(fold(name))
        if schema is None:
            if key not in self._unknown_tables:
                self._unknown_tables.add(key)
                self.problems.append(tables.unknown(table, self._names, self._reports.nearest, self.source))
            return None
        if key not in self._tables:
            self._tables[key] = tuple(Column(field.name, of_field(field), field.nullable) for field in schema.fields)
        return self._tables[key]

    def _key(self, table: exp.Table) -> str:
        return table_key(str(table.name), enterprise=is_enterprise(table))

    def _values(self, node: exp.Values, scope: Scope) -> tuple[Column, ...]:
        rows = [row.expressions for row in node.expressions]
        for row in rows:
            for value in row:
                self._check(value, scope)
        return tuple(
            Column(str(place), widest([self._type(value, scope) for value in values]))
            for place, values in enumerate(zip(*rows, strict=False), start=1)
        )

    # 3. Expressions

    def _type(self, node: exp.Expr, scope: Scope) -> ValueType:
        """A computed value is never an address, a phone number or a locale: those columns check what is written, and a
        value that fails the check would cost its row. A column of a data extension passed on as it is keeps its type:
        its values were checked when they were written there. Nobody checked those of a data view (_Job.FromEmail can
        be a formula), so there they are texts."""
        value = type_of(node, _Reader(self, scope))
        inner = node.this if isinstance(node, exp.Alias) else node
        return value if isinstance(inner, exp.Column) else _plain(value)

    def _check(
        self,
        node: exp.Expr,
        scope: Scope,
        *,
        visible: aliases.Aliases | None = None,
        hidden: aliases.Aliases | None = None,
    ) -> None:
        """Reports the columns below this node that mean nothing or too much; reads the queries below it.

        `visible` are aliases that may be used here, `hidden` those that may not, though one would like to."""
        waiting = [node]
        while waiting:
            part = waiting.pop()
            if isinstance(part, exp.Query):
                self.query(part, scope)
            elif isinstance(part, exp.Column):
                if not is_star(part) and (part.table or fold(part.name) not in (visible or {})):
                    self._reports.meaning(part, scope.meaning(str(part.name), str(part.table)), hidden or {})
            elif problem := brackets.of_difference(part, scope, self.source):
                self.problems.append(problem)
            else:
                waiting.extend(arguments_of(part))
                self.problems += self._comparison(part, scope)

    def _comparison(self, node: exp.Expr, scope: Scope) -> Iterator[Problem]:
        if isinstance(node, comparisons.COMPARISONS):
            yield from comparisons.of_texts(node, scope, lambda side: self._type(side, scope), self.source)
        elif isinstance(node, exp.Not) and isinstance(node.this, exp.In) and (query := node.this.args.get("query")):
            columns = self.query(query, scope)
            if columns and columns[0].nullable:
                yield nulls.not_in(node, self.source)


class _Reader:
    """What an expression can ask while it is typed, in one scope."""

    def __init__(self, resolver: Resolver, scope: Scope) -> None:
        self._resolver = resolver
        self._scope = scope

    def column_type(self, column: exp.Column) -> ValueType:
        return self._scope.meaning(str(column.name), str(column.table)).type

    def query_type(self, query: exp.Query) -> ValueType:
        columns = self._resolver.query(query, self._scope)
        return columns[0].type if columns else UNKNOWN


def _plain(value: ValueType) -> ValueType:
    return ValueType(FieldType.TEXT, value.length, None, value.is_null) if value.is_text else value
