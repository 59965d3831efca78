"""Whose token it is, and addresses that are not there."""

from tests.mce_sandbox.client import Mce


def test_the_token_context_has_three_ids(mce: Mce, globex: Mce) -> None:
    assert mce.rest("GET", "/platform/v1/tokenContext").json() == {
        "enterprise": {"id": 7001000}, "organization": {"id": 7001001}, "user": {"id": 500},
    }  # fmt: skip
    assert globex.rest("GET", "/platform/v1/tokenContext/").json() == {
        "enterprise": {"id": 8002000}, "organization": {"id": 8002001}, "user": {"id": 600},
    }  # fmt: skip


def test_an_unknown_address_is_not_found_in_the_services_words(mce: Mce) -> None:
    nowhere = mce.rest("GET", "/data/v1/nothing")
    assert (nowhere.status_code, nowhere.json()["errorcode"], nowhere.json()["message"]) == (404, 404, "Not Found")
    wrong = mce.rest("PUT", "/automation/v1/queries")
    assert (wrong.status_code, wrong.json()["message"]) == (405, "Method Not Allowed")
