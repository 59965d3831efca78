"""sqlglot's T-SQL, with functions left as they are written and a bound on its work.

sqlglot turns calls into its own cross-dialect nodes (ISNULL and COALESCE become one, LEFT casts its argument,
GETDATE is CURRENT_TIMESTAMP). Here every call stays a name with arguments, so that `functions` can be a table of
T-SQL names.
"""

import logging
from typing import Any

from sqlglot import TokenType, exp
from sqlglot.dialects.tsql import TSQL
from sqlglot.parsers.tsql import TSQLParser

# Its warnings quote the text that they are about, and no SQL may reach a log.
logging.getLogger("sqlglot").disabled = True

# Only what has a syntax of its own inside the parentheses.
_OWN_SYNTAX = ("CAST", "TRY_CAST", "CONVERT", "TRY_CONVERT", "TRIM")

STEPS_A_TOKEN = 40
"""Ordinary queries take 1 to 4, the worst honest ones found 20."""


class TooManySteps(Exception):
    """The parser goes back and forth over the same words: some short texts take it longer than the age of the world
    (joins without ON, 25 in a row). It is a bound in steps, not in time, so a text gets the same answer everywhere."""


def _parse_with_culture(parser: TSQLParser) -> exp.Expr:
    """PARSE(x AS DATE USING 'de-DE'): a CAST to which the culture does not matter."""
    cast = parser._parse_cast(strict=False)
    if parser._match_text_seq("USING"):
        parser._parse_bitwise()
    return cast


class MceParser(TSQLParser):
    FUNCTIONS = {}
    FUNCTION_PARSERS = {name: TSQLParser.FUNCTION_PARSERS[name] for name in _OWN_SYNTAX} | {
        "PARSE": _parse_with_culture,
        "TRY_PARSE": _parse_with_culture,
    }
    NO_PAREN_FUNCTION_PARSERS = {"CASE": TSQLParser.NO_PAREN_FUNCTION_PARSERS["CASE"]}

    _steps = 0

    def reset(self) -> None:
        super().reset()
        self._steps = 0

    def _advance(self, times: int = 1) -> None:
        self._steps += 1
        if self._steps > STEPS_A_TOKEN * (self._tokens_size + 10):
            raise TooManySteps
        super()._advance(times)

    def _parse_select_query(self, *args: Any, **options: Any) -> exp.Expr | None:
        """Places each SELECT at its word; the parser places names, literals and calls, and nothing else."""
        first = self._curr
        query = super()._parse_select_query(*args, **options)
        node = query
        while isinstance(node, exp.SetOperation):
            node = node.this
        if isinstance(node, exp.Select) and first and first.token_type is TokenType.SELECT:
            node.meta.setdefault("start", first.start)
            node.meta.setdefault("end", first.end)
        return query


_FOREIGN_TEXT = """
    && -> ->> :: => || ~~ ~~* ANTI ASOF DIV FALSE GLOB ILIKE INTERVAL LATERAL LIMIT LOCK NATURAL NOTNULL OVERLAPS
    PARTITIONED_BY QUALIFY REGEXP RETURNING RLIKE SEMI STRAIGHT_JOIN TRUE UNCACHE USING WINDOW XOR
"""
_FOREIGN = frozenset(_FOREIGN_TEXT.split())
"""What means something in other dialects only: in T-SQL the words are names, and the signs an error."""


class MceTokenizer(TSQL.Tokenizer):
    KEYWORDS = {word: kind for word, kind in TSQL.Tokenizer.KEYWORDS.items() if word not in _FOREIGN}


class MceSql(TSQL):
    Tokenizer = MceTokenizer
    Parser = MceParser
