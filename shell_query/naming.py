"""The names and keys of what a run makes in MCE. All derive from the run's id, so that a repeated step finds them.

docs/mce-facts.md 2: a customer key has 36 characters at most (longer ones are silently cut), a data extension's name
100 and none of many punctuation marks, and the name of a deleted data extension cannot be used again for long.
"""

import re
from uuid import UUID

FOLDER = "QueryPlusPlus Results"
NAME_LENGTH = 100
HASH_LENGTHS = (4, 8, 32)

# What some client or other refuses in the name of a data extension.
REFUSED = re.compile(r"[^\w -]", re.UNICODE)


def data_extension_key(run_id: UUID) -> str:
    return f"QPP_{run_id.hex}"


def data_extension_name(run_id: UUID, snippet_name: str, *, attempt: int = 0) -> str:
    """QPP_<snippet>_<hash>, or QPP_Results_<hash>. A taken name calls for the next `attempt`: a longer hash.

    Raises IndexError when there is no longer one.
    """
    tail = run_id.hex[: HASH_LENGTHS[attempt]]
    snippet = " ".join(REFUSED.sub(" ", snippet_name).split()) or "Results"
    return f"QPP_{snippet[: NAME_LENGTH - len('QPP__') - len(tail)].strip()}_{tail}"


def query_name(run_id: UUID) -> str:
    return f"QPP_Query_{run_id}"


def query_key(run_id: UUID) -> str:
    return f"QPQ_{run_id.hex}"


def run_of_data_extension(key: str, name: str) -> UUID | None:
    """The run that a data extension was made for; None unless both its key and its name are as we make them.

    One that somebody has renamed is theirs now.
    """
    run_id = run_of_key("QPP", key)
    if run_id is None:
        return None
    tails = tuple(f"_{run_id.hex[:length]}" for length in HASH_LENGTHS)
    return run_id if name.startswith("QPP_") and name.endswith(tails) else None


def run_of_query(key: str, name: str) -> UUID | None:
    """The run that a query was made for; None unless both its key and its name are as we make them."""
    run_id = run_of_key("QPQ", key)
    return run_id if run_id is not None and name == query_name(run_id) else None


def run_of_key(prefix: str, key: str) -> UUID | None:
    match = re.fullmatch(rf"{prefix}_([0-9a-f]{{32}})", key)
    return UUID(match[1]) if match else None
