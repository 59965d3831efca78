from tenants.models.access import ApiKey, Grant, RefreshFamily
from tenants.models.audit import Action, AuditEntry
from tenants.models.people import Role, Staff, User
from tenants.models.tenancy import HELD, HELD_FOR, BusinessUnit, Plan, Tenant, TenantModel

__all__ = [
    "HELD",
    "HELD_FOR",
    "Action",
    "ApiKey",
    "AuditEntry",
    "BusinessUnit",
    "Grant",
    "Plan",
    "RefreshFamily",
    "Role",
    "Staff",
    "Tenant",
    "TenantModel",
    "User",
]
