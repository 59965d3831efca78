"""Characters that are no SQL, or that never get to Marketing Cloud."""

import re
from collections.abc import Iterator

from shell_query.sql.codes import Code
from shell_query.sql.lexer import Kind, Source
from shell_query.sql.problem import Problem

# XML 1.0 cannot hold them, and a query is saved over SOAP. A copy from Word or a mail brings some along.
_UNSENDABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")


def unsendable(source: Source) -> Iterator[Problem]:
    """Between tokens a blank is as good. Inside a literal or a name it may be meant."""
    for found in _UNSENDABLE.finditer(source.text):
        place = found.start()
        token = source.tokens[source.index_at(place)]
        inside = token.start <= place < token.end
        message = f"The character U+{ord(found[0]):04X} cannot be sent to Marketing Cloud"
        message += ": write NCHAR() in its place." if inside else "."
        fix = None if inside else " "
        yield source.problem(Code.UNEXPECTED_CHARACTER, message, start=place, end=place + 1, fix=fix)


def double_equals(source: Source) -> Iterator[Problem]:
    """AMPscript and most languages compare with ==."""
    for token in source.tokens:
        if token.kind is Kind.SYMBOL and token.text == "==":
            yield source.at(token, Code.DOUBLE_EQUALS, "SQL compares with one equals sign.", fix="=")
