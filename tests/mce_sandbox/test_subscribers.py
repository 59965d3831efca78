"""Subscriber over SOAP, and in the data view that queries see."""

import pytest

from tests.mce_sandbox.client import Mce, equals, unique


def subscriber(email: str, more: str = "") -> str:
    return f"<EmailAddress>{email}</EmailAddress>{more}"


def test_a_subscriber_is_made_found_changed_and_deleted(mce: Mce) -> None:
    email = f"{unique('s').replace(' ', '')}@northwind.example"
    key = f"<SubscriberKey>k-{email}</SubscriberKey>"
    made = mce.create("Subscriber", subscriber(email, key))
    number = made.value("Results/NewID") or ""
    assert (made.value("Results/StatusMessage"), made.value("Results/Object/ID")) == ("Created Subscriber.", number)
    changed = mce.update("Subscriber", f"{key}<Status>Unsubscribed</Status>")
    assert changed.value("Results/StatusMessage") == "Updated Subscriber."
    for filter_ in (equals("SubscriberKey", f"k-{email}"), equals("EmailAddress", email), equals("ID", number)):
        found = mce.retrieve("Subscriber", "ID EmailAddress SubscriberKey Status UnsubscribedDate", filter_)
        assert (found.texts("Results/ID"), found.value("Results/Status")) == ([number], "Unsubscribed")
        assert found.value("Results/UnsubscribedDate")
    _, target = mce.seed("Status Text(20)")
    mce.run(f"SELECT Status FROM _Subscribers WHERE EmailAddress = '{email}'", target)
    assert mce.rows(target) == [{"status": "unsubscribed"}]
    assert mce.delete("Subscriber", key).value("OverallStatus") == "OK"
    assert mce.retrieve("Subscriber", "ID", equals("EmailAddress", email)).all("Results") == []


@pytest.mark.parametrize(
    ("inside", "code"),
    [
        (subscriber("customer1@northwind.example", "<SubscriberKey>C0100001</SubscriberKey>"), "12014"),
        (subscriber("nobody"), "12002"),
        (subscriber("a@b.example", "<Status>Bored</Status>"), "12003"),
    ],
)
def test_a_subscriber_that_is_not_taken(mce: Mce, inside: str, code: str) -> None:
    assert mce.create("Subscriber", inside).value("Results/ErrorCode") == code


def test_a_subscriber_that_is_not_there_is_not_changed(mce: Mce) -> None:
    inside = "<SubscriberKey>nobody-at-all</SubscriberKey>"
    assert mce.update("Subscriber", inside).value("Results/ErrorCode") == "12001"
    assert mce.delete("Subscriber", inside).value("Results/ErrorCode") == "12001"
