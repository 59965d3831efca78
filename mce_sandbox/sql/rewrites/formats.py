"""FORMAT: .NET's patterns for dates and numbers, of its usual cultures."""

import re
from functools import reduce

from sqlglot import exp

from mce_sandbox.sql.errors import SqlRejected
from mce_sandbox.sql.rewrites.dates import date_of
from mce_sandbox.sql.types import TEXT, Call, call, type_of, typed

# Of dates: the short date of a culture, and the patterns that one letter stands for (in en-US).
SHORT_DATES = {
    "en-us": "M/d/yyyy", "en-gb": "dd/MM/yyyy", "de-de": "dd.MM.yyyy", "fr-fr": "dd/MM/yyyy", "es-es": "dd/MM/yyyy",
    "it-it": "dd/MM/yyyy", "nl-nl": "d-M-yyyy", "pl-pl": "dd.MM.yyyy", "pt-br": "dd/MM/yyyy", "sv-se": "yyyy-MM-dd",
    "ja-jp": "yyyy/MM/dd",
}  # fmt: skip
DATES = {
    "d": "M/d/yyyy", "D": "dddd, MMMM d, yyyy", "f": "dddd, MMMM d, yyyy h:mm tt", "F": "dddd, MMMM d, yyyy h:mm:ss tt",
    "g": "M/d/yyyy h:mm tt", "G": "M/d/yyyy h:mm:ss tt", "m": "MMMM d", "M": "MMMM d", "y": "MMMM yyyy",
    "Y": "MMMM yyyy", "t": "h:mm tt", "T": "h:mm:ss tt", "s": "yyyy-MM-ddTHH:mm:ss", "u": "yyyy-MM-dd HH:mm:ss'Z'",
    "o": "yyyy-MM-ddTHH:mm:ss.fffffff", "O": "yyyy-MM-ddTHH:mm:ss.fffffff", "r": "ddd, dd MMM yyyy HH:mm:ss 'GMT'",
    "R": "ddd, dd MMM yyyy HH:mm:ss 'GMT'",
}  # fmt: skip
WORDS = {
    "d": "%-d", "dd": "%d", "ddd": "%a", "dddd": "%A", "M": "%-m", "MM": "%m", "MMM": "%b", "MMMM": "%B",
    "y": "%-y", "yy": "%y", "yyyy": "%Y", "h": "%-I", "hh": "%I", "H": "%-H", "HH": "%H", "m": "%-M", "mm": "%M",
    "s": "%-S", "ss": "%S", "tt": "%p",
}  # fmt: skip
NAMES = frozenset({"ddd", "dddd", "MMM", "MMMM"})
DATE_TOKEN = re.compile(r"""'[^']*'|"[^"]*"|\\.|%(?=[dMyhHmsft])|d+|M+|y+|h+|H+|m+|s+|f+|t+|.""", re.DOTALL)
PLAIN = r"(?:'[^']*'|[^#0.,;'])*"
NUMBER = re.compile(rf"^(?P<before>{PLAIN})(?P<digits>[#0,]*(?:\.[#0]*)?)(?P<after>{PLAIN})$")
POINTS = dict.fromkeys(("en-us", "en-gb", "ja-jp"), ",.") | dict.fromkeys(
    ("de-de", "es-es", "it-it", "nl-nl", "pt-br"), ".,"
)


def format_(arguments: list[exp.Expr]) -> exp.Expr:
    value, pattern = arguments[0], arguments[1].name
    culture = arguments[2].name.lower() if len(arguments) > 2 else "en-us"
    if not all(isinstance(each, exp.Literal | exp.National) for each in arguments[1:]):
        raise SqlRejected("The sandbox does not know a FORMAT whose pattern is not a literal.")
    if isinstance(value, exp.Null):
        return typed(exp.null(), TEXT)
    if type_of(value).is_number:
        return _separated(_number(value, pattern), culture)
    if type_of(value).is_text:
        raise SqlRejected("Argument data type varchar is invalid for argument 1 of format function.")
    return _date(date_of(value), pattern, culture)


# Dates


def _date(value: exp.Expr, pattern: str, culture: str) -> exp.Expr:
    if pattern == "d" and culture in SHORT_DATES:
        tokens = DATE_TOKEN.findall(SHORT_DATES[culture])
    else:
        tokens = DATE_TOKEN.findall(DATES.get(pattern, pattern))
        if culture != "en-us" and (len(pattern) == 1 or NAMES & set(tokens)):
            raise SqlRejected(f"The sandbox does not know '{pattern}' in the culture '{culture}'.")
    parts: list[exp.Expr] = []
    form = ""
    for token in tokens:
        if token in WORDS or token[0] not in "ft":
            form += WORDS.get(token) or _plain(token).replace("%", "%%")
        else:
            parts += [call("strftime", value.copy(), form)] if form else []
            parts.append(_piece(value, token))
            form = ""
    parts += [call("strftime", value.copy(), form)] if form or not parts else []
    joined = reduce(lambda one, other: exp.DPipe(this=one, expression=other), parts)
    return typed(exp.Paren(this=joined), TEXT)


def _piece(value: exp.Expr, token: str) -> exp.Expr:
    """What strftime has no word for: `t`, and fractions of a second."""
    if token[0] == "t":
        return call("left", call("strftime", value.copy(), "%p"), 1)
    return call("left", call("strftime", value.copy(), "%f0"), len(token))


def _plain(token: str) -> str:
    """Quotes and the escaping sign taken off; the sign before a single word means nothing."""
    if token[0] == "\\" and len(token) == 2:
        return token[1]
    if len(token) > 1 and token[0] in "'\"":
        return token[1:-1]
    return token.removeprefix("%")


# Numbers


def _number(value: exp.Expr, pattern: str) -> exp.Expr:
    letter, digits = pattern[:1].upper(), pattern[1:]
    if letter in "NFCPDXEG" and letter and (not digits or digits.isdecimal()):
        return _standard(value, letter, digits)
    found = NUMBER.match(pattern)
    if not found or not found["digits"]:
        raise SqlRejected(f"The sandbox does not know the number format '{pattern}'.")
    before, after = (_unquoted(found[part]) for part in ("before", "after"))
    percent = "%" in before + after
    whole, _, fraction = found["digits"].partition(".")
    return call(
        "tsql_custom", _scaled(value, percent), f"{{:{',' if ',' in whole else ''}.{len(fraction)}f}}",
        len(fraction), fraction.count("0"), whole.count("0"), before, after, type_=TEXT,
    )  # fmt: skip


def _standard(value: exp.Expr, letter: str, digits: str) -> exp.Expr:
    places = int(digits) if digits else 2
    match letter:
        case "D":
            return call("tsql_custom", value, "{:.0f}", 0, 0, int(digits or 1), "", "", type_=TEXT)
        case "X":
            whole = exp.cast(value, exp.DataType.build("BIGINT"))
            return call("format", f"{{:0{int(digits or 1)}X}}", whole, type_=TEXT)
        case "E":
            return call("tsql_exponent", value, f"{{:.{int(digits or 6)}E}}", type_=TEXT)
        case "G":
            return call("tsql_general", value, type_=TEXT)
        case "C":
            return call("tsql_currency", value, f"{{:,.{places}f}}", places, type_=TEXT)
        case _:
            form = f"{{:{'' if letter == 'F' else ','}.{places}f}}"
            after = " %" if letter == "P" else ""
            return call("tsql_custom", _scaled(value, letter == "P"), form, places, places, 1, "", after, type_=TEXT)


def _scaled(value: exp.Expr, percent: bool) -> exp.Expr:
    return exp.Paren(this=exp.Mul(this=value, expression=exp.convert(100))) if percent else value


def _unquoted(text: str) -> str:
    return text.replace("'", "").replace("\\", "")


def _separated(node: exp.Expr, culture: str) -> exp.Expr:
    signs = POINTS.get(culture)
    if signs is None:
        raise SqlRejected(f"The sandbox does not know numbers in the culture '{culture}'.")
    return node if signs == ",." else call("translate", node, ",.", signs, type_=TEXT)


CALLS: dict[str, Call] = {"FORMAT": format_}
