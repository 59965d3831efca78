"""Server-sent events, as far as QS Pro sends them: lines into (id, data)."""

import json
from collections.abc import Iterable, Iterator
from typing import Any


def frames(lines: Iterable[str]) -> Iterator[tuple[int, dict[str, Any]] | None]:
    """None for a comment, which only says that the server lives; a frame that is cut off is none."""
    fields: dict[str, str] = {}
    for line in lines:
        if not line:
            if fields.get("event") == "status":
                yield int(fields["id"]), json.loads(fields["data"])
            fields = {}
        elif line.startswith(":"):
            yield None
        else:
            name, _, value = line.partition(":")
            fields[name] = value.removeprefix(" ")
