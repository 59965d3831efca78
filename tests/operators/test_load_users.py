"""manage.py load_users."""

import json
from pathlib import Path

from django.core.management import call_command

from tenants.services import caller_of_api_key
from tests.sandbox import Sandbox


def test_each_user_has_a_key_and_all_units_have_users(database: None, mce: Sandbox, tmp_path: Path) -> None:
    output = tmp_path / "load.json"
    call_command("load_users", "4", sandbox=mce.url, output=output)
    users = json.loads(output.read_text())["users"]
    callers = [caller_of_api_key(user["apiKey"]) for user in users]
    assert [caller.mid for caller in callers] == [user["mid"] for user in users]
    assert [caller.mid for caller in callers] == [7001001, 7001002, 8002001, 7001001]
    assert len({caller.user_id for caller in callers}) == 4
    assert output.stat().st_mode & 0o777 == 0o600
