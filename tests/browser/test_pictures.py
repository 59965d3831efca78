"""The pictures in docs/images, made anew: PICTURES=1 make test PYTEST=tests/browser/test_pictures.py"""

import os

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.console import Console
from tests.journeys.conftest import ROOT, System

pytestmark = [
    pytest.mark.journey,
    pytest.mark.skipif(not os.environ.get("PICTURES"), reason="only with PICTURES=1"),
]

IMAGES = ROOT / "docs/images"
SQL = """SELECT TOP 2000
  c.CustomerID, c.Email, c.City, c.CreditLimit, c.BirthDate,
  COUNT(o.OrderID) AS Orders
FROM Customers c
LEFT JOIN Orders o ON o.CustomerID = c.CustomerID
WHERE c.City != 'Rome'
GROUP BY c.CustomerID, c.Email, c.City, c.CreditLimit, c.BirthDate
ORDER BY c.CustomerID"""


def take(page: Page, name: str) -> None:
    page.mouse.move(0, 0)
    page.screenshot(path=IMAGES / f"console-{name}.png", animations="disabled")


def with_rows(console: Console) -> Locator:
    console.run(SQL)
    expect(console.cell(1, 1)).to_be_visible()
    console.page.get_by_role("button", name="Fields of Customers").click()
    expect(console.page.get_by_role("button", name="CustomerID PK Number")).to_be_visible()
    expect(console.page.get_by_role("tab", name="Findings 1")).to_be_visible()
    return console.grid


def test_light_and_dark(console: Console) -> None:
    with_rows(console)
    for light in ("light", "dark"):
        console.page.emulate_media(color_scheme=light)
        take(console.page, light)


def test_on_its_way(system: System, console: Console) -> None:
    system.sandbox.hold()
    console.run(SQL)
    expect(console.stage).to_have_text("Run")
    take(console.page, "running")


def test_completion(console: Console) -> None:
    console.write("SELECT c.Email, c.\nFROM Customers c")
    console.page.keyboard.press("ControlOrMeta+Home")
    console.page.keyboard.press("End")
    console.page.keyboard.press("ControlOrMeta+Space")
    expect(console.page.get_by_role("option", name="BirthDate")).to_be_visible()
    take(console.page, "completion")


def test_failed(console: Console) -> None:
    console.run("SELECT City, COUNT(*) AS Stores\nFROM Stores\nWHERE Nope = 1\nGROUP BY City")
    expect(console.status).to_have_text("Failed")
    console.press("Show in the SQL")
    take(console.page, "failed")


def test_phone(console: Console) -> None:
    console.page.set_viewport_size({"width": 390, "height": 780})
    console.run("SELECT TOP 60 CustomerID, Email, City\nFROM Customers\nORDER BY CustomerID")
    expect(console.cell(1, 1)).to_be_visible()
    take(console.page, "phone")


def test_history_and_target(console: Console) -> None:
    with_rows(console)
    console.open_pane("History")
    expect(console.page.get_by_role("row").nth(1)).to_be_visible()
    take(console.page, "history")
    console.press("Write into…")
    take(console.page, "target")


def test_account(console: Console) -> None:
    console.open_account("Members")
    take(console.page, "members")
    console.open_account("Connections")
    console.press("Test Northwind Europe, its own")
    console.says("Marketing Cloud answered: it works.")
    take(console.page, "connections")
