"""The sample data hangs together: every key leads to a row, and business units differ."""

import pytest

from mce_sandbox.data.sample_views import VIEWS
from mce_sandbox.data.views import data_views
from tests.mce_sandbox.client import Mce

ORPHANS = [
    "SELECT COUNT(*) AS n FROM Orders o LEFT JOIN Customers c ON c.CustomerID = o.CustomerID "
    "WHERE c.CustomerID IS NULL",
    "SELECT COUNT(*) AS n FROM Orders o LEFT JOIN Products p ON p.ProductID = o.ProductID WHERE p.ProductID IS NULL",
    "SELECT COUNT(*) AS n FROM Orders o LEFT JOIN Stores s ON s.StoreID = o.StoreID WHERE s.StoreID IS NULL",
    "SELECT COUNT(*) AS n FROM [Newsletter Signups] s LEFT JOIN Customers c ON c.Email = s.Email "
    "WHERE c.Email IS NULL",
    "SELECT COUNT(*) AS n FROM _Subscribers s LEFT JOIN Customers c ON c.ContactKey = s.SubscriberKey "
    "WHERE c.Email IS NULL",
    "SELECT COUNT(*) AS n FROM _Sent s LEFT JOIN _Job j ON j.JobID = s.JobID WHERE j.JobID IS NULL",
    "SELECT COUNT(*) AS n FROM _Sent s LEFT JOIN _Subscribers b ON b.SubscriberID = s.SubscriberID "
    "WHERE b.Status IS NULL",
    "SELECT COUNT(*) AS n FROM _Open o LEFT JOIN _Sent s ON s.JobID = o.JobID AND s.SubscriberID = o.SubscriberID "
    "WHERE s.JobID IS NULL OR s.EventDate >= o.EventDate",
    "SELECT COUNT(*) AS n FROM _Click c LEFT JOIN _Open o ON o.JobID = c.JobID AND o.SubscriberID = c.SubscriberID "
    "WHERE o.JobID IS NULL",
    "SELECT COUNT(*) AS n FROM _Complaint c LEFT JOIN _Open o ON o.JobID = c.JobID AND o.SubscriberID = c.SubscriberID "
    "WHERE o.JobID IS NULL",
    "SELECT COUNT(*) AS n FROM _ListSubscribers l LEFT JOIN _Subscribers s ON s.SubscriberID = l.SubscriberID "
    "WHERE s.SubscriberKey IS NULL OR s.EmailAddress <> l.EmailAddress",
    "SELECT COUNT(*) AS n FROM _BusinessUnitUnsubscribes u LEFT JOIN _Subscribers s "
    "ON s.SubscriberKey = u.SubscriberKey AND s.Status = 'unsubscribed' WHERE s.SubscriberKey IS NULL",
    "SELECT COUNT(*) AS n FROM _JourneyActivity a LEFT JOIN _Journey j ON j.VersionID = a.VersionID "
    "WHERE j.JourneyName IS NULL",
    "SELECT COUNT(*) AS n FROM _Sent s LEFT JOIN _JourneyActivity a "
    "ON a.JourneyActivityObjectID = s.TriggererSendDefinitionObjectID "
    "WHERE s.TriggererSendDefinitionObjectID IS NOT NULL AND a.ActivityID IS NULL",
    "SELECT COUNT(*) AS n FROM _AutomationActivityInstance a LEFT JOIN _AutomationInstance i "
    "ON i.AutomationInstanceID = a.AutomationInstanceID WHERE i.AutomationName IS NULL",
    "SELECT COUNT(*) AS n FROM _SMSMessageTracking t LEFT JOIN _MobileAddress m ON m._MobileNumber = t.Mobile "
    "WHERE m._ContactID IS NULL OR m._ContactID <> t.SubscriberKey",
    "SELECT COUNT(*) AS n FROM _Bounce b JOIN _Open o ON o.JobID = b.JobID AND o.SubscriberID = b.SubscriberID",
]  # fmt: skip


@pytest.mark.parametrize("sql", ORPHANS)
def test_every_key_leads_to_a_row(mce: Mce, sql: str) -> None:
    _, key = mce.seed("n Number")
    assert mce.run(sql, key)["ErrorMsg"] is None
    assert mce.rows(key) == [{"n": "0"}]


SIZES = [
    ("Customers", 10_000), ("Orders", 50_000), ("Products", 200), ("Stores", 25), ("Newsletter Signups", 500),
    ("_Job", 12), ("_Subscribers", 10_000),
]  # fmt: skip


def test_sizes(mce: Mce) -> None:
    _, key = mce.seed("Name Text(50), n Number")
    union = " UNION ALL ".join(f"SELECT '{name}' AS Name, COUNT(*) AS n FROM [{name}]" for name, _ in SIZES)
    mce.run(union, key)
    assert {row["name"]: int(row["n"]) for row in mce.rows(key)} == dict(SIZES)


def test_the_views_looked_at_most_have_rows(mce: Mce) -> None:
    _, key = mce.seed("Name Text(50), n Number")
    mce.run(" UNION ALL ".join(f"SELECT '{view}' AS Name, COUNT(*) AS n FROM {view}" for view in VIEWS), key)
    assert {row["name"] for row in mce.rows(key) if int(row["n"]) > 0} == set(VIEWS)


def test_every_documented_view_can_be_read(mce: Mce) -> None:
    _, key = mce.seed("Name Text(50), n Number")
    names = list(data_views())
    assert len(names) == 29
    mce.run(" UNION ALL ".join(f"SELECT '{view}' AS Name, COUNT(*) AS n FROM {view}" for view in names), key)
    assert {row["name"] for row in mce.rows(key)} == set(names)


def test_business_units_have_different_rows(mce: Mce) -> None:
    other = Mce(mce.http, 7001002)
    first, second = mce.rows("store-directory-7001001", "StoreID"), other.rows("store-directory-7001002", "StoreID")
    assert first != second
    assert mce.rowset("store-directory-7001002").status_code == 404


def test_signups_have_what_is_hard_to_carry(mce: Mce) -> None:
    rows = mce.rows("nl-signups-01-7001001")
    assert {row["source"] for row in rows} == {"Web", "Straße & Café", "店舗", ""}
    assert {row["optin"] for row in rows} == {"True", "False", ""}
    assert "Grüße aus Kraków, żółć 😀" in {row["notes"] for row in rows}
