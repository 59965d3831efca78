"""Who one is, and how much of one's limits is in use."""

from typing import Any

from django.conf import settings

from events.usage import streams_in_use
from mce_bridge.services import serving_each
from shell_query.models import Run
from tenants.callers import Caller
from tenants.context import tenant_scope
from tenants.models import BusinessUnit, Tenant, User


def account_of(*, caller: Caller) -> dict[str, Any]:
    with tenant_scope(caller.tenant_id):
        tenant = Tenant.objects.get(id=caller.tenant_id)
        unit = BusinessUnit.objects.get(id=caller.business_unit_id)
        user = User.objects.get(id=caller.user_id)
        active = Run.objects.filter(user_id=caller.user_id).active().count()
    streams = streams_in_use(tenant_id=caller.tenant_id, user_id=caller.user_id)
    serving = serving_each(tenant_id=caller.tenant_id, user_id=caller.user_id, business_unit_ids=[unit.id])[unit.id]
    return {
        "user": {"id": str(user.id), "name": user.name, "email": user.email},
        "tenant": {"id": str(tenant.id), "name": tenant.name, "subdomain": tenant.subdomain},
        "businessUnit": {"id": str(unit.id), "name": unit.name},
        "mid": caller.mid,
        "role": caller.role,
        "scopes": sorted(caller.scopes),
        "connection": {"state": serving.state, "kind": serving.kind},
        "limits": {
            "activeRuns": {"limit": settings.RUN_LIMIT_PER_USER, "inUse": active},
            "eventStreams": {"limit": settings.STREAM_LIMIT_PER_USER, "inUse": streams},
        },
    }
