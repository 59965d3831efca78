"""Which database role reads and writes what."""

from typing import Any

from django.db import models

# What the operator role writes too: staff, and the admin's log of what they did.
OF_STAFF = {"tenants.Staff", "admin.LogEntry"}


class StaffRouter:
    """Staff and their log belong to the operator role; all else to the runtime role, unless asked otherwise."""

    def db_for_read(self, model: type[models.Model], **hints: Any) -> str | None:
        return "operator" if model._meta.label in OF_STAFF else None

    def db_for_write(self, model: type[models.Model], **hints: Any) -> str | None:
        return "operator" if model._meta.label in OF_STAFF else None

    def allow_relation(self, one: models.Model, other: models.Model, **hints: Any) -> bool | None:
        return True  # three roles, one database

    def allow_migrate(self, db: str, app_label: str, **hints: Any) -> bool | None:
        return db == "owner"
