"""The console's session: it opens the API, and writes only together with its CSRF token."""

import asyncio
import time
from importlib import import_module
from typing import Any
from typing import cast as cast_to
from uuid import UUID

import httpx
import pytest
from django.conf import settings as django_settings
from django.contrib.sessions.backends.base import UpdateError
from django.contrib.sessions.models import Session
from django.test import Client
from django.utils import timezone

from qspro.asgi import application
from tenants.callers import ALL_SCOPES, Caller
from tenants.context import tenant_scope
from tenants.errors import InvalidCredentials
from tenants.models import Grant, User
from tenants.services import ensure_business_unit, forget_ended_sessions
from tenants.services.sign_in import SESSION_KEY, caller_of_session, issue_session_tokens, session_value
from tests.asking import Answer, ask, me
from tests.cast import Cast, make_person
from tests.rows import make_run
from tests.staff import staff_client

TOKEN = "t" * 32
BODY = {"sqlText": "SELECT 1 AS One"}


def signed_in(caller: Caller) -> Client:
    """A browser whose session belongs to `caller`, with the CSRF cookie."""
    session = import_module(django_settings.SESSION_ENGINE).SessionStore()
    session[SESSION_KEY] = session_value(caller)
    session.save()
    client = Client(enforce_csrf_checks=True)
    client.cookies[django_settings.SESSION_COOKIE_NAME] = session.session_key
    client.cookies[django_settings.CSRF_COOKIE_NAME] = TOKEN
    return client


@pytest.fixture
def alice(cast: Cast) -> Client:
    return signed_in(cast.alice.caller)


@pytest.mark.parametrize("key", ['"aaaaaaaaaaaa\\000"', "a" * 4_000, "ABCDEFGHIJKLMNOPQRSTUVWXYZ012345", "%00" * 8, ""])
@pytest.mark.parametrize("path", ["/healthz", "/api/me", f"/api/runs/{UUID(int=1)}/events"])
def test_a_cookie_that_holds_no_session_of_ours_is_none(path: str, key: str, database: None) -> None:
    async def asked() -> httpx.Response:
        transport = httpx.ASGITransport(cast_to(Any, application))
        async with httpx.AsyncClient(transport=transport, base_url="http://localhost") as client:
            return await client.get(path, headers={"Cookie": f"sessionid={key}"})

    assert asyncio.run(asked()).status_code == (200 if path == "/healthz" else 401)


def post(client: Client, path: str = "/api/auth/token", body: Any = None, **headers: str) -> Answer:
    return ask("POST", path, body=body, client=client, **headers)


def test_a_session_reads_as_its_user_with_all_scopes(alice: Client, cast: Cast) -> None:
    answer = ask("GET", "/api/me", client=alice)
    assert (answer.status, answer.body["user"]["id"]) == (200, str(cast.alice.caller.user_id))
    assert (answer.body["mid"], answer.body["role"]) == (7001001, "owner")
    assert answer.body["scopes"] == sorted(ALL_SCOPES)


@pytest.mark.parametrize("path", ["/api/auth/token", "/api/auth/logout", "/api/queries/validate", "/api/runs"])
def test_a_write_without_the_csrf_token_is_403(path: str, alice: Client) -> None:
    answer = post(alice, path, BODY)
    assert answer.error == (403, "csrf_failed")
    assert answer.body["detail"] == "Send the csrftoken cookie's value as X-CSRFToken."
    assert ask("GET", "/api/me", client=alice).status == 200


@pytest.mark.parametrize(
    "headers", [{"X-CSRFToken": "u" * 32}, {"X-CSRFToken": TOKEN, "Origin": "http://evil.example"}]
)
def test_a_wrong_token_or_a_foreign_origin_is_403(headers: dict[str, str], alice: Client) -> None:
    assert post(alice, **headers).error == (403, "csrf_failed")


def test_with_the_token_a_session_writes(alice: Client, cast: Cast) -> None:
    answer = post(alice, **{"X-CSRFToken": TOKEN})
    assert (answer.status, answer.body["tokenType"]) == (200, "Bearer")
    renewed = ask("GET", "/api/me", f"Bearer {answer.body['access']}")
    assert renewed.body["user"]["id"] == str(cast.alice.caller.user_id)


def test_a_header_goes_before_the_session_and_needs_no_csrf_token(alice: Client, cast: Cast) -> None:
    headers = {"Authorization": f"Api-Key {cast.mallory.api_key}"}
    assert post(alice, **headers).status == 200
    assert ask("GET", "/api/me", client=alice, **headers).body["mid"] == 8002001
    wrong = ask("GET", "/api/me", "Api-Key nonsense", client=alice)
    assert wrong.error == (401, "invalid_credentials")


def test_logging_out_ends_the_session_on_the_server(alice: Client) -> None:
    assert Session.objects.count() == 1
    cookie = alice.cookies[django_settings.SESSION_COOKIE_NAME].value
    assert post(alice, "/api/auth/logout", **{"X-CSRFToken": TOKEN}).status == 204
    assert Session.objects.count() == 0
    alice.cookies[django_settings.SESSION_COOKIE_NAME] = cookie
    assert ask("GET", "/api/me", client=alice).error == (401, "not_signed_in")


def test_a_session_reaches_no_run_of_another_tenant_or_colleague(alice: Client, cast: Cast) -> None:
    path = f"/api/runs/{make_run(cast.alice.caller)}"
    assert ask("GET", path, client=alice).status == 200
    for other in (cast.mallory, cast.bob):
        assert ask("GET", path, client=signed_in(other.caller)).error == (404, "run_not_found")


def test_a_session_is_worth_nothing_once_its_user_is_deactivated_or_its_grant_gone(cast: Cast) -> None:
    caller = cast.bob.caller
    bob = signed_in(caller)
    for active, status in ((False, 401), (True, 200)):
        with tenant_scope(caller.tenant_id):
            User.objects.filter(id=caller.user_id).update(is_active=active)
        assert ask("GET", "/api/me", client=bob).status == status
    with tenant_scope(caller.tenant_id):
        Grant.objects.filter(user_id=caller.user_id).delete()
    assert ask("GET", "/api/me", client=bob).error == (401, "invalid_credentials")


def test_staff_at_the_admin_are_nobody_at_the_api(cast: Cast) -> None:
    client = staff_client()
    assert client.get("/admin/").status_code == 200
    assert ask("GET", "/api/me", client=client).error == (401, "not_signed_in")


def change(client: Client, **values: float) -> Session:
    session = client.session
    session.update(values)
    session.save()
    return Session.objects.get()


def test_a_session_that_was_idle_too_long_is_over(alice: Client) -> None:
    Session.objects.update(expire_date=timezone.now())
    assert ask("GET", "/api/me", client=alice).error == (401, "not_signed_in")


def test_whoever_uses_a_session_keeps_it_but_writes_it_once_a_minute(alice: Client) -> None:
    now = time.time()
    row = change(alice, began=now - 7000, renewed=now - 30)
    assert ask("GET", "/api/me", client=alice).status == 200
    assert Session.objects.get().expire_date == row.expire_date
    row = change(alice, renewed=now - 90)
    assert ask("GET", "/api/me", client=alice).status == 200
    renewed = Session.objects.get()
    assert renewed.expire_date > row.expire_date
    assert renewed.get_decoded()["began"] == now - 7000


def test_however_busy_it_is_a_session_ends_eight_hours_after_it_began(alice: Client) -> None:
    change(alice, began=time.time() - 8 * 3600 - 1, renewed=time.time())
    assert ask("GET", "/api/me", client=alice).error == (401, "not_signed_in")
    assert Session.objects.count() == 0


def test_streams_heed_the_end_of_a_session_too(cast: Cast) -> None:
    session = {SESSION_KEY: session_value(cast.alice.caller), "began": time.time() - 8 * 3600 - 1}
    with pytest.raises(InvalidCredentials):
        caller_of_session(session)


def test_the_session_of_staff_has_a_beginning_and_so_an_end(database: None) -> None:
    client = staff_client()
    client.get("/admin/")
    change(client, began=time.time() - 8 * 3600 - 1)
    assert client.get("/admin/").status_code == 302


def test_sessions_that_are_over_are_pruned(cast: Cast) -> None:
    for caller in (cast.alice.caller, cast.bob.caller):
        signed_in(caller)
    Session.objects.filter(pk=Session.objects.first().pk).update(expire_date=timezone.now())  # type: ignore[union-attr]
    assert (forget_ended_sessions(), Session.objects.count()) == (1, 1)


def test_signing_out_ends_the_tokens_that_the_session_began_and_no_others(alice: Client, cast: Cast) -> None:
    headers = {"X-CSRFToken": TOKEN}
    of_session = [post(alice, **headers).body for _ in range(2)]
    of_key = ask("POST", "/api/auth/token", cast.alice.headers["Authorization"]).body
    assert post(alice, "/api/auth/logout", **headers).status == 204
    for pair in of_session:
        assert me(f"Bearer {pair['access']}").error == (401, "invalid_credentials")
        assert ask("POST", "/api/auth/token/refresh", body={"refresh": pair["refresh"]}).status == 401
    assert me(f"Bearer {of_key['access']}").status == 200


def opened(client: Client) -> Any:
    """The session as a request reads it."""
    store = import_module(django_settings.SESSION_ENGINE).SessionStore
    session = store(client.cookies[django_settings.SESSION_COOKIE_NAME].value)
    assert SESSION_KEY in session
    return session


def test_a_request_that_began_before_a_switch_does_not_take_it_back(alice: Client, cast: Cast) -> None:
    elsewhere = make_person(
        "alice",
        tenant_id=cast.alice.caller.tenant_id,
        unit_id=ensure_business_unit(tenant_id=cast.alice.caller.tenant_id, mid=7001002, name="Northwind US"),
        mid=7001002,
        role="owner",
    )
    slow = opened(alice)
    assert post(alice, "/api/business-units/switch", {"mid": 7001002}, **{"X-CSRFToken": TOKEN}).status == 200
    slow["renewed"] = time.time()
    slow.save()
    assert ask("GET", "/api/me", client=alice).body["mid"] == elsewhere.caller.mid


def test_signing_out_ends_tokens_that_were_made_at_once(alice: Client, cast: Cast) -> None:
    both = [opened(alice), opened(alice)]
    pairs = [issue_session_tokens(session, cast.alice.caller) for session in both]
    for session in both:
        session.save()
    assert post(alice, "/api/auth/logout", **{"X-CSRFToken": TOKEN}).status == 204
    assert [ask("GET", "/api/me", f"Bearer {pair.access}").status for pair in pairs] == [401, 401]


def test_a_request_that_outlives_the_session_does_not_bring_it_back(alice: Client) -> None:
    slow = opened(alice)
    slow["renewed"] = time.time()
    assert post(alice, "/api/auth/logout", **{"X-CSRFToken": TOKEN}).status == 204
    with pytest.raises(UpdateError):
        slow.save()
    assert ask("GET", "/api/me", client=alice).status == 401


def test_what_a_request_removes_from_its_session_is_gone_and_nothing_else(alice: Client) -> None:
    first = opened(alice)
    first["one"], first["two"] = 1, 2
    first.save()
    second = opened(alice)
    second.pop("one")
    first["three"] = 3
    first.save()
    second.save()
    kept = opened(alice)
    assert {name: kept.get(name) for name in ("one", "two", "three")} == {"one": None, "two": 2, "three": 3}
