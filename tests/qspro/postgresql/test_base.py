"""Transactions that begin with their first statement, on connections that may have ended meanwhile."""

import os
from collections.abc import Callable, Iterator
from typing import Any

import psycopg
import pytest
from django.db import OperationalError, connection, transaction
from django.test.utils import CaptureQueriesContext

from qspro.statements import Statement, send
from tenants.context import ask, current_tenant, database, tenant_scope
from tenants.models import User
from tests.cast import Cast


def users_in_a_scope(cast: Cast) -> int:
    with tenant_scope(cast.alice.caller.tenant_id):
        return User.objects.count()


def users_at_once(cast: Cast) -> int:
    [(count,)] = ask(cast.alice.caller.tenant_id, "SELECT count(*) FROM tenants_user", [])
    return int(count)


def users_of_nobody(cast: Cast) -> int:
    return User.objects.count()


def end_all() -> None:
    """As a server that is restarted does."""
    with psycopg.connect(os.environ["DATABASE_URL"], autocommit=True) as other:
        other.execute(
            "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity "
            "WHERE usename = current_user AND pid <> pg_backend_pid()"
        )


@pytest.fixture(params=[users_in_a_scope, users_at_once, users_of_nobody], ids=lambda users: users.__name__)
def users(request: pytest.FixtureRequest) -> Callable[[Cast], int]:
    users: Callable[[Cast], int] = request.param
    return users


def test_connections_that_the_server_ended_in_the_pool_are_not_given_out(
    cast: Cast, users: Callable[[Cast], int]
) -> None:
    before = users(cast)
    connection.close()
    end_all()
    assert users(cast) == before


@pytest.mark.parametrize("users", [users_in_a_scope, users_at_once])
def test_one_that_ends_before_the_first_statement_is_replaced(cast: Cast, users: Callable[[Cast], int]) -> None:
    before = users(cast)
    connection.ensure_connection()
    end_all()
    assert users(cast) == before


def test_what_changes_something_is_not_said_again(cast: Cast) -> None:
    """Whether it was carried out before the server ended is not known."""
    connection.ensure_connection()
    end_all()
    with pytest.raises(OperationalError):
        ask(cast.alice.caller.tenant_id, "UPDATE tenants_user SET role = role RETURNING 1", [])
    assert len(ask(cast.alice.caller.tenant_id, "UPDATE tenants_user SET role = role RETURNING 1", [])) == 2


def users_after_the_end(cast: Cast) -> int:
    with tenant_scope(cast.alice.caller.tenant_id):
        end_all()
        return User.objects.count()


def test_one_that_ends_later_is_an_error_and_the_next_scope_works(cast: Cast) -> None:
    with pytest.raises(OperationalError):
        users_after_the_end(cast)
    assert users_in_a_scope(cast) == 2


def test_a_statement_that_fails_is_not_said_again(cast: Cast) -> None:
    with CaptureQueriesContext(connection) as asked, pytest.raises(OperationalError):
        database().first_said(
            lambda: send(
                Statement("SELECT set_config('statement_timeout', '1', true)"), Statement("SELECT pg_sleep(60)")
            )
        )
    assert len(asked) == 1


@pytest.mark.usefixtures("cast")
def test_a_statement_that_ends_its_own_connection_is_said_again_once_and_no_more() -> None:
    with CaptureQueriesContext(connection) as asked, pytest.raises(OperationalError):
        database().first_said(lambda: send(Statement("SELECT pg_terminate_backend(pg_backend_pid())")))
    assert len(asked) == 2


def test_a_scope_takes_two_round_trips_and_what_it_asks(cast: Cast) -> None:
    with CaptureQueriesContext(connection) as asked, tenant_scope(cast.alice.caller.tenant_id):
        User.objects.count()
    assert [query["sql"].split()[:2] for query in asked] == [
        ["BEGIN;", "SELECT"],
        ["SELECT", "COUNT(*)"],
        ["COMMIT"],
    ]


def test_what_is_asked_at_once_leaves_no_tenant_behind(cast: Cast) -> None:
    tenant = str(cast.alice.caller.tenant_id)
    scope = Statement("SELECT set_config('app.tenant_id', %s, true)", (tenant,))
    _, asked = send(scope, Statement("SELECT count(*) FROM tenants_user"))
    assert asked == [(users_in_a_scope(cast),)]
    assert (current_tenant(), User.objects.count()) == ("", 0)


class CutOff(Exception):
    """As the time limit of a task, which comes at any moment."""


def carry_out_and_cut_off(execute: Callable[..., object], *what: object) -> object:
    execute(*what)
    raise CutOff


@pytest.fixture
def without_a_pool(cast: Cast) -> Iterator[None]:
    """As behind PgBouncer and in prefork workers: a thread keeps its connection."""
    options: dict[str, Any] = connection.settings_dict["OPTIONS"]
    connection.close()
    pool = options.pop("pool")
    yield
    connection.close()
    options["pool"] = pool


@pytest.mark.usefixtures("without_a_pool")
def test_a_scope_that_is_cut_off_as_it_begins_leaves_no_tenant_and_no_transaction_behind(cast: Cast) -> None:
    connection.ensure_connection()
    tenant_id = cast.alice.caller.tenant_id
    with pytest.raises(CutOff), connection.execute_wrapper(carry_out_and_cut_off), tenant_scope(tenant_id):
        pass
    assert (current_tenant(), User.objects.count()) == ("", 0)
    with tenant_scope(tenant_id):
        assert User.objects.count() == 2


def test_a_scope_leaves_no_tenant_to_the_next_transaction(cast: Cast) -> None:
    with pytest.raises(ZeroDivisionError), tenant_scope(cast.alice.caller.tenant_id):
        raise ZeroDivisionError
    with transaction.atomic():
        assert (current_tenant(), User.objects.count()) == ("", 0)
