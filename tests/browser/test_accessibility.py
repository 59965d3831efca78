"""axe-core finds nothing serious, in both lights and on a phone."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.browser.console import Console
from tests.journeys.conftest import ROOT, System

pytestmark = pytest.mark.journey

AXE = ROOT / "console/web/node_modules/axe-core/axe.min.js"
RULES = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]}
# Of the account, and what opens a form there.
SECTIONS = {
    "API keys": "Make a key",
    "Members": "Change Bob Northwind",
    "Business units": "Add a business unit",
    "Connections": "Credentials of Northwind Europe, its own",
    "Audit": "",
}
# Where the page changes under axe's hands it stumbles, and looks again.
LOOK = """async rules => {
    for (let left = 5; ; left--) {
        let changed = false
        const observer = new MutationObserver(() => { changed = true })
        observer.observe(document, {subtree: true, childList: true})
        try {
            return await axe.run(document, rules)
        } catch (error) {
            if (!changed || left === 0) throw error
        } finally {
            observer.disconnect()
        }
    }
}"""
PHONE = {"width": 390, "height": 780}


@pytest.fixture(scope="module")
def axe() -> str:
    if not AXE.exists():
        pytest.skip("axe-core is not here: `make web` gets it, where node and npm are.")
    return Path(AXE).read_text(encoding="utf-8")


@pytest.fixture
def complaints(page: Page, axe: str) -> Callable[[], list[str]]:
    """What is serious of what axe finds on the page as it stands."""

    def ask() -> list[str]:
        page.evaluate(axe)
        found: dict[str, Any] = page.evaluate(LOOK, RULES)
        return [
            f"{each['id']}: {node['target']} {node['failureSummary']}"
            for each in found["violations"]
            if each["impact"] in {"serious", "critical"}
            for node in each["nodes"]
        ]

    return ask


@pytest.mark.parametrize("light", ["light", "dark"])
def test_the_console_at_work(console: Console, complaints: Callable[[], list[str]], light: Any) -> None:
    page = console.page
    page.emulate_media(color_scheme=light)
    assert complaints() == []
    console.run("SELECT TOP 60 CustomerID, City, BirthDate, '' AS Note FROM Customers WHERE City != 'Rome'")
    expect(console.grid).to_be_visible()
    page.get_by_role("button", name="Fields of Customers").click()
    expect(page.get_by_role("button", name="CustomerID PK Number")).to_be_visible()
    assert complaints() == []
    for pane in ("Findings", "History"):
        console.open_pane(pane)
        expect(page.get_by_role("tabpanel", name=pane)).not_to_be_empty()
        assert complaints() == []
    console.press("Write into…")
    assert complaints() == []


def test_a_failure_and_the_list_of_keys(console: Console, complaints: Callable[[], list[str]]) -> None:
    console.run("SELECT City FROM Stores ORDER BY City")
    expect(console.status).to_have_text("Failed")
    assert complaints() == []
    console.press("Keys")
    assert complaints() == []


def test_the_account(console: Console, complaints: Callable[[], list[str]]) -> None:
    for section, opens in SECTIONS.items():
        console.open_account(section)
        console.page.emulate_media(color_scheme="dark")
        assert complaints() == []
        if opens:
            console.page.emulate_media(color_scheme="light")
            console.press(opens)
            assert complaints() == []
            console.press("Leave it")


def test_the_account_on_a_phone(console: Console, complaints: Callable[[], list[str]]) -> None:
    page = console.page
    page.set_viewport_size(PHONE)  # type: ignore[arg-type]
    for section in ("Members", "Audit"):
        console.open_account(section)
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
        assert complaints() == []


def test_the_keyboard_alone_gets_to_a_key_and_back(console: Console) -> None:
    page = console.page
    page.get_by_role("link", name="Account").press("Enter")
    expect(page.get_by_role("heading", name="Northwind Outfitters")).to_be_focused()
    for _ in range(20):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.textContent") == "Make a key":
            break
    page.keyboard.press("Enter")
    expect(page.get_by_label("Name, to know it by")).to_be_focused()
    page.keyboard.type("By keyboard")
    page.keyboard.press("Enter")
    expect(page.get_by_label("The key", exact=True)).to_be_focused()
    page.keyboard.press("Escape")
    expect(page.get_by_role("listitem").filter(has_text="By keyboard")).to_be_visible()
    expect(page.get_by_role("button", name="Make a key")).to_be_focused()


def test_the_door(page: Page, complaints: Callable[[], list[str]]) -> None:
    page.goto("/?signInError=sign_in_refused")
    expect(page.get_by_role("alert")).to_contain_text("said no")
    assert complaints() == []


def test_a_phone(console: Console, complaints: Callable[[], list[str]]) -> None:
    page = console.page
    page.set_viewport_size(PHONE)  # type: ignore[arg-type]
    console.run("SELECT TOP 60 CustomerID, Email, City FROM Customers ORDER BY CustomerID")
    expect(console.cell(1, 1)).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    assert complaints() == []
    page.get_by_role("button", name="Data extensions").click()
    page.get_by_role("button", name="Customers", exact=True).click()
    assert complaints() == []


def test_the_keyboard_alone_gets_from_the_query_to_its_rows(console: Console) -> None:
    page = console.page
    console.run("SELECT TOP 3 StoreID, City FROM Stores ORDER BY StoreID")
    expect(console.grid).to_be_visible()
    page.keyboard.press("Escape")  # then Tab leaves the editor
    for _ in range(40):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.closest('tbody') !== null"):
            break
    page.keyboard.press("ArrowDown")
    page.keyboard.press("End")
    expect(console.cell(2, 2)).to_be_focused()


def test_the_keyboard_stays_at_the_pager_from_page_to_page(console: Console) -> None:
    page = console.page
    console.run("SELECT TOP 120 CustomerID FROM Customers ORDER BY CustomerID")
    console.says("Page 1 of 3")
    page.get_by_role("button", name="Next page").focus()
    page.keyboard.press("Enter")
    console.says("Page 2 of 3")
    page.keyboard.press("Enter")
    console.says("Page 3 of 3")
    expect(page.get_by_role("button", name="Next page")).to_be_focused()


def test_lists_in_which_nothing_is_found(console: Console, complaints: Callable[[], list[str]]) -> None:
    console.page.get_by_role("searchbox").fill("no such thing")
    expect(console.page.get_by_text("None found.")).to_have_count(2)
    assert complaints() == []


def test_a_click_on_what_the_menu_says_leaves_it_open(console: Console) -> None:
    page = console.page
    page.locator("summary").filter(has_text="Alice Northwind").click()
    page.get_by_text("alice@northwind.example").click()
    expect(page.get_by_role("button", name="Sign out")).to_be_visible()


def test_many_tabs_do_not_make_the_page_wider_than_its_window(console: Console) -> None:
    page = console.page
    for _ in range(15):
        console.press("New query")
    console.run("SELECT TOP 1 City FROM Stores")
    expect(console.grid).to_be_visible()
    for width in (1280, 390):
        page.set_viewport_size({"width": width, "height": 800})
        assert page.evaluate("document.documentElement.scrollWidth") == width


def test_enlarged_four_times_everything_is_reached_by_scrolling_down(console: Console) -> None:
    page = console.page
    console.run("SELECT TOP 60 City FROM Stores")
    expect(console.grid).to_be_visible()
    page.set_viewport_size({"width": 320, "height": 256})
    assert page.evaluate("document.documentElement.scrollWidth") == 320
    write_into = page.get_by_role("button", name="Write into…")
    write_into.scroll_into_view_if_needed()
    write_into.click(timeout=5000)
    expect(page.get_by_role("dialog", name="Write into a data extension")).to_be_visible()


def test_a_notice_on_a_phone_is_as_wide_as_the_phone_lets_it(console: Console) -> None:
    page = console.page
    page.set_viewport_size(PHONE)  # type: ignore[arg-type]
    console.write("")
    console.press("Run")
    notice = page.get_by_role("alert").filter(has_text="There is nothing to run").bounding_box()
    assert notice is not None
    assert notice["width"] > PHONE["width"] * 0.8


def test_selected_cells_are_told_by_the_systems_colours_where_it_forces_them(console: Console) -> None:
    console.page.emulate_media(forced_colors="active")
    console.run("SELECT TOP 5 City FROM Stores")
    console.cell(2, 1).click()
    console.page.keyboard.press("Shift+ArrowDown")
    chosen, other = (ground(console, row) for row in (2, 5))
    assert chosen != other


def ground(console: Console, row: int) -> bytes:
    """What is painted beside the text of a cell."""
    box = console.cell(row, 1).bounding_box()
    assert box is not None
    return console.page.screenshot(clip={"x": box["x"] + 4, "y": box["y"] + 8, "width": 4, "height": 4})


def test_escape_closes_the_data_extensions_on_a_phone_and_gives_the_keyboard_back(console: Console) -> None:
    page = console.page
    page.set_viewport_size(PHONE)  # type: ignore[arg-type]
    opener = page.get_by_role("button", name="Data extensions", exact=True)
    opener.press("Enter")
    page.get_by_role("button", name="Fields of Stores").press("Escape")
    expect(page.get_by_role("complementary", name="Data extensions and data views")).to_be_hidden()
    expect(opener).to_be_focused()


def test_the_keyboard_stays_at_run_and_goes_on_where_stop_was(system: System, console: Console) -> None:
    page = console.page
    console.write("SELECT TOP 3 City FROM Stores")
    run = page.get_by_role("button", name="Run", exact=True)
    system.sandbox.hold()
    run.press("Enter")
    expect(console.stage).to_have_text("Run")
    expect(run).to_be_focused()
    results = page.get_by_role("tabpanel", name="Results")
    results.get_by_role("button", name="Stop").press("Enter")
    console.says("This run was canceled. It has no rows.")
    expect(results).to_be_focused()


def test_the_keyboard_goes_on_where_the_deleted_rows_were(console: Console) -> None:
    page = console.page
    console.run("SELECT TOP 3 City FROM Stores")
    page.get_by_role("button", name="Delete these rows").press("Enter")
    page.get_by_role("button", name="Delete them").press("Enter")
    expect(console.status).to_have_text("No rows")
    expect(page.get_by_role("tabpanel", name="Results")).to_be_focused()


def test_a_cell_is_read_out_under_the_name_of_its_column_alone(console: Console) -> None:
    console.run("SELECT TOP 3 StoreID FROM Stores")
    heads = console.grid.get_by_role("columnheader")
    expect(heads.nth(1)).to_have_accessible_name("StoreID, Number")


def test_escape_closes_the_menu_and_gives_the_keyboard_back(console: Console) -> None:
    page = console.page
    menu = page.locator("summary").filter(has_text="Alice Northwind")
    menu.press("Enter")
    sign_out = page.get_by_role("button", name="Sign out")
    sign_out.press("Escape")
    expect(sign_out).to_be_hidden()
    expect(menu).to_be_focused()
