"""Who may act where."""

from uuid import UUID

from tenants.errors import InvalidCredentials
from tenants.models import Grant


def active_grant(*, user_id: UUID, business_unit_id: UUID) -> Grant:
    """The grant with its user and business unit, within the running scope. Raises InvalidCredentials."""
    grant = (
        Grant.objects.standing()
        .filter(user_id=user_id, business_unit_id=business_unit_id, user__is_active=True)
        .select_related("user", "business_unit")
        .first()
    )
    if grant is None:
        raise InvalidCredentials
    return grant
