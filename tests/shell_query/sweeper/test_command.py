"""manage.py sweep."""

from io import StringIO
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from mce_bridge.models import State
from tenants.models import Action, AuditEntry
from tests.sandbox import Sandbox
from tests.shell_query.sweeper.units import SweptUnit

pytestmark = pytest.mark.usefixtures("any_age")


def run(**options: Any) -> list[str]:
    out = StringIO()
    call_command("sweep", stdout=out, **options)
    return out.getvalue().splitlines()


def test_a_dry_run_lists_what_would_go_and_deletes_nothing(americas: SweptUnit, mce: Sandbox) -> None:
    query, extension = americas.make_query(), americas.make_data_extension()
    head, *listed = run(dry_run=True)
    assert head == "7001002 Northwind Americas: would delete 2, keep 0"
    assert [line.split(", made ")[0].strip() for line in listed] == [f"query {query}", f"data_extension {extension}"]
    assert (mce.calls("Delete"), americas.names) == ([], {query, extension})


def test_without_it_they_go(americas: SweptUnit) -> None:
    americas.make_query()
    americas.make_data_extension(key="own", name="Own")
    assert run() == ["7001002 Northwind Americas: deleted 1, kept 0, refused 0"]
    assert americas.names == {"Own"}
    entry = AuditEntry.objects.using("operator").get(action=Action.SWEPT)
    assert (entry.via, entry.by, entry.details) == ("command", "manage.py sweep", {"mid": 7001002})


def test_a_sweep_by_hand_sweeps_though_its_alarm_is_overdue_or_was_never_set(americas: SweptUnit) -> None:
    americas.make_data_extension()
    assert run(mid=7001002) == ["7001002 Northwind Americas: deleted 1, kept 0, refused 0"]


@pytest.mark.parametrize("only", [{"tenant": "8002000"}, {"mid": 8002000}])
def test_one_tenant_or_one_unit_alone_can_be_swept(
    americas: SweptUnit, globex: SweptUnit, only: dict[str, Any]
) -> None:
    left = americas.make_data_extension()
    globex.make_data_extension()
    assert run(**only) == ["8002000 Globex: deleted 1, kept 0, refused 0"]
    assert (americas.names, globex.names) == ({left}, set())


@pytest.mark.parametrize("nobody", [{"tenant": "1"}, {"mid": 1}, {"tenant": "8002000", "mid": 7001002}])
def test_a_unit_that_is_not_there_is_said(americas: SweptUnit, globex: SweptUnit, nobody: dict[str, Any]) -> None:
    with pytest.raises(CommandError, match="no such connected business unit"):
        run(**nobody)


@pytest.mark.parametrize("dry_run", [True, False])
def test_a_unit_that_fails_does_not_stop_the_rest_and_is_counted(
    americas: SweptUnit, globex: SweptUnit, dry_run: bool
) -> None:
    americas.make_data_extension()
    globex.connect(State.BROKEN)
    out = StringIO()
    with pytest.raises(CommandError, match="1 of 2 business units were not swept"):
        call_command("sweep", stdout=out, dry_run=dry_run)
    told = out.getvalue()
    assert ("reconnect_required" in told, "would delete 1" in told, "deleted 1" in told) == (True, dry_run, not dry_run)


def test_a_unit_that_a_worker_sweeps_is_left_to_it(americas: SweptUnit, mce: Sandbox) -> None:
    americas.make_data_extension()
    americas.ring()
    assert run(mid=7001002) == ["7001002 Northwind Americas: is being swept by a worker"]
    assert mce.calls("Delete") == []
