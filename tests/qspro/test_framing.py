"""Who may frame our pages, and the cookies that live in such a frame."""

from typing import Any

import pytest
from django.test import Client

from qspro.framing import MCE_PAGES
from tests.browser_user import LOGIN
from tests.qspro.test_settings import load


def login() -> Any:
    return Client().get(LOGIN, {"subdomain": "mc-northwind"}, secure=True)


def test_on_a_laptop_nobody_frames_us_and_cookies_are_lax(database: None) -> None:
    answer = login()
    assert answer.headers["Content-Security-Policy"] == "frame-ancestors 'none'"
    assert answer.headers["X-Frame-Options"] == "DENY"
    cookie = answer.cookies["sessionid"]
    assert (cookie["samesite"], cookie["httponly"], cookie["secure"]) == ("Lax", True, "")
    assert "Partitioned" not in cookie.OutputString()


def test_a_page_with_a_policy_of_its_own_gets_who_may_frame_it_added(database: None) -> None:
    policy = Client().get("/").headers["Content-Security-Policy"]
    assert policy.startswith("default-src 'none'; ")
    assert policy.endswith("; frame-ancestors 'none'")


@pytest.fixture
def embedded(settings: Any) -> None:
    settings.EMBEDDED_IN_MCE = True
    settings.SESSION_COOKIE_SAMESITE = settings.CSRF_COOKIE_SAMESITE = "None"
    settings.SESSION_COOKIE_SECURE = settings.CSRF_COOKIE_SECURE = True


@pytest.mark.usefixtures("embedded", "database")
def test_in_marketing_clouds_frame_cookies_are_made_for_it() -> None:
    answer = login()
    assert answer.headers["Content-Security-Policy"] == f"frame-ancestors {MCE_PAGES}"
    assert "X-Frame-Options" not in answer.headers
    parts = set(answer.cookies["sessionid"].OutputString().split("; ")[1:])
    assert parts >= {"HttpOnly", "Secure", "SameSite=None", "Partitioned"}


@pytest.mark.usefixtures("embedded", "database")
def test_a_cookie_that_ends_there_ends_where_it_lived() -> None:
    client = Client()
    client.cookies["sessionid"] = "s" * 32
    ended = client.get("/auth/mce/logout", secure=True).cookies["sessionid"].OutputString()
    assert set(ended.split("; ")) >= {"Max-Age=0", "SameSite=None", "Secure", "Partitioned"}


@pytest.mark.usefixtures("embedded", "database")
def test_the_admin_is_framed_by_nobody() -> None:
    answer = Client().get("/admin/login/", secure=True)
    assert answer.headers["Content-Security-Policy"] == "frame-ancestors 'none'"
    assert answer.headers["X-Frame-Options"] == "DENY"
    assert "Partitioned" in answer.cookies["csrftoken"].OutputString()


def test_a_frame_needs_https() -> None:
    loaded = load(EMBEDDED_IN_MCE="true", PUBLIC_URL="http://127.0.0.1:8000")
    assert loaded.returncode == 1
    assert loaded.stderr.strip().endswith("EMBEDDED_IN_MCE needs a PUBLIC_URL that begins with https://.")
    assert load(EMBEDDED_IN_MCE="true", PUBLIC_URL="https://qspro.example").returncode == 0
