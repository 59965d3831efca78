"""The main job: a SELECT goes in, its status is told as it happens, its rows come out."""

import pytest

from tests.journeys.client import Client

pytestmark = pytest.mark.journey

STEPS = ["queued", "validating", "preparing", "starting", "executing", "confirming", "ready"]


def test_from_a_select_over_its_events_to_its_first_and_last_page(alice: Client) -> None:
    run, frames = alice.run("SELECT TOP 260 CustomerID, Email, City FROM Customers ORDER BY CustomerID")
    assert [frame.step for frame in frames] == STEPS
    assert [frame.id for frame in frames] == [1, 2, 3, 4, 5, 6, 7]
    first, last = alice.get(f"{run}/results"), alice.get(f"{run}/results?page=6")
    assert (first["totalRows"], first["totalPages"], len(first["rows"]), len(last["rows"])) == (260, 6, 50, 10)
    assert [row[0] for row in first["rows"]] == list(range(1, 51))
    assert [row[0] for row in last["rows"]] == list(range(251, 261))
    assert [column["name"] for column in last["columns"]] == ["CustomerID", "Email", "City"]


def test_a_join_over_a_name_with_a_space_keeps_every_letter(alice: Client) -> None:
    run, _ = alice.run(
        "SELECT s.FirstName, s.Source, c.City FROM [Newsletter Signups] s "
        "JOIN Customers c ON c.CustomerID = s.CustomerID WHERE s.FirstName = N'Zoë'"
    )
    page = alice.get(f"{run}/results")
    assert page["totalRows"] > 0
    assert {row[0] for row in page["rows"]} == {"Zoë"}
    assert {"店舗", "Straße & Café"} <= {row[1] for number in (1, 2) for row in alice.rows(run, number)}


def test_an_aggregate_adds_up_to_what_was_counted(alice: Client) -> None:
    by_city, _ = alice.run("SELECT City, COUNT(*) AS Customers FROM Customers GROUP BY City")
    counted, _ = alice.run("SELECT COUNT(*) AS Customers FROM Customers")
    assert alice.rows(counted) == [[10_000]]
    assert sum(row[1] for row in alice.rows(by_city)) == 10_000


def test_select_star_gives_every_column_of_the_data_extension(alice: Client) -> None:
    run, _ = alice.run("SELECT * FROM Products")
    page = alice.get(f"{run}/results")
    valid = alice.http.post("/api/queries/validate", json={"sqlText": "SELECT * FROM Products"}).json()
    assert [(c["name"], c["type"]) for c in page["columns"]] == [(c["name"], c["type"]) for c in valid["columns"]]
    assert len(page["columns"]) > 3


def test_a_data_view_can_be_read(alice: Client) -> None:
    run, _ = alice.run("SELECT TOP 5 SubscriberKey, EventDate FROM _Sent ORDER BY EventDate DESC")
    rows = alice.rows(run)
    assert len(rows) == 5
    assert [row[1] for row in rows] == sorted((row[1] for row in rows), reverse=True)


def test_a_bad_column_fails_with_marketing_clouds_words(alice: Client) -> None:
    run, frames = alice.run("SELECT Nope FROM Customers")
    said = "Marketing Cloud does not accept this SQL: Invalid column name 'Nope'"
    assert (frames[-1].data["errorCode"], frames[-1].data["errorMessage"]) == ("sql_rejected", said)
    assert alice.get(run)["errorMessage"] == said


def test_two_tenants_side_by_side_get_their_own_rows(alice: Client, mallory: Client) -> None:
    sql = "SELECT TOP 1 Email FROM Customers ORDER BY CustomerID"
    hers, theirs = alice.submit(sql), mallory.submit(sql)
    assert (alice.follow(hers)[-1].step, mallory.follow(theirs)[-1].step) == ("ready", "ready")
    assert alice.rows(hers)[0][0].endswith("@northwind.example")
    assert mallory.rows(theirs)[0][0].endswith("@globex.example")


@pytest.mark.parametrize(
    ("method", "tail"), [("GET", ""), ("GET", "/events"), ("GET", "/results"), ("POST", "/cancel")]
)
def test_a_run_is_not_there_for_another_tenant_nor_for_a_colleague(
    alice: Client, bob: Client, mallory: Client, method: str, tail: str
) -> None:
    run = alice.submit("SELECT TOP 1 Email FROM Customers")
    answers = [client.http.request(method, run + tail) for client in (bob, mallory)]
    assert [(answer.status_code, answer.json()["code"]) for answer in answers] == [(404, "run_not_found")] * 2
    alice.follow(run)


def test_who_prefers_to_wait_is_answered_when_the_run_has_ended(alice: Client) -> None:
    run = alice.submit("SELECT TOP 1 Email FROM Customers")
    answer = alice.http.get(run, headers={"Prefer": "wait=30"})
    assert answer.headers["Preference-Applied"] == "wait=30"
    assert answer.json()["status"] == "ready"
