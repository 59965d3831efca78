"""What a query inside another gives out, made to fit: IN (SELECT ...), both sides of a UNION."""

from collections.abc import Callable

from sqlglot import exp

from mce_sandbox.sql.casts import meet, to_widest
from mce_sandbox.sql.rewrites.operators import padded
from mce_sandbox.sql.types import Rewrite, Type, type_of, typed


def in_list(node: exp.Expr) -> exp.Expr:
    """One text among numbers makes the column a number for all, as it does in SQL Server."""
    this = node.args["this"]
    query = node.args.get("query")
    if query is not None:
        node.set("this", padded(meet(this, typed(exp.null(), type_of(query)))[0]))
        pad_outputs(query, type_of(this))
        return node
    met = [meet(this, each) for each in node.expressions]
    node.set("this", padded(met[0][0].copy()))
    node.set("expressions", [padded(other) for _, other in met])
    return node


def pad_outputs(query: exp.Expr, other: Type | None = None) -> None:
    """Takes the blanks off the ends of a query's texts; with `other`, makes its column of that type to compare."""

    def padded_output(value: exp.Expr, _place: int) -> exp.Expr:
        return padded(value if other is None else meet(typed(exp.null(), other), value)[1])

    change_outputs(query, padded_output)


def widen_outputs(query: exp.Expr, types: list[Type]) -> None:
    """The columns of a UNION: both sides as the wider type, whichever it is."""

    def widened(value: exp.Expr, place: int) -> exp.Expr:
        return to_widest([value], types[place])[0]

    change_outputs(query, widened)


def change_outputs(query: exp.Expr, change: Callable[[exp.Expr, int], exp.Expr]) -> None:
    query = query.unnest()
    if isinstance(query, exp.SetOperation):
        change_outputs(query.left, change)
        change_outputs(query.right, change)
        return
    made = []
    for place, each in enumerate(query.expressions):
        value = change(each.unalias().copy(), place)
        made.append(typed(exp.alias_(value, each.alias_or_name or "x", quoted=True), type_of(value)))
    query.set("expressions", made)


REWRITES: dict[type[exp.Expr], Rewrite] = {exp.In: in_list}
