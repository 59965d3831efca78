"""`python -m stack remove`: the data of a stack, wherever they lie."""

import shutil
from pathlib import Path

from stack import leftovers
from stack.files import check_own
from stack.keys import kept_keys
from stack.lock import locked
from stack.postgres import elsewhere


def remove(var: Path) -> int:
    """Remove `var`, and what root's PostgreSQL keeps outside of it. Raises StackError while a stack runs there."""
    if not var.exists():
        return 0
    with locked(var):
        leftovers.end_noted(var / "running.json")
        # The keys go last: they name the other place, so what was interrupted can be done again.
        for place in (*_outside(var), var):
            print(f"Removing {place}.")
            shutil.rmtree(place)
    return 0


def _outside(var: Path) -> list[Path]:
    keys = var / "keys.json"
    if not keys.exists():
        return []
    place = elsewhere(kept_keys(keys)["postgres"])
    if not place.exists():
        return []
    check_own(place)
    return [place]
