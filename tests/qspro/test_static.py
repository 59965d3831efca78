"""Static files under DEBUG=false, with nothing collected."""

import gzip

import pytest
from django.contrib.staticfiles import finders
from django.test import Client


@pytest.mark.parametrize(
    ("path", "kind"),
    [
        ("admin/css/base.css", 'text/css; charset="utf-8"'),
        ("drf_spectacular_sidecar/swagger-ui-dist/swagger-ui-bundle.js", 'text/javascript; charset="utf-8"'),
        ("drf_spectacular_sidecar/swagger-ui-dist/favicon-32x32.png", "image/png"),
    ],
)
def test_a_file_comes_straight_from_its_package(path: str, kind: str) -> None:
    found = finders.find(path)
    assert found is not None
    with open(found, "rb") as file:
        content = file.read()
    response = Client().get(f"/static/{path}")
    assert (response.status_code, response["Content-Type"], response.content) == (200, kind, content)
    assert response["Content-Length"] == str(len(content))


def test_a_part_a_head_and_an_unchanged_file() -> None:
    url = "/static/admin/css/base.css"
    whole = Client().get(url)
    part = Client().get(url, headers={"Range": "bytes=0-9"})
    assert (part.status_code, part.content) == (206, whole.content[:10])
    head = Client().head(url)
    assert (head.status_code, head.content, head["Content-Length"]) == (200, b"", whole["Content-Length"])
    unchanged = Client().get(url, headers={"If-Modified-Since": whole["Last-Modified"]})
    assert (unchanged.status_code, unchanged.content) == (304, b"")


def test_who_reads_gzip_gets_it_and_is_known_again() -> None:
    url, wanted = "/static/console/console.js", {"Accept-Encoding": "gzip, br"}
    whole, packed = Client().get(url), Client().get(url, headers=wanted)
    assert (packed["Content-Encoding"], packed["Vary"]) == ("gzip", "Accept-Encoding")
    assert gzip.decompress(packed.content) == whole.content
    assert int(packed["Content-Length"]) == len(packed.content) < len(whole.content) / 2
    unchanged = Client().get(url, headers={**wanted, "If-None-Match": packed["ETag"]})
    assert (unchanged.status_code, unchanged.content) == (304, b"")
    part = Client().get(url, headers={**wanted, "Range": "bytes=0-999"})
    assert (part.status_code, part.content) == (206, whole.content[:1000])


def test_the_page_of_the_api_asks_nobody_else() -> None:
    page = Client().get("/api/docs/").text
    assert "/static/drf_spectacular_sidecar/swagger-ui-dist/swagger-ui-bundle.js" in page
    assert "http://" not in page
    assert "https://" not in page


@pytest.mark.parametrize("path", ["admin/css/none.css", "../qspro/settings.py", "%2e%2e/manage.py"])
def test_what_is_no_static_file_is_not_found(path: str) -> None:
    assert Client().get(f"/static/{path}").json()["code"] == "not_found"
