"""Write into a data extension, with the checks before the run."""

from uuid import uuid4

import pytest
from playwright.sync_api import Route, expect

from tests.browser.console import Console
from tests.journeys.conftest import System

pytestmark = pytest.mark.journey

MID = 7001001


@pytest.fixture
def audience(system: System) -> str:
    """The key of a data extension of the customer's."""
    key = f"Aud-{uuid4().hex[:8]}"
    fields = "StoreID Number key, City Text(100)"
    made = {"mid": MID, "name": f"Audience {key}", "key": key, "fields": fields, "rows": [[900, "Elsewhere"]]}
    system.sandbox.ask("POST", "seed", made)
    return key


def choose(console: Console, key: str, kind: str) -> None:
    console.press("Write into…")
    dialog = console.page.get_by_role("dialog")
    dialog.get_by_label("Customer key of the data extension").fill(key)
    dialog.get_by_role("radio", name=kind).check()
    dialog.get_by_role("button", name="Write into it").click()


def test_a_query_that_fits_is_written_after_a_yes(console: Console, audience: str) -> None:
    choose(console, audience, "Overwrite")
    console.run("SELECT StoreID, City FROM Stores")
    dialog = console.page.get_by_role("dialog", name=f"Write into {audience}?")
    expect(dialog).to_contain_text("All rows that are in it now will be replaced.")
    dialog.get_by_role("button", name="Overwrite now").click()
    expect(console.grid).to_be_visible()
    assert "Elsewhere" not in console.grid.inner_text()


def test_a_query_that_does_not_fit_is_not_run(system: System, console: Console, audience: str) -> None:
    choose(console, audience, "Append")
    console.run("SELECT City, Country AS Land FROM Stores")
    dialog = console.page.get_by_role("dialog", name="This cannot be written")
    expect(dialog).to_contain_text("has no field Land")
    expect(dialog).to_contain_text("StoreID is part of the primary key")
    dialog.get_by_role("button", name="Back to the query").click()
    expect(dialog).to_have_count(0)
    assert system.sandbox.calls("Perform") == []


def test_a_target_is_let_go(console: Console, audience: str) -> None:
    choose(console, audience, "Append")
    console.press("Write into no data extension")
    console.run("SELECT TOP 1 City FROM Stores")
    console.says("1 to 1 of 1 row")


def test_a_yes_is_asked_for_the_tab_that_was_run_and_given_to_it(
    system: System, console: Console, audience: str
) -> None:
    page = console.page
    choose(console, audience, "Append")
    console.press("New query")
    choose(console, "Stores", "Overwrite")
    page.get_by_role("tab", name="Query 1").click()
    console.write("SELECT StoreID, City FROM Stores")
    held: list[Route] = []
    page.route("**/api/queries/validate", lambda route: held.append(route) if is_deep(route) else route.continue_())
    with page.expect_request(lambda request: '"deep":true' in (request.post_data or "")):
        console.press("Run")
    page.get_by_role("tab", name="Query 2").click()
    held[0].continue_()
    dialog = page.get_by_role("dialog")
    expect(dialog).to_have_accessible_name(f"Write into {audience}?")
    dialog.get_by_role("button", name="Append now").click()
    expect(page.get_by_role("tab", name="Query 1")).to_have_attribute("aria-selected", "true")
    console.says(f"These are all rows of {audience} as it is now")


def test_the_findings_follow_the_target(console: Console, audience: str) -> None:
    with console.page.expect_response("**/api/queries/validate"):
        console.write("SELECT City FROM Stores")
    console.open_pane("Findings")
    console.says("Nothing found.")
    choose(console, audience, "Append")
    console.says("StoreID is part of the primary key")
    console.press("Write into no data extension")
    console.says("Nothing found.")


def test_run_pressed_twice_asks_once(console: Console, audience: str) -> None:
    page, held = console.page, list[Route]()
    choose(console, audience, "Append")
    console.write("SELECT StoreID, City FROM Stores")
    page.route("**/api/queries/validate", lambda route: held.append(route) if is_deep(route) else route.continue_())
    with page.expect_request(lambda request: '"deep":true' in (request.post_data or "")):
        page.keyboard.press("ControlOrMeta+Enter")
    expect(page.get_by_role("button", name="Checking…")).to_be_disabled()
    page.keyboard.press("ControlOrMeta+Enter")
    held[0].continue_()
    page.get_by_role("dialog").get_by_role("button", name="Leave it").click()
    expect(page.get_by_role("button", name="Run", exact=True)).to_be_enabled()
    assert len(held) == 1


def is_deep(route: Route) -> bool:
    return '"deep":true' in (route.request.post_data or "")


def test_what_is_found_about_a_selection_is_mended_in_its_place(console: Console, audience: str) -> None:
    page = console.page
    choose(console, audience, "Append")
    console.write("SELECT 1\nSELECT StoreID, City FROM Stores WHERE City != 'x'")
    page.keyboard.press("Shift+Home")
    page.keyboard.press("ControlOrMeta+Enter")
    dialog = page.get_by_role("dialog")
    expect(dialog.get_by_role("button", name="line 2, column 45")).to_be_visible()
    dialog.get_by_role("button", name="Write <>").click()
    expect(dialog).to_have_count(0)
    assert console.text() == "SELECT 1\nSELECT StoreID, City FROM Stores WHERE City <> 'x'"


def test_blanks_are_no_key(console: Console) -> None:
    console.press("Write into…")
    dialog = console.page.get_by_role("dialog")
    key = dialog.get_by_label("Customer key of the data extension")
    key.fill("   ")
    dialog.get_by_role("button", name="Write into it").click()
    expect(dialog).to_be_visible()
    assert key.evaluate("field => field.validity.valid") is False
