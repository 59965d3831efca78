"""manage.py rotate_keys: everything sealed is sealed anew, in each tenant, twice or interrupted."""

from io import StringIO
from typing import Any
from uuid import UUID

import pytest
from cryptography.fernet import Fernet
from django.core.management import CommandError, call_command
from django.db import connection, models
from pytest_django import Settings

from mce_bridge.models import Connection
from shell_query.models import Run
from tenants import rotation
from tenants.callers import Caller
from tenants.context import tenant_scope
from tenants.encryption import seal, unseal
from tenants.models import Tenant
from tenants.rotation import Rotation
from tests.cast import Cast
from tests.rows import ROWS, make_run

OLD, NEW = (Fernet.generate_key().decode() for _ in range(2))
SEALED = {Tenant: ["sealed_hash_key"], Connection: ["client_secret", "refresh_token", "access_token"]} | {
    Run: ["sealed_sql", "sealed_mce_message"]
}


def run() -> str:
    out = StringIO()
    call_command("rotate_keys", stdout=out, stderr=out)
    return out.getvalue()


@pytest.fixture
def people(cast: Cast, settings: Settings) -> list[Caller]:
    """Alice and Mallory, each with one row of each kind, sealed with the old key; now there is a new one."""
    callers = [cast.alice.caller, cast.mallory.caller]
    settings.ENCRYPTION_KEYS = [OLD]
    for caller in callers:
        with tenant_scope(caller.tenant_id):
            Tenant.objects.update(sealed_hash_key=seal("hash key"))
        connection_id = ROWS[Connection](caller)
        run_id = make_run(caller)
        with tenant_scope(caller.tenant_id):
            tokens = {"client_secret": seal("secret"), "refresh_token": seal("refresh"), "access_token": seal("access")}
            Connection.objects.filter(id=connection_id).update(**tokens)
            Run.objects.filter(id=run_id).update(sealed_mce_message=seal("message"))
    settings.ENCRYPTION_KEYS = [NEW, OLD]
    return callers


def opened(tenant_id: UUID) -> dict[str, list[str]]:
    """What is sealed, by field."""
    found: dict[str, list[str]] = {}
    with tenant_scope(tenant_id):
        for model, fields in SEALED.items():
            manager: models.Manager[Any] = model._default_manager
            for field in fields:
                found[field] = [unseal(value) for value in manager.values_list(field, flat=True)]
    return found


def test_every_sealed_field_is_found() -> None:
    assert dict(rotation.sealed_fields()) == SEALED


def test_afterwards_the_old_key_is_needed_no_more(people: list[Caller], settings: Settings) -> None:
    before = [opened(caller.tenant_id) for caller in people]
    assert run() == "12 values were sealed anew, 0 were already under the newest key.\n"
    settings.ENCRYPTION_KEYS = [NEW]
    assert [opened(caller.tenant_id) for caller in people] == before


def test_a_second_time_nothing_is_left_to_do(people: list[Caller]) -> None:
    run()
    assert run() == "0 values were sealed anew, 12 were already under the newest key.\n"


def test_after_one_that_was_stopped_the_next_does_the_rest(people: list[Caller], settings: Settings) -> None:
    (first, fields), *_ = rotation.sealed_fields()
    rotated = Rotation(resealed=0, newest=0, unreadable=[])
    rotation.rotate_table(people[0].tenant_id, first, fields, rotated)
    assert (
        run()
        == f"{12 - rotated.resealed} values were sealed anew, {rotated.resealed} were already under the newest key.\n"
    )
    settings.ENCRYPTION_KEYS = [NEW]
    assert [opened(caller.tenant_id)["client_secret"] for caller in people] == [["secret"], ["secret"]]


def test_a_table_of_many_batches_is_done_to_its_end(
    people: list[Caller], monkeypatch: pytest.MonkeyPatch, settings: Settings
) -> None:
    monkeypatch.setattr(rotation, "BATCH", 2)
    settings.ENCRYPTION_KEYS = [OLD]
    for _ in range(5):
        make_run(people[0])
    settings.ENCRYPTION_KEYS = [NEW, OLD]
    assert run() == "17 values were sealed anew, 0 were already under the newest key.\n"


def test_what_no_key_opens_is_named_and_the_rest_is_done(people: list[Caller], settings: Settings) -> None:
    lost = make_run(people[0])
    with tenant_scope(people[0].tenant_id):
        Run.objects.filter(id=lost).update(sealed_sql=Fernet(Fernet.generate_key()).encrypt(b"SELECT"))
    out = StringIO()
    with pytest.raises(CommandError, match="Keep every key"):
        call_command("rotate_keys", stdout=out, stderr=out)
    assert out.getvalue().splitlines() == [
        "12 values were sealed anew, 0 were already under the newest key.",
        f"No key opens shell_query.Run {lost} sealed_sql.",
    ]


def test_it_leaves_no_scope_behind(people: list[Caller]) -> None:
    run()
    assert not connection.in_atomic_block
    assert not Run.objects.exists()
