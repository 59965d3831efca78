"""The account: keys, members, business units, connections, the audit."""

import re
from collections.abc import Iterator

import httpx
import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.console import Console, enter, sign_in
from tests.journeys.client import Client
from tests.journeys.conftest import System

pytestmark = pytest.mark.journey

SECTIONS = ["API keys", "Members", "Business units", "Connections", "Audit"]
MEMBER = re.compile("^member ")
REFUSED = "Marketing Cloud refuses this connection; sign in again, or renew the connection"


@pytest.fixture
def bob(system: System) -> Iterator[Client]:
    with system.client("colleague") as client:
        yield client


def dialog_of(console: Console, name: str) -> Locator:
    return console.page.get_by_role("dialog", name=name)


def sections_of(page: Page) -> list[str]:
    return page.get_by_role("navigation", name="Account").get_by_role("link").all_inner_texts()


def test_a_key_is_made_shown_once_used_and_revoked(system: System, console: Console) -> None:
    page, keys = console.page, console.open_account("API keys")
    console.press("Make a key")
    page.get_by_label("Name, to know it by").fill("Nightly report")
    expect(page.get_by_label("Good for").locator("option:checked")).to_have_text("90 days")
    page.get_by_role("checkbox", name="runs:write").uncheck()
    console.press("Make it")
    secret = page.get_by_label("The key", exact=True).input_value()
    console.press("Copy")
    expect(page.get_by_role("status").get_by_text("Copied.")).to_be_visible()
    assert page.evaluate("navigator.clipboard.readText()") == secret
    console.press("I have it")
    made = keys.get_by_role("listitem").filter(has_text="Nightly report")
    expect(made).to_contain_text("Yours, in Northwind Europe · may data:read, runs:read")
    expect(made).to_contain_text("never used · expires 20")
    assert secret not in page.content()

    headers = {"Authorization": f"Api-Key {secret}"}
    used = httpx.get(f"{system.facts['api']}/api/me", headers=headers).json()
    assert (used["user"]["name"], used["mid"]) == ("Alice Northwind", 7001001)
    assert used["scopes"] == ["data:read", "runs:read"]
    console.press("Revoke Nightly report")
    console.press("Revoke it")
    expect(made).to_have_count(0)
    refused = httpx.get(f"{system.facts['api']}/api/me", headers=headers)
    assert (refused.status_code, refused.json()["code"]) == (401, "invalid_credentials")
    page.get_by_role("checkbox", name="Also those that are revoked or have expired").check()
    expect(made.first).to_contain_text("revoked")


def test_a_member_gets_another_role_and_other_business_units(console: Console, bob: Client) -> None:
    members = console.open_account("Members")
    row = members.get_by_role("listitem").filter(has_text="Bob Northwind")
    dialog = dialog_of(console, "Bob Northwind")
    console.press("Change Bob Northwind")
    dialog.get_by_role("radio", name="admin").check()
    dialog.get_by_role("checkbox", name="Northwind Americas").uncheck()
    console.press("Save")
    expect(row).to_contain_text("admin")
    expect(row).to_contain_text("In Northwind Europe")
    assert bob.get("/api/me")["role"] == "admin"
    assert [unit["mid"] for unit in bob.get("/api/business-units")["results"]] == [7001001]

    console.press("Change Bob Northwind")
    dialog.get_by_role("radio", name=MEMBER).check()
    dialog.get_by_role("checkbox", name="Northwind Americas").check()
    console.press("Save")
    expect(row).to_contain_text("In Northwind Europe, Northwind Americas")
    assert bob.get("/api/me")["role"] == "member"
    assert [unit["mid"] for unit in bob.get("/api/business-units")["results"]] == [7001001, 7001002]


def test_who_is_deactivated_is_out_until_activated_again(console: Console, bob: Client) -> None:
    members = console.open_account("Members")
    console.press("Deactivate Bob Northwind")
    console.press("Deactivate")
    expect(members.get_by_role("listitem").filter(has_text="Bob Northwind")).to_contain_text("deactivated")
    assert bob.http.get("/api/me").status_code == 401
    console.press("Activate Bob Northwind")
    expect(members.get_by_text("deactivated")).to_have_count(0)
    assert bob.http.get("/api/me").json()["user"]["name"] == "Bob Northwind"


def test_the_last_owner_stays(console: Console) -> None:
    console.open_account("Members")
    console.press("Change Alice Northwind")
    dialog = dialog_of(console, "Alice Northwind")
    dialog.get_by_role("radio", name=MEMBER).check()
    console.press("Save")
    expect(dialog.get_by_role("alert")).to_have_text(
        "The tenant would have no owner; make somebody else an owner first"
    )
    console.press("Leave it")
    expect(console.page.get_by_role("listitem").filter(has_text="Alice Northwind")).to_contain_text("owner")


def test_a_connection_that_breaks_is_said_and_mended(page: Page) -> None:
    sign_in(page)
    console = Console(page)
    # 1. A business unit is added, connected and granted.
    console.open_account("Business units")
    console.press("Add a business unit")
    page.get_by_label("MID: its number at Marketing Cloud").fill("7001000")
    page.get_by_label("Name", exact=True).fill("Northwind Head Office")
    console.press("Add it")
    console.press("Connect Northwind Head Office")
    fill_credentials(page, "not-the-secret")
    console.press("Connect it")
    console.says("Connected for all who are granted it")
    console.open_account("Members")
    console.press("Change Alice Northwind")
    page.get_by_role("checkbox", name="Northwind Head Office").check()
    console.press("Save")
    # 2. Marketing Cloud does not take what it was given: the run says so, and so does the page.
    with page.expect_navigation():
        page.get_by_role("combobox", name="Business unit").select_option("Northwind Head Office")
    console.press("Back to the queries")
    console.run("SELECT 1 AS One")
    expect(console.status).to_have_text("Failed")
    banner = page.get_by_role("alert").filter(has_text="no longer takes our credentials")
    banner.get_by_role("link", name="connections").click()
    row = page.get_by_role("listitem").filter(has_text="Northwind Head Office")
    expect(row).to_contain_text("broken")
    test = page.get_by_role("button", name="Test Northwind Head Office, its own")
    test.click()
    expect(row.get_by_role("status")).to_have_text(REFUSED)
    # 3. It is given others, and works.
    page.get_by_role("button", name="Credentials of Northwind Head Office, its own").click()
    fill_credentials(page, "northwind-secret-for-the-sandbox")
    console.press("Change them")
    expect(banner).to_have_count(0)
    test.click()
    expect(row.get_by_role("status")).to_have_text("Marketing Cloud answered: it works.")
    console.press("Back to the queries")
    console.run("SELECT 2 AS Two")
    expect(console.cell(1, 1)).to_have_text("2")
    # 4. And it goes.
    console.open_account("Connections")
    page.get_by_role("button", name="Delete Northwind Head Office, its own").click()
    console.press("Delete it")
    expect(row).to_have_count(0)
    console.says("This business unit is not connected.")


def fill_credentials(page: Page, secret: str) -> None:
    page.get_by_label("Client id").fill("northwind-app")
    page.get_by_label("Client secret").fill(secret)


def test_what_the_server_does_not_take_is_said_and_what_was_typed_stays(console: Console) -> None:
    page = console.page
    console.open_account("Connections")
    page.get_by_role("button", name="Credentials of Northwind Europe, its own").click()
    fill_credentials(page, "no spaces")
    console.press("Change them")
    expect(page.get_by_role("dialog").get_by_role("alert")).to_contain_text("does not match the required pattern")
    expect(page.get_by_label("Client secret")).to_have_value("no spaces")


def test_the_audit_is_read_page_by_page_and_by_what_was_done(console: Console) -> None:
    page = console.page
    few = re.compile("pageSize=50")
    page.route(re.compile("/api/audit"), lambda route: route.continue_(url=few.sub("pageSize=2", route.request.url)))
    audit = console.open_account("Audit")
    rows = audit.get_by_role("row")
    expect(rows).to_have_count(3)
    console.press("Older entries")
    expect(rows).to_have_count(5)
    audit.get_by_label("What").select_option("Made a key")
    expect(rows.nth(1)).to_contain_text("Made a key")
    assert set(rows.locator("td:nth-child(3)").all_inner_texts()) == {"Made a key"}


def test_a_member_sees_their_own_keys_and_nothing_else(page: Page) -> None:
    page.goto("/#account/members")
    enter(page.main_frame, "Bob Northwind")
    expect(page.get_by_role("heading", name="API keys")).to_be_visible()
    assert sections_of(page) == ["API keys"]
    keys = page.get_by_role("region", name="API keys")
    expect(keys.get_by_role("listitem")).to_have_count(1)
    expect(keys.get_by_role("listitem")).to_contain_text("Sample key: colleague")


def test_another_tenants_things_are_never_there(page: Page) -> None:
    sign_in(page, "Mallory Globex", "8002001", "mc-globex")
    console = Console(page)
    for section in SECTIONS:
        expect(console.open_account(section)).not_to_contain_text("Northwind")
    assert sections_of(page) == SECTIONS


def test_a_section_is_linked_to_and_gone_back_from(console: Console) -> None:
    page = console.page
    console.write("SELECT 1 AS One")
    page.goto("/#account/connections")
    expect(page.get_by_role("heading", name="Connections")).to_be_visible()
    expect(console.editor).to_be_hidden()
    page.keyboard.press("ControlOrMeta+Enter")  # runs nothing that is not seen
    page.go_back()
    expect(console.editor).to_have_text("SELECT 1 AS One")
    console.says("Ctrl Enter runs the query")


def test_what_is_wrong_with_a_form_is_said_once(console: Console) -> None:
    console.open_account("Business units")
    console.press("Add a business unit")
    dialog = dialog_of(console, "Add a business unit")
    dialog.get_by_label("MID").fill("0")
    dialog.get_by_role("textbox", name="Name").fill("Nowhere")
    dialog.get_by_role("button", name="Add it").click()
    expect(dialog.get_by_role("alert")).to_have_text("mid: Ensure this value is greater than or equal to 1.")
