"""Small files others must not read, and folders another user must reach."""

import json
import os
from pathlib import Path
from typing import Any

from stack.errors import StackError


def write_private(path: Path, text: str) -> None:
    """Write `text` to `path` at once or not at all, readable by its owner alone."""
    draft = path.with_name(f"{path.name}.{os.getpid()}")
    draft.unlink(missing_ok=True)
    with open(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8") as file:
        file.write(text)
    draft.replace(path)


def write_private_json(path: Path, value: Any) -> None:
    write_private(path, json.dumps(value, indent=2) + "\n")


def check_own(folder: Path) -> None:
    """Raises StackError if somebody else made it: its name in a folder for all can be guessed."""
    if folder.is_symlink() or folder.stat().st_uid != os.geteuid():
        raise StackError(f"{folder} belongs to somebody else.")


def reachable(path: Path) -> bool:
    """Whether any user may walk to `path`: each folder on the way may be entered by all."""
    path = path.resolve()
    return all(folder.stat().st_mode & 0o001 for folder in [path, *path.parents])
