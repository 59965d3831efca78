"""One statement in a scope of its own, in one round trip, behind the same wall as any other."""

from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from uuid import UUID

import pytest
from django.db import DataError, connection, transaction
from django.test.utils import CaptureQueriesContext

from qspro.statements import Statement, send
from shell_query.models import Run
from tenants.context import ask, ask_of_found, current_tenant, tenant_scope
from tests.cast import Cast
from tests.leases.crowd import crowd
from tests.rows import make_run

IDS = "SELECT id FROM shell_query_run WHERE status = %s"


@contextmanager
def in_a_transaction(cast: Cast) -> Iterator[None]:
    with transaction.atomic():
        yield
        assert current_tenant() == ""


@contextmanager
def in_another_s_scope(cast: Cast) -> Iterator[None]:
    mallory = str(cast.mallory.caller.tenant_id)
    with tenant_scope(mallory):
        yield
        assert current_tenant() == mallory


def in_the_same_scope(cast: Cast) -> AbstractContextManager[None]:
    return tenant_scope(cast.alice.caller.tenant_id)


def alone(cast: Cast) -> AbstractContextManager[None]:
    return nullcontext()


PLACES = [alone, in_a_transaction, in_the_same_scope, in_another_s_scope]


@pytest.mark.parametrize("place", PLACES)
def test_wherever_it_is_asked_it_sees_its_tenant_s_rows_alone(place: object, cast: Cast) -> None:
    alice = cast.alice.caller
    mine = make_run(alice)
    make_run(cast.mallory.caller)
    with place(cast):  # type: ignore[operator]
        assert ask(alice.tenant_id, IDS, ["queued"]) == [(mine,)]


@pytest.mark.usefixtures("cast")
def test_nothing_of_it_is_left_in_the_connection(cast: Cast) -> None:
    make_run(cast.alice.caller)
    assert len(ask(cast.alice.caller.tenant_id, IDS, ["queued"])) == 1
    assert connection.connection is None  # it is back in the pool
    with transaction.atomic():
        assert (current_tenant(), Run.objects.count()) == ("", 0)


def test_it_is_sent_together_with_its_scope(cast: Cast) -> None:
    with CaptureQueriesContext(connection) as sent:
        ask(cast.alice.caller.tenant_id, IDS, ["queued"])
    assert len(sent) == 1


def test_what_fails_leaves_nothing_written_and_the_next_one_is_taken(cast: Cast) -> None:
    alice = cast.alice.caller
    make_run(alice)
    with pytest.raises(DataError):
        ask(alice.tenant_id, "UPDATE shell_query_run SET looks = 1 RETURNING 1 / (looks - 1)", [])
    assert ask(alice.tenant_id, "SELECT looks FROM shell_query_run", []) == [(0,)]


@pytest.mark.parametrize("given", ["x'; RESET ROLE; --", ""])
@pytest.mark.usefixtures("cast")
def test_a_tenant_that_is_no_id_is_refused(given: str) -> None:
    with pytest.raises(ValueError, match="badly formed"):
        ask(given, IDS, ["queued"])  # type: ignore[arg-type]


def test_a_tenant_that_there_is_not_has_no_rows(cast: Cast) -> None:
    make_run(cast.alice.caller)
    assert ask(UUID(int=0), IDS, ["queued"]) == []


def test_what_follows_a_commit_is_asked_in_a_scope_of_its_own(cast: Cast) -> None:
    alice = cast.alice.caller
    mine = make_run(alice)
    found: list[tuple[UUID, ...]] = []
    with tenant_scope(alice.tenant_id):
        transaction.on_commit(lambda: found.extend(ask(alice.tenant_id, IDS, ["queued"])))
    assert found == [(mine,)]


# Finds the longest due run of all tenants.
FIND = "SELECT * FROM shell_query_run_claim_next('a worker', 30.0, 0.0, 5)"
ALL = Statement("SELECT id, id = NULLIF(current_setting('app.found_id', true), '')::uuid FROM shell_query_run")


@pytest.mark.parametrize("place", PLACES)
def test_of_what_is_found_among_all_tenants_its_own_tenant_s_rows_alone_are_seen(place: object, cast: Cast) -> None:
    alice = cast.alice.caller
    (mine,) = crowd(alice, 1, waited=9)
    other = make_run(alice)
    make_run(cast.mallory.caller)
    with place(cast):  # type: ignore[operator]
        found, rows = ask_of_found(Statement(FIND), ALL)
    assert found is not None
    assert (found[:2], dict(rows)) == ((alice.tenant_id, mine), {mine: True, other: False})


@pytest.mark.parametrize("place", PLACES)
def test_where_nothing_is_found_nothing_is_seen(place: object, cast: Cast) -> None:
    make_run(cast.alice.caller)
    with place(cast):  # type: ignore[operator]
        assert ask_of_found(Statement(f"{FIND} WHERE false"), ALL) == (None, [])


def test_nothing_of_what_was_found_is_left_in_the_connection(cast: Cast) -> None:
    crowd(cast.alice.caller, 1, waited=9)
    assert ask_of_found(Statement(FIND), ALL)[0] is not None
    assert connection.connection is None  # it is back in the pool
    with transaction.atomic():
        assert (current_tenant(), Run.objects.count()) == ("", 0)
        assert send(Statement("SELECT current_setting('app.found_id', true)")) in ([[("",)]], [[(None,)]])


def test_what_is_found_and_its_rows_are_asked_for_in_one_message(cast: Cast) -> None:
    crowd(cast.alice.caller, 1, waited=9)
    with CaptureQueriesContext(connection) as sent:
        ask_of_found(Statement(FIND), ALL)
    assert len(sent) == 1


def test_where_the_reading_fails_nothing_is_claimed(cast: Cast) -> None:
    alice = cast.alice.caller
    crowd(alice, 1, waited=9)
    with pytest.raises(DataError):
        ask_of_found(Statement(FIND), Statement("SELECT 1 / looks FROM shell_query_run"))
    assert ask(alice.tenant_id, "SELECT claim_token, claims FROM shell_query_run", []) == [(None, 0)]
