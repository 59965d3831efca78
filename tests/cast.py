"""The cast of our tests. The accounts are those of the sandbox, so that its Marketing Cloud knows them."""

from dataclasses import dataclass
from functools import cached_property
from uuid import UUID

from mce_bridge.services import create_connection
from tenants.callers import ALL_SCOPES, Caller
from tenants.services import create_api_key, ensure_business_unit, ensure_tenant, ensure_user, grant


@dataclass(frozen=True)
class Person:
    name: str
    caller: Caller

    @cached_property
    def api_key(self) -> str:
        _, key = create_api_key(
            tenant_id=self.caller.tenant_id,
            user_id=self.caller.user_id,
            business_unit_id=self.caller.business_unit_id,
            name=f"{self.name}'s key",
            scopes=ALL_SCOPES,
        )
        return key

    @property
    def headers(self) -> dict[str, str]:
        return {"Authorization": f"Api-Key {self.api_key}"}


@dataclass(frozen=True)
class Cast:
    """Alice owns, Bob is her colleague in the same business unit, Mallory is another tenant."""

    alice: Person
    bob: Person
    mallory: Person


def make_cast() -> Cast:
    northwind = ensure_tenant(enterprise_id="7001000", name="Northwind Outfitters", subdomain="mc-northwind")
    globex = ensure_tenant(enterprise_id="8002000", name="Globex", subdomain="mc-globex")
    unit = ensure_business_unit(tenant_id=northwind, mid=7001001, name="Northwind Europe")
    other_unit = ensure_business_unit(tenant_id=globex, mid=8002001, name="Globex")
    return Cast(
        alice=make_person("alice", tenant_id=northwind, unit_id=unit, mid=7001001, role="owner"),
        bob=make_person("bob", tenant_id=northwind, unit_id=unit, mid=7001001, role="member"),
        mallory=make_person("mallory", tenant_id=globex, unit_id=other_unit, mid=8002001, role="owner"),
    )


def make_person(name: str, *, tenant_id: UUID, unit_id: UUID, mid: int, role: str) -> Person:
    sub = SUBS.get(name, name)
    user_id = ensure_user(tenant_id=tenant_id, mce_user_id=sub, email=f"{name}@example.org", name=name.title())
    grant(tenant_id=tenant_id, user_id=user_id, business_unit_id=unit_id)
    caller = Caller(
        tenant_id=tenant_id,
        user_id=user_id,
        business_unit_id=unit_id,
        mid=mid,
        role=role,
        scopes=ALL_SCOPES,
    )
    return Person(name, caller)


# The sandbox's own users, as its userinfo calls them, and apps (mce_sandbox/accounts.py).
SUBS = {"alice": "501", "bob": "502", "mallory": "601"}
APPS = {
    "mc-northwind": ("northwind-app", "northwind-secret-for-the-sandbox"),
    "mc-globex": ("globex-app", "globex-secret-for-the-sandbox"),
}


def connect(cast: Cast, sandbox_url: str) -> None:
    for person, subdomain in ((cast.alice, "mc-northwind"), (cast.mallory, "mc-globex")):
        client_id, client_secret = APPS[subdomain]
        create_connection(
            tenant_id=person.caller.tenant_id,
            business_unit_id=person.caller.business_unit_id,
            client_id=client_id,
            client_secret=client_secret,
            auth_url=sandbox_url,
        )
