"""Salesforce's own client for Python, which nobody here wrote, against the sandbox."""

import json
import subprocess
from pathlib import Path
from typing import Any

import pytest

from tests.mce_sandbox.client import unique
from tests.mce_sandbox.fuelsdk import environment

WALK = Path(environment.__file__).with_name("walk.py")


@pytest.fixture(scope="module")
def walked(address: str, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """What came of each step."""
    folder, word = tmp_path_factory.mktemp("fuelsdk"), unique("walk").replace(" ", "")
    command = [str(environment.python()), str(WALK), address, "7001001", str(folder), word]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, timeout=120, check=False)
    assert done.returncode == 0, done.stderr
    told: dict[str, Any] = json.loads(done.stdout)
    return told


def test_it_finds_the_root_folder_by_a_complex_filter(walked: dict[str, Any]) -> None:
    assert walked["folders"] == [200, True, "OK", ["dataextension_default"]]


def test_it_makes_a_data_extension_and_finds_it_with_its_fields(walked: dict[str, Any]) -> None:
    code, status, message, said, found = walked["made"]
    assert (code, status, message, said) == (200, True, "OK", "Data Extension created.")
    assert [description for _, description in found] == ["Grüße"]
    assert walked["columns"] == [[0, "Id", True], [1, "Word", False]]


def test_it_makes_changes_and_deletes_rows(walked: dict[str, Any]) -> None:
    said, first, second, third, again = walked["rows"]
    assert said == ["Created DataExtensionObject"] * 2 + ["Updated DataExtensionObject", "Deleted DataExtensionObject"]
    assert first == [["1", "Zoë"], ["2", "<&>"]]
    assert second == [["1", "Zoë"], ["2", "two"]]
    assert third == [["2", "two"]]
    # The primary key is there already.
    assert again == [False, "Error"]


def test_it_makes_a_query_performs_it_and_reads_its_rows(walked: dict[str, Any]) -> None:
    assert walked["query"] == [
        200, True, "OK", 200, "QueryDefinition perform called successfully", "Complete", [["7", "from a query"]],
    ]  # fmt: skip


def test_it_continues_where_a_batch_ends(walked: dict[str, Any]) -> None:
    assert walked["batches"] == ["MoreDataAvailable", 2500, "OK", 500]


def test_it_describes_a_type_to_ask_for_all_of_it(walked: dict[str, Any]) -> None:
    assert walked["described"] == ["OK", "Query", "queryactivity"]


def test_it_adds_a_subscriber_and_updates_one_that_exists(walked: dict[str, Any]) -> None:
    said, again, [[email, status]] = walked["subscriber"]
    assert (said, again, status) == ("Created Subscriber.", "Updated Subscriber.", "Active")
    assert email.endswith("@northwind.example")
