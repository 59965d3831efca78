"""Results as CSV, streamed, and letting go of them."""

import asyncio
import csv
import io
from collections.abc import AsyncIterator
from typing import Any
from uuid import uuid4

import pytest
from django.test import AsyncClient
from pytest_django import Settings

from mce_bridge.errors import MceError
from shell_query.download import chunks
from shell_query.services import Export
from shell_query.services.export import Rows
from tenants.context import tenant_scope
from tenants.models import Action, AuditEntry
from tests.cast import Cast, Person
from tests.sandbox import Sandbox
from tests.shell_query.api.conftest import Api
from tests.shell_query.audience import make_audience
from tests.shell_query.driver import run_sql, submit

SQL = "SELECT TOP 1200 CustomerID, Email, IsActive, BirthDate FROM Customers ORDER BY CustomerID DESC"


def download(person: Person, path: str) -> tuple[str, dict[str, str]]:
    """The text and the headers."""

    credentials = person.headers

    async def collect() -> tuple[bytes, dict[str, str]]:
        response: Any = await AsyncClient().get(path, headers=credentials)
        assert response.status_code == 200
        parts = [part async for part in response.streaming_content]
        return b"".join(parts), dict(response.headers)

    body, headers = asyncio.run(collect())
    return body.decode(), headers


def audited(person: Person, action: Action) -> list[tuple[str, str, dict[str, Any]]]:
    with tenant_scope(person.caller.tenant_id):
        return list(AuditEntry.objects.filter(action=action).values_list("via", "subject", "details"))


def rows_of(text: str) -> list[list[str]]:
    return list(csv.reader(io.StringIO(text, newline="")))


def test_all_rows_come_in_the_order_of_the_pages(connected: Cast, alice: Api) -> None:
    run = run_sql(connected.alice.caller, SQL)
    text, headers = download(connected.alice, f"/api/runs/{run.id}/results.csv?exact=true")
    assert headers["Content-Type"] == "text/csv; charset=utf-8"
    assert headers["Content-Disposition"] == f'attachment; filename="run-{run.id}.csv"'
    assert headers["Cache-Control"] == "no-store"
    assert audited(connected.alice, Action.RESULTS_DOWNLOADED) == [("key", str(run.id), {"rows": 1200})]
    names, *rows = rows_of(text)
    paged = [row for page in (1, 2, 24) for row in alice.get(f"/api/runs/{run.id}/results?page={page}").body["rows"]]
    assert names == ["CustomerID", "Email", "IsActive", "BirthDate"]
    assert len(rows) == len({row[0] for row in rows}) == 1200
    assert [row[:2] for row in rows[:100] + rows[-50:]] == [[str(row[0]), row[1]] for row in paged]
    assert {row[2] for row in rows} == {"true", "false"}


def test_rows_past_the_last_page_are_left_out(connected: Cast, settings: Settings) -> None:
    settings.RESULT_PAGE_LIMIT = 13
    run = run_sql(connected.alice.caller, SQL)
    text, _ = download(connected.alice, f"/api/runs/{run.id}/results.csv")
    assert len(rows_of(text)) == 1 + 13 * 50


def test_an_empty_answer_has_the_names_alone(connected: Cast) -> None:
    run = run_sql(connected.alice.caller, "SELECT StoreID, City FROM Stores WHERE City = 'Nowhere'")
    text, _ = download(connected.alice, f"/api/runs/{run.id}/results.csv")
    assert text == "\ufeffStoreID,City\r\n"


def test_a_text_that_a_spreadsheet_would_calculate_is_disarmed(connected: Cast) -> None:
    run = run_sql(connected.alice.caller, "SELECT TOP 1 '=1+1' AS Sum, '+49 30' AS Phone, -5 AS Less FROM Stores")
    path = f"/api/runs/{run.id}/results.csv"
    assert rows_of(download(connected.alice, path)[0])[1] == ["'=1+1", "'+49 30", "-5"]
    assert rows_of(download(connected.alice, f"{path}?exact=true")[0])[1] == ["=1+1", "+49 30", "-5"]


def test_trouble_in_the_middle_is_waited_out(connected: Cast, mce: Sandbox) -> None:
    run = run_sql(connected.alice.caller, SQL)
    text, _ = download_with_trouble(connected.alice, f"/api/runs/{run.id}/results.csv", mce, count=1)
    assert len(rows_of(text)) == 1201


def test_trouble_that_stays_breaks_off_what_would_look_whole(connected: Cast, mce: Sandbox) -> None:
    run = run_sql(connected.alice.caller, SQL)
    with pytest.raises(MceError):
        download_with_trouble(connected.alice, f"/api/runs/{run.id}/results.csv", mce, count=99)


def download_with_trouble(person: Person, path: str, mce: Sandbox, *, count: int) -> tuple[str, int]:
    """Marketing Cloud fails after the first page."""

    credentials = person.headers

    async def collect() -> tuple[bytes, int]:
        response: Any = await AsyncClient().get(path, headers=credentials)
        mce.fault("Rowset", "http", status=503, count=count)
        parts = [part async for part in response.streaming_content]
        return b"".join(parts), response.status_code

    body, status = asyncio.run(collect())
    return body.decode(), status


def test_half_a_surrogate_pair_breaks_nothing_off() -> None:
    async def rows() -> AsyncIterator[Rows]:
        yield [["a\ud800"], ["b"]]

    async def collect() -> bytes:
        export = Export(columns=[{"name": "Name"}], rows=rows())
        return b"".join([part async for part in chunks(export, exact=True)])

    assert asyncio.run(collect()) == b"Name\r\na?\r\nb\r\n"


def test_what_is_neither_true_nor_false_is_refused(alice: Api, connected: Cast) -> None:
    run = run_sql(connected.alice.caller, "SELECT City FROM Stores")
    answer = alice.get(f"/api/runs/{run.id}/results.csv?exact=maybe")
    assert (answer.error, answer.body["detail"]) == ((400, "bad_request"), "exact is true or false.")


def test_a_run_that_has_not_ended_and_one_that_failed_have_no_file(alice: Api, connected: Cast) -> None:
    queued = submit(connected.alice.caller, SQL)
    assert alice.get(f"/api/runs/{queued}/results.csv", Accept="text/csv").error == (409, "run_not_ready")
    failed = run_sql(connected.alice.caller, "SELECT Nope FROM Stores")
    assert alice.get(f"/api/runs/{failed.id}/results.csv").error == (404, "no_results")
    assert audited(connected.alice, Action.RESULTS_DOWNLOADED) == []


@pytest.mark.parametrize(("method", "tail"), [("GET", "/results.csv"), ("DELETE", "/results")])
def test_a_colleague_and_a_stranger_find_nothing(
    alice: Api, bob: Api, mallory: Api, connected: Cast, method: str, tail: str
) -> None:
    run = run_sql(connected.alice.caller, "SELECT City FROM Stores")
    for other in (bob, mallory):
        answer = other.ask(method, f"/api/runs/{run.id}{tail}", None, {})
        nowhere = other.ask(method, f"/api/runs/{uuid4()}{tail}", None, {})
        assert answer.error == nowhere.error == (404, "run_not_found")
    assert alice.get(f"/api/runs/{run.id}/results").status == 200


def test_results_that_were_let_go_are_gone_in_marketing_cloud_too(alice: Api, connected: Cast, mce: Sandbox) -> None:
    run = run_sql(connected.alice.caller, "SELECT City FROM Stores")
    first, again = (alice.ask("DELETE", f"/api/runs/{run.id}/results", None, {}) for _ in range(2))
    assert (first.status, again.status) == (204, 204)
    assert len(mce.calls("Delete", "DataExtension")) == 1
    assert audited(connected.alice, Action.RESULTS_DISCARDED) == [("key", str(run.id), {})]
    assert alice.get(f"/api/runs/{run.id}/results").error == (410, "results_gone")
    assert alice.get(f"/api/runs/{run.id}/results.csv").error == (410, "results_gone")
    assert alice.get(f"/api/runs/{run.id}").body["status"] == "ready"


def test_letting_go_is_written_down_although_marketing_cloud_gave_no_answer(
    alice: Api, connected: Cast, mce: Sandbox
) -> None:
    run = run_sql(connected.alice.caller, "SELECT City FROM Stores")
    mce.fault("Delete", "http", status=503, count=99)
    assert alice.ask("DELETE", f"/api/runs/{run.id}/results", None, {}).status == 503
    assert audited(connected.alice, Action.RESULTS_DISCARDED) == [("key", str(run.id), {})]


def test_results_of_a_run_that_has_not_ended_cannot_be_let_go(alice: Api, connected: Cast) -> None:
    queued = submit(connected.alice.caller, SQL)
    assert alice.ask("DELETE", f"/api/runs/{queued}/results", None, {}).error == (409, "run_not_ready")


def test_a_data_extension_of_the_customers_is_never_deleted(alice: Api, connected: Cast, mce: Sandbox) -> None:
    audience = make_audience(mce, connected.alice.caller)
    run = run_sql(connected.alice.caller, "SELECT StoreID, City FROM Stores", target=audience.target("Overwrite"))
    assert run.status == "ready"
    assert alice.ask("DELETE", f"/api/runs/{run.id}/results", None, {}).error == (409, "results_are_yours")
    assert mce.calls("Delete", "DataExtension") == []
