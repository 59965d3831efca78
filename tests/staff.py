"""A member of staff at the admin."""

from django.db import connections
from django.test import Client
from django.test.utils import CaptureQueriesContext

from tenants.models import Staff


def staff_client() -> Client:
    """Signed in without a password, which would cost half a second each time."""
    client = Client()
    client.force_login(Staff.objects.create(username="sam", name="Sam", role="staff"))
    return client


def queries_of(client: Client, url: str) -> int:
    """How many queries the page costs, as whatever role."""
    with (
        CaptureQueriesContext(connections["default"]) as ours,
        CaptureQueriesContext(connections["operator"]) as theirs,
    ):
        response = client.get(url)
    assert response.status_code == 200
    return len(ours) + len(theirs)
