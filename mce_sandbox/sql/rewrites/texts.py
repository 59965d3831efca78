"""Functions on texts: LEN without trailing blanks, REPLACE and CHARINDEX without case, PATINDEX, and the like."""

from sqlglot import exp

from mce_sandbox.sql.casts import as_text, convert, to_widest
from mce_sandbox.sql.patterns import regex_of
from mce_sandbox.sql.types import (
    INT,
    LONGEST,
    LONGEST_MAX,
    TEXT,
    Call,
    Kind,
    Rewrite,
    Type,
    call,
    cut_off,
    is_max,
    text,
    together,
    type_of,
    typed,
    widest,
)

# What a value takes up, in bytes.
SIZES = {
    "tinyint": 1, "smallint": 2, "bigint": 8, "money": 8, "smalldatetime": 4, "time": 5, "datetime2": 8,
    "datetimeoffset": 10,
}  # fmt: skip
SIZES_OF_KINDS = {Kind.BIT: 1, Kind.INT: 4, Kind.FLOAT: 8, Kind.DAY: 3, Kind.DATE: 8}


def function(name: str, kinds: str, *, result: Type = TEXT) -> Call:
    """Calls the macro `name`: a letter an argument, `t` for a text, `n` for a whole number."""

    def build(arguments: list[exp.Expr]) -> exp.Expr:
        made = zip(arguments, kinds, strict=True)
        return call(name, *(as_text(each) if kind == "t" else convert(each, INT) for each, kind in made), type_=result)

    return build


def with_default(build: Call, count: int, default: int | str) -> Call:
    """The last argument may be left out."""
    return lambda arguments: build([*arguments, exp.convert(default)] if len(arguments) < count else arguments)


def part_of(name: str) -> Call:
    """LEFT and RIGHT: what comes out is as long as they say, where they say it by a number."""
    build = function(name, "tn")

    def rewrite(arguments: list[exp.Expr]) -> exp.Expr:
        size, source = arguments[1], type_of(arguments[0])
        length = int(size.name) if isinstance(size, exp.Literal) and size.name.isdecimal() else source.length
        return typed(build(arguments), text(source.name if source.is_text else "varchar", length))

    return rewrite


def one_text(node: exp.Expr) -> exp.Expr:
    """UPPER, LOWER, LTRIM ...: the argument is a text, and so is what comes out."""
    node.set("this", as_text(node.args["this"]))
    return typed(node, type_of(node.args["this"]))


def all_texts(node: exp.Expr) -> exp.Expr:
    """CONCAT: all arguments are texts, NULL is ''."""
    types = [type_of(each) for each in node.expressions]
    node.set("expressions", [as_text(each) for each in node.expressions])
    # A copy, since the node is to be replaced by what holds it.
    return cut_off(node.copy(), [TEXT] if isinstance(node, exp.ConcatWs) else types)


def replaced(arguments: list[exp.Expr]) -> exp.Expr:
    made = function("tsql_replace", "ttt")(arguments)
    source = type_of(arguments[0])
    return cut_off(made, [source if is_max(source) else text(source.name, LONGEST), TEXT])


def repeated(arguments: list[exp.Expr]) -> exp.Expr:
    """REPLICATE stops where its text would end, and does not make more."""
    value, number = arguments
    source = type_of(value)
    type_ = source if is_max(source) else together([text(source.name, LONGEST)])
    most = LONGEST_MAX if type_.length is None else type_.length
    return call("tsql_replicate", as_text(value), convert(number, INT), most, type_=type_)


def spaces(arguments: list[exp.Expr]) -> exp.Expr:
    return call("tsql_space", convert(arguments[0], INT), LONGEST, type_=text("varchar", LONGEST))


def pattern_index(arguments: list[exp.Expr]) -> exp.Expr:
    pattern, value = arguments[0], as_text(arguments[1])
    if not isinstance(pattern, exp.Literal):
        return call("tsql_patindex", as_text(pattern), value, type_=INT)
    free = pattern.name.startswith("%")
    rest = regex_of(pattern.name[1:] if free else pattern.name)
    return call("tsql_found", value, f"^(.*?){rest}$" if free else f"^(){rest}$", type_=INT)


def choose(arguments: list[exp.Expr]) -> exp.Expr:
    target = widest([type_of(each) for each in arguments[1:]])
    values = exp.Array(expressions=to_widest(arguments[1:], target))
    return call("tsql_chosen", values, convert(arguments[0], INT), type_=target)


def data_length(arguments: list[exp.Expr]) -> exp.Expr:
    """Bytes: two for each character of an NVARCHAR."""
    value, type_ = arguments[0], type_of(arguments[0])
    if type_.is_text:
        return call("tsql_bytes", value, 2 if type_.is_wide else 1, type_=INT)
    size = SIZES.get(type_.name) or SIZES_OF_KINDS.get(type_.kind)
    if size is None:
        size = next(bytes_ for digits, bytes_ in ((9, 5), (19, 9), (28, 13), (38, 17)) if type_.precision <= digits)
    return call("tsql_size", value, size, type_=INT)


def number_text(arguments: list[exp.Expr]) -> exp.Expr:
    """STR(number, length 10, digits 0)."""
    value, length, digits = [*arguments, *(exp.convert(10), exp.convert(0))[len(arguments) - 1 :]]
    return call("tsql_str", value, convert(length, INT), convert(digits, INT), type_=TEXT)


def uuid(node: exp.Expr) -> exp.Expr:
    return call("tsql_newid", type_=text("uniqueidentifier", 36))


def first_code(node: exp.Expr) -> exp.Expr:
    """ASCII, UNICODE."""
    return call("tsql_code", as_text(node.this), type_=INT)


def national(node: exp.Expr) -> exp.Expr:
    return typed(exp.Literal.string(node.name), text("nvarchar", max(1, len(node.name))))


REWRITES: dict[type[exp.Expr], Rewrite] = {
    exp.Upper: one_text,
    exp.Lower: one_text,
    exp.Trim: one_text,
    exp.Reverse: one_text,
    exp.Concat: all_texts,
    exp.ConcatWs: all_texts,
    exp.Translate: one_text,
    exp.Uuid: uuid,
    exp.National: national,
    exp.Unicode: first_code,
    exp.Ascii: first_code,
}
CALLS: dict[str, Call] = {
    "LEN": function("tsql_len", "t", result=INT),
    "LEFT": part_of("tsql_left"),
    "RIGHT": part_of("tsql_right"),
    "SUBSTRING": function("tsql_substring", "tnn"),
    "CHARINDEX": with_default(function("tsql_charindex", "ttn", result=INT), 3, 1),
    "REPLACE": replaced,
    "REPLICATE": repeated,
    "SPACE": spaces,
    "STUFF": function("tsql_stuff", "tnnt"),
    "QUOTENAME": with_default(function("tsql_quotename", "tt"), 2, "["),
    "CHAR": function("tsql_char", "n"),
    "NCHAR": function("tsql_nchar", "n", result=text("nvarchar", 1)),
    "PATINDEX": pattern_index,
    "ISNUMERIC": lambda arguments: call("tsql_isnumeric", *arguments, type_=INT),
    "ISDATE": lambda arguments: call("tsql_isdate", *arguments, type_=INT),
    "CHOOSE": choose,
    "DATALENGTH": data_length,
    "STR": number_text,
}
