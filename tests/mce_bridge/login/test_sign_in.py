"""Signing in with the sandbox: who comes in, what is made for them, what they may use."""

import pytest
from django.contrib.sessions.models import Session

from mce_bridge.errors import NoConnection
from mce_bridge.models import Connection, Kind, State
from mce_bridge.objects import folders
from mce_bridge.services import open_account
from tenants.context import tenant_scope
from tenants.encryption import unseal
from tenants.models import BusinessUnit, Grant, Tenant, User
from tenants.services import find_tenant
from tests.browser_user import BrowserUser, alice, bob, mallory
from tests.sandbox import Sandbox

pytestmark = pytest.mark.usefixtures("database", "mce")


def tenant_of(enterprise_id: str = "7001000") -> Tenant:
    tenant_id = find_tenant(enterprise_id)
    assert tenant_id is not None
    with tenant_scope(tenant_id):
        return Tenant.objects.get()


def connections() -> list[Connection]:
    tenant = tenant_of()
    with tenant_scope(tenant.id):
        rows = Connection.objects.select_related("user", "business_unit")
        return list(rows.order_by("user__mce_user_id", "business_unit__mid"))


def test_the_first_of_an_enterprise_makes_its_tenant_and_owns_it() -> None:
    browser = alice()
    answer = browser.sign_in(next="/?tab=2")
    assert (answer.status_code, answer.headers["Location"]) == (302, "/?tab=2")
    me = browser.ask("GET", "/api/me").body
    assert (me["user"]["name"], me["user"]["email"]) == ("Alice Northwind", "alice@northwind.example")
    assert (me["tenant"]["name"], me["mid"], me["role"]) == ("Northwind Outfitters", 7001001, "owner")
    tenant = tenant_of()
    assert (tenant.enterprise_id, tenant.subdomain) == ("7001000", "mc-northwind")


def test_later_ones_are_members_and_other_enterprises_other_tenants() -> None:
    people = [alice(), bob(), mallory()]
    for person in people:
        assert person.sign_in().status_code == 302
    told = [person.ask("GET", "/api/me").body for person in people]
    assert [me["role"] for me in told] == ["owner", "member", "owner"]
    assert told[0]["tenant"] == told[1]["tenant"] != told[2]["tenant"]


def test_signing_in_again_finds_what_is_there_and_another_unit_is_granted_too() -> None:
    for browser in (alice(), alice(), alice(7001002)):
        browser.sign_in()
    with tenant_scope(tenant_of().id):
        assert list(User.objects.values_list("mce_user_id", "role")) == [("501", "owner")]
        assert list(BusinessUnit.objects.values_list("mid", flat=True)) == [7001001, 7001002]
        assert Grant.objects.count() == 2
    assert [(each.business_unit.mid, each.access_version) for each in connections()] == [(7001001, 2), (7001002, 1)]


def test_the_users_own_connection_works_and_serves_nobody_else() -> None:
    for browser in (alice(), bob()):
        browser.sign_in()
    of_alice, of_bob = connections()
    assert {each.kind for each in (of_alice, of_bob)} == {Kind.USER_OAUTH}
    account = open_account(tenant_id=of_bob.tenant_id, business_unit_id=of_bob.business_unit_id, user_id=of_bob.user_id)
    assert account.connection_id == of_bob.id
    assert folders.find_root(account, "dataextension").id > 0
    with tenant_scope(of_bob.tenant_id):
        Connection.objects.filter(id=of_bob.id).delete()
    for user_id in (of_bob.user_id, None):
        with pytest.raises(NoConnection):
            open_account(tenant_id=of_bob.tenant_id, business_unit_id=of_bob.business_unit_id, user_id=user_id)


def test_its_tokens_are_sealed_and_stand_in_no_session() -> None:
    alice().sign_in()
    (connection,) = connections()
    assert connection.access_token is not None
    assert connection.refresh_token is not None
    secrets = [unseal(bytes(each)) for each in (connection.access_token, connection.refresh_token)]
    (session,) = [each.get_decoded() for each in Session.objects.all()]
    for secret in secrets:
        assert secret not in str(session)
        assert secret.encode() not in bytes(connection.access_token) + bytes(connection.refresh_token)


def test_it_is_refreshed_with_the_refresh_token_that_rotates(mce: Sandbox) -> None:
    alice().sign_in()
    (connection,) = connections()
    account = open_account(
        tenant_id=connection.tenant_id, business_unit_id=connection.business_unit_id, user_id=connection.user_id
    )
    for _ in range(3):
        mce.ask("POST", "tokens/expire", {})
        assert folders.find_root(account, "dataextension").id > 0
    assert connections()[0].access_version == 4


def test_signing_in_again_mends_a_broken_connection() -> None:
    browser = alice()
    browser.sign_in()
    (connection,) = connections()
    with tenant_scope(connection.tenant_id):
        Connection.objects.update(state=State.BROKEN)
    browser.sign_in()
    assert [each.state for each in connections()] == [State.ACTIVE]


def test_who_was_deactivated_does_not_come_in() -> None:
    browser = bob()
    browser.sign_in()
    with tenant_scope(tenant_of().id):
        User.objects.update(is_active=False)
    again = BrowserUser(browser.user, browser.mid, browser.subdomain)
    answer = again.sign_in()
    assert (answer.status_code, answer.json()["code"]) == (403, "user_deactivated")
    assert again.ask("GET", "/api/me").error == (401, "not_signed_in")


def test_mallorys_session_reads_nothing_of_alices() -> None:
    people = [alice(), mallory()]
    for person in people:
        person.sign_in()
    run = people[0].ask("POST", "/api/runs", {"sqlText": "SELECT 1 AS One"})
    assert run.status == 202
    address = run.body["links"]["self"]
    assert people[0].ask("GET", address).status == 200
    assert people[1].ask("GET", address).error == (404, "run_not_found")


def test_signing_in_changes_the_session_id_and_signing_out_ends_the_session() -> None:
    browser = alice()
    address = browser.begin()
    before = browser.client.cookies["sessionid"].value
    browser.come_back(browser.choose(address))
    after = browser.client.cookies["sessionid"].value
    assert before != after
    assert [session.pk for session in Session.objects.all()] == [after]
    assert browser.ask("POST", "/api/auth/logout").status == 204
    assert Session.objects.count() == 0
    browser.client.cookies["sessionid"] = after
    assert browser.ask("GET", "/api/me").error == (401, "not_signed_in")


def test_coming_and_going_is_written_down() -> None:
    browser = alice()
    browser.sign_in()
    browser.ask("POST", "/api/auth/logout")
    browser.sign_in()
    log = browser.ask("GET", "/api/audit").body["results"]
    assert [(each["action"], each["by"], each["via"], each["details"]) for each in log] == [
        ("signed_in", "Alice Northwind", "session", {"mid": 7001001}),
        ("signed_out", "Alice Northwind", "session", {}),
        ("signed_in", "Alice Northwind", "session", {"mid": 7001001}),
    ]


def test_marketing_clouds_own_sign_out_ends_the_session() -> None:
    browser = alice()
    browser.sign_in()
    answer = browser.client.get("/auth/mce/logout")
    assert (answer.status_code, answer.headers["Location"], Session.objects.count()) == (302, "/", 0)
