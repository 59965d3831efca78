import json
import stat
from pathlib import Path

import pytest

from stack.errors import StackError
from stack.keys import kept_keys


def test_keys_are_made_once_and_kept_for_their_owner_alone(tmp_path: Path) -> None:
    file = tmp_path / "keys.json"
    keys = kept_keys(file)

    assert kept_keys(file) == keys
    assert stat.S_IMODE(file.stat().st_mode) == 0o600


def test_a_key_that_is_new_in_this_version_is_added(tmp_path: Path) -> None:
    file = tmp_path / "keys.json"
    keys = kept_keys(file)
    file.write_text(json.dumps({name: key for name, key in keys.items() if name != "ADMIN_API_KEY"}))
    again = kept_keys(file)

    assert set(again) == set(keys)
    assert again["SECRET_KEY"] == keys["SECRET_KEY"]


def test_a_damaged_file_is_not_replaced(tmp_path: Path) -> None:
    file = tmp_path / "keys.json"
    file.write_text('{"SECRET_KEY": "a')

    with pytest.raises(StackError):
        kept_keys(file)
    assert file.read_text() == '{"SECRET_KEY": "a'
