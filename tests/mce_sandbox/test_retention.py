"""What a retention does when its time has come, with the sandbox's clock moved forward."""

from collections.abc import Iterator

import pytest

from tests.mce_sandbox.client import Mce, equals, unique
from tests.mce_sandbox.test_objects import data_extension

FLAGS = ("RowBasedRetention", "DeleteAtEndOfRetentionPeriod", "ResetRetentionPeriodOnImport")


@pytest.fixture
def unit(mce: Mce) -> Iterator[Mce]:
    """A business unit; the clock goes right again with the reset that ends the test."""
    yield mce
    assert mce.http.post("/control/reset").status_code == 200


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
def test_the_end_of_a_period(unit: Mce, flags: tuple[str, ...], left: list[str] | None) -> None:
    key = retained(unit, *flags)
    travel(unit, hours=23)
    assert ids(unit, key) == ["1"]
    travel(unit, hours=1)
    assert ids(unit, key) == left


def test_a_day_ends_it_as_a_period_does(unit: Mce) -> None:
    name = unique("Until a day")
    day = unit.http.get("/control/clock").json()["now"][:4]
    until = f"<RetainUntil>1/2/{int(day) + 1}</RetainUntil>"
    unit.create("DataExtension", data_extension(name, more=until))
    found = unit.retrieve("DataExtension", "RetainUntil DataRetentionPeriodLength", equals("Name", name))
    assert found.value("Results/RetainUntil") == f"1/2/{int(day) + 1} 12:00:00 AM"
    assert found.value("Results/DataRetentionPeriodLength") is None
    travel(unit, days=370)
    assert ids(unit, f"key {name}") is None


def test_without_a_period_nothing_ends(unit: Mce) -> None:
    key = retained(unit, length=None)
    travel(unit, days=4000)
    assert ids(unit, key) == ["1"]


@pytest.mark.parametrize(("length", "name", "days"), [(2, "Weeks", 14), (1, "Months", 30), (1, "Years", 365)])
def test_periods_of_every_unit(unit: Mce, length: int, name: str, days: int) -> None:
    key = retained(unit, length=length, unit=name)
    travel(unit, days=days - 1)
    assert ids(unit, key) == ["1"]
    travel(unit, days=1)
    assert ids(unit, key) is None


def test_each_row_ends_by_its_own_age(unit: Mce) -> None:
    key = retained(unit, "RowBasedRetention", length=2)
    travel(unit, days=1)
    add(unit, key, 2)
    travel(unit, days=1)
    add(unit, key, 3)
    assert ids(unit, key) == ["2", "3"]
    travel(unit, days=1)
    assert ids(unit, key) == ["3"]


def test_new_rows_restart_a_period_that_says_so(unit: Mce) -> None:
    key = retained(unit, "ResetRetentionPeriodOnImport", length=2)
    travel(unit, days=1)
    add(unit, key, 2)
    travel(unit, days=1)
    assert ids(unit, key) == ["1", "2"]
    travel(unit, days=1)
    assert ids(unit, key) is None


def test_a_changed_retention_counts_from_the_change(unit: Mce) -> None:
    key = retained(unit)
    travel(unit, hours=12)
    longer = "<DataRetentionPeriodLength>2</DataRetentionPeriodLength><DataRetentionPeriod>Days</DataRetentionPeriod>"
    changed = unit.update("DataExtension", f"<CustomerKey>{key}</CustomerKey>{longer}")
    assert changed.value("Results/Object/DataRetentionPeriodLength") == "2"
    travel(unit, hours=47)
    assert ids(unit, key) == ["1"]
    travel(unit, hours=1)
    assert ids(unit, key) is None


def test_the_name_of_one_that_ended_stays_taken(unit: Mce) -> None:
    key = retained(unit)
    travel(unit, days=1)
    again = unit.create("DataExtension", data_extension(key.removeprefix("key ")))
    assert again.value("Results/ErrorCode") == "310003"


def test_a_query_whose_target_ended_fails(unit: Mce) -> None:
    key = retained(unit)
    object_id = unit.create_query("SELECT 1 AS Id", key).value("Results/NewObjectID")
    travel(unit, days=1)
    task = unit.perform(f"<ObjectID>{object_id}</ObjectID>").value("Results/Result/Task/ID") or ""
    assert unit.finish(task)["ErrorMsg"] == "The target data extension does not exist."


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


def test_the_clock_moves_tokens_too(unit: Mce) -> None:
    assert unit.http.post("/control/clock", json={"seconds": 1079}).status_code == 200
    assert unit.retrieve("DataFolder", "ID").value("faultstring") == "Token Expired"


@pytest.mark.parametrize("junk", [{}, {"days": -1}, {"days": "1"}, {"centuries": 1}, {"days": 1e9}, [1]])
def test_the_clock_moves_forward_only(mce: Mce, junk: object) -> None:
    before = mce.http.get("/control/clock").json()["now"][:10]
    assert mce.http.post("/control/clock", json=junk).status_code == 400
    assert mce.http.get("/control/clock").json()["now"][:10] == before
