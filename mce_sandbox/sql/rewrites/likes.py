"""LIKE with [] and ESCAPE, and collations: everything compares without regard to case."""

from typing import cast

from sqlglot import exp

from mce_sandbox.sql.casts import as_text
from mce_sandbox.sql.errors import SqlRejected
from mce_sandbox.sql.patterns import regex_of
from mce_sandbox.sql.types import BIT, Rewrite, call, type_of, typed


def like(node: exp.Expr) -> exp.Expr:
    """Without regard to case, and with SQL Server's [a-c] and [^a]."""
    return node if isinstance(node.parent, exp.Escape) else _like(node, None)


def escaped_like(node: exp.Expr) -> exp.Expr:
    """LIKE ... ESCAPE: the escaped sign stands for itself."""
    return _like(node.args["this"], node.args["expression"])


def _like(node: exp.Expr, sign: exp.Expr | None) -> exp.Expr:
    found = _matching(as_text(node.args["this"]), as_text(node.args["expression"]), sign)
    # sqlglot keeps NOT LIKE in one node.
    return exp.Not(this=found) if node.args.get("negate") else found


def _matching(value: exp.Expr, pattern: exp.Expr, sign: exp.Expr | None) -> exp.Expr:
    if not isinstance(pattern, exp.Literal):
        if sign is not None:
            pattern = call("tsql_bracketed", pattern, sign)
        return call("tsql_like", value, pattern, type_=BIT)
    # Blanks at the end of a text count for LIKE only if it is an NVARCHAR.
    narrow = type_of(value).name in ("varchar", "char") and not type_of(pattern).is_wide
    if sign is None and not narrow and not set(pattern.name) & set("[\\"):
        return exp.ILike(this=value, expression=pattern)
    regex = regex_of(pattern.name, sign.name if sign is not None else "")
    return call("tsql_matches", value, regex + " *" if narrow else regex, type_=BIT)


def collated(node: exp.Expr) -> exp.Expr:
    """Everything compares without regard to case, unless a collation says otherwise."""
    name = node.args["expression"].name.upper()
    if name in ("DATABASE_DEFAULT",) or "_CI" in name:
        return cast("exp.Expr", node.args["this"])
    if "_CS" not in name and "_BIN" not in name:
        raise SqlRejected(f"Invalid collation '{node.args['expression'].name}'.")
    made = exp.Collate(this=node.args["this"], expression=exp.to_identifier("C", quoted=True))
    return typed(made, type_of(node.args["this"]))


REWRITES: dict[type[exp.Expr], Rewrite] = {
    exp.Like: like,
    exp.Escape: escaped_like,
    exp.Collate: collated,
}
