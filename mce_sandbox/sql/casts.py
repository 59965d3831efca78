"""CAST, CONVERT and the conversions nobody writes down, as SQL Server does them."""

from sqlglot import exp
from sqlglot.dialects.duckdb import DuckDB

from mce_sandbox.sql.dialect import SandboxSql
from mce_sandbox.sql.errors import SqlRejected
from mce_sandbox.sql.styles import LONG, date_as_text, money_as_text, text_as_date
from mce_sandbox.sql.types import BIT, DATE, DAY, TEXT, UNKNOWN, Kind, Type, call, of_data_type, type_of, typed


def as_text(node: exp.Expr, style: int | None = None) -> exp.Expr:
    """The expression as SQL Server writes it into a text."""
    source = type_of(node)
    if source.kind is Kind.TEXT:
        return node
    if source.is_date:
        return date_as_text(node, style)
    if source.kind is Kind.BIT:
        return call("tsql_bit_text", node, type_=TEXT)
    if source.kind is Kind.FLOAT:
        return call("tsql_float_text", node, type_=TEXT)
    if source.name == "money":
        return money_as_text(node, style)
    return typed(exp.cast(node, exp.DataType.build("TEXT")), TEXT)


def convert(node: exp.Expr, target: Type, *, style: int | None = None, safe: bool = False) -> exp.Expr:
    """The expression as another type. What does not convert raises when it runs, or is NULL if `safe`.

    A text is not cut here.
    """
    source, prefix = type_of(node), "tsql_try_" if safe else "tsql_"
    match target.kind:
        case Kind.TEXT:
            return as_text(node, style)
        case Kind.BIT:
            if source.is_text:
                return _from_text(node, "bit", prefix, type_=BIT)
            return node if source == BIT else call("tsql_truth", node, type_=BIT)
        case Kind.INT:
            return _to_whole(node, target, prefix)
        case Kind.DECIMAL:
            return _to_decimal(node, target, prefix)
        case Kind.FLOAT:
            if source.is_date:
                node = call("tsql_exact_days", node)
            return _cast(_from_text(node, "float", prefix) if source.is_text else node, "DOUBLE", target)
        case Kind.DAY | Kind.DATE:
            return _to_date(node, target, style, prefix)
        case _:
            return node


def _from_text(node: exp.Expr, macro: str, prefix: str, *, type_: Type = UNKNOWN) -> exp.Expr:
    """A text by one of the macros that name the text's type when they fail."""
    if prefix != "tsql_":
        return call(f"{prefix}{macro}", node, type_=type_)
    return call(f"{prefix}{macro}", node, "nvarchar" if type_of(node).is_wide else "varchar", type_=type_)


def _to_whole(node: exp.Expr, target: Type, prefix: str) -> exp.Expr:
    source = type_of(node)
    duckdb_type = "BIGINT" if target.name == "bigint" else "INTEGER"
    if source.kind is Kind.DAY:
        raise SqlRejected("Explicit conversion from data type date to int is not allowed.")
    if source.is_text:
        node = _from_text(node, "bigint" if target.name == "bigint" else "int", prefix)
    elif source.kind in (Kind.DECIMAL, Kind.FLOAT):
        node = call("trunc", node)
    elif source.is_date:
        node = call("round", call("tsql_exact_days", node))
    if target.name in ("tinyint", "smallint"):
        low, high = (0, 255) if target.name == "tinyint" else (-32768, 32767)
        node = call(f"{prefix}small", node, low, high, target.name)
    return _cast(node, duckdb_type, target)


def _to_decimal(node: exp.Expr, target: Type, prefix: str) -> exp.Expr:
    source = type_of(node)
    if source.is_text:
        money = "money" if prefix != "tsql_" else "money_of"
        node = _from_text(node, money if target.name == "money" else "number", prefix)
    elif source.is_date:
        node = call("tsql_exact_days", node)
    if target.name == "money" and prefix == "tsql_":
        node = call("tsql_money", node)
    return _cast(node, f"DECIMAL({target.precision},{target.scale})", target)


def _to_date(node: exp.Expr, target: Type, style: int | None, prefix: str) -> exp.Expr:
    source = type_of(node)
    if source.is_text:
        is_short = target.kind is Kind.DATE and target.name not in LONG
        node = text_as_date(node, style, prefix=prefix, is_short=is_short)
    elif source.is_number:
        node = call("tsql_from_days", node)
    node = _cast(node, "DATE" if target.kind is Kind.DAY else "TIMESTAMP", target)
    match target.name:
        case "time":
            return call("tsql_time", call("tsql_rounded", node, target.scale), type_=target)
        case "smalldatetime":
            return call("date_trunc", "minute", _plus_half_a_minute(node), type_=target)
        case "datetime2" if target.scale < 6:
            return call("tsql_rounded", node, target.scale, type_=target)
        case _:
            return node


def _plus_half_a_minute(node: exp.Expr) -> exp.Expr:
    return call("date_add", node, call("to_seconds", 30))


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
    if target == UNKNOWN:
        raise SqlRejected(f"Type {data_type.sql(SandboxSql).lower()} is not a type that the sandbox knows.")
    converted = convert(value, target, style=style, safe=safe)
    if target.is_text:
        converted = sized(converted, target, TEXT if safe else type_of(value))
    if safe:
        return call("TRY", converted, type_=target)
    return typed(converted, target)


def sized(node: exp.Expr, target: Type, source: Type) -> exp.Expr:
    """A text in a type with a length: texts and dates are cut, numbers are not; CHAR is filled up."""
    if target.name == "uniqueidentifier":
        return call("tsql_uuid", node, type_=target)
    if target.length is None:
        return node
    if source.is_number:
        whole = exp.convert(source.kind in (Kind.INT, Kind.BIT))
        name = "numeric" if source.kind is Kind.DECIMAL and not source.name else source.name or "float"
        node = call("tsql_fit", node, target.length, target.name, whole, name)
    else:
        node = call("left", node, target.length)
    return call("rpad", node, target.length, " ", type_=target) if target.name in ("char", "nchar") else node


def meet(one: exp.Expr, other: exp.Expr) -> tuple[exp.Expr, exp.Expr]:
    """Two expressions that are compared: the one of lower precedence converted to the other's type."""
    first, second = type_of(one), type_of(other)
    if first.is_date and second.is_number:
        return one, convert(other, first)
    if second.is_date and first.is_number:
        return convert(one, second), other
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
