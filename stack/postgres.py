"""A PostgreSQL of our own: its data folder, its command line.

It listens on loopback TCP alone and lets nobody in without a scram password. PostgreSQL refuses to run as
root, so root's runs as `nobody`, who must then be able to reach the programs and the data.
"""

import hashlib
import os
import re
import shutil
import signal
import subprocess
from functools import partial
from pathlib import Path

from stack import leftovers
from stack.account import as_user
from stack.binaries import postgres_bin, postgres_major, postgres_version
from stack.errors import StackError
from stack.files import check_own, reachable, write_private
from stack.readiness import postmaster_is_ready
from stack.service import Service

SUPERUSER = "postgres"
# The SQL of our users is nobody's business: a failing statement is not logged, nor the values in it.
SETTINGS = {
    "timezone": "UTC",
    "log_timezone": "UTC",
    "log_checkpoints": "off",
    "log_min_error_statement": "panic",
    "log_error_verbosity": "terse",
}
NOT_DURABLE = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}
# As little as possible of the caller's environment: PG* variables would bend what we ask for.
ENV = {"PATH": os.defpath, "LC_ALL": "C"}


def service(home: Path, *, port: int, password: str, durable: bool) -> Service:
    """PostgreSQL with its data below `home`, made now if there are none."""
    programs = postgres_bin()
    user = None
    if os.geteuid() == 0:
        user = "nobody"
        home = home if reachable(home) else _made_elsewhere(password, checkout=home)
        programs = _readable_copy(programs, home)
    # A folder for each major version: one cannot read the other's.
    data = home / f"postgres-{postgres_major(programs)}"
    if not data.exists():
        _initialize(data, programs=programs, password=password, user=user)
    settings = SETTINGS if durable else SETTINGS | NOT_DURABLE
    return Service(
        name="postgres",
        argv=(
            *(str(programs / "postgres"), "-D", str(data)),
            *("-h", "127.0.0.1", "-p", str(port), "-k", ""),
            *(word for name, value in settings.items() for word in ("-c", f"{name}={value}")),
        ),
        env=ENV,
        ready=partial(postmaster_is_ready, data),
        prepare=partial(_recover, data),
        grace=20,
        # Fast: SIGTERM would wait for whoever is still connected.
        stop_signal=signal.SIGINT,
        orphan_signal=signal.SIGQUIT,
        user=user,
    )


def _initialize(data: Path, *, programs: Path, password: str, user: str | None) -> None:
    """Make the data folder; one half made by a start that was killed does not count."""
    draft = data.with_name(f"{data.name}.new")
    shutil.rmtree(draft, ignore_errors=True)
    draft.mkdir(mode=0o700, parents=True)
    secret = data.with_name(f"{data.name}.password")
    write_private(secret, password)
    if user:
        shutil.chown(draft, user)
        shutil.chown(secret, user)
    # The locale must fold non-ASCII case, which C does not; the builtin one depends on no system library.
    folding = ["--locale=C.UTF-8"]
    if postgres_major(programs) >= 17:
        folding = ["--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--locale=C"]
    try:
        subprocess.run(
            [
                str(programs / "initdb"),
                f"--pgdata={draft}",
                f"--username={SUPERUSER}",
                f"--pwfile={secret}",
                "--auth=scram-sha-256",
                "--encoding=UTF8",
                *folding,
                "--no-sync",
                "--no-instructions",
            ],
            check=True,
            capture_output=True,
            text=True,
            cwd="/",
            env=ENV,
            **as_user(user),
        )
    except subprocess.CalledProcessError as exc:
        raise StackError(f"initdb failed: {exc.stderr.strip()}") from exc
    finally:
        secret.unlink()
    draft.rename(data)


def _recover(data: Path) -> None:
    """Deal with the lock file of a server that ended without removing it.

    A postmaster that still runs on these data is ended. Where its process id went to another program
    PostgreSQL would refuse to start: the file goes. In all other cases PostgreSQL knows best.
    """
    lock = data / "postmaster.pid"
    if not lock.exists():
        return
    first = lock.read_text().split("\n", 1)[0]
    if not first.isdecimal() or not (since := leftovers.began(int(first))):
        return
    if re.match(rf"(/.*/)?postgres -D {re.escape(str(data))}( |$)", leftovers.command_line(int(first))):
        leftovers.end(int(first), since, signal.SIGINT)
    lock.unlink(missing_ok=True)


def elsewhere(password: str) -> Path:
    """A place that another user can reach and that survives a restart of the machine.

    It is named after the password: who removed the keys begins with new data.
    """
    return Path("/var/tmp") / f"qspro-{hashlib.sha256(password.encode()).hexdigest()[:16]}"  # noqa: S108


def _made_elsewhere(password: str, *, checkout: Path) -> Path:
    """That place, with a file that says whose data are in it."""
    place = elsewhere(password)
    place.mkdir(mode=0o711, exist_ok=True)
    check_own(place)
    place.chmod(0o711)
    write_private(place / "belongs-to", f"{checkout}\n")
    return place


def _readable_copy(programs: Path, home: Path) -> Path:
    """The folder of programs itself if others may enter it, else that of a copy below `home`.

    The whole installation is copied, with the shared libraries a wheel keeps in `<package>.libs` beside its package.
    """
    if reachable(programs):
        return programs
    installation, package = programs.parent, programs.parent.parent
    copy = home / f"programs-{postgres_version(programs)}"
    if not copy.exists():
        draft = copy.with_name(f"{copy.name}.new")
        shutil.rmtree(draft, ignore_errors=True)
        draft.mkdir(parents=True)
        unneeded = shutil.ignore_patterns("include")
        shutil.copytree(installation, draft / package.name / installation.name, symlinks=True, ignore=unneeded)
        libraries = package.with_name(f"{package.name}.libs")
        if libraries.exists():
            shutil.copytree(libraries, draft / libraries.name)
        for folder in (draft, draft / package.name):
            folder.chmod(0o755)
        draft.rename(copy)
    return copy / package.name / installation.name / programs.name
