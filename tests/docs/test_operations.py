"""docs/operations.md: its table of processes has the commands that stack/services.py runs."""

import re
import sys
from pathlib import Path

from stack.services import services

TABLE = (Path(__file__).resolve().parents[2] / "docs/operations.md").read_text(encoding="utf-8")
# What only `make run` has: each ends by itself, or stands in for Marketing Cloud.
NOT_ELSEWHERE = {"migrate", "sandbox", "samples"}
ENVIRONMENT = {
    "PUBLIC_URL": "http://127.0.0.1:8000",
    "MCE_SANDBOX_URL": "http://127.0.0.1:9400",
    "FLOWER_URL": "http://127.0.0.1:5555",
    "REDIS_URL": "redis://127.0.0.1",
    "ADMIN_USER": "",
    "ADMIN_PASSWORD": "",
    "WORKER_SLOTS": "$WORKER_SLOTS",
}


def test_the_commands_of_the_processes_are_those_of_make_run() -> None:
    documented = dict(re.findall(r"^\| (\w+) \| `([^`]+)` \|", TABLE, re.MULTILINE))
    run = services(env=ENVIRONMENT, var=Path("/var/lib/qspro"), needs=())
    assert {each.argv[:2] for each in run if each.name not in NOT_ELSEWHERE} == {(sys.executable, "-m")}
    assert documented == {each.name: " ".join(each.argv[2:]) for each in run if each.name not in NOT_ELSEWHERE}
