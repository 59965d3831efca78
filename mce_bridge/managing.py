"""What owners and admins do with connections and business units. Each is written down in the audit."""

from uuid import UUID

from django.db.models import QuerySet

from mce_bridge.errors import ConnectionNotFound
from mce_bridge.hosts import sign_in_address
from mce_bridge.models import Connection, Kind
from mce_bridge.services import create_connection, replace_secret
from tenants.callers import Caller
from tenants.context import tenant_scope
from tenants.models import Action, BusinessUnit, Tenant
from tenants.services.audit import Actor, note
from tenants.services.members import find_unit


def list_connections() -> QuerySet[Connection]:
    """Those of the running scope, without anything sealed."""
    rows = Connection.objects.select_related("business_unit", "user")
    return rows.defer("client_secret", "refresh_token", "access_token")


def find_connection(caller: Caller, connection_id: UUID) -> Connection:
    """Raises ConnectionNotFound."""
    with tenant_scope(caller.tenant_id):
        found = list_connections().filter(id=connection_id).first()
    if found is None:
        raise ConnectionNotFound
    return found


def connect_unit(*, caller: Caller, mid: int, client_id: str, client_secret: str) -> Connection:
    """With client credentials, which serve all who are granted it. Raises BusinessUnitNotFound, ConnectionExists."""
    with tenant_scope(caller.tenant_id):
        unit = find_unit(mid)
        made = create_connection(
            tenant_id=caller.tenant_id,
            business_unit_id=unit.id,
            client_id=client_id,
            client_secret=client_secret,
            auth_url=sign_in_address(Tenant.objects.get(id=caller.tenant_id).subdomain),
            actor=Actor.caller(caller),
        )
    return find_connection(caller, made.id)


def renew_connection(*, caller: Caller, connection_id: UUID, client_id: str, client_secret: str) -> Connection:
    """Other credentials; a user's own connection has none that could be given. Raises ConnectionNotFound."""
    with tenant_scope(caller.tenant_id):
        found = find_connection(caller, connection_id)
        if found.kind != Kind.CLIENT_CREDENTIALS:
            raise ConnectionNotFound("It is a user's own; they renew it by signing in.")
        replace_secret(
            tenant_id=caller.tenant_id,
            connection_id=found.id,
            client_id=client_id,
            client_secret=client_secret,
            actor=Actor.caller(caller),
        )
    return find_connection(caller, connection_id)


def add_unit(*, caller: Caller, mid: int, name: str) -> BusinessUnit:
    """One that nobody has signed in to yet; whether it is the enterprise's own shows when it is connected."""
    with tenant_scope(caller.tenant_id):
        unit, made = BusinessUnit.objects.get_or_create(tenant_id=caller.tenant_id, mid=mid, defaults={"name": name})
        if made:
            noted(Action.UNIT_ADDED, caller, unit.id, mid=mid)
    return unit


def rename_unit(*, caller: Caller, mid: int, name: str) -> BusinessUnit:
    """Raises BusinessUnitNotFound."""
    with tenant_scope(caller.tenant_id):
        BusinessUnit.objects.filter(id=find_unit(mid).id).update(name=name)
        unit = find_unit(mid)
        noted(Action.UNIT_RENAMED, caller, unit.id, mid=mid)
    return unit


def noted(action: Action, caller: Caller, subject: UUID, *, mid: int) -> None:
    note(action, tenant_id=caller.tenant_id, actor=Actor.caller(caller), subject=subject, mid=mid)
