"""Run a query, watch it, read its rows."""

import os
import re
import signal

import pytest
from playwright.sync_api import Route, expect

from tests.browser.console import Console
from tests.journeys.conftest import System

pytestmark = pytest.mark.journey

# Asked for once it has ended.
THE_RUN = re.compile("/api/runs/[^/]+$")
SQL = "SELECT TOP 120 CustomerID, Email, BirthDate, CreditLimit FROM Customers ORDER BY CustomerID"


def test_a_query_is_run_with_the_keyboard_watched_and_paged(system: System, console: Console) -> None:
    system.sandbox.hold()
    console.run(SQL)
    expect(console.stage).to_have_text("Run")
    expect(console.status).to_have_text("Running")
    system.sandbox.release()
    expect(console.cell(1, 1)).to_have_text("1")
    console.says("1 to 50 of 120 rows")
    expect(console.grid.get_by_role("columnheader", name="CustomerID")).to_contain_text("Number")
    console.press("Next page")
    expect(console.cell(1, 1)).to_have_text("51")
    console.press("Last page")
    console.says("Page 3 of 3")
    expect(console.cell(20, 1)).to_have_text("120")
    expect(console.page.get_by_role("button", name="Next page")).to_be_disabled()


def test_what_is_selected_runs_alone(console: Console) -> None:
    console.write("SELECT TOP 3 City FROM Stores\nthis is no SQL")
    console.page.keyboard.press("ControlOrMeta+Home")
    console.page.keyboard.press("Shift+End")
    console.page.keyboard.press("ControlOrMeta+Enter")
    console.says("1 to 3 of 3 rows")


def test_a_run_is_stopped(system: System, console: Console) -> None:
    system.sandbox.hold()
    console.run(SQL)
    expect(console.stage).to_have_text("Run")
    console.page.get_by_role("toolbar").get_by_role("button", name="Stop").click()
    console.says("This run was canceled. It has no rows.")
    expect(console.page.get_by_role("button", name="Run", exact=True)).to_be_enabled()


def test_a_run_that_fails_says_why_and_where(console: Console) -> None:
    console.run("SELECT City\nFROM Stores\nWHERE Nope = 1")
    expect(console.status).to_have_text("Failed")
    console.says("Invalid column name 'Nope'")
    console.press("Show in the SQL")
    assert console.page.evaluate("getSelection().toString()") == "Nope"


def test_sql_that_cannot_be_read_is_refused_with_its_place(console: Console) -> None:
    console.run("SELECT City FROM Stores ORDER BY City")
    expect(console.status).to_have_text("Failed")
    console.press("Show in the SQL")
    assert console.page.evaluate("getSelection().toString()") == "ORDER"


def test_a_reload_in_the_middle_loses_nothing(system: System, console: Console) -> None:
    system.sandbox.hold()
    console.run(SQL)
    expect(console.stage).to_have_text("Run")
    console.page.reload()
    expect(console.stage).to_have_text("Run")
    assert console.text() == SQL
    system.sandbox.release()
    expect(console.cell(50, 1)).to_have_text("50")


def test_the_server_may_go_away_in_the_middle(system: System, console: Console) -> None:
    system.sandbox.hold()
    console.run(SQL)
    expect(console.stage).to_have_text("Run")
    os.kill(system.pid("api"), signal.SIGKILL)
    console.says("The line to the server is down.")
    system.sandbox.release()
    expect(console.cell(1, 1)).to_have_text("1")


def test_the_rows_that_cannot_be_paged_are_spoken_of(console: Console) -> None:
    console.run("SELECT CustomerID FROM Customers")
    console.says("Only the first 2,500 rows of 10,000 can be paged and downloaded.")
    console.says("Page 1 of 50")


def test_two_tabs_run_side_by_side(system: System, console: Console) -> None:
    system.sandbox.hold()
    console.run("SELECT TOP 1 City FROM Stores")
    expect(console.stage).to_have_text("Run")
    console.press("New query")
    console.run("SELECT TOP 2 City FROM Stores")
    expect(console.stage).to_have_text("Run")
    system.sandbox.release()
    console.says("1 to 2 of 2 rows")
    console.page.get_by_role("tab", name="Query 1").click()
    console.says("1 to 1 of 1 row")


def test_the_history_opens_old_runs_and_says_that_their_sql_is_gone(console: Console) -> None:
    page = console.page
    console.run("SELECT TOP 4 City FROM Stores")
    console.says("1 to 4 of 4 rows")
    console.press("Close Query 1")
    console.open_pane("History")
    console.says("by design it is not kept once a run has ended")
    newest = page.get_by_role("row").nth(1)
    expect(newest).to_contain_text("Ready")
    newest.get_by_role("button", name="Open Query 1").click()
    console.says("1 to 4 of 4 rows")
    expect(console.editor.get_by_text("SELECT …")).to_be_visible()  # nothing but the placeholder


def test_a_run_without_a_tab_is_canceled_from_the_history(system: System, console: Console) -> None:
    page = console.page
    system.sandbox.hold()
    console.run(SQL)
    expect(console.stage).to_have_text("Run")
    console.press("Close Query 1")
    console.open_pane("History")
    newest = page.get_by_role("row").nth(1)
    expect(newest).to_contain_text("Running")
    newest.get_by_role("button", name="Cancel Query 1").click()
    console.says("Canceled.")
    expect(newest).to_contain_text("Canceled")
    expect(newest.get_by_role("button", name="Cancel Query 1")).to_have_count(0)
    newest.get_by_role("button", name="Open Query 1").click()
    console.says("This run was canceled. It has no rows.")


def test_an_old_run_is_opened_in_the_tab_that_ran_it(console: Console) -> None:
    console.run("SELECT TOP 2 City FROM Stores")
    console.says("1 to 2 of 2 rows")
    console.press("New query")
    console.open_pane("History")
    console.page.get_by_role("row").nth(1).get_by_role("button", name="Open Query 1").click()
    console.says("1 to 2 of 2 rows")
    expect(console.editor).to_have_text("SELECT TOP 2 City FROM Stores")


def test_an_answer_that_was_lost_at_the_end_is_asked_for_again(console: Console) -> None:
    console.page.route(THE_RUN, lambda route: route.abort(), times=1)
    console.run("SELECT TOP 3 City FROM Stores")
    console.says("1 to 3 of 3 rows")


def test_rows_that_could_not_be_read_are_read_again(console: Console) -> None:
    page = console.page
    page.route("**/results?page=1", lambda route: route.abort(), times=1)
    console.run("SELECT TOP 3 City FROM Stores")
    console.says("The server cannot be reached. Check your connection.")
    console.press("Try again")
    console.says("1 to 3 of 3 rows")


def test_what_comes_late_of_an_old_run_is_not_told_of_the_new_one(system: System, console: Console) -> None:
    page, held = console.page, list[Route]()
    page.route("**/results?page=1", lambda route: held.append(route), times=1)
    with page.expect_request("**/results?page=1"):
        console.run("SELECT TOP 3 City FROM Stores")
    system.sandbox.hold()
    console.run("SELECT TOP 4 City FROM Stores")
    expect(console.stage).to_have_text("Run")
    with page.expect_event("requestfailed"):
        held[0].abort()
    system.sandbox.release()
    console.says("1 to 4 of 4 rows")


def test_older_runs_are_listed_once_however_often_they_are_asked_for(console: Console) -> None:
    page = console.page
    few = re.compile("pageSize=50")
    page.route(re.compile("/api/runs[?]"), lambda route: route.continue_(url=few.sub("pageSize=1", route.request.url)))
    for number in (1, 2, 3):
        console.run(f"SELECT TOP {number} City FROM Stores")
        console.says(f"1 to {number} of {number} row")
    console.open_pane("History")
    rows = page.get_by_role("row")
    expect(rows).to_have_count(2)
    page.get_by_role("button", name="Older runs").dblclick()
    expect(rows).to_have_count(3)
    page.wait_for_load_state("networkidle")
    expect(rows).to_have_count(3)


def test_the_history_shows_what_was_chosen_last_however_late_the_rest_comes(console: Console) -> None:
    page, held = console.page, list[Route]()
    console.run("SELECT TOP 1 City FROM Stores")
    console.says("1 to 1 of 1 row")
    console.open_pane("History")
    page.route("**/api/runs?*status=ready", lambda route: held.append(route), times=1)
    chosen = page.get_by_label("Status")
    with page.expect_request("**/api/runs?*status=ready"):
        chosen.select_option("Ready")
    chosen.select_option("Queued")
    console.says("No runs yet.")
    with page.expect_response("**/api/runs?*status=ready"):
        held[0].continue_()
    page.wait_for_load_state("networkidle")
    console.says("No runs yet.")
