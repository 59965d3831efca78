"""What stands around expressions: APPLY, and TOP with PERCENT or WITH TIES."""

from sqlglot import exp

from mce_sandbox.sql.rewrites.operators import padded
from mce_sandbox.sql.types import Rewrite, type_of, typed


def join(node: exp.Expr) -> exp.Expr:
    """CROSS APPLY is a lateral join, OUTER APPLY one that keeps the rows without a partner."""
    lateral = node.this
    if not isinstance(lateral, exp.Lateral) or lateral.args.get("cross_apply") is None:
        return node
    outer = lateral.args["cross_apply"] is False
    lateral.set("cross_apply", None)
    node.set("side", "LEFT" if outer else None)
    node.set("kind", None if outer else "INNER")
    node.set("on", exp.true())
    return node


def limit(node: exp.Expr) -> exp.Expr:
    """TOP (SELECT ...) needs its parentheses back."""
    value = node.args.get("expression")
    if isinstance(value, exp.Query) and not isinstance(value, exp.Subquery):
        node.set("expression", exp.Subquery(this=value.copy()))
    return node


def settle_tops(tree: exp.Query) -> exp.Query:
    """PERCENT and WITH TIES count and rank the rows that come out, so they go around the query."""
    for query in list(tree.find_all(exp.Select)):
        found = query.args.get("limit")
        options = found.args.get("limit_options") if isinstance(found, exp.Limit) else None
        if (
            not isinstance(found, exp.Limit)
            or options is None
            or not (options.args.get("percent") or options.args.get("with_ties"))
        ):
            continue
        made = _around(query, found.args["expression"], options)
        if query is tree:
            return made
        query.replace(made)
    return tree


def _around(query: exp.Select, number: exp.Expr, options: exp.Expr) -> exp.Select:
    inner = query.copy()
    names = [each.alias_or_name for each in inner.expressions]
    order = inner.args.get("order")
    inner.set("limit", None)
    inner.set("order", None)
    ranks = []
    for place, each in enumerate(order.expressions if order is not None else []):
        name = next((given.alias_or_name for given in inner.expressions if given.unalias() == each.this), "")
        if not name and isinstance(each.this, exp.Column) and not each.this.table:
            name = each.this.name
        if not name:
            name = f"#{place}"
            inner.append("expressions", exp.alias_(each.this.copy(), name, quoted=True))
        ranked = each.copy()
        ranked.set("this", padded(typed(exp.column(exp.to_identifier(name, quoted=True)), type_of(each.this))))
        ranks.append(ranked)
    rank = exp.Rank() if options.args.get("with_ties") else exp.RowNumber()
    window = exp.Window(this=rank, order=exp.Order(expressions=ranks) if ranks else None)
    most: exp.Expr = exp.Paren(this=number.copy())
    if options.args.get("percent"):
        all_rows = exp.Window(this=exp.Count(this=exp.Star()))
        share = exp.Div(this=exp.Mul(this=all_rows, expression=most), expression=exp.Literal.number("100.0"))
        most = exp.Ceil(this=share)
    outer = exp.select(*(exp.column(exp.to_identifier(name, quoted=True)) for name in names))
    outer = outer.from_(exp.Subquery(this=inner, alias=exp.TableAlias(this=exp.to_identifier("top"))))
    outer.set("qualify", exp.Qualify(this=exp.LTE(this=window, expression=most)))
    return outer


REWRITES: dict[type[exp.Expr], Rewrite] = {
    exp.Join: join,
    exp.Limit: limit,
}
