"""Limits where letting in and managing is at stake."""

from typing import Any

import pytest
from django.test import Client, RequestFactory
from redis import Redis

from qspro.problems import RateLimited
from tenants.throttling import Limit
from tests.asking import ask
from tests.browser_user import LOGIN
from tests.cast import Cast
from tests.tenants.test_members import address, as_person
from tests.threads import at_once

pytestmark = pytest.mark.usefixtures("redis")


def limit(settings: Any, **rates: str) -> None:
    settings.RATE_LIMITS = rates


def test_wrong_keys_and_tokens_are_tried_so_often_and_no_more(cast: Cast, settings: Any) -> None:
    limit(settings, tokens="2/hour")
    assert ask("POST", "/api/auth/token", "Api-Key nonsense").error == (401, "invalid_credentials")
    assert ask("POST", "/api/auth/token/refresh", body={"refresh": "x"}).error == (401, "invalid_credentials")
    for path, authorization in (
        ("/api/auth/token", cast.alice.headers["Authorization"]),
        ("/api/auth/token/refresh", ""),
    ):
        answer = ask("POST", path, authorization, {"refresh": "x"})
        assert answer.error == (429, "rate_limited")
        assert int(answer.headers["Retry-After"]) == answer.body["retryAfter"] > 3000
    assert ask("GET", "/api/me", cast.alice.headers["Authorization"]).status == 200


def test_another_address_is_not_counted_and_a_forged_one_is_not_believed(cast: Cast, settings: Any) -> None:
    limit(settings, sign_in="1/hour")
    asked = {"subdomain": "mc-northwind"}
    forged = {"X-Forwarded-For": "10.0.0.1"}
    tries = [Client(REMOTE_ADDR=ip).get(LOGIN, asked, headers=forged) for ip in ("10.1.1.1", "10.1.1.1", "10.1.1.2")]
    assert [answer.status_code for answer in tries] == [302, 429, 302]


def test_browsers_read_it_on_the_start_page(database: None, settings: Any) -> None:
    limit(settings, sign_in="1/hour")
    for location in ("/?signInError=bad_subdomain", "/?signInError=rate_limited"):
        answer = Client().get(LOGIN, {"subdomain": "?"}, headers={"Accept": "text/html"})
        assert (answer.status_code, answer.headers["Location"]) == (302, location)


def test_changes_are_counted_for_each_user_and_reading_is_not(cast: Cast, settings: Any) -> None:
    limit(settings, managing="2/hour")
    for number in range(2):
        assert as_person(cast.alice, "POST", "/api/api-keys", {"name": f"{number}"}).status == 201
    assert as_person(cast.alice, "PATCH", address(cast.bob), {"role": "admin"}).error == (429, "rate_limited")
    assert as_person(cast.alice, "GET", "/api/members").status == 200
    assert as_person(cast.mallory, "POST", "/api/api-keys", {"name": "x"}).status == 201


def test_passwords_of_staff_are_tried_so_often_and_no_more(database: None, settings: Any) -> None:
    limit(settings, admin_sign_in="1/hour")
    statuses = [Client().post("/admin/login/", {"username": "sam", "password": "guess"}).status_code for _ in range(2)]
    assert statuses == [200, 429]
    assert Client().get("/admin/login/").status_code == 200


def test_who_guesses_many_times_at_once_has_no_more_tries(settings: Any) -> None:
    limit(settings, admin_sign_in="5/hour")
    request = RequestFactory().post("/admin/login/")
    tried = at_once(30, lambda _: Limit("admin_sign_in").spend(request))
    assert sum(not isinstance(each, RateLimited) for each in tried) == 5
    waits = {each.retry_after for each in tried if isinstance(each, RateLimited)}
    assert all(wait is not None and 3500 < wait <= 3600 for wait in waits)


def test_when_its_time_is_over_it_is_counted_anew(settings: Any) -> None:
    limit(settings, admin_sign_in="1/second")
    request, refused = RequestFactory().post("/admin/login/"), 0
    Limit("admin_sign_in").spend(request)
    while True:
        try:
            Limit("admin_sign_in").spend(request)
        except RateLimited:
            refused += 1
            continue
        break
    assert refused > 0


def test_while_redis_is_away_everybody_is_served(cast: Cast, settings: Any, redis: Redis) -> None:
    limit(settings, tokens="1/hour", managing="1/hour")
    settings.CACHES = {**settings.CACHES, "default": {**settings.CACHES["default"], "LOCATION": "redis://127.0.0.1:1"}}
    for _ in range(2):
        assert ask("POST", "/api/auth/token", cast.alice.headers["Authorization"]).status == 200
        assert as_person(cast.alice, "POST", "/api/api-keys", {"name": "x"}).status == 201
