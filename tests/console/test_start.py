"""The page at `/`."""

from django.test import Client


def test_the_page_at_the_root_leads_to_the_api_and_the_admin(database: None) -> None:
    page = Client().get("/")
    assert page.status_code == 200
    assert [address in page.content.decode() for address in ('href="/api/docs/"', 'href="/admin/"')] == [True, True]
