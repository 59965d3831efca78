"""Who gets to /admin/."""

import pytest
from django.test import Client
from pytest_django import Settings

from tenants.models import Staff, User
from tests.cast import Cast

PASSWORD = "correct horse battery"


@pytest.mark.parametrize("path", ["/admin", "/admin/", "/admin/login/", "/admin/queues/", "/admin/tenants/user/"])
def test_without_an_admin_key_nobody_gets_to_any_page(path: str, settings: Settings) -> None:
    settings.ADMIN_API_KEY = ""
    response = Client().get(path)
    assert response.status_code == 403
    assert response["Content-Type"] == "application/problem+json"
    assert response.json() == {
        "type": "urn:qspro:error:admin_disabled",
        "title": "The operators' pages are switched off",
        "status": 403,
        "detail": "Set ADMIN_API_KEY to open them.",
        "code": "admin_disabled",
        "retryable": False,
        "requestId": response["X-Request-ID"],
    }


def test_the_gate_is_shut_for_signed_in_staff_too(database: None, settings: Settings) -> None:
    client = Client()
    client.force_login(Staff.objects.create(username="sam", role="staff"))
    assert client.get("/admin/").status_code == 200
    settings.ADMIN_API_KEY = ""
    assert client.get("/admin/").json()["code"] == "admin_disabled"


def test_the_gate_leaves_other_addresses_alone(settings: Settings) -> None:
    settings.ADMIN_API_KEY = ""
    assert Client().get("/administration").json()["code"] == "not_found"
    assert Client().get("/healthz").json() == {"status": "ok"}


@pytest.mark.parametrize("query", ["flow=%00", "status__exact=a%00b", "q=%00", "%00=1"])
def test_a_null_character_in_a_filter_is_refused(database: None, query: str) -> None:
    client = Client()
    client.force_login(Staff.objects.create(username="sam", role="staff"))
    answer = client.get(f"/admin/shell_query/run/?{query}")
    assert (answer.status_code, answer.json()["code"]) == (400, "bad_request")


def test_staff_sign_in_with_a_password_and_members_cannot(cast: Cast) -> None:
    User.objects.create_superuser("sam", PASSWORD)
    wrong = Client().post("/admin/login/", {"username": "sam", "password": "wrong"})
    assert wrong.context["form"].errors.as_data()["__all__"][0].code == "invalid_login"
    client = Client()
    response = client.post("/admin/login/?next=/admin/", {"username": "sam", "password": PASSWORD})
    assert (response.status_code, response["Location"]) == (302, "/admin/")
    assert client.get("/admin/").context["user"].username == "sam"


def test_whoever_is_made_inactive_is_out_at_once(database: None) -> None:
    client = Client()
    sam = Staff.objects.create(username="sam", role="staff")
    client.force_login(sam)
    assert client.get("/admin/").status_code == 200
    Staff.objects.filter(id=sam.id).update(is_active=False)
    assert client.get("/admin/")["Location"] == "/admin/login/?next=/admin/"
