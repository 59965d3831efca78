import fcntl
import os
from pathlib import Path

import pytest

from stack.errors import StackError
from stack.lock import NAME, holder, locked


def test_who_holds_a_folder_is_told_while_it_is_held(tmp_path: Path) -> None:
    with locked(tmp_path):
        assert holder(tmp_path) == os.getpid()
        with pytest.raises(StackError, match=f"process {os.getpid()}"), locked(tmp_path):
            pass
    assert holder(tmp_path) is None


def test_a_process_id_that_a_killed_supervisor_left_is_nobodys(tmp_path: Path) -> None:
    """Whoever took the lock after it has not yet written its own; the id may be anybody's by now."""
    with locked(tmp_path):
        written = (tmp_path / NAME).read_text()
    with (tmp_path / NAME).open("w") as file:
        file.write(written.replace(str(os.getpid()), str(os.getppid())))
        file.flush()
        fcntl.flock(file, fcntl.LOCK_EX)
        assert holder(tmp_path) is None
