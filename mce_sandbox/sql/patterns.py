"""LIKE's patterns as regular expressions: % and _, sets and ranges in brackets, an escaping sign."""

import unicodedata
from functools import cache

# Latin letters with marks, with the plain letter that the collation puts them next to.
MARKED = {
    chr(code): unicodedata.normalize("NFD", chr(code))[0].lower()
    for code in range(0xC0, 0x180)
    if unicodedata.normalize("NFD", chr(code))[0].isascii()
}
SPECIAL = frozenset(r"\.+*?()|[]{}^$")
# Nothing matches it.
NEVER = r"[^\x00-\x{10FFFF}]"


def regex_of(pattern: str, sign: str = "") -> str:
    """The regular expression (RE2's, without regard to case) of a whole LIKE pattern."""
    parts: list[str] = []
    place = 0
    while place < len(pattern):
        each = pattern[place]
        if sign and each == sign and place + 1 < len(pattern):
            place += 1
            parts.append(_escaped(pattern[place]))
        elif each == "[":
            end = pattern.find("]", place + 1)
            if end < 0:
                return NEVER
            parts.append(_set_of(pattern[place + 1 : end]))
            place = end
        else:
            parts.append({"%": ".*", "_": "."}.get(each) or _escaped(each))
        place += 1
    return "".join(parts)


def _escaped(each: str) -> str:
    return f"\\{each}" if each in SPECIAL else each


def _set_of(inside: str) -> str:
    """`^` in front turns the set around; a range of letters holds those with marks too."""
    negated = inside.startswith("^")
    inside = inside.removeprefix("^")
    if not inside:
        return "." if negated else NEVER
    found = ""
    place = 0
    while place < len(inside):
        low, high = inside[place], inside[place + 2 : place + 3]
        if inside[place + 1 : place + 2] == "-" and high:
            if low <= high:
                found += f"{_in_set(low)}-{_in_set(high)}{_marked_between(low.lower(), high.lower())}"
            place += 3
        else:
            found += _in_set(low)
            place += 1
    if not found:
        return "." if negated else NEVER
    return f"[{'^' if negated else ''}{found}]"


def _in_set(each: str) -> str:
    return f"\\{each}" if each in r"\]^-[" else each


@cache
def _marked_between(low: str, high: str) -> str:
    if not (low.isascii() and low.isalpha() and high.isalpha()):
        return ""
    return "".join(letter for letter, plain in MARKED.items() if low <= plain <= high)
