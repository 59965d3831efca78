"""Who gets to /admin/."""

import pytest
from django.test import Client
from pytest_django import Settings

from tenants.models import Staff, User
from tests.cast import Cast
from tests.staff import staff_client

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


@pytest.mark.parametrize(
    ("page", "action"),
    [
        ("shell_query/run", "cancel"),
        ("mce_bridge/connection", "delete_selected"),
        ("tenants/apikey", "revoke"),
        ("django_celery_beat/periodictask", "enable_tasks"),
    ],
)
@pytest.mark.parametrize("chosen", ["x", "a\0b", "x" * 5000, "💚"])
def test_an_action_on_what_is_no_id_is_refused(database: None, page: str, action: str, chosen: str) -> None:
    answer = staff_client().post(f"/admin/{page}/", {"action": action, "_selected_action": [chosen]})
    assert (answer.status_code, answer.json()["detail"]) == (400, "What was chosen in the list is no row's id.")


@pytest.mark.parametrize("minute", ["-1", ",", "1,,2", "*/*", "💚"])
def test_a_crontab_that_cannot_be_read_is_told_at_its_field(database: None, minute: str) -> None:
    others = dict.fromkeys(("hour", "day_of_week", "day_of_month", "month_of_year"), "*")
    forms = {"periodictask_set-TOTAL_FORMS": "0", "periodictask_set-INITIAL_FORMS": "0"}
    sent = {**others, **forms, "minute": minute, "timezone": "UTC"}
    answer = staff_client().post("/admin/django_celery_beat/crontabschedule/add/", sent)
    assert answer.status_code == 200
    assert list(answer.context["adminform"].form.errors) == ["minute"]


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
