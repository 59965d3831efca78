"""The admin's page of a tenant: how much of their limits its people use."""

import pytest
from django.test import Client
from pytest_django import Settings
from redis import Redis

from operators import use
from operators.use import Use, use_of
from tests.cast import Cast
from tests.rows import make_run
from tests.shell_query.driver import submit
from tests.shell_query.test_admin import failed
from tests.staff import staff_client


def test_the_use_of_each_user_is_told_and_of_no_other_tenant(cast: Cast, redis: Redis) -> None:
    submit(cast.alice.caller, "SELECT StoreID FROM Stores")
    failed(cast.alice.caller)
    make_run(cast.mallory.caller)
    caller = cast.alice.caller
    redis.zadd(f"qspro:streams:{caller.tenant_id}:{caller.user_id}", {"stream-1": 10**14})
    assert list(use_of(caller.tenant_id)) == [
        Use("Alice", active=1, streams=1, of_late=2, failed=1),
        Use("Bob", active=0, streams=0, of_late=0, failed=0),
    ]


@pytest.mark.parametrize(("redis_url", "streams"), [("", "0 of 5"), ("redis://127.0.0.1:1/0", "? of 5")])
def test_it_stands_beside_the_limits_on_the_tenants_page(
    redis_url: str, streams: str, cast: Cast, redis: Redis, settings: Settings
) -> None:
    settings.REDIS_URL = redis_url or settings.REDIS_URL
    client: Client = staff_client()
    page = client.get(f"/admin/tenants/tenant/{cast.mallory.caller.tenant_id}/change/").content.decode()
    assert f"<td>Mallory</td><td>0 of 10</td><td>{streams}</td><td>0</td><td>0</td>" in page
    assert "Alice" not in page


def test_a_new_tenant_has_no_use_yet(cast: Cast) -> None:
    assert "use and limits" not in staff_client().get("/admin/tenants/tenant/add/").content.decode().lower()


def test_of_very_many_runs_the_latest_are_told(cast: Cast, redis: Redis, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(use, "MOST", 2)
    caller = cast.alice.caller
    for make in (failed, make_run, failed):
        make(caller)
    assert [(each.of_late, each.failed) for each in use_of(caller.tenant_id) if each.name == "Alice"] == [(2, 1)]
