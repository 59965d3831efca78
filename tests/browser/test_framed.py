"""Inside Marketing Cloud's frame: signed in there, used there, and framed by nobody else."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Frame, Page, expect

from tests.browser.conftest import launched, watched_page
from tests.browser.console import Console, enter
from tests.browser.embedding import CONSOLE, MCE, STRANGER, certificate, embedded_api, framing_pages
from tests.journeys.conftest import System

pytestmark = pytest.mark.journey

# Cookies of other sites' frames are kept only where they are made for it.
STRICT = "--test-third-party-cookie-phaseout"

# What it says of a frame that it does not show, and of a clipboard that is closed to frames.
REFUSED = f"Framing 'https://{CONSOLE}/' violates"
OWN_WORDS = (REFUSED, "Permissions policy violation: The Clipboard API")


@pytest.fixture(scope="module")
def chromium(system: System, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Browser]:
    """One that finds all of these sites on this machine."""
    cert, key = certificate(tmp_path_factory.mktemp("tls"))
    with embedded_api(system, cert, key) as api, framing_pages(cert, key) as pages:
        ports = {CONSOLE: api, MCE: pages, STRANGER: pages}
        rules = ",".join(f"MAP {host}:443 127.0.0.1:{port}" for host, port in ports.items())
        with launched(f"--host-resolver-rules={rules}", STRICT) as browser:
            yield browser


@pytest.fixture
def page(chromium: Browser) -> Iterator[Page]:
    with watched_page(chromium, own_words=OWN_WORDS, ignore_https_errors=True) as page:
        yield page


def framed(page: Page, host: str) -> Frame:
    """What a page of this host frames."""
    page.goto(f"https://{host}/")
    _, frame = page.frames
    return frame


def test_somebody_signs_in_inside_the_frame_and_reads_copies_and_downloads_rows(page: Page) -> None:
    frame = framed(page, MCE)
    expect(frame.get_by_role("link", name="open QS Pro in a window of its own")).to_be_visible()
    enter(frame)
    console = Console(page, frame)
    console.run("SELECT TOP 1 StoreID, City FROM Stores ORDER BY StoreID")
    city = console.cell(1, 2).inner_text()
    with page.expect_download() as found:
        frame.get_by_role("link", name="CSV").click()
    assert found.value.path().read_text("utf-8-sig") == f"StoreID,City\n1,{city}\n"
    console.cell(1, 2).click()
    page.keyboard.press("ControlOrMeta+c")
    console.says("Copied.")
    console.editor.click()
    page.keyboard.press("ControlOrMeta+a")
    page.keyboard.press("ControlOrMeta+v")
    expect(console.editor).to_have_text(city)
    kept = {cookie["name"]: cookie.get("partitionKey") for cookie in page.context.cookies()}
    assert kept == {"csrftoken": "https://exacttarget.com", "sessionid": "https://exacttarget.com"}


def test_a_page_of_anybody_else_frames_nothing(page: Page) -> None:
    with page.expect_console_message(lambda message: message.text.startswith(REFUSED)):
        frame = framed(page, STRANGER)
    expect(frame.locator("#app")).to_have_count(0)
