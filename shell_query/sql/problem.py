"""What is wrong or unwise in a text, where exactly, and how to mend it."""

import re
from collections.abc import Iterable
from dataclasses import dataclass

from shell_query.sql.codes import FROM_METADATA, Code, Severity, severity_of


@dataclass(frozen=True)
class Problem:
    """One finding. An error stops the query, a warning does not.

    `line` and `column` count from 1, in characters; `length` is how many characters are marked (0: only a place).
    `fix`, where there is one, is the text to put in place of the marked characters.
    The message may name tables and columns, never a literal: those can be personal data.
    """

    code: Code
    message: str
    line: int
    column: int
    length: int = 0
    fix: str | None = None

    @property
    def severity(self) -> Severity:
        return severity_of(self.code)

    @property
    def is_from_metadata(self) -> bool:
        """Marketing Cloud's own word on this is worth more."""
        return self.code in FROM_METADATA


MOST_PROBLEMS = 100
"""A text can have thousands. Nobody reads them, and an answer has to end."""


def few(problems: Iterable[Problem]) -> tuple[Problem, ...]:
    """The problems in the order of the text, errors first where there are too many to tell."""
    ordered = sorted(set(problems), key=lambda problem: (problem.line, problem.column, problem.code))
    if len(ordered) > MOST_PROBLEMS:
        ordered = sorted(ordered, key=lambda problem: problem.severity != "error")[:MOST_PROBLEMS]
    return tuple(ordered)


def line_starts(text: str) -> list[int]:
    """Where each line begins, whichever way they end."""
    return [0, *(found.end() for found in re.finditer(r"\r\n|\n|\r", text))]


def without_marked(text: str, problems: Iterable[Problem]) -> str | None:
    """The text with blanks in place of what the errors mark, so that the rest can be looked at where it stands.

    None where an error is not mended by leaving out what it marks.
    """
    errors = [problem for problem in problems if problem.severity == "error"]
    if not all(error.fix == "" and error.length for error in errors):
        return None
    characters, starts = list(text), line_starts(text)
    for error in errors:
        first = starts[error.line - 1] + error.column - 1
        for place in range(first, min(first + error.length, len(characters))):
            if characters[place] not in "\r\n":
                characters[place] = " "
    rest = "".join(characters)
    return rest if rest != text else None


class SqlRefused(Exception):
    """The text is not one SELECT that Marketing Cloud would take; `problems` says why."""

    def __init__(self, problems: tuple[Problem, ...]) -> None:
        super().__init__(problems)
        self.problems = problems

    def __str__(self) -> str:
        return "; ".join(problem.message for problem in self.problems)
