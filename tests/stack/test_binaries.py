from pathlib import Path

import pytest

from stack import binaries
from stack.errors import StackError


def test_the_newest_postgres_of_the_wheel_is_taken() -> None:
    assert binaries.postgres_major(binaries.postgres_bin({})) >= 17


def test_programs_can_be_named(folder: Path) -> None:
    for name in ("postgres", "valkey-server"):
        (folder / name).touch(mode=0o755)

    assert binaries.postgres_bin({"PG_BIN": str(folder)}) == folder
    assert binaries.valkey_server({"REDIS_SERVER": str(folder / "valkey-server")}) == folder / "valkey-server"


def test_what_is_named_must_be_a_program(folder: Path) -> None:
    with pytest.raises(StackError) as caught:
        binaries.valkey_server({"REDIS_SERVER": str(folder)})

    assert str(caught.value) == f"REDIS_SERVER: {folder} is no program."
