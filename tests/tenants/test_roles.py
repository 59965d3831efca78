"""Who may do what: every address of the API, asked by an owner, an admin and a member."""

import re
from pathlib import Path

import pytest
from django.urls import get_resolver

from tenants.context import tenant_scope
from tenants.models import Role, User
from tests.asking import ask
from tests.cast import Cast
from tests.tenants.test_api_keys import addresses, filled
from tests.tenants.test_sessions import TOKEN, signed_in

# The least role that each address takes; "open" needs nobody.
LEAST = {
    ("GET", "api/me"): "member",
    ("GET", "api/business-units"): "member",
    ("POST", "api/business-units/switch"): "member",
    ("GET", "api/runs"): "member",
    ("POST", "api/runs"): "member",
    ("GET", "api/runs/<uuid:run_id>"): "member",
    ("POST", "api/runs/<uuid:run_id>/cancel"): "member",
    ("POST", "api/runs/<uuid:run_id>/events/ticket"): "member",
    ("GET", "api/runs/<uuid:run_id>/results"): "member",
    ("DELETE", "api/runs/<uuid:run_id>/results"): "member",
    ("GET", "api/runs/<uuid:run_id>/results.csv"): "member",
    ("POST", "api/queries/validate"): "member",
    ("GET", "api/data-extensions"): "member",
    ("GET", "api/data-extensions/<path:key>/fields"): "member",
    ("POST", "api/auth/token"): "member",
    ("POST", "api/auth/token/refresh"): "open",
    ("POST", "api/auth/logout"): "member",
    ("GET", "auth/mce/login"): "open",
    ("GET", "auth/mce/callback"): "open",
    ("GET", "auth/mce/logout"): "open",
    ("GET", "api/api-keys"): "member",
    ("POST", "api/api-keys"): "member",
    ("DELETE", "api/api-keys/<uuid:api_key_id>"): "member",
    ("GET", "api/members"): "admin",
    ("GET", "api/members/<uuid:user_id>"): "admin",
    ("PATCH", "api/members/<uuid:user_id>"): "admin",
    ("PUT", "api/members/<uuid:user_id>/business-units/<int:mid>"): "admin",
    ("DELETE", "api/members/<uuid:user_id>/business-units/<int:mid>"): "admin",
    ("GET", "api/tenant/business-units"): "admin",
    ("POST", "api/tenant/business-units"): "admin",
    ("PATCH", "api/tenant/business-units/<int:mid>"): "admin",
    ("GET", "api/connections"): "admin",
    ("POST", "api/connections"): "admin",
    ("GET", "api/connections/<uuid:connection_id>"): "admin",
    ("PATCH", "api/connections/<uuid:connection_id>"): "admin",
    ("DELETE", "api/connections/<uuid:connection_id>"): "admin",
    ("POST", "api/connections/<uuid:connection_id>/test"): "admin",
    ("GET", "api/audit"): "admin",
}
RANKS = {"member": 0, "admin": 1, "owner": 2}


def test_the_table_has_every_address_of_the_api() -> None:
    assert set(addresses(get_resolver())) == set(LEAST)


def test_the_table_in_the_documentation_is_this_one() -> None:
    paper = (Path(__file__).resolve().parents[2] / "docs/roles.md").read_text(encoding="utf-8")
    written = dict(re.findall(r"^\| `([A-Z]+ /[^`]*)` \| (\w+) \|", paper, re.MULTILINE))
    told = {f"{method} /{re.sub(r'<[a-z]+:[a-z_]+>', '{}', route)}": least for (method, route), least in LEAST.items()}
    assert {re.sub(r"\{\w*\}", "{}", address): least for address, least in written.items()} == told


def test_every_role_is_in_the_table() -> None:
    assert set(RANKS) == {str(role) for role in Role if role != Role.STAFF}


@pytest.mark.parametrize("role", RANKS)
def test_each_role_comes_as_far_as_the_table_says(role: str, cast: Cast) -> None:
    caller = cast.bob.caller
    with tenant_scope(caller.tenant_id):
        User.objects.filter(id=caller.user_id).update(role=role)
    refused = set()
    for address in sorted(LEAST):
        method, route = address
        path = "/" + filled(route)
        client = signed_in(caller)
        answer = ask(method, path, client=client, **{"X-CSRFToken": TOKEN, "Accept": "application/json"})
        assert answer.status not in {401, 500}, address
        if answer.status == 403 and answer.code == "role_required":
            refused.add(address)
    assert refused == {address for address, least in LEAST.items() if RANKS.get(least, 0) > RANKS[role]}
