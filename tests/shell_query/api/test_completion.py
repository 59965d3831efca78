"""Names and fields of data extensions for completion, and who may know them."""

from urllib.parse import quote
from uuid import uuid4

import pytest

from tests.asking import ask
from tests.cast import Cast
from tests.sandbox import Sandbox
from tests.shell_query.api.conftest import Api
from tests.shell_query.driver import run_sql

FIELDS = "Id Number key, Code Text(9) required, Amount Decimal(18,2), Mail EmailAddress"


@pytest.fixture
def of_alice(connected: Cast, mce: Sandbox) -> tuple[str, str]:
    """Name and key of a data extension that only her business unit has."""
    name = f"Loyalty {uuid4().hex[:12]}"
    key = f"a/b c {name}"
    mce.ask("POST", "seed", {"mid": connected.alice.caller.mid, "name": name, "key": key, "fields": FIELDS, "rows": []})
    return name, key


def names(person: Api, search: str) -> list[str]:
    answer = person.get(f"/api/data-extensions?search={quote(search)}")
    assert answer.status == 200, answer.body
    return [found["name"] for found in answer.body["results"]]


def fields_path(key: str) -> str:
    return f"/api/data-extensions/{quote(key, safe='/')}/fields"


def test_names_are_found_by_any_part_of_them(alice: Api, bob: Api, of_alice: tuple[str, str]) -> None:
    name, key = of_alice
    answer = alice.get(f"/api/data-extensions?search={quote(name[3:].upper())}")
    assert answer.body == {"results": [{"name": name, "customerKey": key}], "truncated": False}
    assert names(bob, name) == [name]
    assert names(alice, "no such name") == []


def test_names_come_in_order_and_are_bounded(alice: Api, connected: Cast, mce: Sandbox) -> None:
    mark = uuid4().hex[:8]
    for number in range(101):
        name = f"Many {mark} {number:03}"
        mce.ask(
            "POST",
            "seed",
            {"mid": connected.alice.caller.mid, "name": name, "key": name, "fields": "Id Number", "rows": []},
        )
    answer = alice.get(f"/api/data-extensions?search={mark}")
    assert [found["name"] for found in answer.body["results"]] == [f"Many {mark} {number:03}" for number in range(100)]
    assert answer.body["truncated"] is True


def test_fields_are_told_in_order(alice: Api, bob: Api, of_alice: tuple[str, str]) -> None:
    name, key = of_alice
    told = alice.get(fields_path(key.upper())).body
    assert told == bob.get(fields_path(key)).body
    assert (told["name"], told["customerKey"]) == (name, key)
    rows = [tuple(field.values()) for field in told["fields"]]
    assert rows == [
        ("Id", "Number", None, None, True, True),
        ("Code", "Text", 9, None, True, False),
        ("Amount", "Decimal", 18, 2, False, False),
        ("Mail", "EmailAddress", 254, None, False, False),
    ]


def test_they_are_kept_for_minutes(alice: Api, bob: Api, mce: Sandbox, of_alice: tuple[str, str]) -> None:
    for person in (alice, bob):
        names(person, "Loyalty")
        person.get(fields_path(of_alice[1]))
        if person is alice:
            asked = len(mce.calls())
    assert len(mce.calls()) == asked


def test_those_of_another_tenant_are_not_there(alice: Api, mallory: Api, of_alice: tuple[str, str]) -> None:
    name, key = of_alice
    assert (names(alice, name), alice.get(fields_path(key)).status) == ([name], 200)
    assert names(mallory, name) == []
    answer, nowhere = mallory.get(fields_path(key)), mallory.get(fields_path("no-such-key"))
    assert answer.error == nowhere.error == (404, "no_data_extension")


def test_results_of_our_runs_are_left_out(alice: Api, connected: Cast) -> None:
    run = run_sql(connected.alice.caller, "SELECT StoreID FROM Stores")
    assert names(alice, run.data_extension_name) == []
    assert alice.get(fields_path(f"qpp_{run.id.hex}")).error == (404, "no_data_extension")


@pytest.mark.parametrize("search", ["%00", "a%0Ab", "a" * 101])
def test_a_search_that_cannot_be_part_of_a_name_is_refused(alice: Api, search: str) -> None:
    assert alice.get(f"/api/data-extensions?search={search}").error == (400, "bad_request")


@pytest.mark.parametrize("path", ["/api/data-extensions", "/api/data-extensions/key/fields"])
def test_nobody_in_particular_is_told_nothing(path: str) -> None:
    assert ask("GET", path).error == (401, "not_signed_in")
