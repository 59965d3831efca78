"""Sample tenants for one machine: the people of the sandbox, connected to it, with API keys.

Doing it again changes nothing: keys that still work are kept, and a sandbox that has moved is followed.
"""

import logging
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import requests

from mce_bridge.models import Connection
from mce_bridge.services import create_connection, replace_secret
from tenants.context import tenant_scope
from tenants.errors import InvalidCredentials, UserDeactivated
from tenants.services import (
    caller_of_api_key,
    create_api_key,
    ensure_business_unit,
    ensure_tenant,
    ensure_user,
    grant,
)

logger = logging.getLogger(__name__)

# Who gets a key, and what it is called: (enterprise, user) as the sandbox lists them.
KEYS = {"owner": (0, 0), "colleague": (0, 1), "otherTenant": (1, 0)}


@dataclass(frozen=True)
class Sample:
    """API keys by name: owner, colleague, otherTenant."""

    api_keys: dict[str, str]


def make_sample(*, sandbox_url: str, kept: dict[str, str]) -> Sample:
    """`kept` are the keys of an earlier time. Raises requests.RequestException when the sandbox does not answer."""
    enterprises = sandbox_enterprises(sandbox_url)
    keys = {}
    for name, (enterprise, user) in KEYS.items():
        try:
            person = make_person(enterprises[enterprise], enterprises[enterprise]["users"][user], sandbox_url)
        except UserDeactivated:
            # All else must start, for the deletion to be ended.
            logger.warning("The sample key of %s is dead: its tenant is being deleted.", name)
            keys[name] = kept.get(name, "")
        else:
            keys[name] = kept[name] if still_works(kept.get(name)) else make_key(name, person)
    return Sample(keys)


def sandbox_enterprises(sandbox_url: str) -> list[dict[str, Any]]:
    """Who there is in the sandbox."""
    found: list[dict[str, Any]] = requests.get(f"{sandbox_url}/control/accounts", timeout=10).json()["enterprises"]
    return found


def make_person(enterprise: dict[str, Any], user: dict[str, Any], sandbox_url: str) -> dict[str, Any]:
    """The user with every business unit that the sandbox grants, each connected; their first one is theirs."""
    tenant_id = ensure_tenant(
        enterprise_id=str(enterprise["id"]), name=enterprise["name"], subdomain=enterprise["subdomain"]
    )
    user_id = ensure_user(tenant_id=tenant_id, mce_user_id=str(user["number"]), email=user["email"], name=user["name"])
    names = {unit["mid"]: unit["name"] for unit in enterprise["business_units"]}
    units = []
    for mid in user["mids"]:
        unit_id = ensure_business_unit(tenant_id=tenant_id, mid=mid, name=names[mid])
        grant(tenant_id=tenant_id, user_id=user_id, business_unit_id=unit_id)
        connect(enterprise, tenant_id, unit_id, sandbox_url)
        units.append(unit_id)
    return {"tenant_id": tenant_id, "user_id": user_id, "business_unit_id": units[0]}


def connect(enterprise: dict[str, Any], tenant_id: UUID, unit_id: UUID, sandbox_url: str) -> None:
    given = {
        "client_id": enterprise["client_id"],
        "client_secret": enterprise["client_secret"],
        "auth_url": sandbox_url,
    }
    with tenant_scope(tenant_id):
        present = Connection.objects.filter(business_unit_id=unit_id, user=None).only("auth_url").first()
    if present is None:
        create_connection(tenant_id=tenant_id, business_unit_id=unit_id, **given)
    elif present.auth_url.rstrip("/") != sandbox_url.rstrip("/"):
        # Its port was taken, then or now.
        replace_secret(tenant_id=tenant_id, connection_id=present.id, **given)


def make_key(name: str, person: dict[str, Any]) -> str:
    _, key = create_api_key(name=f"Sample key: {name}", **person)
    return key


def still_works(key: str | None) -> bool:
    if not key:
        return False
    try:
        caller_of_api_key(key)
    except InvalidCredentials:
        return False
    return True
