"""A new run's row is as Django would have made it."""

from datetime import timedelta
from typing import Any
from uuid import uuid4

from django.db.models.functions import Now

from qspro.statements import send
from shell_query.models import Run
from shell_query.services.inserting import new_run
from tenants.context import tenant_scope
from tests.cast import Cast

CHOSEN = {"id", "created_at", "wake_at", "expires_at"}


def columns_of(run: Run) -> dict[str, Any]:
    return {field.attname: getattr(run, field.attname) for field in Run._meta.concrete_fields}


def test_what_is_not_given_is_as_django_would_have_it(cast: Cast) -> None:
    caller = cast.alice.caller
    given = {
        "tenant_id": caller.tenant_id,
        "user_id": caller.user_id,
        "business_unit_id": caller.business_unit_id,
        "snippet_name": "100 % of 'all'",
        "sealed_sql": b"sealed",
        "sql_text_hash": "0" * 64,
    }
    with tenant_scope(caller.tenant_id):
        by_django = Run.objects.create(**given, wake_at=Now())
        ours, insertion = new_run(id=uuid4(), **given, wake_at=2, expires_at=900)
        send(insertion)
        rows = [columns_of(Run.objects.get(id=run.id)) for run in (by_django, ours)]
    theirs, own = ({name: value for name, value in row.items() if name not in CHOSEN} for row in rows)
    assert own == theirs
    assert (rows[1]["wake_at"] - rows[1]["created_at"], rows[1]["expires_at"] - rows[1]["wake_at"]) == (
        timedelta(seconds=2),
        timedelta(seconds=898),
    )
