"""Names of output columns. Marketing Cloud maps columns to the target by name, so a name is never changed here:
one that a data extension cannot hold is a problem, and an alias mends it."""

MAX_NAME = 128
USUAL_NAME = 50
"""50, 100 and 128 are all given as the limit of a field's name: up to 50 is safe, past 128 SQL Server refuses."""

_NEVER = set("[]\"'\r\n\t")


def fault_of(name: str) -> tuple[str, str] | None:
    """What is wrong with the name and whether that is an error or a warning; None when it will do."""
    if not name.strip():
        return "is empty", "error"
    if name != name.strip():
        return "begins or ends with a space", "error"
    if len(name) > MAX_NAME:
        return f"is longer than {MAX_NAME} characters", "error"
    if _NEVER & set(name) or not name.isprintable():
        return "has characters that a data extension cannot hold", "error"
    if len(name) > USUAL_NAME:
        return f"is longer than {USUAL_NAME} characters, which not every account takes", "warning"
    return None


def fold(name: str) -> str:
    """Names are compared without regard to case."""
    return name.lower()


def bracketed(name: str) -> str:
    """The name as it is written in SQL: in brackets unless it is a plain word."""
    if name.isidentifier() and name.isascii():
        return name
    return "[" + name.replace("]", "]]") + "]"
