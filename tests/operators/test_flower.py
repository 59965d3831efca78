"""/admin/queues/: who may come in, and what is passed on to a real Flower."""

import os
import subprocess
import sys
from collections.abc import Iterator
from http.cookies import Morsel
from typing import Any

import pytest
from django.conf import settings as ours
from django.test import Client
from pytest_django import Settings

from operators.flower import POLICY
from stack.readiness import answers
from tests.cast import Cast
from tests.staff import staff_client

KEY = "the-key-of-the-operators"
WITH_KEY = {"X-Admin-Key": KEY}


@pytest.fixture(scope="module")
def flower() -> Iterator[str]:
    """As the stack starts it (stack/services.py); its password comes from the environment."""
    port = ours.FLOWER_URL.rpartition(":")[2]
    options = ["--address=127.0.0.1", f"--port={port}", "--url_prefix=admin/queues", "--read_only"]
    command = [sys.executable, "-m", "celery", "-A", "stack.queues", "flower", *options]
    environment = {**os.environ, "CELERY_BROKER_URL": ours.REDIS_URL}
    process = subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    while not answers(f"{ours.FLOWER_URL}/admin/queues/healthcheck"):
        assert process.poll() is None
    yield ours.FLOWER_URL
    process.terminate()
    process.wait(timeout=30)


@pytest.fixture(autouse=True)
def with_a_key(database: None, settings: Settings) -> None:
    settings.ADMIN_API_KEY = KEY


def ask(path: str = "", *, client: Client | None = None, method: str = "GET", **headers: str) -> Any:
    names = {name.replace("_", "-"): value for name, value in headers.items()}
    return (client or Client()).generic(method, f"/admin/queues/{path}", headers=names)


def test_with_the_key_the_pages_are_flowers_own(flower: str) -> None:
    page = ask(x_admin_key=KEY)
    assert (page.status_code, page["Content-Type"]) == (200, "text/html; charset=UTF-8")
    assert "<title>Workers · Flower</title>" in page.content.decode()
    assert page["Content-Security-Policy"] == POLICY


def test_every_style_script_and_link_of_a_page_comes_through_our_address(flower: str) -> None:
    page = ask(x_admin_key=KEY).content.decode()
    client = Client()
    named = {part.split('"')[0] for mark in ('href="', 'src="') for part in page.split(mark)[1:]}
    local = {address.partition("?")[0] for address in named if not address.startswith(("https://", "#"))}
    assert "/admin/queues/static/js/flower.js" in local
    outside = {address for address in local if not address.startswith("/admin/queues/")}
    assert outside == set()
    assert {client.get(address, headers=WITH_KEY).status_code for address in local if "logout" not in address} == {200}


def test_one_request_with_the_key_lets_a_browser_load_the_rest(flower: str) -> None:
    browser = Client()
    assert ask(client=browser, x_admin_key=KEY).status_code == 200
    assert ask("static/js/flower.js", client=browser).status_code == 200


def test_the_cookie_is_for_these_pages_alone_and_no_script_reads_it(flower: str) -> None:
    cookie: Morsel[str] = ask(x_admin_key=KEY).cookies["qspro_queues"]
    told = {name: cookie[name] for name in ("path", "httponly", "samesite", "max-age")}
    assert told == {"path": "/admin/queues", "httponly": True, "samesite": "Strict", "max-age": 28800}
    assert KEY not in cookie.value


def test_staff_are_let_in_and_get_no_cookie_for_it(flower: str) -> None:
    page = ask(client=staff_client())
    assert (page.status_code, "qspro_queues" in page.cookies) == (200, False)


def test_another_key_ends_what_the_old_one_opened(flower: str, settings: Settings) -> None:
    browser = Client()
    ask(client=browser, x_admin_key=KEY)
    settings.ADMIN_API_KEY = "another key"
    assert ask(client=browser)["Location"] == "/admin/login/?next=/admin/queues/"


def test_a_forged_cookie_opens_nothing(flower: str) -> None:
    browser = Client()
    browser.cookies["qspro_queues"] = "opened:1abc:forged"
    assert ask(client=browser).status_code == 302


@pytest.mark.parametrize("key", ["", "wrong", KEY + "x", KEY[:-1], "ünï"])
def test_a_wrong_key_is_told_so(key: str) -> None:
    answer = ask(x_admin_key=key)
    assert (answer.status_code, answer.json()["code"], list(answer.cookies)) == (403, "wrong_admin_key", [])


def test_somebody_unknown_is_led_to_the_sign_in_and_back() -> None:
    assert ask("tasks?state=FAILURE")["Location"] == "/admin/login/?next=/admin/queues/tasks%3Fstate%3DFAILURE"


def test_a_member_with_an_api_key_is_nobody_here(cast: Cast) -> None:
    assert Client().get("/admin/queues/", headers=cast.alice.headers).status_code == 302


def test_without_a_key_in_the_settings_nobody_comes_in(settings: Settings) -> None:
    settings.ADMIN_API_KEY = ""
    for key in ("", KEY):
        assert ask(x_admin_key=key).json()["code"] == "admin_disabled"
    assert ask(client=staff_client()).json()["code"] == "admin_disabled"


@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH", "DELETE", "OPTIONS"])
def test_nothing_but_reading_is_passed_on(method: str) -> None:
    for path in ("", "api/worker/shutdown/worker@here", "api/task/revoke/1"):
        assert ask(path, method=method, x_admin_key=KEY, sec_fetch_site="same-origin").status_code in {403, 405}


def test_the_list_of_tasks_gets_its_rows_by_post_as_its_page_asks_for_them(flower: str) -> None:
    asked = {
        "draw": "1",
        "start": "0",
        "length": "10",
        "search[value]": "",
        "order[0][column]": "0",
        "order[0][dir]": "asc",
        "columns[0][data]": "name",
    }
    browser = Client(enforce_csrf_checks=True)
    answer = browser.post("/admin/queues/tasks/datatable", asked, headers=WITH_KEY)
    assert (answer.status_code, answer.json()) == (
        200,
        {"draw": 1, "data": [], "recordsTotal": 0, "recordsFiltered": 0},
    )
    assert Client().post("/admin/queues/tasks/datatable", asked).status_code == 302


@pytest.mark.parametrize(
    "path",
    [
        *("metrics", "metrics/", "healthcheck", "login", "logout", "api/worker/shutdown/w", "api/task/result/1"),
        *("static/../metrics", "static/%2e%2e/metrics", "static/..%2fmetrics", "worker/./../metrics", "//metrics"),
        "static/%252e%252e/metrics",
    ],
)
def test_what_flower_leaves_unguarded_is_not_there(path: str, flower: str) -> None:
    answer = ask(path, x_admin_key=KEY)
    assert (answer.status_code, "flower_" in answer.content.decode()) == (404, False)


def test_the_address_without_its_slash_leads_to_the_one_with_it() -> None:
    assert Client().get("/admin/queues")["Location"] == "/admin/queues/"


@pytest.mark.parametrize("address", ["http://127.0.0.1:1", ""])
def test_while_flower_is_away_its_pages_say_so(address: str, settings: Settings) -> None:
    settings.FLOWER_URL = address
    answer = ask(x_admin_key=KEY)
    assert (answer.status_code, answer.json()["code"]) == (503, "flower_unavailable")


def test_flower_itself_takes_nobody_without_its_password(flower: str) -> None:
    assert not answers(f"{flower}/admin/queues/workers")
