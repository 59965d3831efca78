import json
import os
import pwd
import re
import shutil
import signal
import stat
import subprocess
import sys
import sysconfig
from pathlib import Path
from typing import Any

import psycopg
import pytest

from stack import leftovers
from stack.binaries import postgres_bin, postgres_major
from stack.files import reachable
from stack.keys import kept_keys
from tests.stack.conftest import SECONDS, Project, until

SERVICES = {"postgres", "valkey", "sandbox", "api", "worker", "ticker", "beat", "flower"}
FIELDS = {"api", "sandbox", "flower", "apiKey", "apiKeys", "adminKey", "adminUser", "adminPassword"} | {
    "databaseUrl",
    "redisUrl",
    "pids",
    "readyAfterSeconds",
}


def told(project: Project) -> dict[str, Any]:
    """What var/stack.json says."""
    stack: dict[str, Any] = json.loads((project.var / "stack.json").read_text())
    return stack


def alive(pid: int) -> bool:
    return leftovers.command_line(pid) != ""


def test_it_tells_all_there_is_to_know(running: Project) -> None:
    stack = told(running)

    assert set(stack) == FIELDS
    assert set(stack["pids"]) == SERVICES
    assert stack["apiKeys"] == {
        "owner": "key-of-owner",
        "colleague": "key-of-colleague",
        "otherTenant": "key-of-otherTenant",
    }
    assert stack["apiKey"] == "key-of-owner"
    for file in ("stack.json", "keys.json"):
        assert stat.S_IMODE((running.var / file).stat().st_mode) == 0o600


def test_its_database_is_durable_and_reached_as_the_runtime_role(running: Project) -> None:
    with psycopg.connect(told(running)["databaseUrl"]) as connection:
        row = connection.execute("SELECT current_user, current_setting('fsync')").fetchone()

    assert row == ("qspro_runtime", "on")


def test_ports_come_from_the_environment(running: Project) -> None:
    assert told(running)["api"] == "http://127.0.0.1:21234"


def test_no_secret_stands_in_a_command_line(running: Project) -> None:
    secrets = json.loads((running.var / "keys.json").read_text()).values()
    lines = [leftovers.command_line(pid) for pid in told(running)["pids"].values()]

    assert [secret for secret in secrets if any(secret in line for line in lines)] == []


def test_a_second_one_in_the_same_folder_says_so(running: Project) -> None:
    second = running.start()
    output = second.communicate(timeout=SECONDS)[0]

    assert second.returncode == 1
    assert re.fullmatch(rf"A stack already runs in {running.var} \(process \d+\); `make stop` stops it\.\n", output)
    assert (running.var / "stack.json").exists()


def test_a_service_that_was_killed_comes_back_under_its_name(running: Project) -> None:
    before = told(running)["pids"]["worker"]
    os.kill(before, signal.SIGKILL)
    until(lambda: told(running)["pids"].get("worker", before) != before, running.process)

    assert alive(told(running)["pids"]["worker"])


def test_a_port_that_is_taken_is_named(running: Project, project: Project) -> None:
    process = project.start(API_PORT="21234")
    output = process.communicate(timeout=SECONDS)[0]

    assert (process.returncode, output) == (1, "Port 21234 (API_PORT) is taken.\n")


def test_a_second_checkout_runs_beside_it(running: Project, project: Project) -> None:
    project.run()
    one, two = told(running), told(project)

    for name in ("api", "sandbox", "flower", "databaseUrl", "redisUrl", "adminKey"):
        assert one[name] != two[name]


def test_what_was_started_is_stopped(project: Project) -> None:
    process = project.run()
    stack = told(project)
    stopped = project.stop()
    output = process.communicate(timeout=SECONDS)[0]

    assert (stopped.returncode, process.returncode) == (0, 0)
    assert not (project.var / "stack.json").exists()
    assert [pid for pid in stack["pids"].values() if alive(pid)] == []
    assert f"{stack['api']}/api/docs/" in output
    assert output.count("curl -sS") == 3
    assert "\033" not in output


def test_stop_without_a_stack_says_so(project: Project) -> None:
    stopped = project.stop()

    assert (stopped.returncode, stopped.stdout) == (0, f"No stack runs in {project.var}.\n")


def test_a_killed_supervisor_leaves_nobody_and_its_data_are_used_again(project: Project) -> None:
    process = project.run()
    before = told(project)
    with psycopg.connect(owner_url(project, before)) as connection:
        connection.execute("CREATE TABLE probe AS SELECT 42 AS answer")
    process.kill()
    process.wait()

    again = project.run()
    after = told(project)

    assert [pid for pid in before["pids"].values() if alive(pid)] == []
    for name in ("adminKey", "adminPassword"):
        assert before[name] == after[name]
    with psycopg.connect(owner_url(project, after)) as connection:
        assert connection.execute("SELECT answer FROM probe").fetchone() == (42,)
    again.terminate()
    assert again.wait(timeout=SECONDS) == 0


def owner_url(project: Project, stack: dict[str, Any]) -> str:
    keys = json.loads((project.var / "keys.json").read_text())
    url: str = stack["databaseUrl"]
    return url.replace(f"qspro_runtime:{keys['qspro_runtime']}", f"qspro_owner:{keys['qspro_owner']}")


@pytest.mark.parametrize("command", [["sleep", "600"], ["tail", "-f", "{data}/PG_VERSION"]])
def test_a_stale_lock_whose_process_id_now_is_another_program_is_no_obstacle(
    command: list[str], project: Project
) -> None:
    project.run()
    project.stop()
    (data,) = project.var.glob("postgres-*")
    other = subprocess.Popen([word.format(data=data) for word in command], user=data.owner())
    try:
        (data / "postmaster.pid").write_text(f"{other.pid}\n{data}\n")
        project.run()
        assert other.poll() is None
    finally:
        other.kill()
        other.wait()


def test_a_data_folder_half_made_is_made_again(project: Project) -> None:
    project.var.mkdir()
    kept_keys(project.var / "keys.json")
    half_made = project.var / f"postgres-{postgres_major(postgres_bin())}.new"
    half_made.mkdir()
    (half_made / "PG_VERSION").write_text("18\n")

    project.run()

    assert not half_made.exists()


def test_a_service_that_keeps_dying_ends_everything_with_its_code(project: Project) -> None:
    (project.root / "mce_sandbox.py").write_text("raise SystemExit(5)\n")
    process = project.start()
    output = process.communicate(timeout=SECONDS)[0]

    assert process.returncode == 5
    assert "sandbox keeps dying (exit code 5): the stack stops." in output
    assert not (project.var / "stack.json").exists()


def test_data_without_their_keys_are_not_touched(project: Project) -> None:
    (project.var / "postgres-18").mkdir(parents=True)
    output = project.start().communicate(timeout=SECONDS)[0]

    assert output.startswith(f"{project.var}/keys.json is gone")


@pytest.mark.skipif(os.geteuid() != 0, reason="a plain user runs PostgreSQL as what he is")
@pytest.mark.skipif(sys.platform != "linux", reason="asks /proc")
def test_root_runs_postgres_as_nobody_also_below_a_private_folder(project: Project) -> None:
    project.root.parent.chmod(0o700)
    project.run(TMPDIR="/tmp")
    pid = told(project)["pids"]["postgres"]
    data, owner = Path(os.readlink(f"/proc/{pid}/cwd")), pwd.getpwuid(os.stat(f"/proc/{pid}").st_uid).pw_name
    project.stop()

    assert (owner, data.parent.parent) == ("nobody", Path("/var/tmp"))
    assert (data.parent / "belongs-to").read_text() == f"{project.var}\n"

    assert project.remove().stdout == f"Removing {data.parent}.\nRemoving {project.var}.\n"
    assert (data.parent.exists(), project.var.exists()) == (False, False)


def test_data_are_removed_once_nothing_runs_in_them(project: Project) -> None:
    process = project.run()
    refused = project.remove()

    assert refused.returncode == 1
    assert re.fullmatch(rf"A stack already runs in {project.var} \(process \d+\); `make stop` .*\n", refused.stderr)

    project.stop()
    process.communicate(timeout=SECONDS)

    assert project.remove().stdout == f"Removing {project.var}.\n"
    assert not project.var.exists()
    assert (project.remove().returncode, project.var.exists()) == (0, False)


@pytest.mark.skipif(os.geteuid() != 0, reason="the other tests already run as a plain user")
def test_a_plain_user_runs_everything_himself(project: Project) -> None:
    project.python = python_for_all()
    project.user = "nobody"
    packages = sysconfig.get_paths()["purelib"]
    project.env = {**project.env, "PYTHONPATH": packages, "HOME": str(project.root)}
    shutil.chown(project.root, "nobody")
    project.run()
    owners = {Path(f"/proc/{pid}").owner() for pid in told(project)["pids"].values()}

    assert owners == {"nobody"}


def python_for_all() -> str:
    """A Python of our version that any user may start, with our packages in reach."""
    name = f"python{sys.version_info.major}.{sys.version_info.minor}"
    for python in (Path(sys.executable).resolve(), Path("/usr/bin") / name, Path("/usr/local/bin") / name):
        if python.exists() and reachable(python.resolve().parent):
            break
    else:
        pytest.skip(f"every {name} here is for root alone")
    if not reachable(Path(sysconfig.get_paths()["purelib"])):
        pytest.skip("our packages are for root alone")
    return str(python)
