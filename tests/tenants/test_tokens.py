"""JWT over HTTP: made, used, renewed, taken away; and what a stolen or forged one is worth."""

from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import jwt
import pytest
from django.conf import settings as django_settings
from django.db.models.functions import Now
from pytest_django import Settings

from operators.doctor import APART
from tenants.callers import Scope
from tenants.context import tenant_scope
from tenants.errors import InvalidCredentials, RefreshTokenReused, UserDeactivated
from tenants.models import ApiKey, Grant, RefreshFamily, Role, User
from tenants.services import TokenPair, caller_of_api_key, issue_tokens, refresh_tokens, revoke_api_key
from tests.asking import Answer, ask, me
from tests.cast import Cast, Person
from tests.rows import make_run
from tests.tenants.test_members import change
from tests.threads import at_once

REFUSED = (401, "invalid_credentials")


def bearer(token: str) -> str:
    return f"Bearer {token}"


def refresh(token: Any) -> Answer:
    return ask("POST", "/api/auth/token/refresh", body={"refresh": token})


def claims(token: str) -> dict[str, Any]:
    found: dict[str, Any] = jwt.decode(token, options={"verify_signature": False})
    return found


def forged(token: str, key: str = django_settings.SECRET_KEY, **changes: Any) -> str:
    """The token with other claims, under a key that may be ours."""
    return jwt.encode({**claims(token), **changes}, key, algorithm="HS256")


@pytest.fixture
def pair(cast: Cast) -> TokenPair:
    return issue_tokens(cast.alice.caller)


def test_an_api_key_gets_a_pair_that_opens_the_api_as_the_same_caller(cast: Cast) -> None:
    answer = ask("POST", "/api/auth/token", f"Api-Key {cast.alice.api_key}")
    assert (answer.status, answer.headers["Cache-Control"]) == (200, "no-store")
    assert set(answer.body) == {"access", "refresh", "tokenType", "expiresIn"}
    assert (answer.body["tokenType"], answer.body["expiresIn"]) == ("Bearer", 900)
    told = claims(answer.body["access"])
    assert {name: told[name] for name in ("sub", "tenant", "mid", "role")} == {
        "sub": str(cast.alice.caller.user_id),
        "tenant": str(cast.alice.caller.tenant_id),
        "mid": 7001001,
        "role": "owner",
    }
    assert told["exp"] - told["iat"] == 900
    by_token, by_key = me(bearer(answer.body["access"])), me(f"Api-Key {cast.alice.api_key}")
    assert (by_token.status, by_token.body) == (200, by_key.body)


def test_a_token_is_no_way_to_another_family(pair: TokenPair) -> None:
    assert ask("POST", "/api/auth/token", bearer(pair.access)).error == (403, "not_from_token")


def test_the_database_keeps_no_token_nor_its_id(pair: TokenPair) -> None:
    kept = str(RefreshFamily.objects.using("operator").values().get())
    assert pair.refresh not in kept
    assert claims(pair.refresh)["jti"] not in kept


def test_refreshing_gives_the_next_pair_of_the_same_family(pair: TokenPair) -> None:
    answer = refresh(pair.refresh)
    assert (answer.status, answer.headers["Cache-Control"]) == (200, "no-store")
    assert answer.body["refresh"] != pair.refresh
    assert claims(answer.body["refresh"])["family"] == claims(pair.refresh)["family"]
    assert me(bearer(answer.body["access"])).status == 200
    assert me(bearer(pair.access)).status == 200  # until its own time is over
    assert refresh(answer.body["refresh"]).status == 200


def test_an_older_refresh_token_ends_the_whole_family_for_the_thief_and_the_owner(pair: TokenPair) -> None:
    newest = refresh(pair.refresh).body
    assert refresh(pair.refresh).error == (401, "refresh_token_reused")
    assert refresh(newest["refresh"]).error == REFUSED
    assert refresh(pair.refresh).error == REFUSED
    assert me(bearer(newest["access"])).error == REFUSED
    assert me(bearer(pair.access)).error == REFUSED


def test_one_familys_end_is_no_others(cast: Cast, pair: TokenPair) -> None:
    other = issue_tokens(cast.alice.caller)
    refresh(pair.refresh)
    refresh(pair.refresh)
    assert me(bearer(other.access)).status == 200
    assert refresh(other.refresh).status == 200


def test_of_ten_refreshes_at_once_with_one_token_exactly_one_wins(pair: TokenPair) -> None:
    outcomes = at_once(10, lambda _: refresh_tokens(pair.refresh))
    kinds = [type(outcome) for outcome in outcomes]
    assert (kinds.count(TokenPair), kinds.count(RefreshTokenReused), kinds.count(InvalidCredentials)) == (1, 1, 8)
    (winner,) = (outcome for outcome in outcomes if isinstance(outcome, TokenPair))
    assert refresh(winner.refresh).error == REFUSED  # nine others had a copy


def test_logging_out_ends_the_access_token_too_and_no_other_familys(cast: Cast, pair: TokenPair) -> None:
    other = issue_tokens(cast.alice.caller)
    assert ask("POST", "/api/auth/logout", bearer(pair.access)).status == 204
    assert me(bearer(pair.access)).error == REFUSED
    assert refresh(pair.refresh).error == REFUSED
    assert ask("POST", "/api/auth/logout", bearer(pair.access)).error == REFUSED
    assert me(bearer(other.access)).status == 200


def test_an_access_token_is_refused_when_its_time_is_over(cast: Cast, settings: Settings) -> None:
    settings.ACCESS_TOKEN_SECONDS = -1 - int(APART.total_seconds())
    pair = issue_tokens(cast.alice.caller)
    assert me(bearer(pair.access)).error == REFUSED


def test_a_family_ends_when_its_time_is_over(cast: Cast, pair: TokenPair) -> None:
    with tenant_scope(cast.alice.caller.tenant_id):
        RefreshFamily.objects.update(expires_at=Now() - timedelta(seconds=1))
    assert refresh(pair.refresh).error == REFUSED


@pytest.mark.parametrize("kind", ["access", "refresh"])
def test_a_token_under_another_signature_or_none_is_refused(kind: str, pair: TokenPair) -> None:
    token = getattr(pair, kind)
    unsigned = jwt.encode(claims(token), "", algorithm="none")
    cut = token.rpartition(".")[0]
    for wrong in (
        forged(token, "another key, as long as ours is" * 2),
        unsigned,
        f"{cut}.",
        cut,
        f"{token}x",
        "",
        "a.b.c",
    ):
        answer = me(bearer(wrong)) if kind == "access" else refresh(wrong or "x")
        assert answer.error == REFUSED
    assert me(bearer(pair.access)).status == 200


def test_each_kind_of_token_is_refused_where_the_other_is_wanted(pair: TokenPair) -> None:
    assert refresh(pair.access).error == REFUSED
    assert me(bearer(pair.refresh)).error == REFUSED
    assert me(f"Api-Key {pair.access}").error == REFUSED


@pytest.mark.parametrize(
    "changes",
    [
        {"tenant": "7"},
        {"tenant": 7},
        {"tenant": None},
        {"family": str(UUID(int=7))},
        {"family": []},
        {"sub": str(UUID(int=7))},
    ],
)
def test_even_a_signed_token_with_claims_that_fit_nothing_is_refused(changes: dict[str, Any], pair: TokenPair) -> None:
    assert me(bearer(forged(pair.access, **changes))).error == REFUSED
    if "sub" not in changes:
        assert refresh(forged(pair.refresh, **changes)).error == REFUSED


def test_even_a_signed_token_with_another_tenant_or_user_reaches_nothing_of_theirs(cast: Cast, pair: TokenPair) -> None:
    mallory, bob = cast.mallory.caller, cast.bob.caller
    for changes in (
        {"tenant": str(mallory.tenant_id)},
        {"tenant": str(mallory.tenant_id), "sub": str(mallory.user_id)},
        {"sub": str(bob.user_id)},
    ):
        assert me(bearer(forged(pair.access, **changes))).error == REFUSED
    answer = me(bearer(forged(pair.access, role="admin", mid=8002001)))
    assert (answer.body["role"], answer.body["mid"]) == ("owner", 7001001)


def test_a_token_does_not_reach_another_tenants_or_a_colleagues_run(cast: Cast) -> None:
    run_id = make_run(cast.alice.caller)

    def seen_by(person: Person) -> Answer:
        return ask("GET", f"/api/runs/{run_id}", bearer(issue_tokens(person.caller).access))

    assert seen_by(cast.alice).body["runId"] == str(run_id)
    assert seen_by(cast.mallory).error == (404, "run_not_found")
    assert seen_by(cast.bob).error == (404, "run_not_found")
    assert (
        seen_by(cast.mallory).body["detail"]
        == ask("GET", f"/api/runs/{uuid4()}", bearer(issue_tokens(cast.mallory.caller).access)).body["detail"]
    )


def test_a_pair_ends_with_the_grant_of_its_business_unit(cast: Cast, pair: TokenPair) -> None:
    with tenant_scope(cast.alice.caller.tenant_id):
        Grant.objects.filter(user_id=cast.alice.caller.user_id).delete()
    assert me(bearer(pair.access)).error == REFUSED
    assert refresh(pair.refresh).error == REFUSED


def test_a_refresh_refused_for_a_deactivated_user_does_not_use_the_token_up(cast: Cast, pair: TokenPair) -> None:
    alice = cast.alice.caller
    for active, status in ((False, 401), (True, 200)):
        with tenant_scope(alice.tenant_id):
            User.objects.filter(id=alice.user_id).update(is_active=active)
        assert me(bearer(pair.access)).status == status
        assert refresh(pair.refresh).status == status


def test_the_role_is_the_users_present_one_and_the_scopes_those_of_the_key(cast: Cast) -> None:
    bob = cast.bob.caller
    limited = issue_tokens(type(bob)(**{**vars(bob), "scopes": frozenset({Scope.RUNS_READ.value})}))
    with tenant_scope(bob.tenant_id):
        User.objects.filter(id=bob.user_id).update(role=Role.ADMIN)
    renewed = refresh(limited.refresh).body
    assert claims(renewed["access"])["role"] == "admin"
    answer = me(bearer(renewed["access"]))
    assert (answer.body["role"], answer.body["scopes"]) == ("admin", ["runs:read"])


@pytest.mark.parametrize("body", [{}, {"refresh": ""}, {"refresh": None}, {"refresh": ["x"]}, [], "x"])
def test_a_refresh_without_a_token_says_what_is_missing(body: Any, database: None) -> None:
    answer = ask("POST", "/api/auth/token/refresh", body=body)
    assert answer.error == (400, "invalid_fields")
    assert len(answer.body["violations"]) == 1


def test_revoking_the_key_ends_the_tokens_that_it_got_and_no_others(cast: Cast) -> None:
    by_key = ask("POST", "/api/auth/token", f"Api-Key {cast.alice.api_key}").body
    by_session = issue_tokens(cast.alice.caller)
    key = caller_of_api_key(cast.alice.api_key)
    assert key.api_key_id is not None
    revoke_api_key(tenant_id=key.tenant_id, api_key_id=key.api_key_id)
    assert me(bearer(by_key["access"])).error == REFUSED
    assert refresh(by_key["refresh"]).error == REFUSED
    assert me(bearer(by_session.access)).status == 200


def test_tokens_end_when_the_key_that_got_them_expires(cast: Cast) -> None:
    by_key = ask("POST", "/api/auth/token", f"Api-Key {cast.alice.api_key}").body
    with tenant_scope(cast.alice.caller.tenant_id):
        ApiKey.objects.update(expires_at=Now())
    assert me(bearer(by_key["access"])).error == REFUSED
    assert refresh(by_key["refresh"]).error == REFUSED


def test_a_clock_that_is_some_seconds_behind_takes_a_token_that_another_has_made(pair: TokenPair) -> None:
    """As far as the doctor lets the clocks of two API machines be from ours."""
    ahead = {"iat": claims(pair.access)["iat"] + int(APART.total_seconds()) - 1}
    assert me(bearer(forged(pair.access, **ahead))).status == 200
    assert refresh(forged(pair.refresh, **ahead)).status == 200
    later = {"iat": claims(pair.access)["iat"] + 60}
    assert me(bearer(forged(pair.access, **later))).error == REFUSED


def test_who_is_deactivated_while_they_ask_gets_no_tokens(cast: Cast) -> None:
    """They would be good again once their user is."""
    change(cast.bob, active=False)
    with pytest.raises(UserDeactivated):
        issue_tokens(cast.bob.caller)
