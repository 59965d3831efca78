"""Writes under a claim: by its holder alone, with the database's own values, and told as they were written."""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.core.exceptions import FieldDoesNotExist
from django.db.models import F, Value
from django.db.models.functions import Coalesce, Now

from events.models import Event
from events.services import event_of_moved
from leases.claims import Claim
from leases.fence import write
from leases.services import claim_due
from shell_query.models import Run
from tenants.context import tenant_scope
from tests.cast import Cast
from tests.rows import make_run
from tests.threads import at_once


@pytest.fixture
def claim(cast: Cast) -> Claim:
    make_run(cast.alice.caller)
    (claimed,) = claim_due(Run, most=1)
    return claimed


def test_the_holder_writes_values_of_every_kind(claim: Claim) -> None:
    columns = [{"name": "Id's", "type": "Text"}]
    values = {"columns": columns, "error_message": "100 % of 'it'", "idle_since": None, "looks": 7}
    with tenant_scope(claim.tenant_id):
        assert write(Run, claim, {**values, "sealed_sql": b"\x00%s"}) is not None
        run = Run.objects.get(id=claim.row_id)
    assert {name: getattr(run, name) for name in values} == values
    assert bytes(run.sealed_sql or b"") == b"\x00%s"


def test_expressions_are_the_database_s(claim: Claim) -> None:
    values = {
        "looks": F("looks") + Value(2),
        "started_at": Coalesce("started_at", Now()),
        "wake_at": Now() + timedelta(hours=1),
    }
    with tenant_scope(claim.tenant_id):
        told = [write(Run, claim, values, told=("id", "looks", "started_at", "wake_at")) for _ in range(2)]
    first, second = told
    assert first is not None
    assert second is not None
    assert [run.looks for run in (first, second)] == [2, 4]
    assert first.now == first.started_at == second.started_at  # type: ignore[attr-defined]
    assert first.wake_at == first.now + timedelta(hours=1)  # type: ignore[attr-defined]


def test_whoever_holds_no_claim_writes_nothing(claim: Claim, cast: Cast) -> None:
    with tenant_scope(claim.tenant_id):
        assert write(Run, Claim(claim.tenant_id, claim.row_id, uuid4()), {"looks": 1}) is None
        assert write(Run, Claim(claim.tenant_id, uuid4(), claim.token), {"looks": 1}) is None
    assert write(Run, Claim(cast.mallory.caller.tenant_id, claim.row_id, claim.token), {"looks": 1}) is None
    with tenant_scope(claim.tenant_id):
        assert Run.objects.get(id=claim.row_id).looks == 0


@pytest.mark.parametrize(("among", "written"), [({"queued", "running"}, True), ({"ready"}, False), (set(), False)])
def test_a_row_that_is_not_where_it_should_be_is_not_written(claim: Claim, among: set[str], written: bool) -> None:
    with tenant_scope(claim.tenant_id):
        assert (write(Run, claim, {"looks": 1}, among={"status": among}) is not None) is written
        assert Run.objects.get(id=claim.row_id).looks == int(written)


def test_what_goes_along_is_written_with_the_row_or_not_at_all(claim: Claim) -> None:
    told = ("id", "tenant_id", "sequence")
    along = event_of_moved(name="status", data={"status": "running"}, final=False)
    with tenant_scope(claim.tenant_id):
        lost = Claim(claim.tenant_id, claim.row_id, uuid4())
        assert write(Run, lost, {"sequence": 7}, told=told, along=along) is None
        assert not Event.objects.filter(subject_id=claim.row_id, sequence=7).exists()
        assert write(Run, claim, {"sequence": 7}, told=told, along=along) is not None
        event = Event.objects.get(subject_id=claim.row_id, sequence=7)
    assert (event.tenant_id, event.data, event.final) == (claim.tenant_id, {"status": "running"}, False)


def test_a_field_that_is_none_is_refused(claim: Claim) -> None:
    with tenant_scope(claim.tenant_id), pytest.raises(FieldDoesNotExist):
        write(Run, claim, {"looks = 1 --": 1})


def test_of_eight_who_give_a_claim_away_one_does(claim: Claim) -> None:
    def give_away(_: int) -> bool:
        with tenant_scope(claim.tenant_id):
            return write(Run, claim, {"claim_token": uuid4()}) is not None

    assert at_once(8, give_away).count(True) == 1
