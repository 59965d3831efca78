"""Owner, admin, member: who may do at least as much as whom. What each may do stands in docs/roles.md."""

from collections.abc import Mapping

from tenants.errors import RoleRequired
from tenants.models import Role

RANKS: Mapping[str, int] = {Role.MEMBER: 0, Role.ADMIN: 1, Role.OWNER: 2}


def require(least: str | None, *, role: str) -> None:
    """Raises RoleRequired."""
    if least and RANKS[role] < RANKS[least]:
        raise RoleRequired(f"It takes the role {least}{' or owner' if least == Role.ADMIN else ''}.")
