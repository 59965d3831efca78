"""Writing down who did what, in the transaction that does it."""

import json
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any
from uuid import UUID, uuid4

from django.db.models import QuerySet

from qspro.statements import Statement, send
from tenants.callers import Caller
from tenants.models import Action, AuditEntry, User


@dataclass(frozen=True)
class Actor:
    """Who does something: a user, a member of staff at the admin, or a command."""

    via: str
    user_id: UUID | None = None
    by: str = ""

    @classmethod
    def caller(cls, caller: Caller) -> "Actor":
        via = "key" if caller.api_key_id else "token" if caller.family_id else "session"
        return cls(via, user_id=caller.user_id)

    @classmethod
    def staff(cls, username: str) -> "Actor":
        return cls("admin", by=username)

    @classmethod
    def command(cls, name: str) -> "Actor":
        return cls("command", by=name)


SYSTEM = Actor.command("")
# Of each run, so it is not built anew each time.
NOTE = """
    INSERT INTO tenants_auditentry (id, tenant_id, action, user_id, by, via, subject, details)
    VALUES (%s, %s, %s, %s, %s, %s, %s, %s)
"""


def note(action: Action, *, tenant_id: UUID, actor: Actor, subject: UUID | str = "", **details: Any) -> None:
    """Within the tenant's scope. `details` are ids, words of ours and names that are shown anyway."""
    send(entry(action, tenant_id=tenant_id, actor=actor, subject=subject, **details))


def entry(action: Action, *, tenant_id: UUID, actor: Actor, subject: UUID | str = "", **details: Any) -> Statement:
    """What notes it, for who sends it together with what is noted."""
    who = (actor.user_id, actor.by, actor.via)
    return Statement(NOTE, (uuid4(), tenant_id, action, *who, str(subject), json.dumps(details)))


def names_of(entries: Iterable[AuditEntry]) -> dict[UUID, str]:
    """Of the users who did them, as they are called now; within the running scope."""
    ids = {entry.user_id for entry in entries if entry.user_id}
    return dict(User.objects.filter(id__in=ids).values_list("id", "name"))


def list_audit() -> QuerySet[AuditEntry]:
    """The tenant's, to be paged within the running scope."""
    return AuditEntry.objects.all()
