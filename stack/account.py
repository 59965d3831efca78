"""Starting a program as another user."""

import pwd
from typing import TypedDict


class Account(TypedDict, total=False):
    user: int
    group: int
    extra_groups: list[int]


def as_user(name: str | None) -> Account:
    """The arguments of `subprocess` to run as the user `name`; None is who runs us."""
    if name is None:
        return {}
    entry = pwd.getpwnam(name)
    return {"user": entry.pw_uid, "group": entry.pw_gid, "extra_groups": []}
