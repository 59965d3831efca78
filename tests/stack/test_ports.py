import os
import pwd
import shutil
import socket
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from stack.errors import StackError
from stack.ports import Ports

PREFERRED = {"API_PORT": 22000}


@pytest.fixture
def listener() -> Iterator[int]:
    """A port somebody listens on."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        yield server.getsockname()[1]


def test_the_environment_comes_first() -> None:
    with Ports({"API_PORT": "22100"}, PREFERRED) as ports:
        assert ports.take("API_PORT") == 22100


def test_a_port_in_use_is_passed_over(listener: int) -> None:
    with Ports({}, {"API_PORT": listener}) as ports:
        assert ports.take("API_PORT") > listener


def test_a_port_in_use_is_refused_when_asked_for(listener: int) -> None:
    with pytest.raises(StackError) as caught:
        Ports({"API_PORT": str(listener)}, PREFERRED).take("API_PORT")

    assert str(caught.value) == f"Port {listener} (API_PORT) is taken."


def test_nobody_gets_a_port_twice_though_nothing_listens_on_it_yet() -> None:
    with Ports({}, PREFERRED) as ours, Ports({}, PREFERRED) as theirs:
        assert len({ours.take("API_PORT"), theirs.take("API_PORT"), ours.take("API_PORT")}) == 3


@pytest.fixture
def claims(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """Where claims would lie; anybody may have made it before us."""
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    return tmp_path / f"qspro-ports-{os.getuid()}"


def test_a_folder_of_claims_that_leads_elsewhere_is_refused(claims: Path, tmp_path: Path) -> None:
    (tmp_path / "mine").mkdir()
    claims.symlink_to(tmp_path / "mine")
    with pytest.raises(StackError) as caught:
        Ports({}, PREFERRED)
    assert str(caught.value) == f"{claims} belongs to somebody else."


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can make a folder somebody else's")
def test_a_folder_of_claims_that_somebody_else_made_is_refused(claims: Path) -> None:
    claims.mkdir()
    shutil.chown(claims, pwd.getpwnam("nobody").pw_uid)
    with pytest.raises(StackError) as caught:
        Ports({}, PREFERRED)
    assert str(caught.value) == f"{claims} belongs to somebody else."


@pytest.mark.parametrize("junk", ["http", "0", "65536", "-1", "80.5"])
def test_junk_is_refused(junk: str) -> None:
    with pytest.raises(StackError) as caught:
        Ports({"API_PORT": junk}, PREFERRED).take("API_PORT")

    assert str(caught.value) == "API_PORT is a port: a number from 1 to 65535."
