"""docker/compose.yaml and docker/Dockerfile say what stack/services.py and .env.example say.

There is no Docker where tests run: the files are read, not run.
"""

import re
import sys
import tomllib
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
import yaml

from qspro import alive
from stack.keys import new_keys
from stack.secret_files import secrets_of
from stack.service import Service
from stack.services import services

ROOT = Path(__file__).resolve().parents[2]
COMPOSE = yaml.safe_load((ROOT / "docker/compose.yaml").read_text())
CONTAINERS: dict[str, dict[str, Any]] = COMPOSE["services"]
DOCKERFILE = (ROOT / "docker/Dockerfile").read_text()
SERVERS = {"postgres", "valkey", "pgbouncer", "roles"}
OURS = {name: each for name, each in CONTAINERS.items() if name not in SERVERS}
# Images of others, tools of Celery and of stack/roles.py: no settings of ours.
FOREIGN = {
    "CELERY_SKIP_CHECKS",
    "POSTGRES_PASSWORD",
    "POSTGRES_INITDB_ARGS",
    "ADMIN_DATABASE_URL",
    "DATABASE_BACKUP_URL",
}
DEFAULT = re.compile(r"\$\{\w+:-([^}]*)\}")
SECRET = re.compile(r'\b(?:env_secret|env_secret_url|env_keys|database)\("([A-Z_]+)"')
ONE_SHOT = {"roles", "migrate", "samples"}


@pytest.fixture(scope="module")
def table() -> dict[str, Service]:
    """The processes of `make run`, at the addresses that they have in containers."""
    env = {
        "PUBLIC_URL": "http://0.0.0.0:8000",
        "MCE_SANDBOX_URL": "http://sandbox:9400",
        "FLOWER_URL": "http://127.0.0.1:5555",
        "REDIS_URL": "redis://valkey",
        "ADMIN_USER": "",
        "ADMIN_PASSWORD": "",
    }
    return {each.name: each for each in services(env=env, var=Path("/var/lib/qspro"), needs=())}


def command(container: dict[str, Any]) -> list[str]:
    words = [DEFAULT.sub(r"\1", word) for word in container["command"]]
    return words[2:] if words[:2] == ["sh", "docker/from_files.sh"] else words


def variables(container: dict[str, Any]) -> set[str]:
    return set(container.get("environment", {}))


def test_the_containers_are_the_processes_of_make_run_and_their_servers(table: dict[str, Service]) -> None:
    assert set(OURS) == set(table)


@pytest.mark.parametrize("name", sorted(OURS))
def test_a_container_runs_the_command_of_make_run(name: str, table: dict[str, Service]) -> None:
    here = ["python" if word == sys.executable else word for word in table[name].argv]
    if name in {"api", "sandbox"}:
        # Reached from other containers.
        here[here.index("--host") + 1] = "0.0.0.0"
    assert command(CONTAINERS[name]) == here


def test_every_queue_has_its_worker() -> None:
    read = [words[words.index("-Q") + 1] for words in map(command, OURS.values()) if "-Q" in words]
    assert sorted(",".join(read).split(",")) == ["runs", "tick", "upkeep"]


def test_every_process_reckons_with_as_many_slots_as_the_worker_has() -> None:
    """docs/operations.md says so: the tick fills the queue of the runs, and the API rings while there is room in it."""
    worker = CONTAINERS["worker"]["command"]
    slots = worker[worker.index("-c") + 1]
    told = {name: CONTAINERS[name]["environment"].get("WORKER_SLOTS") for name in ("api", "worker", "ticker", "beat")}
    assert told == dict.fromkeys(told, slots)


def test_every_process_that_reads_settings_takes_any_other_from_one_file() -> None:
    """So that people can sign in: MCE_CLIENT_ID and MCE_CLIENT_SECRET are in no variable above."""
    file = [{"path": "settings.env", "required": False}]
    taking = {name for name, each in OURS.items() if each.get("env_file") == file}
    assert taking == {name for name, each in OURS.items() if "SECRET_KEY_FILE" in variables(each)}
    assert "/docker/settings.env" in (ROOT / ".gitignore").read_text().splitlines()


def test_the_proxies_in_front_can_be_told() -> None:
    """docs/accounts.md: otherwise all users are one address, and share its limit."""
    assert CONTAINERS["api"]["environment"].get("TRUSTED_PROXIES") == "${TRUSTED_PROXIES:-0}"


@pytest.mark.parametrize("name", sorted(CONTAINERS))
def test_a_variable_is_a_setting_and_a_file_holds_a_secret(name: str) -> None:
    settings = set(re.findall(r"^(?:# )?([A-Z_]+)=", (ROOT / ".env.example").read_text(), re.MULTILINE))
    secrets = set(SECRET.findall((ROOT / "qspro/settings.py").read_text()))
    given = variables(CONTAINERS[name])
    files = {variable.removesuffix("_FILE") for variable in given if variable.endswith("_FILE")} - {"READY"}
    plain = {variable for variable in given if not variable.endswith("_FILE") or variable == "READY_FILE"}
    assert plain - settings - FOREIGN == set()
    assert files - secrets - FOREIGN == set()


@pytest.mark.parametrize("name", sorted(CONTAINERS))
def test_a_container_has_the_secrets_that_its_variables_name_and_no_others(name: str) -> None:
    container = CONTAINERS[name]
    environment: dict[str, str] = container.get("environment", {})
    named = {
        value for variable, value in environment.items() if variable.endswith("_FILE") and variable != "READY_FILE"
    }
    in_files = {"pgbouncer": {"/run/secrets/pgbouncer_users"}, "valkey": {"/run/secrets/valkey_auth"}}
    assert {f"/run/secrets/{secret}" for secret in container.get("secrets", [])} == named | in_files.get(name, set())


def test_every_secret_is_made_and_every_one_that_is_made_is_used() -> None:
    used = {secret for container in CONTAINERS.values() for secret in container.get("secrets", [])}
    assert used == set(COMPOSE["secrets"]) == set(secrets_of(new_keys()))
    assert [each["file"] for each in COMPOSE["secrets"].values()] == [f"secrets/{name}" for name in COMPOSE["secrets"]]


def test_the_owner_can_sign_in_from_the_migration_alone() -> None:
    assert [name for name in OURS if "database_owner_url" in CONTAINERS[name].get("secrets", [])] == ["migrate"]
    assert CONTAINERS["api"]["environment"]["DATABASE_OWNER_URL"] == "postgresql://qspro_owner@postgres:5432/qspro"


@pytest.mark.parametrize("name", sorted(set(CONTAINERS) - ONE_SHOT))
def test_what_stays_up_has_a_health_check_and_comes_back(name: str) -> None:
    assert CONTAINERS[name]["healthcheck"]["test"][0] in {"CMD", "CMD-SHELL"}
    assert CONTAINERS[name]["restart"] == "unless-stopped"


CHECKED = {
    "api": "http://127.0.0.1:8000/readyz",
    "flower": "http://127.0.0.1:5555/admin/queues/healthcheck",
    "worker": "",
    "ticker": "",
    "beat": "",
}


def test_processes_are_asked_whether_they_live_and_not_only_whether_they_began(table: dict[str, Service]) -> None:
    """By the address that they listen at, or by the file that they touch."""
    checks = {name: OURS[name]["healthcheck"] for name in set(OURS) - ONE_SHOT - {"sandbox"}}
    assert {name: check["test"] for name, check in checks.items()} == {
        name: ["CMD", "python", "-m", "qspro.alive", *filter(None, [address])] for name, address in CHECKED.items()
    }
    assert {int(check["timeout"].removesuffix("s")) > alive.PATIENCE for check in checks.values()} == {True}
    assert {name for name in OURS if "READY_FILE" in variables(OURS[name])} == {
        name for name, service in table.items() if "READY_FILE" in service.env
    }
    assert f":{urlsplit(CHECKED['api']).port}" in OURS["api"]["ports"][0]
    assert f"--port={urlsplit(CHECKED['flower']).port}" in OURS["flower"]["command"]


def test_each_process_that_counts_tells_it_inside_the_network_alone() -> None:
    """The API answers /metrics itself; the others have no folder in common with it."""
    telling = {name: each for name, each in OURS.items() if "METRICS_PORT" in variables(each)}
    assert set(telling) == {"worker", "ticker", "beat"}
    assert {each["environment"]["METRICS_PORT"] for each in telling.values()} == {"9100"}
    assert [name for name, each in telling.items() if "ports" in each] == []
    assert "METRICS_ADDRESSES" in variables(OURS["api"])


@pytest.mark.parametrize("name", sorted(set(OURS) | {"pgbouncer"}))
def test_a_container_of_ours_can_change_nothing(name: str) -> None:
    container = CONTAINERS[name]
    assert (container["read_only"], container["cap_drop"]) == (True, ["ALL"])
    assert container["security_opt"] == ["no-new-privileges:true"]


def test_a_container_is_waited_for_until_its_process_has_ended(table: dict[str, Service]) -> None:
    allowed = {name: int(OURS[name].get("stop_grace_period", "10s").removesuffix("s")) for name in OURS}
    assert {name: allowed[name] >= table[name].grace for name in OURS if name not in ONE_SHOT} == dict.fromkeys(
        set(OURS) - ONE_SHOT, True
    )


def test_the_sandbox_is_there_for_who_asks_for_it() -> None:
    assert {name for name, each in CONTAINERS.items() if "profiles" in each} == {"sandbox", "samples"}


def test_only_this_machine_reaches_a_port() -> None:
    ports = [port for each in CONTAINERS.values() for port in each.get("ports", [])]
    assert [port.split(":", 1)[0] for port in ports] == ["127.0.0.1"] * 2


def test_images_are_pinned_by_tag_and_name_no_registry() -> None:
    bases = re.findall(r"^FROM (\S+)", DOCKERFILE, re.MULTILINE)
    stages = set(re.findall(r"^FROM \S+ AS (\S+)", DOCKERFILE, re.MULTILINE))
    (python,) = re.findall(r"^ARG PYTHON_TAG=(\S+)", DOCKERFILE, re.MULTILINE)
    foreign = {base.replace("${PYTHON_TAG}", python) for base in bases if base not in stages}
    for image in foreign | {each["image"] for each in CONTAINERS.values()}:
        name, _, tag = image.partition(":")
        assert re.fullmatch(r"\d+\.\d+[\w.-]*", tag), image
        assert "." not in name, image


def test_every_image_that_runs_is_built_without_root() -> None:
    built = {each["build"]["target"] for each in CONTAINERS.values() if "build" in each}
    stages = dict(re.findall(r"^FROM \S+ AS (\S+)\n(.*?)(?=^FROM |\Z)", DOCKERFILE, re.MULTILINE | re.DOTALL))
    users = {target: re.findall(r"^USER (\w+)$", stages[target], re.MULTILINE) for target in built}
    assert users == {"app": ["10001"], "sandbox": ["10001"], "pgbouncer": ["nobody"]}


def test_everything_that_an_image_copies_is_there_and_every_room_is_copied() -> None:
    copied = {
        source for line in re.findall(r"^COPY (?!--)(.+) \S+$", DOCKERFILE, re.MULTILINE) for source in line.split()
    }
    assert [source for source in copied if not (ROOT / source).exists()] == []
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())
    rooms = {room for room in project["tool"]["importlinter"]["root_packages"] if room != "qspro_client"}
    assert rooms <= copied
    allowed = (ROOT / "docker/Dockerfile.dockerignore").read_text().splitlines()
    assert {line[1:] for line in allowed if line.startswith("!")} == copied
