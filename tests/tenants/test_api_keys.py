"""API keys over HTTP: what they open, for how long, and what closes them."""

import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.db import connection
from django.db.models.functions import Now
from django.test.utils import CaptureQueriesContext
from django.urls import get_resolver
from django.urls.resolvers import URLResolver
from rest_framework.views import APIView

from tenants.callers import ALL_SCOPES, KEY_SCOPES, Caller, Scope
from tenants.context import tenant_scope
from tenants.models import ApiKey, Grant, Role, User
from tenants.services import caller_of_api_key, create_api_key, revoke_api_key
from tests.asking import ask, me
from tests.cast import Cast

REFUSED = (401, "invalid_credentials")


def make_key(caller: Caller, **fields: Any) -> tuple[ApiKey, str]:
    """The row, and the header."""
    row, key = create_api_key(
        tenant_id=caller.tenant_id,
        user_id=caller.user_id,
        business_unit_id=caller.business_unit_id,
        name="key",
        **fields,
    )
    return row, f"Api-Key {key}"


def look_up(row: ApiKey) -> ApiKey:
    with tenant_scope(row.tenant_id):
        return ApiKey.objects.get(id=row.id)


def test_a_key_opens_the_api_as_its_user_in_its_business_unit(cast: Cast) -> None:
    _, header = make_key(cast.bob.caller)
    answer = me(header)
    assert answer.status == 200
    told = {name: answer.body[name] for name in ("mid", "role", "scopes")}
    assert told == {"mid": 7001001, "role": "member", "scopes": sorted(KEY_SCOPES)}
    assert answer.body["user"] == {"id": str(cast.bob.caller.user_id), "name": "Bob", "email": "bob@example.org"}
    tenant = {"id": str(cast.bob.caller.tenant_id), "name": "Northwind Outfitters", "subdomain": "mc-northwind"}
    assert answer.body["tenant"] == tenant


def test_the_database_keeps_no_part_of_a_key_but_its_first_characters(cast: Cast) -> None:
    row, header = make_key(cast.alice.caller)
    secret = header[len("Api-Key qsp_") + 32 + 1 :]
    assert (len(secret), row.prefix) == (43, secret[:6])
    assert secret not in str(ApiKey.objects.using("operator").values().get())


def test_whose_key_it_is_takes_one_round_trip(cast: Cast) -> None:
    caller_of_api_key(cast.bob.api_key)  # and notes its use
    with CaptureQueriesContext(connection) as asked:
        caller_of_api_key(cast.bob.api_key)
    assert [query["sql"].split()[:2] for query in asked] == [["SELECT", "set_config('app.tenant_id',"]]


def test_a_key_ends_when_its_time_comes(cast: Cast) -> None:
    now = datetime.now(UTC)
    _, later = make_key(cast.alice.caller, expires_at=now + timedelta(hours=1))
    _, over = make_key(cast.alice.caller, expires_at=now - timedelta(seconds=1))
    assert me(later).status == 200
    assert me(over).error == REFUSED


def test_a_revoked_key_is_refused_and_revoking_it_again_changes_nothing(cast: Cast) -> None:
    row, header = make_key(cast.alice.caller)
    assert me(header).status == 200
    assert revoke_api_key(tenant_id=row.tenant_id, api_key_id=row.id) is True
    revoked_at = look_up(row).revoked_at
    assert revoke_api_key(tenant_id=row.tenant_id, api_key_id=row.id) is False
    assert look_up(row).revoked_at == revoked_at
    assert me(header).error == REFUSED


def test_another_tenant_cannot_revoke_a_key(cast: Cast) -> None:
    row, header = make_key(cast.alice.caller)
    assert revoke_api_key(tenant_id=cast.mallory.caller.tenant_id, api_key_id=row.id) is False
    assert me(header).status == 200


def test_every_wrong_key_gets_the_same_answer(cast: Cast) -> None:
    _, header = make_key(cast.alice.caller)
    key = header.removeprefix("Api-Key ")
    flipped = "A" if key[-1] != "A" else "B"
    mallorys = cast.mallory.caller.tenant_id.hex
    wrong = {
        "the secret": key[:-1] + flipped,
        "the tenant": f"qsp_{mallorys}{key[36:]}",
        "an unknown tenant": f"qsp_{uuid4().hex}{key[36:]}",
        "upper case": f"qsp_{key[4:36].upper()}{key[36:]}",
        "too short": key[:-1],
        "too long": f"{key}x",
        "another scheme": key.replace("qsp_", "qsq_"),
        "not ASCII": f"{key[:-1]}é",
        "empty": "",
    }
    answers = {name: me(f"Api-Key {each}") for name, each in wrong.items()}
    assert {name: answer.error for name, answer in answers.items()} == dict.fromkeys(wrong, REFUSED)
    assert {answer.body["detail"] for answer in answers.values()} == {"The key, token or session is not valid"}
    assert me(header).status == 200


@pytest.mark.parametrize("header", ["Basic YTpi", "Token x", "nonsense", "Api-Key: x"])
def test_another_way_of_signing_in_is_refused_and_told_the_two_there_are(header: str, database: None) -> None:
    answer = me(header)
    assert answer.error == REFUSED
    assert answer.body["detail"] == "Use `Authorization: Api-Key <key>` or `Authorization: Bearer <token>`."
    assert answer.headers["WWW-Authenticate"] == "Bearer"


def test_nobody_at_all_is_told_to_sign_in(database: None) -> None:
    answer = ask("GET", "/api/me")
    assert answer.error == (401, "not_signed_in")
    assert answer.body["detail"] == "Send an Authorization header or sign in."


def test_the_key_of_a_deactivated_user_is_refused_until_they_are_back(cast: Cast) -> None:
    caller = cast.bob.caller
    _, header = make_key(caller)
    for active, status in ((False, 401), (True, 200)):
        with tenant_scope(caller.tenant_id):
            User.objects.filter(id=caller.user_id).update(is_active=active)
        assert me(header).status == status


def test_a_key_ends_with_the_grant_of_its_business_unit(cast: Cast) -> None:
    caller = cast.bob.caller
    _, header = make_key(caller)
    with tenant_scope(caller.tenant_id):
        Grant.objects.filter(user_id=caller.user_id).delete()
    assert me(header).error == REFUSED


def test_a_key_has_the_role_that_its_user_has_now(cast: Cast) -> None:
    caller = cast.bob.caller
    _, header = make_key(caller)
    with tenant_scope(caller.tenant_id):
        User.objects.filter(id=caller.user_id).update(role=Role.ADMIN)
    assert me(header).body["role"] == "admin"


def test_the_last_use_is_noted_once_a_minute(cast: Cast) -> None:
    row, header = make_key(cast.alice.caller)
    assert look_up(row).last_used_at is None
    me(header)
    first = look_up(row).last_used_at
    me(header)
    assert look_up(row).last_used_at == first
    assert first is not None
    with tenant_scope(row.tenant_id):
        ApiKey.objects.update(last_used_at=Now() - timedelta(seconds=61))
    me(header)
    again = look_up(row).last_used_at
    assert again is not None
    assert again > first


# Every address of the API and the scope that a key needs there; None for any key, "open" for no key at all.
SCOPES = {
    ("GET", "api/me"): None,
    ("GET", "api/api-keys"): Scope.ACCOUNT,
    ("POST", "api/api-keys"): Scope.ACCOUNT,
    ("DELETE", "api/api-keys/<uuid:api_key_id>"): Scope.ACCOUNT,
    ("GET", "api/members"): Scope.ACCOUNT,
    ("GET", "api/members/<uuid:user_id>"): Scope.ACCOUNT,
    ("PATCH", "api/members/<uuid:user_id>"): Scope.ACCOUNT,
    ("PUT", "api/members/<uuid:user_id>/business-units/<int:mid>"): Scope.ACCOUNT,
    ("DELETE", "api/members/<uuid:user_id>/business-units/<int:mid>"): Scope.ACCOUNT,
    ("GET", "api/tenant/business-units"): Scope.ACCOUNT,
    ("POST", "api/tenant/business-units"): Scope.ACCOUNT,
    ("PATCH", "api/tenant/business-units/<int:mid>"): Scope.ACCOUNT,
    ("GET", "api/connections"): Scope.ACCOUNT,
    ("POST", "api/connections"): Scope.ACCOUNT,
    ("GET", "api/connections/<uuid:connection_id>"): Scope.ACCOUNT,
    ("PATCH", "api/connections/<uuid:connection_id>"): Scope.ACCOUNT,
    ("DELETE", "api/connections/<uuid:connection_id>"): Scope.ACCOUNT,
    ("POST", "api/connections/<uuid:connection_id>/test"): Scope.ACCOUNT,
    ("GET", "api/audit"): Scope.ACCOUNT,
    ("GET", "api/business-units"): None,
    ("POST", "api/business-units/switch"): None,
    ("GET", "auth/mce/login"): "open",
    ("GET", "auth/mce/callback"): "open",
    ("GET", "auth/mce/logout"): "open",
    ("GET", "api/runs"): Scope.RUNS_READ,
    ("POST", "api/runs"): Scope.RUNS_WRITE,
    ("GET", "api/runs/<uuid:run_id>"): Scope.RUNS_READ,
    ("POST", "api/runs/<uuid:run_id>/cancel"): Scope.RUNS_WRITE,
    ("POST", "api/runs/<uuid:run_id>/events/ticket"): Scope.RUNS_READ,
    ("GET", "api/runs/<uuid:run_id>/results"): Scope.DATA_READ,
    ("DELETE", "api/runs/<uuid:run_id>/results"): Scope.RUNS_WRITE,
    ("GET", "api/runs/<uuid:run_id>/results.csv"): Scope.DATA_READ,
    ("POST", "api/queries/validate"): Scope.RUNS_WRITE,
    ("GET", "api/data-extensions"): Scope.RUNS_WRITE,
    ("GET", "api/data-extensions/<path:key>/fields"): Scope.RUNS_WRITE,
    ("POST", "api/auth/token"): None,
    ("POST", "api/auth/token/refresh"): "open",
    ("POST", "api/auth/logout"): None,
}


def addresses(resolver: URLResolver, prefix: str = "") -> Iterator[tuple[str, str]]:
    """(method, route) of every REST framework view of ours."""
    for pattern in resolver.url_patterns:
        route = f"{prefix}{pattern.pattern}"
        if isinstance(pattern, URLResolver):
            yield from addresses(pattern, route)
            continue
        view = getattr(pattern.callback, "cls", None)
        if view and issubclass(view, APIView) and not view.__module__.startswith("drf_spectacular"):
            methods = ("get", "post", "put", "patch", "delete")
            yield from ((method.upper(), route) for method in methods if hasattr(view, method))


def filled(route: str) -> str:
    """The route, with an id of nothing."""
    return re.sub(r"<uuid:\w+>", str(uuid4()), re.sub(r"<(int|path):\w+>", "7", route))


def test_the_table_of_scopes_has_every_address_of_the_api() -> None:
    assert set(addresses(get_resolver())) == set(SCOPES)


def test_each_address_wants_its_scope_and_no_other(cast: Cast) -> None:
    keys = {scope: make_key(cast.alice.caller, scopes={scope})[1] for scope in Scope}
    keys_without = {scope: make_key(cast.alice.caller, scopes=ALL_SCOPES - {scope})[1] for scope in Scope}
    for (method, route), scope in SCOPES.items():
        if not isinstance(scope, Scope):
            continue
        path = "/" + filled(route)
        refused = ask(method, path, keys_without[scope])
        assert (refused.error, refused.body["detail"]) == ((403, "missing_scope"), f"The key needs the scope {scope}.")
        # Nothing is connected, and there is nothing of that id.
        assert ask(method, path, keys[scope]).status in {200, 400, 404, 409}


def test_a_key_without_scopes_may_ask_who_it_is_and_nothing_else(cast: Cast) -> None:
    _, header = make_key(cast.alice.caller, scopes=())
    assert me(header).body["scopes"] == []
    assert ask("GET", "/api/runs", header).error == (403, "missing_scope")
    tokens = ask("POST", "/api/auth/token", header).body
    assert ask("GET", "/api/runs", f"Bearer {tokens['access']}").error == (403, "missing_scope")
