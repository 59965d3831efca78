"""A Valkey (or Redis) of our own: its configuration, its command line."""

import os
from pathlib import Path

from stack.binaries import valkey_server
from stack.files import write_private
from stack.readiness import pongs
from stack.service import Service

# The password stands in the file, not in the command line, which everybody on the machine can read.
CONFIGURATION = """\
bind 127.0.0.1
port {port}
requirepass {password}
dir "{folder}"
appendonly yes
appendfsync {sync}
save ""
maxmemory-policy noeviction
loglevel warning
set-proc-title no
"""


def url(*, port: int, password: str) -> str:
    return f"redis://:{password}@127.0.0.1:{port}/0"


def service(home: Path, *, port: int, password: str, durable: bool) -> Service:
    """Valkey with its data below `home`."""
    folder = home / "valkey"
    folder.mkdir(mode=0o700, exist_ok=True)
    configuration = folder / "valkey.conf"
    write_private(
        configuration,
        CONFIGURATION.format(port=port, password=password, folder=folder, sync="everysec" if durable else "no"),
    )
    return Service(
        name="valkey",
        argv=(str(valkey_server()), str(configuration)),
        env={"PATH": os.defpath, "LC_ALL": "C"},
        ready=lambda _pid: pongs(port=port, password=password),
    )
