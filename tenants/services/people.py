"""Who may act where."""

from typing import NamedTuple
from uuid import UUID

from django.db import connection

from tenants.callers import Caller
from tenants.errors import InvalidCredentials
from tenants.models import ApiKey, RefreshFamily

# Sent with nearly every request: one statement, and none that Django would have to build anew each time.
GRANTED = """
    SELECT unit.mid, "user".role
      FROM tenants_grant granted
      JOIN tenants_user "user" ON "user".id = granted.user_id
      JOIN tenants_businessunit unit ON unit.id = granted.business_unit_id
     WHERE granted.user_id = %s AND granted.business_unit_id = %s
       AND granted.withdrawn_at IS NULL AND "user".is_active
"""


class Granted(NamedTuple):
    mid: int
    role: str


def check_credentials(caller: Caller) -> None:
    """Whether the key or the family of tokens that the caller came with is good; within the running scope.

    Raises InvalidCredentials.
    """
    if caller.api_key_id and not ApiKey.objects.good().filter(id=caller.api_key_id).exists():
        raise InvalidCredentials
    families = RefreshFamily.objects.with_good_key().filter(revoked_at__isnull=True)
    if caller.family_id and not families.filter(id=caller.family_id).exists():
        raise InvalidCredentials


def active_grant(*, user_id: UUID, business_unit_id: UUID) -> Granted:
    """As what and where the user may act, within the running scope. Raises InvalidCredentials."""
    with connection.cursor() as cursor:
        cursor.execute(GRANTED, [user_id, business_unit_id])
        found = cursor.fetchone()
    if found is None:
        raise InvalidCredentials
    return Granted(*found)
