"""PIVOT, UNPIVOT, VALUES and derived columns, written out as the plain SELECTs that they stand for."""

from sqlglot import exp

from mce_sandbox.sql.catalogue import Source
from mce_sandbox.sql.errors import SqlRejected
from mce_sandbox.sql.names import Names


def unfold(tree: exp.Query, sources: dict[str, Source]) -> None:
    """Changes the tree in place, innermost first."""
    for node in reversed(list(tree.walk())):
        match node:
            case exp.Values():
                _values(node)
            case exp.Rollup() | exp.Cube() if not node.expressions:
                _with_subtotals(node)
            case exp.Subquery() | exp.Lateral():
                _derived_columns(node)
        if isinstance(node, exp.Table | exp.Subquery) and node.args.get("pivots"):
            _pivots(node, sources)


def _values(node: exp.Values) -> None:
    """Rows of values are SELECTs without FROM; the alias names the columns."""
    alias = node.args.get("alias")
    names = [each.name for each in alias.columns] if alias is not None else []
    selects: list[exp.Query] = []
    for row in node.expressions:
        values = [
            exp.alias_(value, names[place] if place < len(names) else f"column{place + 1}", quoted=True)
            for place, value in enumerate(row.expressions)
        ]
        selects.append(exp.Select(expressions=values))
    made = selects[0]
    for each in selects[1:]:
        made = exp.Union(this=made, expression=each, distinct=False)
    if alias is not None:
        node.replace(exp.Subquery(this=made, alias=exp.TableAlias(this=alias.this)))
    else:
        node.replace(made)


def _with_subtotals(node: exp.Expr) -> None:
    """`GROUP BY a WITH ROLLUP` is `GROUP BY ROLLUP(a)`."""
    group = node.parent
    if isinstance(group, exp.Group):
        node.set("expressions", group.expressions)
        group.set("expressions", None)


def _derived_columns(node: exp.Expr) -> None:
    """`(SELECT ...) q(a, b)`: the names go to what the query gives out."""
    alias = node.args.get("alias")
    query = node.this.unnest()
    if alias is None or not alias.columns or not isinstance(query, exp.Query):
        return
    names = [each.name for each in alias.columns]
    _name_outputs(query, names, alias.name)
    alias.set("columns", None)


def _name_outputs(query: exp.Expr, names: list[str], owner: str) -> None:
    if isinstance(query, exp.SetOperation):
        _name_outputs(query.left.unnest(), names, owner)
        return
    given = query.expressions
    if query.is_star or len(given) != len(names):
        kind = "fewer" if len(names) < len(given) else "more"
        raise SqlRejected(f"'{owner}' has {kind} columns than were specified in the column list.")
    query.set("expressions", [
        exp.alias_(each.unalias(), name, quoted=True) for each, name in zip(given, names, strict=True)
    ])  # fmt: skip


def _pivots(node: exp.Table | exp.Subquery, sources: dict[str, Source]) -> None:
    pivots = node.args["pivots"]
    node.set("pivots", None)
    for pivot in pivots:
        inner = node.copy()
        columns = _columns(inner, sources)
        build = _unpivoted if pivot.args.get("unpivot") else _pivoted
        alias = pivot.args.get("alias") or exp.TableAlias(this=exp.to_identifier("pivoted"))
        made = exp.Subquery(this=build(pivot, inner, columns), alias=exp.TableAlias(this=alias.this))
        node.replace(made)
        node = made


def _columns(node: exp.Expr, sources: dict[str, Source]) -> list[str]:
    if isinstance(node, exp.Table):
        return [field.name for field in sources[f"{node.db}.{node.name}"].fields]
    return list(Names(sources).check(node.this.unnest().copy()))


def _pivoted(pivot: exp.Expr, inner: exp.Expr, columns: list[str]) -> exp.Query:
    """Groups by every column that PIVOT does not name; each value in the list is an aggregate over its rows."""
    aggregate, chosen = pivot.expressions[0].unalias(), pivot.args["fields"][0]
    turned, value = chosen.this, aggregate.this
    used = {turned.name.lower(), *(each.name.lower() for each in aggregate.find_all(exp.Column))}
    kept = [exp.column(exp.to_identifier(name, quoted=True)) for name in columns if name.lower() not in used]
    outputs: list[exp.Expr] = list(kept)
    for each in chosen.expressions:
        same = exp.EQ(this=turned.copy(), expression=exp.Literal.string(each.name))
        one = exp.Case(ifs=[exp.If(this=same, true=value.copy())])
        counted = aggregate.copy()
        counted.set("this", one)
        outputs.append(exp.alias_(counted, each.name, quoted=True))
    made = exp.Select(expressions=outputs).from_(inner)
    return made.group_by(*(each.copy() for each in kept)) if kept else made


def _unpivoted(pivot: exp.Expr, inner: exp.Expr, columns: list[str]) -> exp.Query:
    """A SELECT for each column turned into rows, without its NULLs."""
    value, chosen = pivot.expressions[0], pivot.args["fields"][0]
    turned = {each.name.lower() for each in chosen.expressions}
    made: exp.Query | None = None
    for each in chosen.expressions:
        kept = [exp.column(exp.to_identifier(name, quoted=True)) for name in columns if name.lower() not in turned]
        spelled = next((name for name in columns if name.lower() == each.name.lower()), each.name)
        outputs = [
            *kept, exp.alias_(each.copy(), value.name, quoted=True),
            exp.alias_(exp.Literal.string(spelled), chosen.this.name, quoted=True),
        ]  # fmt: skip
        there = exp.Not(this=exp.Is(this=each.copy(), expression=exp.null()))
        one = exp.Select(expressions=outputs).from_(inner.copy()).where(there)
        made = one if made is None else exp.Union(this=made, expression=one, distinct=False)
    if made is None:
        raise SqlRejected("Incorrect syntax near ')'.")
    return made
