"""Functions on texts: LEN without trailing blanks, REPLACE and CHARINDEX without case, PATINDEX, and the like."""

from collections.abc import Callable

from sqlglot import exp

from mce_sandbox.sql.casts import as_text
from mce_sandbox.sql.errors import SqlFailed
from mce_sandbox.sql.types import INT, TEXT, call, type_of, typed

Rewrite = Callable[[exp.Expr], exp.Expr]


def plain(node: exp.Expr | None) -> exp.Expr:
    """An argument as a text; one that is left out is a blank."""
    return typed(exp.Literal.string(" "), TEXT) if node is None else as_text(node)


def function(name: str, *arguments: str, result: str = "text") -> Rewrite:
    """A rewrite into a call of `name`; an argument ending in `:n` is a number, the others are texts."""

    def rewrite(node: exp.Expr) -> exp.Expr:
        values: list[exp.Expr | int] = []
        for argument in arguments:
            key, _, kind = argument.partition(":")
            value = node.args.get(key)
            values.append((value if value is not None else 1) if kind == "n" else plain(value))
        return call(name, *values, type_=INT if result == "int" else TEXT)

    return rewrite


def one_text(node: exp.Expr) -> exp.Expr:
    """UPPER, LOWER, LTRIM ...: the argument is a text."""
    node.set("this", plain(node.args["this"]))
    return typed(node, TEXT)


def all_texts(node: exp.Expr) -> exp.Expr:
    """CONCAT: all arguments are texts, NULL is ''."""
    node.set("expressions", [plain(each) for each in node.expressions])
    return typed(node, TEXT)


def stuff(node: exp.Expr) -> exp.Expr:
    node.set("this", plain(node.args["this"]))
    return typed(node, TEXT)


def replace(node: exp.Expr) -> exp.Expr:
    return call(
        "tsql_replace", plain(node.args["this"]), plain(node.args["expression"]),
        plain(node.args["replacement"]), type_=TEXT,
    )  # fmt: skip


def anonymous(node: exp.Expr) -> exp.Expr:
    """The functions that sqlglot has no node for."""
    arguments = node.expressions
    match node.name.upper():
        case "PATINDEX":
            return call("tsql_patindex", plain(arguments[0]), plain(arguments[1]), type_=INT)
        case "ISNUMERIC":
            return call("tsql_isnumeric", *arguments, type_=INT)
        case "ISDATE":
            return call("tsql_isdate", *arguments, type_=INT)
        case "QUOTENAME":
            return call("tsql_quotename", plain(arguments[0]), type_=TEXT)
        case "CHOOSE":
            values = exp.Array(expressions=list(arguments[1:]))
            return call("list_extract", values, arguments[0], type_=type_of(arguments[1]))
        case "COUNT_BIG":
            return typed(exp.Count(this=arguments[0] if arguments else exp.Star()), INT)
        case _:
            return node


def uuid(node: exp.Expr) -> exp.Expr:
    return call("tsql_newid", type_=TEXT)


def number_format(node: exp.Expr) -> exp.Expr:
    """FORMAT of a number: N2, F2, C, P, D5, and patterns of 0, #, comma and point."""
    pattern, value = str(node.args["format"].name), node.args["this"]
    letter, digits = pattern[:1].upper(), pattern[1:]
    number: exp.Expr = exp.cast(value, exp.DataType.build("DOUBLE"))
    if letter in "NFCP" and (not digits or digits.isdecimal()):
        places = int(digits or 2)
        comma = "" if letter == "F" else ","
        before, after = ("$" if letter == "C" else ""), (" %" if letter == "P" else "")
        if letter == "P":
            number = exp.Mul(this=number, expression=exp.Literal.number(100))
        return call("format", f"{before}{{:{comma}.{places}f}}{after}", number, type_=TEXT)
    if letter == "D" and (not digits or digits.isdecimal()):
        return call("format", f"{{:0{int(digits or 1)}d}}", exp.cast(value, exp.DataType.build("BIGINT")), type_=TEXT)
    if pattern and set(pattern) <= set("0#,."):
        whole, _, fraction = pattern.partition(".")
        zeros = whole.count("0")
        if zeros > 1:
            width = zeros + (len(fraction) + 1 if fraction else 0)
            return call("format", f"{{:0{width}.{len(fraction)}f}}", number, type_=TEXT)
        return call("format", f"{{:{',' if ',' in whole else ''}.{len(fraction)}f}}", number, type_=TEXT)
    raise SqlFailed(f"The sandbox does not know the number format '{pattern}'.")


REWRITES: dict[type[exp.Expr], Rewrite] = {
    exp.Length: function("tsql_len", "this", result="int"),
    exp.Left: function("tsql_left", "this", "expression:n"),
    exp.Right: function("tsql_right", "this", "expression:n"),
    exp.Substring: function("tsql_substring", "this", "start:n", "length:n"),
    exp.StrPosition: function("tsql_charindex", "substr", "this", "position:n", result="int"),
    exp.Replace: replace,
    exp.Stuff: stuff,
    exp.Upper: one_text,
    exp.Lower: one_text,
    exp.Trim: one_text,
    exp.Reverse: one_text,
    exp.Repeat: one_text,
    exp.Concat: all_texts,
    exp.ConcatWs: all_texts,
    exp.Anonymous: anonymous,
    exp.Uuid: uuid,
    exp.NumberToStr: number_format,
    exp.Space: lambda node: typed(node, TEXT),
    exp.Chr: lambda node: typed(node, TEXT),
    exp.Ascii: lambda node: typed(node, INT),
}
