"""What a retention does when its time has come, with the sandbox's clock moved forward."""

from collections.abc import Iterator

import httpx
import pytest

from tests.mce_sandbox.client import Mce, equals, unique
from tests.mce_sandbox.test_objects import data_extension

FLAGS = ("RowBasedRetention", "DeleteAtEndOfRetentionPeriod", "ResetRetentionPeriodOnImport")


@pytest.fixture(scope="module", autouse=True)
def right_clock(address: str) -> Iterator[None]:
    """Whatever has become of the clock, the other tests have it right."""
    yield
    assert httpx.post(f"{address}/control/reset", timeout=30).status_code == 200


def travel(mce: Mce, **by: float) -> None:
    """Moves the clock; tokens do not live that long."""
    assert mce.http.post("/control/clock", json=by).status_code == 200
    mce.token = mce.get_token("northwind-app", mce.mid)


def retained(mce: Mce, *flags: str, length: int | None = 1, unit: str = "Days") -> str:
    """The key of a data extension with a row in it."""
    name = unique("Retained")
    said = "".join(f"<{flag}>{str(flag in flags).lower()}</{flag}>" for flag in FLAGS)
    period = (
        f"<DataRetentionPeriodLength>{length}</DataRetentionPeriodLength><DataRetentionPeriod>{unit}</DataRetentionPeriod>"
        if length
        else ""
    )
    made = mce.create("DataExtension", data_extension(name, more=said + period))
    assert made.value("OverallStatus") == "OK"
    add(mce, f"key {name}", 1)
    return f"key {name}"


def add(mce: Mce, key: str, number: int) -> None:
    inside = f"<CustomerKey>{key}</CustomerKey><Properties><Property><Name>Id</Name><Value>{number}</Value></Property>"
    assert mce.create("DataExtensionObject", f"{inside}</Properties>").value("OverallStatus") == "OK"


def ids(mce: Mce, key: str) -> list[str] | None:
    """The rows that are there; None without a data extension."""
    if not mce.retrieve("DataExtension", "Name", equals("CustomerKey", key)).all("Results"):
        return None
    return [row["id"] for row in mce.rows(key, order_by="Id")]


@pytest.mark.parametrize(
    ("flags", "left"),
    [((), None), (("DeleteAtEndOfRetentionPeriod",), []), (("RowBasedRetention",), [])],
)
def test_the_end_of_a_period(mce: Mce, flags: tuple[str, ...], left: list[str] | None) -> None:
    key = retained(mce, *flags)
    travel(mce, hours=23)
    assert ids(mce, key) == ["1"]
    travel(mce, hours=1)
    assert ids(mce, key) == left


def test_a_day_ends_it_as_a_period_does(mce: Mce) -> None:
    name = unique("Until a day")
    day = mce.http.get("/control/clock").json()["now"][:4]
    until = f"<RetainUntil>1/2/{int(day) + 1}</RetainUntil>"
    mce.create("DataExtension", data_extension(name, more=until))
    found = mce.retrieve("DataExtension", "RetainUntil DataRetentionPeriodLength", equals("Name", name))
    assert found.value("Results/RetainUntil") == f"1/2/{int(day) + 1} 12:00:00 AM"
    assert found.value("Results/DataRetentionPeriodLength") is None
    travel(mce, days=370)
    assert ids(mce, f"key {name}") is None


def test_without_a_period_nothing_ends(mce: Mce) -> None:
    key = retained(mce, length=None)
    travel(mce, days=4000)
    assert ids(mce, key) == ["1"]


@pytest.mark.parametrize(("length", "name", "days"), [(2, "Weeks", 14), (1, "Months", 30), (1, "Years", 365)])
def test_periods_of_every_unit(mce: Mce, length: int, name: str, days: int) -> None:
    key = retained(mce, length=length, unit=name)
    travel(mce, days=days - 1)
    assert ids(mce, key) == ["1"]
    travel(mce, days=1)
    assert ids(mce, key) is None


def test_each_row_ends_by_its_own_age(mce: Mce) -> None:
    key = retained(mce, "RowBasedRetention", length=2)
    travel(mce, days=1)
    add(mce, key, 2)
    travel(mce, days=1)
    add(mce, key, 3)
    assert ids(mce, key) == ["2", "3"]
    travel(mce, days=1)
    assert ids(mce, key) == ["3"]


def test_rows_of_a_snapshot_are_as_old_as_they_were(mce: Mce) -> None:
    key = retained(mce, "RowBasedRetention")
    add(mce, key, 2)
    mce.run("SELECT 2 AS Id", key)
    travel(mce, hours=1)
    mce.http.post("/control/snapshots", json={"name": "young"})
    add(mce, key, 3)
    travel(mce, hours=1)
    assert mce.http.post("/control/snapshots/young/restore").status_code == 200
    mce.token = mce.get_token("northwind-app", mce.mid)
    add(mce, key, 4)
    travel(mce, hours=22, minutes=30)
    assert ids(mce, key) == ["4"]


def test_new_rows_restart_a_period_that_says_so(mce: Mce) -> None:
    key = retained(mce, "ResetRetentionPeriodOnImport", length=2)
    travel(mce, days=1)
    add(mce, key, 2)
    travel(mce, days=1)
    assert ids(mce, key) == ["1", "2"]
    travel(mce, days=1)
    assert ids(mce, key) is None


def test_a_changed_retention_counts_from_the_change(mce: Mce) -> None:
    key = retained(mce)
    travel(mce, hours=12)
    longer = "<DataRetentionPeriodLength>2</DataRetentionPeriodLength><DataRetentionPeriod>Days</DataRetentionPeriod>"
    changed = mce.update("DataExtension", f"<CustomerKey>{key}</CustomerKey>{longer}")
    assert changed.value("Results/Object/DataRetentionPeriodLength") == "2"
    travel(mce, hours=47)
    assert ids(mce, key) == ["1"]
    travel(mce, hours=1)
    assert ids(mce, key) is None


def test_the_name_of_one_that_ended_stays_taken(mce: Mce) -> None:
    key = retained(mce)
    travel(mce, days=1)
    again = mce.create("DataExtension", data_extension(key.removeprefix("key ")))
    assert again.value("Results/ErrorCode") == "310003"


def test_a_query_whose_target_ended_fails(mce: Mce) -> None:
    key = retained(mce)
    object_id = mce.create_query("SELECT 1 AS Id", key).value("Results/NewObjectID")
    travel(mce, days=1)
    task = mce.perform(f"<ObjectID>{object_id}</ObjectID>").value("Results/Result/Task/ID") or ""
    assert mce.finish(task)["ErrorMsg"] == "The target data extension does not exist."


@pytest.mark.parametrize(
    "period",
    [
        "<DataRetentionPeriod>Eons</DataRetentionPeriod>",
        "<RetainUntil>some day</RetainUntil>",
        "<RowBasedRetention>true</RowBasedRetention><RetainUntil>1/6/2030</RetainUntil>",
        "<DataRetentionPeriod>Days</DataRetentionPeriod><RetainUntil>1/6/2030</RetainUntil>",
    ],
)
def test_periods_that_mce_does_not_take(mce: Mce, period: str) -> None:
    more = f"<DataRetentionPeriodLength>1</DataRetentionPeriodLength>{period}"
    assert mce.create("DataExtension", data_extension(unique("x"), more=more)).value("Results/ErrorCode") == "310007"


def test_the_clock_moves_tokens_too(mce: Mce) -> None:
    assert mce.http.post("/control/clock", json={"seconds": 1079}).status_code == 200
    assert mce.retrieve("DataFolder", "ID").value("faultstring") == "Token Expired"


@pytest.mark.parametrize("junk", [{}, {"days": -1}, {"days": "1"}, {"centuries": 1}, {"days": 1e9}, [1]])
def test_the_clock_moves_forward_only(mce: Mce, junk: object) -> None:
    before = mce.http.get("/control/clock").json()["now"][:10]
    assert mce.http.post("/control/clock", json=junk).status_code == 400
    assert mce.http.get("/control/clock").json()["now"][:10] == before
