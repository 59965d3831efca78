"""The console as a person uses it: by what is written on it."""

from __future__ import annotations

from dataclasses import dataclass

from playwright.sync_api import Frame, Locator, Page, expect

# As a person waits, not as a machine is slow: nothing of this is asserted.
PATIENCE_MS = 60_000
expect.set_options(timeout=PATIENCE_MS)


def sign_in(page: Page, name: str = "Alice Northwind", unit: str = "7001001", subdomain: str = "mc-northwind") -> None:
    """At Marketing Cloud's own page, as somebody in one of their business units."""
    page.goto("/")
    enter(page.main_frame, name, unit, subdomain)


def enter(door: Frame, name: str = "Alice Northwind", unit: str = "7001001", subdomain: str = "mc-northwind") -> None:
    door.get_by_label("Subdomain of your Marketing Cloud").fill(subdomain)
    door.get_by_role("button", name="Sign in with Marketing Cloud").click()
    door.get_by_role("form", name=name).get_by_role("button", name=unit).click()
    expect(door.locator("summary").get_by_text(name)).to_be_visible()


@dataclass(frozen=True)
class Console:
    page: Page
    inside: Frame | None = None

    @classmethod
    def open(cls, page: Page) -> Console:
        page.goto("/")
        console = cls(page)
        expect(console.editor).to_be_visible()
        return console

    @property
    def place(self) -> Frame:
        """Where it stands: in a page of its own, or in a frame of somebody else's."""
        return self.inside or self.page.main_frame

    @property
    def editor(self) -> Locator:
        return self.place.get_by_role("textbox", name="SQL", exact=True)

    @property
    def grid(self) -> Locator:
        return self.place.get_by_role("grid")

    @property
    def status(self) -> Locator:
        """What is said of a run on its way, or of one that failed."""
        return self.place.get_by_test_id("status")

    @property
    def stage(self) -> Locator:
        return self.place.locator("[aria-current=step]")

    def says(self, text: str) -> None:
        """It stands on the page, for all to see."""
        expect(self.place.get_by_text(text).and_(self.place.locator(":not(.sr)")).first).to_be_visible()

    def write(self, sql: str) -> None:
        self.editor.click()
        self.page.keyboard.press("ControlOrMeta+a")
        self.page.keyboard.insert_text(sql)

    def run(self, sql: str) -> None:
        self.write(sql)
        self.page.keyboard.press("ControlOrMeta+Enter")

    def press(self, name: str) -> None:
        self.place.get_by_role("button", name=name, exact=True).click()

    def open_pane(self, name: str) -> None:
        self.place.get_by_role("tab", name=name).click()

    def open_account(self, section: str) -> Locator:
        """The section, once it has something to show."""
        page = self.place
        page.get_by_role("link", name="Account").click()
        page.get_by_role("navigation", name="Account").get_by_role("link", name=section).click()
        shown = page.get_by_role("region", name=section)
        expect(shown.get_by_role("listitem").or_(shown.get_by_role("table")).first).to_be_visible()
        return shown

    def cell(self, row: int, column: int) -> Locator:
        """Of the page that is shown, from 1."""
        return self.grid.locator("tbody tr").nth(row - 1).locator("td").nth(column - 1)

    def text(self) -> str:
        """What stands in the editor, line by line."""
        return "\n".join(self.editor.locator(".cm-line").all_inner_texts())
