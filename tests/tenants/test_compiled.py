"""Querysets whose SQL is built once give what the querysets give."""

from uuid import UUID, uuid4

from django.db.models import QuerySet
from django.db.models.functions import Now

from shell_query.models import Run
from tenants.compiled import Compiled
from tenants.context import tenant_scope
from tests.cast import Cast
from tests.rows import make_run


def of_unit(row: UUID, unit: UUID) -> QuerySet[Run]:
    return Run.objects.annotate(now=Now()).filter(business_unit_id=unit, status="queued", id=row)


def test_it_gives_the_rows_of_the_ids_asked_for_with_all_their_fields(cast: Cast) -> None:
    alice = cast.alice.caller
    compiled = Compiled(of_unit, count=2)
    for run_id in (make_run(alice), make_run(alice)):
        (run,) = compiled.rows(alice.tenant_id, run_id, alice.business_unit_id)
        with tenant_scope(alice.tenant_id):
            (expected,) = of_unit(run_id, alice.business_unit_id)
            assert (run.id, run.get_deferred_fields()) == (run_id, set())
            fields = [field.attname for field in Run._meta.concrete_fields]
            assert [getattr(run, name) for name in fields] == [getattr(expected, name) for name in fields]
            assert abs(run.now - expected.now).total_seconds() < 60  # type: ignore[attr-defined]


def test_ids_of_nothing_give_nothing(cast: Cast) -> None:
    alice = cast.alice.caller
    assert Compiled(of_unit, count=2).rows(alice.tenant_id, uuid4(), alice.business_unit_id) == []


def test_in_another_tenant_s_scope_the_same_ids_give_nothing(cast: Cast) -> None:
    alice, mallory = cast.alice.caller, cast.mallory.caller
    run_id = make_run(alice)
    compiled = Compiled(of_unit, count=2)
    assert len(compiled.rows(alice.tenant_id, run_id, alice.business_unit_id)) == 1
    assert compiled.rows(mallory.tenant_id, run_id, alice.business_unit_id) == []
