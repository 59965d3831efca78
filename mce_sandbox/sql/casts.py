"""CAST, CONVERT and the conversions nobody writes down, as SQL Server does them."""

from sqlglot import exp
from sqlglot.dialects.duckdb import DuckDB

from mce_sandbox.sql.types import BIT, DATE, DAY, TEXT, UNKNOWN, Kind, Type, call, of_data_type, type_of, typed

# CONVERT's styles for dates, as strftime has them.
STYLES = {
    1: "%m/%d/%y", 2: "%y.%m.%d", 3: "%d/%m/%y", 4: "%d.%m.%y", 5: "%d-%m-%y", 6: "%d %b %y", 7: "%b %d, %y",
    8: "%H:%M:%S", 10: "%m-%d-%y", 11: "%y/%m/%d", 12: "%y%m%d", 14: "%H:%M:%S:%g",
    20: "%Y-%m-%d %H:%M:%S", 21: "%Y-%m-%d %H:%M:%S.%g", 23: "%Y-%m-%d",
    101: "%m/%d/%Y", 102: "%Y.%m.%d", 103: "%d/%m/%Y", 104: "%d.%m.%Y", 105: "%d-%m-%Y", 106: "%d %b %Y",
    107: "%b %d, %Y", 108: "%H:%M:%S", 110: "%m-%d-%Y", 111: "%Y/%m/%d", 112: "%Y%m%d",
    113: "%d %b %Y %H:%M:%S:%g", 114: "%H:%M:%S:%g", 120: "%Y-%m-%d %H:%M:%S", 121: "%Y-%m-%d %H:%M:%S.%g",
    126: "%Y-%m-%dT%H:%M:%S", 127: "%Y-%m-%dT%H:%M:%SZ",
}  # fmt: skip
DEFAULT_LENGTH = 30


def as_text(node: exp.Expr, style: int | None = None) -> exp.Expr:
    """The expression as SQL Server writes it into a text."""
    kind = type_of(node).kind
    if kind is Kind.TEXT:
        return node
    if kind in (Kind.DATE, Kind.DAY):
        if style in STYLES:
            return call("strftime", node, STYLES[style], type_=TEXT)
        return call("tsql_day_text" if kind is Kind.DAY and style is None else "tsql_date_text", node, type_=TEXT)
    if kind is Kind.BIT:
        return call("tsql_bit_text", node, type_=TEXT)
    return typed(exp.cast(node, exp.DataType.build("TEXT")), TEXT)


def convert(
    node: exp.Expr, target: Type, *, duckdb_type: str | None = None, style: int | None = None,
    safe: bool = False,
) -> exp.Expr:  # fmt: skip
    """The expression as another type. What does not convert raises when it runs, or is NULL if `safe`.

    A text is not cut here.
    """
    source, prefix = type_of(node), "tsql_try_" if safe else "tsql_"
    match target.kind:
        case Kind.TEXT:
            return as_text(node, style)
        case Kind.BIT:
            return node if source == BIT else call(f"{prefix}bit" if source.is_text else "tsql_truth", node, type_=BIT)
        case Kind.INT:
            if source.is_text:
                node = call(f"{prefix}int", node)
            elif source.kind in (Kind.DECIMAL, Kind.FLOAT):
                node = call("trunc", node)
            elif source.is_date:
                node = call("tsql_days", node)
            return _cast(node, duckdb_type or "BIGINT", target)
        case Kind.DECIMAL:
            node = call(f"{prefix}number", node) if source.is_text else node
            return _cast(node, f"DECIMAL({target.precision},{target.scale})", target)
        case Kind.FLOAT:
            return _cast(call(f"{prefix}number", node) if source.is_text else node, "DOUBLE", target)
        case Kind.DAY | Kind.DATE:
            return _to_date(node, target, style, prefix)
        case _:
            return _cast(node, duckdb_type, target) if duckdb_type else node


def _to_date(node: exp.Expr, target: Type, style: int | None, prefix: str) -> exp.Expr:
    source = type_of(node)
    if source.is_text:
        known = STYLES.get(style) if style is not None else None
        node = call(f"{prefix}datetime_as", node, known) if known else call(f"{prefix}datetime", node)
    elif source.is_number:
        node = call("tsql_from_days", node)
    return _cast(node, "DATE" if target.kind is Kind.DAY else "TIMESTAMP", target)


def _cast(node: exp.Expr, duckdb_type: str, target: Type) -> exp.Expr:
    return typed(exp.cast(node, exp.DataType.build(duckdb_type, dialect=DuckDB)), target)


def rewrite_cast(node: exp.Cast | exp.Convert) -> exp.Expr:
    """CAST, TRY_CAST, CONVERT, TRY_CONVERT."""
    if isinstance(node, exp.Convert):
        value, data_type = node.expression, node.this
        styled, safe = node.args.get("style"), bool(node.args.get("safe"))
        style = int(styled.name) if isinstance(styled, exp.Literal) and styled.name.isdecimal() else None
    else:
        value, data_type, style, safe = node.this, node.to, None, isinstance(node, exp.TryCast)
    target = of_data_type(data_type)
    converted = convert(value, target, duckdb_type=data_type.sql(DuckDB), style=style, safe=safe)
    if target.is_text:
        length = _length(data_type)
        if length is not None:
            converted = call("left", converted, length, type_=TEXT)
    if safe:
        return call("TRY", converted, type_=target)
    return converted


def _length(data_type: exp.DataType) -> int | None:
    """VARCHAR(n): n; VARCHAR: 30; VARCHAR(MAX) and TEXT: no end."""
    if data_type.expressions:
        size = data_type.expressions[0].name
        return int(size) if size.isdecimal() else None
    return None if data_type.is_type(exp.DataType.Type.TEXT) else DEFAULT_LENGTH


def meet(one: exp.Expr, other: exp.Expr) -> tuple[exp.Expr, exp.Expr]:
    """Two expressions that are compared: the one of lower precedence converted to the other's type."""
    first, second = type_of(one), type_of(other)
    if first.is_text and (second.is_number or second.is_date):
        return convert(one, _loose(second)), other
    if second.is_text and (first.is_number or first.is_date):
        return one, convert(other, _loose(first))
    return one, other


def _loose(type_: Type) -> Type:
    """What a text becomes when it meets a number: a decimal's own digits must not round the text's away."""
    if type_.kind is Kind.DECIMAL:
        return Type(Kind.DECIMAL, 38, 10)
    return DATE if type_ == DAY else type_


def to_widest(nodes: list[exp.Expr], target: Type) -> list[exp.Expr]:
    """The branches of a CASE, COALESCE or IIF, all of one type."""
    return [
        node if type_of(node) in (target, UNKNOWN) or type_of(node).kind is target.kind else convert(node, target)
        for node in nodes
    ]
