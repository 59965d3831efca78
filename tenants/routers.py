"""Which database role reads and writes what."""

from typing import Any

from django.db import models


class StaffRouter:
    """The admin's own log belongs to the operators. All else goes through the runtime role, unless asked otherwise."""

    def db_for_read(self, model: type[models.Model], **hints: Any) -> str | None:
        return "operator" if model._meta.app_label == "admin" else None

    def db_for_write(self, model: type[models.Model], **hints: Any) -> str | None:
        return "operator" if model._meta.app_label == "admin" else None

    def allow_relation(self, one: models.Model, other: models.Model, **hints: Any) -> bool | None:
        return True  # three roles, one database

    def allow_migrate(self, db: str, app_label: str, **hints: Any) -> bool | None:
        return db == "owner"
