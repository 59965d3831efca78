"""Snapshots: the whole world by a name, and back to it."""

from tests.mce_sandbox.client import Mce, equals, unique


def take(mce: Mce) -> str:
    name = unique("Snapshot")
    assert mce.http.post("/control/snapshots", json={"name": name}).status_code == 201
    return name


def restore(mce: Mce, name: str) -> None:
    assert mce.http.post(f"/control/snapshots/{name}/restore").json()["name"] == name


def test_rows_objects_and_names_are_as_they_were(mce: Mce) -> None:
    kept, kept_key = mce.seed("Id Number key, Name Text(50)", [[1, "old"]])
    dropped, dropped_key = mce.seed("Id Number", [[7]])
    name = take(mce)
    mce.run("SELECT 1 AS Id, 'new' AS Name UNION SELECT 2, 'two'", kept_key)
    mce.delete("DataExtension", f"<CustomerKey>{dropped_key}</CustomerKey>")
    made, made_key = mce.seed("Id Number", [[9]])
    restore(mce, name)
    assert mce.rows(kept_key) == [{"id": "1", "name": "old"}]
    assert mce.rows(dropped_key) == [{"id": "7"}]
    assert mce.rowset(made_key).status_code == 404
    mce.seed("Id Number", name=made)
    mce.run(f"SELECT Id, Name FROM [{kept}] UNION SELECT Id, 'x' FROM [{dropped}]", kept_key, "Update")
    assert mce.rows(kept_key, "Id") == [{"id": "1", "name": "old"}, {"id": "7", "name": "x"}]


def test_a_snapshot_can_be_restored_again(mce: Mce) -> None:
    _, key = mce.seed("Id Number", [[1]])
    name = take(mce)
    for number in (2, 3):
        mce.run(f"SELECT {number} AS Id", key)
        restore(mce, name)
        assert mce.rows(key) == [{"id": "1"}]


def test_tokens_dials_and_faults_are_as_they_were(mce: Mce) -> None:
    mce.http.post("/control/faults", json={"operation": "ListQueries", "kind": "rate_limited", "count": 2})
    mce.http.patch("/control/dials", json={"jitter_ms": 1})
    name = take(mce)
    assert mce.rest("GET", "/automation/v1/queries").status_code == 429
    mce.http.delete("/control/faults")
    mce.http.patch("/control/dials", json={"jitter_ms": 5})
    mce.http.post("/control/tokens/expire")
    restore(mce, name)
    assert mce.http.get("/control/dials").json()["jitter_ms"] == 1
    answers = [mce.rest("GET", "/automation/v1/queries").status_code for _ in range(3)]
    assert answers == [429, 429, 200]


def test_a_query_that_ran_then_begins_again_and_later_ones_are_unknown(mce: Mce) -> None:
    _, key = mce.seed("Id Number")
    mce.http.post("/control/hold")
    _, running = mce.start("SELECT 1 AS Id", key)
    name = take(mce)
    _, later = mce.start("SELECT 2 AS Id", key, "Append")
    mce.http.post("/control/release")
    assert mce.finish(later)["Status"] == "Complete"
    restore(mce, name)
    assert mce.status(later) == {}
    mce.http.post("/control/release")
    assert mce.finish(running)["Status"] == "Complete"
    assert mce.rows(key) == [{"id": "1"}]
    _, newest = mce.start("SELECT 3 AS Id", key)
    assert int(newest) > int(later)


def test_subscribers_are_as_they_were(mce: Mce) -> None:
    kept, later = (f"{unique('s').replace(' ', '')}@northwind.example" for _ in range(2))
    mce.create("Subscriber", f"<EmailAddress>{kept}</EmailAddress>")
    name = take(mce)
    mce.update("Subscriber", f"<SubscriberKey>{kept}</SubscriberKey><Status>Unsubscribed</Status>")
    mce.create("Subscriber", f"<EmailAddress>{later}</EmailAddress>")
    restore(mce, name)
    assert mce.retrieve("Subscriber", "Status", equals("SubscriberKey", kept)).texts("Results/Status") == ["Active"]
    assert mce.retrieve("Subscriber", "Status", equals("SubscriberKey", later)).all("Results") == []


def test_names_are_listed_replaced_and_forgotten(mce: Mce) -> None:
    _, key = mce.seed("Id Number", [[1]])
    name = take(mce)
    mce.run("SELECT 2 AS Id", key)
    assert mce.http.post("/control/snapshots", json={"name": name}).status_code == 201
    assert [each["name"] for each in mce.http.get("/control/snapshots").json()["snapshots"]].count(name) == 1
    restore(mce, name)
    assert mce.rows(key) == [{"id": "2"}]
    left = mce.http.delete(f"/control/snapshots/{name}").json()["snapshots"]
    assert name not in [each["name"] for each in left]
    gone = mce.http.post(f"/control/snapshots/{name}/restore")
    assert (gone.status_code, gone.json()) == (404, {"error": f"There is no snapshot '{name}'."})


def test_a_snapshot_without_a_name_is_refused(mce: Mce) -> None:
    for body in ({}, {"name": ""}, {"name": 5}, {"name": "a/b"}):
        assert mce.http.post("/control/snapshots", json=body).json() == {
            "error": "name must be a text without a slash."
        }


def test_orders_of_rows_are_given_up(mce: Mce) -> None:
    mce.http.patch("/control/dials", json={"rows_ms": 3_600_000})
    _, key = mce.seed("Id Number")
    name = take(mce)
    answer = mce.rest("POST", f"/data/v1/async/dataextensions/key:{key}/rows", json={"items": [{"Id": 1}]})
    restore(mce, name)
    told = mce.rest("GET", f"/data/v1/async/{answer.json()['requestId']}/status").json()
    assert told["resultMessages"][0]["resultCode"] == "AsyncRequestStatusNotFound"
