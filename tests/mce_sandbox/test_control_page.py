"""The control page: everything is on it, its forms do what they say, and it runs nothing."""

import re
from collections.abc import Iterator
from html.parser import HTMLParser
from typing import Any

import httpx
import pytest

from tests.mce_sandbox.client import SECRETS, Mce, unique

VOID = {"meta", "link", "input"}


class Outline(HTMLParser):
    """The elements of a page, checked to be closed in their order; and the texts of its table cells."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self._cells: list[str] = []
        self.feed(text)
        assert self.open == []

    @property
    def cells(self) -> list[str]:
        return [" ".join(cell.split()) for cell in self._cells]

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attributes)))
        if tag not in VOID:
            self.open.append(tag)
        if tag == "td":
            self._cells.append("")

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        if "td" in self.open:
            self._cells[-1] += data

    def all(self, *tags: str) -> Iterator[dict[str, str | None]]:
        return (attributes for tag, attributes in self.elements if tag in tags)


def look(http: httpx.Client, path: str = "/control/") -> Outline:
    answer = http.get(path)
    assert answer.status_code == 200
    return Outline(answer.text)


def send(http: httpx.Client, action: str, **fields: Any) -> httpx.Response:
    return http.post(f"/control/page/{action}", data=fields)


def test_the_page_shows_all_of_the_sandbox(mce: Mce) -> None:
    name, key = mce.seed("Id Number key, Name Text(50) required")
    _, task_id = mce.start("SELECT 1 AS Id, 'a' AS Name", key)
    mce.finish(task_id)
    mce.http.post("/control/faults", json={"operation": "Rowset", "kind": "html", "message": "Come back later"})
    page = look(mce.http)
    for shown in (name, key, "Id Number, key, Name Text, required", task_id, "Come back later", "AsyncActivityStatus"):
        assert shown in page.cells
    text = mce.http.get("/control").text
    for dial in mce.http.get("/control/dials").json():
        assert f"<code>{dial}</code>" in text
    for known in ("northwind-app", SECRETS["globex-app"], "u-mallory", "Northwind Americas"):
        assert known in text


def test_the_page_loads_nothing_and_runs_nothing(http: httpx.Client) -> None:
    answer = http.get("/control/")
    assert answer.headers["content-security-policy"] == (
        "default-src 'none'; style-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
    )
    page = look(http)
    assert [tag for tag, _ in page.elements if tag in ("script", "style", "img", "iframe")] == []
    assert [name for _, attributes in page.elements for name in attributes if name.startswith(("on", "style"))] == []
    assert [link["href"] for link in page.all("link")] == ["/pages.css"]


def test_every_field_has_a_label(http: httpx.Client) -> None:
    text = http.get("/control/").text
    unlabelled = re.sub(r"<label>.*?</label>", "", text, flags=re.DOTALL)
    assert re.findall(r"<(?:select|input(?! type=\"hidden\"))", unlabelled) == []


def test_names_are_shown_as_text(mce: Mce) -> None:
    mce.http.post("/control/faults", json={"operation": "x", "kind": "http", "message": "<b>bold</b>"})
    mce.create("DataExtension", f"<Name>{unique('Plain')}</Name><CustomerKey>&lt;script&gt;</CustomerKey>")
    assert list(look(mce.http).all("b", "script")) == []


def test_it_loads_itself_again_only_when_asked(http: httpx.Client) -> None:
    assert "http-equiv" not in http.get("/control/").text
    reloading = look(http, "/control/?refresh=7")
    assert [meta["content"] for meta in reloading.all("meta") if "http-equiv" in meta] == ["7"]
    for junk in ("-1", "x", "0", "99999", "5;url=http://elsewhere.example"):
        assert "http-equiv" not in http.get("/control/", params={"refresh": junk}).text


@pytest.mark.parametrize(
    ("name", "value", "turned"),
    [("query_ms", "5", 5), ("rowset_delay_seconds", "1.5", 1.5), ("status_stuck", "true", True)],
)
def test_a_dial_is_turned(http: httpx.Client, name: str, value: str, turned: object) -> None:
    answer = send(http, "dial", name=name, value=value)
    assert (answer.status_code, answer.headers["location"]) == (303, "/control/#dials")
    assert http.get("/control/dials").json()[name] == turned
    fields = [field["value"] for field in look(http).all("input") if field["name"] == "value"]
    assert (value if turned is not True else "false") in fields


def test_a_dial_of_words_offers_them(http: httpx.Client) -> None:
    send(http, "dial", name="rejection_shape", value="errors")
    assert http.get("/control/dials").json()["rejection_shape"] == "errors"
    assert "<option selected>errors</option>" in http.get("/control/").text


def test_the_way_back_keeps_reloading(http: httpx.Client) -> None:
    answer = http.post("/control/page/hold?refresh=5")
    assert answer.headers["location"] == "/control/?refresh=5#activities"


@pytest.mark.parametrize(
    ("action", "fields"),
    [
        ("dial", {"name": "query_ms", "value": "soon"}),
        ("dial", {"name": "query_ms", "value": "-1"}),
        ("dial", {"name": "rowset_delay_seconds", "value": "nan"}),
        ("dial", {"name": "nothing", "value": "1"}),
        ("dial", {"name": "rejection_shape", "value": "nothing"}),
        ("dial", {"name": "query_ms"}),
        ("fault", {"operation": "Rowset", "kind": "nothing"}),
        ("fault", {"operation": "Rowset", "kind": "http", "more": "x"}),
        ("fault", {"kind": "http"}),
        ("fault-remove", {"id": "x"}),
    ],
)
def test_what_cannot_be_done_is_told_on_the_page(http: httpx.Client, action: str, fields: dict[str, str]) -> None:
    dials = http.get("/control/dials").json()
    answer = send(http, action, **fields)
    assert answer.status_code == 400
    assert [each["role"] for each in Outline(answer.text).all("p") if "role" in each] == ["alert"]
    assert (http.get("/control/dials").json(), http.get("/control/faults").json()) == (dials, {"faults": []})


def test_faults_are_ordered_and_removed_one_by_one(http: httpx.Client) -> None:
    for count in ("1", "2"):
        order = {"operation": "Rowset", "object_type": "*", "kind": "http", "count": count, "probability": "0.5"}
        assert send(http, "fault", **order, message="", seconds="", moment="after").status_code == 303
    first, second = http.get("/control/faults").json()["faults"]
    assert (first["count"], second["count"], second["probability"], second["moment"]) == (1, 2, 0.5, "after")
    assert [field["value"] for field in look(http).all("input") if field["name"] == "id"] == [
        str(first["id"]), str(second["id"]),
    ]  # fmt: skip
    send(http, "fault-remove", id=first["id"])
    assert http.get("/control/faults").json()["faults"] == [second]
    send(http, "faults-clear")
    assert http.get("/control/faults").json()["faults"] == []


def test_queries_are_held_and_released(mce: Mce) -> None:
    send(mce.http, "hold")
    _, key = mce.seed("Id Number")
    _, task_id = mce.start("SELECT 1 AS Id", key)
    assert mce.http.get("/control/dials").json()["hold"] is True
    send(mce.http, "release")
    assert mce.finish(task_id)["Status"] == "Complete"


def test_tokens_and_the_log_end(mce: Mce) -> None:
    send(mce.http, "tokens-expire")
    assert mce.rowset("x").status_code == 401
    send(mce.http, "calls-clear")
    assert mce.http.get("/control/calls").json() == {"calls": []}


@pytest.mark.parametrize("origin", ["http://elsewhere.example", "null", ""])
def test_other_sites_cannot_send_its_forms(http: httpx.Client, origin: str) -> None:
    answer = http.post("/control/page/hold", headers={"origin": origin})
    assert (answer.status_code, http.get("/control/dials").json()["hold"]) == (403, False)
    own = http.post("/control/page/hold", headers={"origin": str(http.base_url).rstrip("/")})
    assert own.status_code == 303


def test_a_form_that_does_not_exist(http: httpx.Client) -> None:
    assert send(http, "nothing").status_code == 404
