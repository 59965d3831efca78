"""Sealing everything anew under the newest key, so that an old one can be dropped.

Every BinaryField of a row with a tenant is sealed; there is no list that could be forgotten. What the newest key opens
is let be, so this may be run again, and stopped at any time.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.apps import apps
from django.db import models
from django.db.models import Q

from tenants.context import tenant_scope
from tenants.encryption import CannotUnseal, is_newest, reseal
from tenants.models import Tenant, TenantModel
from tenants.services import all_tenants

# So many rows are locked at a time: who wants one of them waits for that long.
BATCH = 100


@dataclass
class Rotation:
    """How many values; `unreadable` names the rows with one that no key opens."""

    resealed: int
    newest: int
    unreadable: list[str]


def rotate_all() -> Rotation:
    done = Rotation(resealed=0, newest=0, unreadable=[])
    for tenant_id in all_tenants():
        for model, fields in sealed_fields():
            rotate_table(tenant_id, model, fields, done)
    return done


def sealed_fields() -> Iterator[tuple[type[models.Model], list[str]]]:
    """Each model with a tenant, and what is sealed in it."""
    for model in apps.get_models():
        if issubclass(model, (Tenant, TenantModel)):
            fields = [field.attname for field in model._meta.local_fields if isinstance(field, models.BinaryField)]
            if fields:
                yield model, fields


def rotate_table(tenant_id: UUID, model: type[models.Model], fields: list[str], done: Rotation) -> None:
    last = None
    while True:
        with tenant_scope(tenant_id):
            last = rotate_some(model, fields, done, after=last)
        if last is None:
            return


def rotate_some(model: type[models.Model], fields: list[str], done: Rotation, *, after: Any) -> Any:
    """Takes some rows in the order of their keys, within the running scope; the last key, None if there were none."""
    sealed = Q(*((f"{field}__isnull", False) for field in fields), _connector=Q.OR)
    rows = model._default_manager.filter(sealed).order_by("pk")
    if after is not None:
        rows = rows.filter(pk__gt=after)
    # Waited for, not skipped: a row that is at work has secrets, too. Rows that refer to it may be written meanwhile.
    last = None
    for pk, *values in rows.select_for_update(no_key=True).values_list("pk", *fields)[:BATCH]:
        last = pk
        changed = resealed(dict(zip(fields, values, strict=True)), f"{model._meta.label} {pk}", done)
        if changed:
            model._default_manager.filter(pk=pk).update(**changed)
    return last


def resealed(values: dict[str, Any], row: str, done: Rotation) -> dict[str, bytes]:
    """Those that an older key sealed, under the newest."""
    changed = {}
    for field, value in values.items():
        if value is None:
            continue
        if is_newest(value):
            done.newest += 1
            continue
        try:
            changed[field] = reseal(value)
        except CannotUnseal:
            done.unreadable.append(f"{row} {field}")
    done.resealed += len(changed)
    return changed
