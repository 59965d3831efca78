"""The operators' pages in a browser: they fit the window, and nothing on them fails."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.conftest import watched_page
from tests.journeys.conftest import System

pytestmark = pytest.mark.journey

PHONE = {"width": 390, "height": 780}


@pytest.fixture
def staff(chromium: Browser, system: System) -> Iterator[Page]:
    with watched_page(chromium, base_url=system.facts["api"]) as page:
        page.goto("/admin/")
        page.get_by_label("Username").fill(system.facts["adminUser"])
        page.get_by_label("Password").fill(system.facts["adminPassword"])
        page.get_by_role("button", name="Log in").click()
        expect(page.get_by_role("link", name="Flower")).to_be_visible()
        yield page


def test_the_page_of_the_work_fits_a_narrow_window(staff: Page) -> None:
    staff.set_viewport_size(PHONE)  # type: ignore[arg-type]
    staff.goto("/admin/work/")
    assert staff.evaluate("document.documentElement.scrollWidth") == PHONE["width"]
    pause = staff.get_by_role("row", name="runs").get_by_role("button", name="Pause")
    pause.scroll_into_view_if_needed()
    expect(pause).to_be_in_viewport()


def test_every_list_and_every_page_of_flower_opens_without_an_error(staff: Page) -> None:
    pages = staff.locator("#content-main th a").evaluate_all("links => links.map(link => link.pathname)")
    assert "/admin/shell_query/run/" in pages
    for path in (*pages, *(f"/admin/queues/{each}" for each in ("", "workers", "tasks", "broker"))):
        answer = staff.goto(path, wait_until="networkidle")
        assert answer is not None
        assert (path, answer.status) == (path, 200)
