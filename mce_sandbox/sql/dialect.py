"""sqlglot's T-SQL, less the functions that SQL Server does not have, and with a bound on the parser's work."""

import logging
from collections.abc import Callable

from sqlglot import TokenType, exp
from sqlglot.dialects.tsql import TSQL
from sqlglot.parsers.tsql import TSQLParser

from mce_sandbox.sql.functions import DATED, KEPT, OWN_SYNTAX

# Its warnings quote the text that they are about, and no SQL may reach a log.
logging.getLogger("sqlglot").disabled = True

STEPS_A_TOKEN = 40


class TooManySteps(Exception):
    """The parser goes back and forth over the same words: some short texts take it longer than anybody waits."""


def _dated(name: str) -> Callable[[list[exp.Expr]], exp.Expr]:
    """A function of dates, left as it is written; its first argument is a word."""

    def build(arguments: list[exp.Expr]) -> exp.Expr:
        part, *others = arguments or [exp.null()]
        return exp.Anonymous(this=name, expressions=[exp.var(part.name.lower()), *others])

    return build


class SandboxParser(TSQLParser):
    # A function that is in none of these stays a call by name.
    FUNCTIONS = {name: TSQLParser.FUNCTIONS[name] for name in KEPT if name in TSQLParser.FUNCTIONS} | {
        name: _dated(name) for name in DATED
    }
    FUNCTION_PARSERS = {name: TSQLParser.FUNCTION_PARSERS[name] for name in OWN_SYNTAX}
    NO_PAREN_FUNCTIONS = {TokenType.CURRENT_TIMESTAMP: exp.CurrentTimestamp}
    NO_PAREN_FUNCTION_PARSERS = {name: TSQLParser.NO_PAREN_FUNCTION_PARSERS[name] for name in ("ANY", "CASE")}

    _steps = 0

    def reset(self) -> None:
        super().reset()
        self._steps = 0

    def _advance(self, times: int = 1) -> None:
        self._steps += 1
        if self._steps > STEPS_A_TOKEN * (self._tokens_size + 10):
            raise TooManySteps
        super()._advance(times)


class SandboxTokenizer(TSQL.Tokenizer):
    KEYWORDS = {word: kind for word, kind in TSQL.Tokenizer.KEYWORDS.items() if word != "=="}


class SandboxSql(TSQL):
    Tokenizer = SandboxTokenizer
    Parser = SandboxParser
