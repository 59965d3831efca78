"""The text as T-SQL tokens with their places. What cannot be cut into tokens is a problem, never a crash."""

import re
from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

from shell_query.sql.codes import Code
from shell_query.sql.problem import Problem, line_starts


class Kind(StrEnum):
    WORD = "word"
    BRACKETED = "bracketed"
    QUOTED = "quoted"
    STRING = "string"
    NUMBER = "number"
    VARIABLE = "variable"
    SYMBOL = "symbol"
    UNKNOWN = "unknown"
    UNCLOSED = "unclosed"


@dataclass(frozen=True, slots=True)
class Token:
    """One token; `upper` is its text in capitals for words, and its text as it is for all others."""

    kind: Kind
    text: str
    start: int
    upper: str

    @property
    def end(self) -> int:
        return self.start + len(self.text)

    @property
    def shown(self) -> str:
        """The token for a message: a literal is only named, it can be personal data."""
        if self.kind in (Kind.STRING, Kind.NUMBER):
            return f"this {self.kind}"
        return f"'{self.text}'"


# The order matters: a comment before an operator, a whole literal before an unclosed one.
_TOKEN = re.compile(
    r"""
      (?P<space>\s+|--[^\r\n]*)
    | (?P<comment>/\*)
    | (?P<string>[nN]?'[^']*(?:''[^']*)*')
    | (?P<bracketed>\[[^\]]*(?:\]\][^\]]*)*\])
    | (?P<quoted>"[^"]*(?:""[^"]*)*")
    | (?P<number>0[xX][0-9a-fA-F]*|(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?)
    | (?P<variable>@{1,2}\w*)
    | (?P<word>[^\W\d][\w@$\#]*|\#{1,2}\w+)
    | (?P<symbol><>|<=|>=|!=|!<|!>|==|[-+*/%&|^~=<>(),.;])
    | (?P<unclosed>['"\[])
    | (?P<unknown>.)
    """,
    re.VERBOSE | re.DOTALL,
)
DEPTH = {"(": 1, "CASE": 1, ")": -1, "END": -1}
_COMMENT_EDGE = re.compile(r"/\*|\*/")
_WRITTEN_OTHERWISE = {"!<": ">=", "!>": "<="}
"""Signs that the parser does not know, and what they mean in as many characters."""
_NO_BREAK = re.compile(r"[^\r\n]")


def _end_of_comment(text: str, start: int) -> int | None:
    """T-SQL's block comments nest; None when this one never ends."""
    depth = 0
    for edge in _COMMENT_EDGE.finditer(text, start):
        depth += 1 if edge.group() == "/*" else -1
        if depth == 0:
            return edge.end()
    return None


def _tokens(text: str) -> Iterator[Token]:
    position = 0
    while position < len(text):
        match = _TOKEN.match(text, position)
        assert match is not None  # the last alternative takes any character
        group, value = str(match.lastgroup), match.group()
        if group == "comment":
            end = _end_of_comment(text, position)
            if end is None:
                yield Token(Kind.UNCLOSED, "/*", position, "/*")
                return
            position = end
            continue
        if group != "space":
            yield Token(Kind(group), value, position, value.upper() if group == "word" else value)
            if group == "unclosed":
                return
        position = match.end()


class Source:
    """A text with its tokens; knows the line and column of each character, and makes problems with a place."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.tokens: tuple[Token, ...] = tuple(_tokens(text))
        self._starts = [token.start for token in self.tokens]
        self._line_starts = line_starts(text)

    def place(self, offset: int) -> tuple[int, int]:
        """Line and column of a character, both from 1."""
        line = bisect_right(self._line_starts, offset)
        return line, offset - self._line_starts[line - 1] + 1

    def token_ending_at(self, line: int, column: int) -> Token | None:
        """The token whose last character stands there."""
        for token in self.tokens:
            if self.place(token.end - 1) == (line, column):
                return token
        return None

    def index_at(self, offset: int) -> int:
        """The index of the token that stands at this character, or of the last one before it."""
        return max(0, bisect_right(self._starts, offset) - 1)

    def closing(self, index: int) -> int:
        """The index of what closes the parenthesis or CASE at this index; of the last token where nothing does."""
        depth = 0
        for place in range(index, len(self.tokens)):
            depth += DEPTH.get(self.tokens[place].upper, 0)
            if depth == 0:
                return place
        return len(self.tokens) - 1

    def opening(self, index: int) -> int:
        """The index of what opens the parenthesis or CASE that is closed at this index."""
        depth = 0
        for place in range(index, -1, -1):
            depth += DEPTH.get(self.tokens[place].upper, 0)
            if depth == 0:
                return place
        return 0

    def problem(
        self, code: Code, message: str, *, start: int, end: int | None = None, fix: str | None = None
    ) -> Problem:
        line, column = self.place(start)
        return Problem(code, message, line, column, 0 if end is None else end - start, fix)

    def at(self, token: Token, code: Code, message: str, *, fix: str | None = None) -> Problem:
        return self.problem(code, message, start=token.start, end=token.end, fix=fix)

    def blanked(self) -> str:
        """The same text for the parser: comments and odd spaces as plain spaces, every token and line where it was.

        sqlglot reads meaning into some comments (hints, templates) and takes a no-break space for a letter.
        """
        pieces: list[str] = []
        position = 0
        for token in self.tokens:
            pieces.append(_NO_BREAK.sub(" ", self.text[position : token.start]))
            pieces.append(_WRITTEN_OTHERWISE.get(token.text, token.text))
            position = token.end
        return "".join(pieces)
