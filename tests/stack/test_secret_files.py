import stat
from pathlib import Path
from urllib.parse import urlsplit

from stack.secret_files import write


def contents(folder: Path) -> dict[str, str]:
    return {file.name: file.read_text() for file in folder.iterdir()}


def test_secrets_are_made_once_in_a_folder_that_nobody_else_enters(tmp_path: Path) -> None:
    folder = tmp_path / "secrets"
    write(folder)
    first = contents(folder)
    write(folder)
    assert contents(folder) == first
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700


def test_each_role_has_a_password_of_its_own_which_pgbouncer_knows_for_two(tmp_path: Path) -> None:
    write(tmp_path)
    found = contents(tmp_path)
    urls = {name: urlsplit(text) for name, text in found.items() if name.startswith("database_")}
    assert {name: (url.username, url.hostname) for name, url in urls.items()} == {
        "database_url": ("qspro_runtime", "pgbouncer"),
        "database_operator_url": ("qspro_operator", "pgbouncer"),
        "database_owner_url": ("qspro_owner", "postgres"),
        "database_backup_url": ("qspro_backup", "postgres"),
    }
    assert len({url.password for url in urls.values()}) == 4
    pooled = [urls["database_operator_url"], urls["database_url"]]
    assert found["pgbouncer_users"] == "".join(f'"{url.username}" "{url.password}"\n' for url in pooled)
