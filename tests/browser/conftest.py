"""The console in a real Chromium, against the whole running system."""

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from playwright.sync_api import Browser, ConsoleMessage, Page, sync_playwright

from tests.browser.console import Console, sign_in
from tests.journeys.conftest import System, started
from tests.servers import without_servers

CHROMIUM = os.environ.get("CHROMIUM") or shutil.which("chromium") or shutil.which("chromium-browser")
# The rules of when MCE is looked at are tested elsewhere; here nobody should wait for them.
SOON = {"RUN_LOOK_SECONDS": "0.3,0.5", "RUN_CONFIRM_SECONDS": "0.5"}
# No step of these tests takes longer; it is not what they are about.
PATIENCE_MS = 60_000
# Chromium itself writes styles into what is edited when a selection is typed over; the policy blocks them, rightly.
VIOLATIONS = """document.addEventListener('securitypolicyviolation', event => {
    if (!event.target.closest?.('.cm-content')) console.error('refused by the policy:', event.violatedDirective)
})"""
# What it says by itself of answers that are errors, and of the policy.
ITS_OWN_WORDS = ("Failed to load resource", "Applying inline style violates")


@pytest.fixture(scope="session")
def system(tmp_path_factory: pytest.TempPathFactory) -> Iterator[System]:
    if CHROMIUM is None:
        pytest.skip("Chromium is not here (on Debian: apt install chromium), or name it: CHROMIUM=...")
    with started(tmp_path_factory.mktemp("browser"), {**without_servers(), **SOON}) as system:
        yield system


@pytest.fixture(scope="module")
def chromium(system: System) -> Iterator[Browser]:
    """For one module at a time: while Playwright runs, Django takes the thread for an asynchronous one."""
    with launched() as browser:
        yield browser


@contextmanager
def launched(*arguments: str) -> Iterator[Browser]:
    sandbox = ["--no-sandbox"] if os.geteuid() == 0 else []
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=[*sandbox, *arguments])
        yield browser
        browser.close()


@pytest.fixture(autouse=True)
def ordinary_sandbox(system: System) -> Iterator[None]:
    first = system.sandbox.dials()
    system.sandbox.dial(query_ms=50, queued_ms=10)
    yield
    system.sandbox.start_over(first)


@pytest.fixture
def page(chromium: Browser, system: System) -> Iterator[Page]:
    clipboard = ["clipboard-read", "clipboard-write"]
    with watched_page(chromium, base_url=system.facts["api"], permissions=clipboard) as page:
        yield page


@contextmanager
def watched_page(chromium: Browser, own_words: tuple[str, ...] = (), **options: Any) -> Iterator[Page]:
    """Of a browser that nobody has used. Nothing may fail in it unseen, and its policy may refuse nothing.

    `own_words` begin what this browser may say besides.
    """
    harmless = (*ITS_OWN_WORDS, *own_words)
    context = chromium.new_context(
        viewport={"width": 1280, "height": 800}, locale="en-GB", timezone_id="UTC", **options
    )
    context.set_default_timeout(PATIENCE_MS)
    context.add_init_script(VIOLATIONS)
    page = context.new_page()
    wrong: list[str] = []
    page.on("pageerror", lambda error: wrong.append(str(error)))
    page.on("console", lambda message: wrong.append(message.text) if is_wrong(message, harmless) else None)
    yield page
    context.close()
    assert wrong == []


def is_wrong(message: ConsoleMessage, harmless: tuple[str, ...]) -> bool:
    return message.type == "error" and not message.text.startswith(harmless)


@pytest.fixture(scope="module")
def cookies(chromium: Browser, system: System) -> Any:
    """Of Alice's session, after she has signed in."""
    page = chromium.new_page(base_url=system.facts["api"])
    sign_in(page)
    kept = page.context.cookies()
    page.close()
    return kept


@pytest.fixture
def console(page: Page, cookies: Any) -> Console:
    """Alice's, signed in, in a browser that has kept nothing else."""
    page.context.add_cookies(cookies)
    return Console.open(page)
