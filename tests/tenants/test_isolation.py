"""Walks all models: what has a tenant is behind the wall, for every way of asking."""

from collections.abc import Iterator
from typing import Any
from uuid import UUID

import pytest
from django.apps import apps
from django.core.management import call_command
from django.db import connection, connections, models, transaction
from django.db.utils import DataError, IntegrityError, ProgrammingError

from tenants.context import tenant_scope
from tenants.models import AuditEntry, BusinessUnit, Grant, Role, Tenant, User
from tests.cast import Cast
from tests.leases.crowd import crowd
from tests.rows import ROWS

TENANT_MODELS = [
    model
    for model in apps.get_models()
    if model is Tenant or any(field.name == "tenant" for field in model._meta.local_fields)
]
# What may be added to and read, and not changed: tests/tenants/test_audit.py.
CHANGEABLE = [model for model in TENANT_MODELS if model is not AuditEntry]
# What has no tenant, and why that is right.
WITHOUT_TENANT = {
    "admin.LogEntry": "what staff did",
    "auth.Group": "unused",
    "auth.Permission": "unused",
    "contenttypes.ContentType": "Django's own",
    "tenants.Staff": "our own people, rows of User without a tenant",
    "leases.PausedQueue": "operators pause a queue, whoever has rows in it",
    "sessions.Session": "found by its secret key, before anybody is known",
    "django_eventstream.Event": "unused: events come from our rows",
    "django_eventstream.EventCounter": "unused",
}


@pytest.fixture
def rows(cast: Cast) -> dict[type[models.Model], tuple[Any, Any]]:
    """A row of each model, of Alice's tenant and of Mallory's, by primary key."""
    return {model: (make(cast.alice.caller), make(cast.mallory.caller)) for model, make in ROWS.items()}


def name_of(model: type[models.Model]) -> str:
    return model._meta.label


def test_every_model_has_a_tenant_or_a_reason_to_have_none() -> None:
    others = {
        model._meta.label
        for model in apps.get_models()
        if model not in TENANT_MODELS and model._meta.app_label != "django_celery_beat"
    }
    assert others == set(WITHOUT_TENANT)


def test_the_rows_of_this_test_cover_every_tenant_model() -> None:
    assert set(ROWS) == set(TENANT_MODELS)


@pytest.mark.parametrize("model", TENANT_MODELS, ids=name_of)
def test_the_table_is_behind_the_wall(model: type[models.Model], database: None) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT relrowsecurity, relforcerowsecurity FROM pg_class WHERE oid = %s::regclass",
            [model._meta.db_table],
        )
        assert cursor.fetchone() == (True, True)
        cursor.execute(
            "SELECT array_agg(policyname::text) FROM pg_policies WHERE tablename = %s AND roles = '{public}'",
            [model._meta.db_table],
        )
        assert cursor.fetchone() == (["tenant_isolation"],)


PLAIN = "(NULLIF(current_setting('app.tenant_id'::text, true), ''::text))::uuid"
SUBSELECT = f'( SELECT {PLAIN} AS "nullif")'


def isolation() -> dict[str, tuple[str, str]]:
    """What each table's policy lets be seen and be written."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT tablename, qual, with_check FROM pg_policies WHERE policyname = 'tenant_isolation'")
        return {table: (qual, check) for table, qual, check in cursor.fetchall()}


def all_compared_with(tenant: str) -> dict[str, tuple[str, str]]:
    columns = {model._meta.db_table: "id" if model is Tenant else "tenant_id" for model in TENANT_MODELS}
    return {table: (f"({column} = {tenant})", f"({column} = {tenant})") for table, column in columns.items()}


def test_every_policy_compares_with_the_setting_and_did_so_by_a_subselect_before(database: None) -> None:
    assert isolation() == all_compared_with(PLAIN)
    call_command("migrate", "tenants", "0011", database="owner", verbosity=0)
    try:
        before = isolation()
    finally:
        call_command("migrate", "tenants", database="owner", verbosity=0)
    assert before == all_compared_with(SUBSELECT)
    assert isolation() == all_compared_with(PLAIN)


@pytest.mark.parametrize("model", TENANT_MODELS, ids=name_of)
def test_a_scope_that_names_no_tenant_is_an_error(model: type[models.Model], rows: Any) -> None:
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT set_config('app.tenant_id', 'x'' OR true --', true)")
        with pytest.raises(DataError, match="invalid input syntax for type uuid"):
            cursor.execute(f"SELECT count(*) FROM {model._meta.db_table}")
        transaction.set_rollback(True)


def test_the_planner_knows_whose_rows_are_asked_for(cast: Cast) -> None:
    """To one who knows not, every tenant has as many."""
    alice, mallory = cast.alice.caller, cast.mallory.caller
    crowd(alice, 300)
    crowd(mallory, 3)
    with connections["owner"].cursor() as owner:
        owner.execute("ANALYZE shell_query_run")
    assert [expected(caller.tenant_id) for caller in (alice, mallory)] == [300, 3]


def expected(tenant_id: UUID) -> int:
    with tenant_scope(tenant_id), connection.cursor() as cursor:
        cursor.execute("EXPLAIN (FORMAT JSON) SELECT id FROM shell_query_run")
        return int(cursor.fetchone()[0][0]["Plan"]["Plan Rows"])


@pytest.mark.parametrize("model", TENANT_MODELS, ids=name_of)
def test_each_foreign_key_between_tenant_tables_is_held_to_one_tenant(
    model: type[models.Model], database: None
) -> None:
    wanted = {
        field.column
        for field in model._meta.local_fields
        if isinstance(field, models.ForeignKey) and field.name != "tenant" and field.related_model in TENANT_MODELS
    }
    assert set(composite_keys(model._meta.db_table)) == wanted


def composite_keys(table: str) -> Iterator[str]:
    """The second columns of the foreign keys that begin with tenant_id."""
    with connection.cursor() as cursor:
        cursor.execute(
            """
            SELECT (SELECT array_agg(attname::text ORDER BY place) FROM unnest(conkey) WITH ORDINALITY AS k(num, place)
                      JOIN pg_attribute ON attrelid = conrelid AND attnum = num)
              FROM pg_constraint WHERE conrelid = %s::regclass AND contype = 'f' AND cardinality(conkey) = 2
            """,
            [table],
        )
        for ((tenant, column),) in cursor.fetchall():
            assert tenant == "tenant_id"
            yield column


@pytest.mark.parametrize("model", TENANT_MODELS, ids=name_of)
def test_without_a_scope_there_are_no_rows(model: type[models.Model], rows: Any) -> None:
    assert model._default_manager.count() == 0
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT count(*) FROM {model._meta.db_table}")
        assert cursor.fetchone() == (0,)


@pytest.mark.parametrize("model", CHANGEABLE, ids=name_of)
def test_in_one_tenants_scope_anothers_rows_are_not_there(model: type[models.Model], cast: Cast, rows: Any) -> None:
    alices, mallorys = rows[model]
    table = model._meta.db_table
    with tenant_scope(cast.mallory.caller.tenant_id), connection.cursor() as cursor:
        assert model._default_manager.filter(pk=mallorys).exists()
        assert not model._default_manager.filter(pk=alices).exists()
        assert model._default_manager.filter(pk=alices).update(id=alices) == 0
        cursor.execute(f"SELECT count(*) FROM {table} WHERE id = %s", [alices])
        assert cursor.fetchone() == (0,)
        cursor.execute(f"UPDATE {table} SET id = id WHERE id = %s", [alices])
        assert cursor.rowcount == 0
        cursor.execute(f"DELETE FROM {table} WHERE id = %s", [alices])
        assert cursor.rowcount == 0
    with tenant_scope(cast.alice.caller.tenant_id):
        assert model._default_manager.filter(pk=alices).exists()


@pytest.mark.parametrize("model", CHANGEABLE, ids=name_of)
def test_a_row_cannot_be_put_into_another_tenant(model: type[models.Model], cast: Cast, rows: Any) -> None:
    column = "id" if model is Tenant else "tenant_id"
    table = model._meta.db_table
    statement = f"UPDATE {table} SET {column} = %s WHERE id = %s"
    refused = pytest.raises(ProgrammingError, match="row-level security")
    with refused, tenant_scope(cast.mallory.caller.tenant_id), connection.cursor() as cursor:
        cursor.execute(statement, [cast.alice.caller.tenant_id, rows[model][1]])


@pytest.mark.parametrize("model", [model for model in TENANT_MODELS if model is not Tenant], ids=name_of)
def test_a_row_cannot_be_inserted_for_another_tenant(model: type[models.Model], cast: Cast, rows: Any) -> None:
    with tenant_scope(cast.mallory.caller.tenant_id):
        row = model._default_manager.get(pk=rows[model][1])
    row.tenant_id = cast.alice.caller.tenant_id  # type: ignore[attr-defined]
    row.pk = UUID(int=7)
    with pytest.raises(ProgrammingError, match="row-level security"), tenant_scope(cast.mallory.caller.tenant_id):
        row.save(force_insert=True)


def test_a_foreign_key_cannot_reach_into_another_tenant(cast: Cast) -> None:
    """PostgreSQL checks plain foreign keys without regard to policies; the composite ones hold."""
    mallory = cast.mallory.caller
    with pytest.raises(IntegrityError, match="same_tenant"), tenant_scope(mallory.tenant_id):
        Grant.objects.create(
            tenant_id=mallory.tenant_id,
            user_id=mallory.user_id,
            business_unit_id=cast.alice.caller.business_unit_id,
        )


def test_scopes_nest_and_the_outer_tenant_is_back_after_the_inner_one(cast: Cast) -> None:
    alice, mallory = cast.alice.caller, cast.mallory.caller
    with tenant_scope(alice.tenant_id):
        with tenant_scope(mallory.tenant_id):
            assert set(User.objects.values_list("id", flat=True)) == {mallory.user_id}
        assert set(User.objects.values_list("id", flat=True)) == {alice.user_id, cast.bob.caller.user_id}


def test_after_a_failed_inner_scope_the_outer_tenant_is_back(cast: Cast) -> None:
    alice, mallory = cast.alice.caller, cast.mallory.caller
    with tenant_scope(alice.tenant_id):
        with pytest.raises(ZeroDivisionError), tenant_scope(mallory.tenant_id):
            raise ZeroDivisionError
        assert User.objects.filter(id=alice.user_id).exists()


def test_an_outer_transaction_keeps_no_tenant_after_a_scope(cast: Cast) -> None:
    with transaction.atomic():
        with tenant_scope(cast.alice.caller.tenant_id):
            assert User.objects.exists()
        assert not User.objects.exists()


def test_a_scope_gives_its_connection_back(cast: Cast) -> None:
    with tenant_scope(cast.alice.caller.tenant_id):
        BusinessUnit.objects.count()
    assert connection.connection is None


@pytest.mark.parametrize("alias", ["default", "owner", "operator"])
def test_no_role_that_we_connect_as_could_look_past_the_policies(alias: str, database: None) -> None:
    with connections[alias].cursor() as cursor:
        cursor.execute("SELECT rolsuper OR rolbypassrls FROM pg_roles WHERE rolname = current_user")
        assert cursor.fetchone() == (False,)


def test_the_owner_without_a_scope_sees_nothing_either(rows: Any) -> None:
    for model in TENANT_MODELS:
        assert model._default_manager.using("owner").count() == 0


def test_the_operator_sees_all_and_writes_staff_alone(cast: Cast) -> None:
    users = User.objects.using("operator")
    assert users.count() == 3
    assert users.filter(id=cast.alice.caller.user_id).update(name="x") == 0
    with pytest.raises(ProgrammingError, match="permission denied"):
        Tenant.objects.using("operator").update(name="x")
    staff = User.objects.create_superuser("root", "a-long-password")
    assert users.filter(id=staff.id, role=Role.STAFF).update(name="x") == 1


def test_staff_are_invisible_to_the_runtime_role(cast: Cast) -> None:
    User.objects.create_superuser("root", "a-long-password")
    assert not User.objects.filter(username="root").exists()
    with tenant_scope(cast.alice.caller.tenant_id):
        assert not User.objects.filter(username="root").exists()


def test_the_runtime_role_may_call_the_definer_functions_and_others_may_not(cast: Cast) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT tenant_of_enterprise('7001000')")
        assert cursor.fetchone() == (cast.alice.caller.tenant_id,)
    with pytest.raises(ProgrammingError, match="permission denied"), connections["operator"].cursor() as cursor:
        cursor.execute("SELECT tenant_of_enterprise('7001000')")
