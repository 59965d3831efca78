"""What stands around expressions: APPLY, TOP WITH TIES."""

from collections.abc import Callable

from sqlglot import exp


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
    """TOP n WITH TIES: the rows whose rank is within n."""
    options, query = node.args.get("limit_options"), node.parent
    if options is None or not options.args.get("with_ties") or not isinstance(query, exp.Select):
        return node
    rank = exp.Window(this=exp.Rank(), order=query.args["order"].copy())
    query.set("qualify", exp.Qualify(this=exp.LTE(this=rank, expression=node.args["expression"].copy())))
    options.set("with_ties", None)
    return exp.Limit(expression=exp.Literal.number(2**62))


REWRITES: dict[type[exp.Expr], Callable[[exp.Expr], exp.Expr]] = {
    exp.Join: join,
    exp.Limit: limit,
}
