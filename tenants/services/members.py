"""The people of a tenant: their roles, whether they may act, and in which business units.

A tenant always has an owner who may act. Admins see to members and other admins; owners are the owners' affair.
"""

from uuid import UUID

from django.db.models import QuerySet
from django.db.models.functions import Now
from django.utils import timezone

from tenants.callers import Caller
from tenants.context import tenant_scope
from tenants.errors import BusinessUnitNotFound, LastOwner, MemberNotFound, RoleRequired
from tenants.models import Action, BusinessUnit, Grant, RefreshFamily, Role, Tenant, User
from tenants.services.audit import Actor, note
from tenants.signals import member_deactivated


def list_members() -> QuerySet[User]:
    """Those of the running scope, with the business units granted to each."""
    return User.objects.prefetch_related("grants__business_unit")


def find_member(user_id: UUID) -> User:
    """Within the running scope. Raises MemberNotFound."""
    found = list_members().filter(id=user_id).first()
    if found is None:
        raise MemberNotFound
    return found


def manage_member(*, caller: Caller, user_id: UUID, role: str | None = None, active: bool | None = None) -> User:
    """Changes what is given. Raises MemberNotFound, RoleRequired, LastOwner."""
    with tenant_scope(caller.tenant_id):
        one_at_a_time(caller.tenant_id)
        member = find_member(user_id)
        if caller.role != Role.OWNER and Role.OWNER in {member.role, role}:
            raise RoleRequired("Only an owner makes owners and changes them.")
        change_member(tenant_id=caller.tenant_id, user_id=user_id, actor=Actor.caller(caller), role=role, active=active)
        return find_member(user_id)


def change_member(
    *, tenant_id: UUID, user_id: UUID, actor: Actor, role: str | None = None, active: bool | None = None
) -> None:
    """Raises MemberNotFound, LastOwner."""
    with tenant_scope(tenant_id):
        one_at_a_time(tenant_id)
        member = find_member(user_id)
        if role is not None and role != member.role:
            User.objects.filter(id=user_id).update(role=role)
            note(Action.ROLE_CHANGED, tenant_id=tenant_id, actor=actor, subject=user_id, old=member.role, new=role)
        if active is not None and active != member.is_active:
            (activate if active else deactivate)(tenant_id=tenant_id, user_id=user_id, actor=actor)
        if not User.objects.filter(role=Role.OWNER, is_active=True).exists():
            raise LastOwner


def one_at_a_time(tenant_id: UUID) -> None:
    """Changes of the tenant's people, until the running scope ends: of two owners who leave at once the second is the
    last, and whom an admin may change is not changed between the look and the deed."""
    Tenant.objects.select_for_update(no_key=True).get(id=tenant_id)


def activate(*, tenant_id: UUID, user_id: UUID, actor: Actor) -> None:
    """Within the running scope. API keys are good again; sessions and tokens stay ended."""
    User.objects.filter(id=user_id).update(is_active=True)
    note(Action.MEMBER_ACTIVATED, tenant_id=tenant_id, actor=actor, subject=user_id)


def deactivate(*, tenant_id: UUID, user_id: UUID, actor: Actor) -> None:
    """Within the running scope. Sessions and tokens end for good, and other rooms end what is under way."""
    User.objects.filter(id=user_id).update(is_active=False, signed_out_at=timezone.now())
    RefreshFamily.objects.filter(user_id=user_id, revoked_at__isnull=True).update(revoked_at=Now())
    member_deactivated.send(sender=User, tenant_id=tenant_id, user_id=user_id)
    note(Action.MEMBER_DEACTIVATED, tenant_id=tenant_id, actor=actor, subject=user_id)


def grant_unit(*, caller: Caller, user_id: UUID, mid: int) -> None:
    """Doing it again changes nothing. Raises MemberNotFound, BusinessUnitNotFound."""
    with tenant_scope(caller.tenant_id):
        find_member(user_id)
        granted, made = Grant.objects.get_or_create(
            tenant_id=caller.tenant_id, user_id=user_id, business_unit=find_unit(mid)
        )
        renewed = Grant.objects.filter(id=granted.id, withdrawn_at__isnull=False).update(withdrawn_at=None)
        if made or renewed:
            note(Action.UNIT_GRANTED, tenant_id=caller.tenant_id, actor=Actor.caller(caller), subject=user_id, mid=mid)


def withdraw_unit(*, caller: Caller, user_id: UUID, mid: int) -> None:
    """Signing in there does not give it back. Raises MemberNotFound, BusinessUnitNotFound, RoleRequired."""
    with tenant_scope(caller.tenant_id):
        one_at_a_time(caller.tenant_id)
        member = find_member(user_id)
        if member.role == Role.OWNER != caller.role:
            raise RoleRequired("Only an owner changes owners.")
        standing = Grant.objects.standing().filter(user_id=user_id, business_unit=find_unit(mid))
        if standing.update(withdrawn_at=Now()):
            note(
                Action.UNIT_WITHDRAWN, tenant_id=caller.tenant_id, actor=Actor.caller(caller), subject=user_id, mid=mid
            )


def find_unit(mid: int) -> BusinessUnit:
    """Within the running scope. Raises BusinessUnitNotFound."""
    found = BusinessUnit.objects.filter(mid=mid).first()
    if found is None:
        raise BusinessUnitNotFound
    return found
