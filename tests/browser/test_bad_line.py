"""A line that is slow, cut, or has a proxy in it that answers for us; and a session that ends."""

import re
from typing import Any

import pytest
from playwright.sync_api import APIResponse, Route, expect

from tests.browser.console import Console, enter
from tests.journeys.conftest import System

pytestmark = pytest.mark.journey

RUNS = re.compile("/api/runs$")
EVENTS = re.compile("/api/runs/[^/]+/events")
SQL = "SELECT TOP 3 City FROM Stores"
A_PROXYS_PAGE = {"content_type": "text/html", "body": "<html><body><h1>Bad gateway</h1></body></html>"}
# Of answers that the server gave and nobody got: what came in their place.
LOST: list[dict[str, Any]] = [
    {"body": '{"runId": "'},
    {"status": 409, "body": '{"code": "idempotency_in_flight", "detail": "It is being answered.", "retryable": true}'},
    *({"status": status, **A_PROXYS_PAGE} for status in (502, 503, 504)),
]


def newest_runs(console: Console) -> list[str]:
    answer: APIResponse = console.page.request.get("/api/runs?pageSize=100")
    return [run["runId"] for run in answer.json()["results"]]


@pytest.mark.parametrize("instead", LOST)
def test_a_run_whose_answer_was_lost_is_asked_for_again_and_made_once(
    console: Console, instead: dict[str, Any]
) -> None:
    def lose(route: Route) -> None:
        route.fulfill(response=route.fetch(), **instead)

    before = newest_runs(console)
    console.page.route(RUNS, lose, times=1)
    console.run(SQL)
    console.says("1 to 3 of 3 rows")
    assert newest_runs(console)[1:] == before[:99]


def test_a_page_of_somebody_else_in_place_of_an_answer_is_no_answer(console: Console) -> None:
    page = console.page
    page.route("**/api/me", lambda route: route.fulfill(**A_PROXYS_PAGE), times=1)
    page.reload()
    console.says("The server cannot be reached just now.")
    console.press("Try again")
    expect(console.editor).to_be_visible()


def test_rows_that_broke_off_are_read_again(console: Console) -> None:
    console.page.route("**/results?page=1", lambda route: route.fulfill(status=200, body='{"rows": [['), times=1)
    console.run(SQL)
    console.says("The answer broke off on its way.")
    console.press("Try again")
    console.says("1 to 3 of 3 rows")


@pytest.mark.parametrize("body", ["[]", "null", '{"message": "no healthy upstream"}'])
def test_an_error_of_a_proxy_that_speaks_json_is_said_in_our_words(console: Console, body: str) -> None:
    console.page.route("**/results?page=1", lambda route: route.fulfill(status=500, body=body), times=1)
    console.run(SQL)
    console.says("The server could not answer. Try again in a moment.")


def test_a_reload_while_a_run_is_submitted_shows_no_rows_of_an_older_one(console: Console) -> None:
    page = console.page
    console.run(SQL)
    console.says("1 to 3 of 3 rows")
    page.route(RUNS, lambda route: None, times=1)
    with page.expect_request(RUNS):
        console.run("SELECT TOP 4 City FROM Stores")
    page.reload()
    expect(console.editor).to_have_text("SELECT TOP 4 City FROM Stores")
    console.says("Its rows appear here.")


def test_what_could_not_be_checked_is_checked_once_the_line_is_back(console: Console) -> None:
    page = console.page
    page.context.set_offline(True)
    console.write("SELECT City FROM Stores WHERE City != 'x'")
    console.open_pane("Findings")
    console.says("The SQL could not be checked")
    page.context.set_offline(False)
    expect(page.get_by_role("button", name="Write <>", exact=True)).to_be_visible()


def test_data_extensions_that_could_not_be_had_are_asked_for_again(console: Console) -> None:
    page = console.page
    page.clock.install()
    page.route("**/api/data-extensions?*", lambda route: route.abort())
    page.reload()
    tree = page.get_by_role("complementary", name="Data extensions and data views")
    expect(tree).to_contain_text("The server cannot be reached. Check your connection.")
    page.unroute("**/api/data-extensions?*")
    page.clock.fast_forward("00:11")
    expect(tree.get_by_role("button", name="Stores", exact=True)).to_be_visible()
    expect(tree).not_to_contain_text("The server cannot be reached.")


def test_a_tab_that_is_closed_while_its_run_is_submitted_opens_no_stream(system: System, console: Console) -> None:
    page, held, opened = console.page, list[Route](), list[str]()
    system.sandbox.hold()
    page.on("request", lambda request: opened.append(request.url) if EVENTS.search(request.url) else None)
    page.route(RUNS, lambda route: held.append(route), times=1)
    with page.expect_request(RUNS):
        console.run(SQL)
    console.press("Close Query 1")
    with page.expect_response(RUNS) as answered:
        held[0].continue_()
    answered.value.finished()
    page.evaluate("new Promise(done => setTimeout(done))")
    assert opened == []


def test_a_run_beyond_the_limit_of_streams_is_told_of_all_the_same(system: System, console: Console) -> None:
    system.sandbox.hold()
    for number in range(1, 7):
        if number > 1:
            console.press("New query")
        console.run(f"SELECT TOP {number} City FROM Stores")
        expect(console.stage).to_have_text("Run")
    console.says("More than 5 runs at once cannot be watched as they go. This one is asked every 5 seconds.")
    system.sandbox.release()
    console.says("1 to 6 of 6 rows")


def test_a_stream_that_says_nothing_is_not_waited_for(console: Console) -> None:
    page = console.page
    page.clock.install()
    page.route(EVENTS, lambda route: None)
    with page.expect_request(EVENTS):
        console.run(SQL)
    page.clock.fast_forward("00:31")
    console.says("1 to 3 of 3 rows")


def test_a_session_that_ended_is_said_and_what_was_typed_is_there_again(console: Console) -> None:
    page = console.page
    with page.expect_response("**/api/queries/validate"):
        console.write("SELECT 1 AS One")
    page.context.clear_cookies(name="sessionid")
    page.keyboard.insert_text(", 2 AS Two")
    console.says("Your session has ended. Sign in again: what is in your tabs is kept in this browser.")
    enter(page.main_frame)
    expect(console.editor).to_have_text("SELECT 1 AS One, 2 AS Two")


def test_whoever_never_signed_in_is_not_told_of_a_session(console: Console) -> None:
    page = console.page
    page.context.clear_cookies()
    page.reload()
    expect(page.get_by_label("Subdomain of your Marketing Cloud")).to_be_visible()
    expect(page.get_by_text("Your session has ended.")).to_have_count(0)


def test_a_sign_in_that_was_refused_is_said_to_who_is_signed_in_still(console: Console) -> None:
    console.page.goto("/?signInError=sign_in_refused")
    expect(console.editor).to_be_visible()
    console.says("Marketing Cloud, or you there, said no.")


def test_a_business_unit_that_could_not_be_chosen_is_not_shown_as_chosen(console: Console) -> None:
    page = console.page
    units = page.get_by_label("Business unit")
    page.route("**/api/business-units/switch", lambda route: route.fulfill(status=503, **A_PROXYS_PAGE))
    units.select_option("Northwind Americas")
    console.says("The server could not answer. Try again in a moment.")
    expect(units.locator("option:checked")).to_have_text("Northwind Europe")
