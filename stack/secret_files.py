"""The secrets of docker/compose.yaml, one a file: `python -m stack.secret_files FOLDER`. May be run again.

All of them come from FOLDER/keys.json, which is made once; who changes a key there runs this again.
"""

import sys
from collections.abc import Mapping
from pathlib import Path

from stack.environment import FLOWER_USER
from stack.keys import kept_keys
from stack.postgres import SUPERUSER
from stack.roles import DATABASE, LOGINS, with_login

# Runs and the admin go through PgBouncer; a migration locks, a dump keeps its snapshot: straight to the server.
POOLED = {"DATABASE_URL", "DATABASE_OPERATOR_URL"}


def secrets_of(keys: Mapping[str, str]) -> dict[str, str]:
    """Name of the file -> what is in it."""
    pooled = [LOGINS[variable] for variable in sorted(POOLED)]
    return {
        "postgres_password": keys["postgres"],
        "admin_database_url": f"postgresql://{SUPERUSER}:{keys['postgres']}@postgres:5432/postgres",
        **{variable.lower(): database_url(variable, keys) for variable in LOGINS},
        "pgbouncer_users": "".join(f'"{role}" "{keys[role]}"\n' for role in pooled),
        "valkey_auth": f"requirepass {keys['valkey']}\n",
        "redis_url": f"redis://:{keys['valkey']}@valkey:6379/0",
        "secret_key": keys["SECRET_KEY"],
        "encryption_keys": keys["ENCRYPTION_KEYS"],
        "admin_api_key": keys["ADMIN_API_KEY"],
        "flower_basic_auth": f"{FLOWER_USER}:{keys['FLOWER_PASSWORD']}",
    }


def database_url(variable: str, keys: Mapping[str, str]) -> str:
    server = "pgbouncer:6432" if variable in POOLED else "postgres:5432"
    role = LOGINS[variable]
    return with_login(f"postgresql://{server}", user=role, password=keys[role], database=DATABASE)


def write(folder: Path) -> None:
    """Nobody else may enter the folder; its files are readable, for the users that containers run as."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    folder.chmod(0o700)
    for name, content in secrets_of(kept_keys(folder / "keys.json")).items():
        file = folder / name
        file.write_text(content, encoding="utf-8")
        file.chmod(0o644)


if __name__ == "__main__":
    write(Path(sys.argv[1]))
