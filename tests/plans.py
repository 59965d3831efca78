"""How PostgreSQL would find the rows of a queryset."""

from typing import Any

from django.db import connections
from django.db.models import QuerySet

from tenants.callers import Caller
from tenants.context import tenant_scope

# Enough that reading them all is not the cheapest way.
MANY = 1000


def index_used(caller: Caller, queryset: QuerySet[Any], index: str) -> bool:
    """Whether the index serves it, with the table's rows as they are now (make MANY) and known to the planner."""
    with connections["owner"].cursor() as cursor:
        cursor.execute(f"ANALYZE {queryset.model._meta.db_table}")
    with tenant_scope(caller.tenant_id):
        return index in queryset.explain()
