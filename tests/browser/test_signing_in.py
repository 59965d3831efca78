"""Sign in with Marketing Cloud, choose the business unit, sign out."""

import pytest
from playwright.sync_api import Page, expect

from tests.browser.console import Console, sign_in

pytestmark = pytest.mark.journey


def test_somebody_signs_in_at_marketing_cloud_acts_in_another_business_unit_and_signs_out(page: Page) -> None:
    sign_in(page)
    unit = page.get_by_role("combobox", name="Business unit")
    expect(unit.locator("option:checked")).to_have_text("Northwind Europe")
    with page.expect_navigation():
        unit.select_option("Northwind Americas")
    expect(unit.locator("option:checked")).to_have_text("Northwind Americas")
    Console(page).run("SELECT 1 AS One")
    expect(Console(page).cell(1, 1)).to_have_text("1")
    page.locator("summary").get_by_text("Alice Northwind").click()
    page.get_by_role("button", name="Sign out").click()
    expect(page.get_by_label("Subdomain of your Marketing Cloud")).to_have_value("mc-northwind")


def test_who_says_no_there_is_told_so_here(page: Page) -> None:
    page.goto("/")
    page.get_by_label("Subdomain of your Marketing Cloud").fill("mc-northwind")
    page.get_by_role("button", name="Sign in with Marketing Cloud").click()
    page.get_by_role("button", name="Do not sign in").click()
    expect(page.get_by_role("alert")).to_have_text("Marketing Cloud, or you there, said no. Begin again.")


def test_a_session_that_has_ended_leads_to_the_door_and_keeps_the_text(page: Page) -> None:
    sign_in(page)
    console = Console(page)
    page.wait_for_load_state("networkidle")
    page.context.clear_cookies()
    console.write("SELECT 2 AS kept")
    expect(page.get_by_role("heading", name="QS Pro")).to_be_visible()
    expect(page.get_by_label("Subdomain of your Marketing Cloud")).to_be_visible()
    sign_in(page)
    expect(console.editor).to_have_text("SELECT 2 AS kept")


def test_a_business_unit_switched_in_one_window_is_switched_in_all(page: Page) -> None:
    sign_in(page)
    Console(page).write("SELECT 1 AS kept")
    other = page.context.new_page()
    Console.open(other)
    with other.expect_navigation():
        other.get_by_role("combobox", name="Business unit").select_option("Northwind Americas")
    shown = page.get_by_role("combobox", name="Business unit").locator("option:checked")
    expect(shown).to_have_text("Northwind Americas")


def test_whoever_signs_out_is_out_in_all_windows(page: Page) -> None:
    sign_in(page)
    console = Console.open(page)
    console.run("SELECT TOP 3 City FROM Stores")
    expect(console.grid).to_be_visible()
    other = page.context.new_page()
    other.goto("/")
    other.locator("summary").filter(has_text="Alice Northwind").click()
    other.get_by_role("button", name="Sign out").click()
    expect(page.get_by_label("Subdomain of your Marketing Cloud")).to_be_visible()
    expect(console.grid).to_have_count(0)
