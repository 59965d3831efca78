"""Write a query: completion, findings, names from the tree, tabs."""

import pytest
from playwright.sync_api import Page, expect

from tests.browser.console import Console

pytestmark = pytest.mark.journey


@pytest.mark.parametrize(
    ("typed", "offered", "written"),
    [
        ("SELECT City FROM Stor", "Storesdata extension", "SELECT City FROM Stores"),
        ("SELECT City FROM News", "Newsletter Signupsdata extension", "SELECT City FROM [Newsletter Signups]"),
        ("SELECT 1 AS One FROM _Sen", "_Sentdata view", "SELECT 1 AS One FROM _Sent"),
        ("SELECT c.Em", "EmailEmailAddress(254) · Customers", "SELECT c.Email FROM Customers c"),
        ("SELECT DATED", "DATEDIFF", "SELECT DATEDIFF( FROM Customers c"),
    ],
)
def test_what_is_typed_is_completed(console: Console, typed: str, offered: str, written: str) -> None:
    keyboard = console.page.keyboard
    console.write("" if " FROM " in typed else " FROM Customers c")
    keyboard.press("ControlOrMeta+Home")
    keyboard.type(typed)
    option = console.page.get_by_role("option", name=offered, exact=True)
    expect(option).to_have_attribute("aria-selected", "true")
    option.click()
    expect(console.editor).to_have_text(written)


def test_a_finding_is_underlined_while_one_types_and_mended_by_a_click(console: Console) -> None:
    page = console.page
    console.write("SELECT City FROM Stores ORDER BY City")
    mark = page.locator(".cm-lintRange-error")
    expect(mark).to_have_text("ORDER BY City")
    mark.hover()
    tooltip = page.locator(".cm-tooltip-lint")
    expect(tooltip).to_contain_text("TOP")
    tooltip.get_by_role("button").click()
    expect(mark).to_have_count(0)
    assert console.text() == "SELECT City FROM Stores ORDER BY City OFFSET 0 ROWS"


def test_findings_are_listed_for_who_has_the_keyboard_alone(console: Console) -> None:
    page = console.page
    console.write("SELECT City FROM Stores WHERE City != '💚' AND Nope = 1")
    page.get_by_role("tab", name="Findings 2").press("Enter")
    page.get_by_role("listitem").filter(has_text="Nope").get_by_role("button", name="line 1, column 47").press("Enter")
    assert page.evaluate("getSelection().toString()") == "Nope"
    page.get_by_role("button", name="Write <>", exact=True).press("Enter")
    expect(console.editor).to_have_text("SELECT City FROM Stores WHERE City <> '💚' AND Nope = 1")


def test_a_query_is_laid_out_anew(console: Console) -> None:
    console.write("select city, count(*) as n from Stores group by city")
    console.press("Format")
    assert console.text() == "SELECT\n  city,\n  count(*) AS n\nFROM\n  Stores\nGROUP BY\n  city"


def test_names_from_the_tree_are_written_into_the_query(console: Console) -> None:
    page = console.page
    console.write("SELECT ")
    tree = page.get_by_role("complementary", name="Data extensions and data views")
    tree.get_by_role("searchbox").fill("news")
    tree.get_by_role("button", name="Fields of Newsletter Signups").click()
    field = tree.get_by_role("button", name="FirstName Text(50)")
    expect(field).to_be_visible()
    field.click()
    page.keyboard.type(" FROM ")
    tree.get_by_role("button", name="Newsletter Signups", exact=True).click()
    expect(console.editor).to_have_text("SELECT FirstName FROM [Newsletter Signups]")


def test_tabs_with_their_names_and_texts_survive_a_reload(console: Console) -> None:
    page = console.page
    console.write("SELECT 1 AS One")
    console.press("New query")
    console.write("SELECT 2 AS Two")
    page.get_by_role("tab", name="Query 2").press("F2")
    page.keyboard.press("ControlOrMeta+a")
    page.keyboard.type("The second")
    page.keyboard.press("Enter")
    page.reload()
    expect(page.get_by_role("tab", name="The second")).to_have_attribute("aria-selected", "true")
    expect(console.editor).to_have_text("SELECT 2 AS Two")
    page.get_by_role("tab", name="Query 1").click()
    expect(console.editor).to_have_text("SELECT 1 AS One")


def test_a_tab_that_was_closed_is_opened_again(console: Console) -> None:
    console.write("SELECT 1 AS One")
    console.press("Close Query 1")
    expect(console.editor.get_by_text("SELECT …")).to_be_visible()  # nothing but the placeholder
    console.press("Open it again")
    expect(console.editor).to_have_text("SELECT 1 AS One")


def test_what_another_window_writes_is_taken_over(console: Console) -> None:
    console.write("SELECT 1 AS One")
    other = Console.open(console.page.context.new_page())
    expect(other.editor).to_have_text("SELECT 1 AS One")
    other.write("SELECT 2 AS Two")
    expect(console.editor).to_have_text("SELECT 2 AS Two")


def test_another_window_opens_with_the_tab_that_was_chosen_last_however_soon(console: Console) -> None:
    console.write("SELECT 1 AS One")
    expect(console.page.get_by_role("tab", name="Query 1")).to_be_visible()
    console.page.evaluate("() => void (window.setTimeout = () => 0)")  # a window behind another may wait for its timers
    console.press("New query")
    other = Console.open(console.page.context.new_page())
    expect(other.page.get_by_role("tab", name="Query 2")).to_have_attribute("aria-selected", "true")


def test_a_window_that_has_not_heard_of_a_new_tab_does_not_undo_it(console: Console) -> None:
    console.write("SELECT 1 AS One")
    page = console.page.context.new_page()
    page.add_init_script("addEventListener('storage', (event) => event.stopImmediatePropagation())")
    other = Console.open(page)
    expect(other.editor).to_have_text("SELECT 1 AS One")
    console.press("New query")
    console.write("SELECT 2 AS Two")
    other.write("SELECT 3 AS Three")
    expect(page.get_by_role("tab", name="Query 2")).to_be_visible()
    expect(console.editor).to_have_text("SELECT 2 AS Two")
    console.page.get_by_role("tab", name="Query 1").click()
    expect(console.editor).to_have_text("SELECT 3 AS Three")


def test_one_is_told_when_the_browser_keeps_no_queries(console: Console) -> None:
    full = "throw new DOMException('', 'QuotaExceededError')"
    console.page.evaluate(f"() => void (Storage.prototype.setItem = () => {{ {full} }})")
    console.write("SELECT 1 AS One")
    console.says("This browser keeps your queries no more")


def test_of_the_sql_nothing_goes_to_the_server_but_to_be_checked_and_run(console: Console, page: Page) -> None:
    sent: list[str] = []
    page.on("request", lambda request: sent.append(request.url) if "kept_secret" in (request.post_data or "") else None)
    with page.expect_response("**/api/queries/validate"):
        console.write("SELECT 1 AS kept_secret")
    page.reload()
    expect(console.editor).to_have_text("SELECT 1 AS kept_secret")
    assert {url.rpartition("/api/")[2] for url in sent} == {"queries/validate"}


def test_nothing_that_is_typed_is_lost_while_another_window_shows_another_tab(console: Console) -> None:
    typed = " AS a_name_that_takes_a_while_to_type"
    console.write("SELECT 1 AS One")
    console.press("New query")
    console.write("SELECT 2")
    other = Console.open(console.page.context.new_page())
    expect(other.editor).to_have_text("SELECT 2")
    other.page.get_by_role("tab", name="Query 1").click()
    other.write("SELECT 3 AS Three")
    expect(other.editor).to_have_text("SELECT 3 AS Three")
    console.editor.click()
    console.page.keyboard.press("ControlOrMeta+End")
    console.page.keyboard.type(typed, delay=60)
    expect(other.page.get_by_role("tab", name="Query 1")).to_have_attribute("aria-selected", "true")
    assert console.text() == "SELECT 2" + typed
    console.page.get_by_role("tab", name="Query 1").click()
    expect(console.editor).to_have_text("SELECT 3 AS Three")


def test_a_tab_is_renamed_and_closed_with_the_keyboard_which_stays_there(console: Console) -> None:
    page = console.page
    console.press("New query")
    tab = page.get_by_role("tab", name="Query 2")
    tab.press("F2")
    page.keyboard.type("Not this")
    page.keyboard.press("Escape")
    expect(tab).to_be_focused()
    tab.press("F2")
    page.keyboard.press("ControlOrMeta+a")
    page.keyboard.type("Renamed")
    page.keyboard.press("Enter")
    renamed = page.get_by_role("tab", name="Renamed", exact=True)
    expect(renamed).to_be_focused()
    renamed.press("Delete")
    expect(page.get_by_role("tab", name="Query 1")).to_be_focused()


def test_findings_of_an_earlier_text_go_when_the_new_one_cannot_be_checked(console: Console) -> None:
    page = console.page
    console.write("SELECT City FROM Stores WHERE City != 'x'")
    console.open_pane("Findings")
    mend = page.get_by_role("button", name="Write <>", exact=True)
    expect(mend).to_be_visible()
    page.route("**/api/queries/validate", lambda route: route.abort())
    console.write("SELECT 1")
    console.says("The SQL could not be checked")
    expect(mend).to_have_count(0)
    expect(page.get_by_text("Nothing found.")).to_have_count(0)


def test_of_many_tabs_the_one_that_is_chosen_is_seen(console: Console) -> None:
    page = console.page
    for _ in range(15):
        console.press("New query")
    expect(page.get_by_role("tab", name="Query 16")).to_be_in_viewport()
    page.keyboard.press("Shift+Tab")
    page.keyboard.press("ArrowRight")
    expect(page.get_by_role("tab", name="Query 1", exact=True)).to_be_in_viewport()
