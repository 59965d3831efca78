"""Read rows: types, NULLs, the clipboard, widths, a file."""

import csv
from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests.browser.console import Console

pytestmark = pytest.mark.journey

SQL = """SELECT TOP 3 StoreID, CAST(NULL AS DATE) AS Closed, '' AS Note, 'a"b' AS Quoted, '=1+1' AS Formula,
  CAST('2026-01-31 10:30' AS DATETIME) AS Opened FROM Stores ORDER BY StoreID"""


@pytest.fixture
def read(console: Console) -> Console:
    console.run(SQL)
    expect(console.grid).to_be_visible()
    return console


def test_each_value_is_shown_by_its_type(read: Console) -> None:
    shown = [read.cell(1, column).inner_text() for column in range(2, 7)]
    assert shown == ["NULL", "", 'a"b', "=1+1", "2026-01-31 10:30:00"]
    assert read.cell(1, 1).evaluate("cell => getComputedStyle(cell).textAlign") == "right"
    assert read.cell(1, 4).evaluate("cell => getComputedStyle(cell).textAlign") == "left"
    read.says("An empty text may be NULL: Marketing Cloud does not tell the two apart.")


def test_cells_are_selected_with_the_keyboard_and_copied_for_a_spreadsheet(read: Console) -> None:
    keyboard = read.page.keyboard
    read.cell(1, 2).click()
    for key in ("Shift+ArrowRight", "Shift+ArrowRight", "Shift+ArrowDown", "ControlOrMeta+Shift+c"):
        keyboard.press(key)
    read.says("Copied.")
    copied = read.page.evaluate("navigator.clipboard.readText()")
    assert copied == 'Closed\tNote\tQuoted\n\t\t"a""b"\n\t\t"a""b"'
    expect(read.grid.locator("td[aria-selected=true]")).to_have_count(6)


def test_a_column_is_made_wider_with_the_keyboard(read: Console) -> None:
    divider = read.page.get_by_role("separator", name="Width of StoreID")
    before = int(divider.get_attribute("aria-valuenow") or "")
    divider.press("ArrowRight")
    expect(divider).to_have_attribute("aria-valuenow", str(before + 16))


def test_a_grid_is_one_stop_of_the_tab_key_and_arrows_reach_its_columns(read: Console) -> None:
    page, width = read.page, read.page.get_by_role("separator", name="Width of Closed")
    before = int(width.get_attribute("aria-valuenow") or "")
    assert read.grid.locator("[tabindex='0']").count() == 1
    read.cell(1, 2).click()
    page.keyboard.press("ArrowUp")
    expect(page.get_by_role("columnheader", name="Closed")).to_be_focused()
    page.keyboard.press("End")
    expect(page.get_by_role("columnheader", name="Opened")).to_be_focused()
    page.keyboard.press("Home")
    page.keyboard.press("ArrowRight")
    page.keyboard.press("Enter")
    expect(width).to_be_focused()
    page.keyboard.press("ArrowRight")
    expect(width).to_have_attribute("aria-valuenow", str(before + 16))
    page.keyboard.press("Escape")
    page.keyboard.press("ArrowDown")
    expect(read.cell(1, 2)).to_be_focused()


def test_a_row_is_a_line_high_and_its_lines_are_copied_all_the_same(console: Console) -> None:
    console.run(
        "SELECT TOP 1 'a' AS Short, 'one' + CHAR(13) + CHAR(10) + 'two' + CHAR(10) + 'three' AS Long FROM Stores"
    )
    expect(console.cell(1, 2)).to_have_text("one↵two↵three")
    heights = [console.cell(1, column).evaluate("cell => cell.clientHeight") for column in (1, 2)]
    assert heights[0] == heights[1] < 30
    console.cell(1, 2).click()
    console.page.keyboard.press("ControlOrMeta+c")
    console.says("Copied.")
    assert console.page.evaluate("navigator.clipboard.readText()") == '"one\r\ntwo\nthree"'


def test_the_next_page_begins_at_its_top(console: Console) -> None:
    console.run("SELECT TOP 120 CustomerID FROM Customers ORDER BY CustomerID")
    console.cell(50, 1).scroll_into_view_if_needed()
    expect(console.cell(1, 1)).not_to_be_in_viewport()
    console.press("Next page")
    console.says("Page 2 of 3")
    expect(console.cell(1, 1)).to_be_in_viewport()


def test_rows_are_deleted_before_their_time(read: Console) -> None:
    read.press("Delete these rows")
    read.press("Delete them")
    expect(read.status).to_have_text("No rows")
    read.says("The data extension with the rows was deleted or has expired; run it again.")


def test_why_there_is_no_file_is_said(read: Console) -> None:
    page = read.page
    address = page.get_by_role("link", name="CSV").get_attribute("href") or ""
    token = next(cookie["value"] for cookie in page.context.cookies() if cookie["name"] == "csrftoken")
    gone = page.request.delete(address.removesuffix(".csv"), headers={"X-CSRFToken": token})
    assert gone.status == 204
    page.get_by_role("link", name="CSV").click()
    read.says("The data extension with the rows was deleted or has expired; run it again.")


def test_all_rows_come_as_a_file(read: Console, tmp_path: Path) -> None:
    with read.page.expect_download() as found:
        read.page.get_by_role("link", name="CSV").click()
    file = tmp_path / "rows.csv"
    found.value.save_as(file)
    with file.open(encoding="utf-8-sig", newline="") as lines:
        names, *rows = list(csv.reader(lines))
    assert names == ["StoreID", "Closed", "Note", "Quoted", "Formula", "Opened"]
    assert [row[1:] for row in rows] == [["", "", 'a"b', "'=1+1", "2026-01-31T10:30:00"]] * 3
