"""Reading, listing and canceling runs, and who may not."""

from base64 import b64encode
from uuid import uuid4

import pytest

from mce_bridge.objects import data_extensions
from mce_bridge.services import open_account
from shell_query.naming import data_extension_key
from tests.cast import Cast
from tests.rows import make_run
from tests.sandbox import Sandbox
from tests.shell_query.api.conftest import Api
from tests.shell_query.driver import run_sql, submit

SQL = "SELECT StoreID, City FROM Stores"


@pytest.fixture
def ready(connected: Cast) -> str:
    """A ready run of Alice's."""
    return f"/api/runs/{run_sql(connected.alice.caller, SQL, 'shops').id}"


@pytest.fixture
def queued(connected: Cast) -> str:
    """A queued run of Alice's: no worker is there."""
    return f"/api/runs/{submit(connected.alice.caller, SQL)}"


def test_a_run_is_described_with_its_timings(alice: Api, ready: str) -> None:
    found = alice.get(ready).body
    assert (found["status"], found["stage"], found["snippetName"]) == ("ready", None, "shops")
    assert found["rowCount"] > 0
    assert found["looks"] >= 1
    parts = [found["timings"][name] for name in ("queuedMs", "preparingMs", "mceMs", "confirmingMs")]
    assert min(parts) >= 0
    # Each is rounded by itself.
    assert abs(sum(parts) - found["timings"]["totalMs"]) <= len(parts)
    assert found["retries"] == 0


def test_what_was_done_again_is_counted(alice: Api, connected: Cast, mce: Sandbox) -> None:
    mce.fault("Create", "http", status=503, count=2)
    run = run_sql(connected.alice.caller, SQL)
    assert alice.get(f"/api/runs/{run.id}").body["retries"] == 2


def test_results_come_page_by_page_with_links(alice: Api, connected: Cast) -> None:
    run = run_sql(connected.alice.caller, "SELECT TOP 120 CustomerID FROM Customers")
    base = f"/api/runs/{run.id}/results?page="
    pages = [alice.get(f"{base}{page}").body for page in (1, 2, 3)]
    assert [(page["totalRows"], page["totalPages"], page["truncated"]) for page in pages] == [(120, 3, False)] * 3
    assert [(page.get("previous"), page.get("next")) for page in pages] == [
        (None, f"{base}2"),
        (f"{base}1", f"{base}3"),
        (f"{base}2", None),
    ]


def test_columns_that_no_order_can_name_are_read_all_the_same(alice: Api, connected: Cast) -> None:
    """`$orderBy` is a list with commas, and its names are parted from their direction by a space."""
    sql = "SELECT City AS [City, State], StoreID AS [No  1], StoreID AS Id FROM Stores"
    run = run_sql(connected.alice.caller, f"{sql} ORDER BY [City, State] OFFSET 0 ROWS")
    answer = alice.get(f"/api/runs/{run.id}/results")
    names = [column["name"] for column in answer.body["columns"]]
    assert (answer.status, names) == (200, ["City, State", "No  1", "Id"])
    ids = [row[2] for row in answer.body["rows"]]
    assert ids == sorted(ids)
    assert len(ids) == run.row_count


def test_rows_of_many_columns_with_long_names_are_read_in_the_order_of_the_first(alice: Api, connected: Cast) -> None:
    names = [f"列{number:03}{'名' * 40}" for number in range(250)]
    columns = ", ".join(f"StoreID AS [{name}]" for name in names)
    run = run_sql(connected.alice.caller, f"SELECT {columns} FROM Stores ORDER BY StoreID DESC OFFSET 0 ROWS")
    answer = alice.get(f"/api/runs/{run.id}/results")
    assert (answer.status, [column["name"] for column in answer.body["columns"]]) == (200, names)
    ids = [row[0] for row in answer.body["rows"]]
    assert ids == sorted(ids, reverse=True)
    assert len(ids) == run.row_count


def test_a_page_takes_five_round_trips_to_the_database(
    alice: Api, ready: str, django_assert_num_queries: object
) -> None:
    alice.get(f"{ready}/results")  # the key's last use is noted once a minute
    with django_assert_num_queries(5):  # type: ignore[operator]
        assert alice.get(f"{ready}/results").status == 200


def test_results_may_not_be_kept_by_anybody_on_the_way(alice: Api, ready: str) -> None:
    assert alice.get(f"{ready}/results").headers["Cache-Control"] == "no-store"


@pytest.mark.parametrize("page", ["0", "51", "-1", "x", "", "1.5", "\u0661", "\u00b2", "9" * 5_000])
def test_a_page_outside_1_to_50_is_refused(alice: Api, ready: str, page: str) -> None:
    answer = alice.get(f"{ready}/results?page={page}")
    assert (answer.status, answer.body["detail"]) == (400, "page is a number from 1 to 50.")


def test_results_of_a_run_that_has_not_ended_are_a_conflict(alice: Api, queued: str) -> None:
    answer = alice.get(f"{queued}/results")
    assert (answer.status, answer.code, answer.body["retryable"]) == (409, "run_not_ready", True)


def test_results_of_a_failed_run_are_not_there(alice: Api, connected: Cast) -> None:
    run = run_sql(connected.alice.caller, "SELECT Nope FROM Stores")
    answer = alice.get(f"/api/runs/{run.id}/results")
    assert (answer.status, answer.code) == (404, "no_results")


def test_results_whose_data_extension_is_gone_are_gone(alice: Api, connected: Cast, mce: object) -> None:
    run = run_sql(connected.alice.caller, SQL)
    delete_data_extension(connected, run.id)
    answer = alice.get(f"/api/runs/{run.id}/results")
    assert (answer.status, answer.code) == (410, "results_gone")


def delete_data_extension(connected: Cast, run_id: object) -> None:
    """As somebody does it in Marketing Cloud."""
    caller = connected.alice.caller
    account = open_account(tenant_id=caller.tenant_id, business_unit_id=caller.business_unit_id, user_id=caller.user_id)
    found = data_extensions.find_by_key(account, data_extension_key(run_id))  # type: ignore[arg-type]
    assert found is not None
    data_extensions.delete(account, object_id=found.object_id)


def test_a_failed_run_says_why_with_marketing_clouds_words_for_its_caller(alice: Api, connected: Cast) -> None:
    run = run_sql(connected.bob.caller, "SELECT Nope FROM Stores")
    ours = "Marketing Cloud does not accept this SQL"
    mine = Api(connected.bob).get(f"/api/runs/{run.id}").body
    overseen = alice.get(f"/api/runs/{run.id}").body
    assert (mine["errorCode"], mine["errorMessage"]) == ("sql_rejected", f"{ours}: Invalid column name 'Nope'")
    assert (overseen["errorCode"], overseen["errorMessage"], overseen["sqlTextHash"]) == ("sql_rejected", ours, "")


def test_a_queued_run_is_canceled_at_once_and_again(alice: Api, queued: str) -> None:
    first, again = alice.post(f"{queued}/cancel"), alice.post(f"{queued}/cancel")
    assert (first.status, first.body["status"]) == (202, "canceled")
    assert (again.status, again.body) == (202, first.body)


def test_a_run_that_has_ended_cannot_be_canceled(alice: Api, ready: str) -> None:
    answer = alice.post(f"{ready}/cancel")
    assert (answer.status, answer.code) == (409, "run_ended")


@pytest.mark.parametrize(
    ("method", "tail"), [("GET", ""), ("GET", "/results"), ("POST", "/cancel"), ("POST", "/events/ticket")]
)
def test_a_run_of_another_tenant_is_not_there(mallory: Api, ready: str, method: str, tail: str) -> None:
    answer = mallory.ask(method, ready + tail, None, {})
    nowhere = mallory.ask(method, f"/api/runs/{uuid4()}{tail}", None, {})
    assert (answer.status, answer.code) == (nowhere.status, nowhere.code) == (404, "run_not_found")


@pytest.mark.parametrize(
    ("method", "tail"), [("GET", ""), ("GET", "/results"), ("POST", "/cancel"), ("POST", "/events/ticket")]
)
def test_a_run_of_a_colleague_is_not_there(bob: Api, ready: str, method: str, tail: str) -> None:
    answer = bob.ask(method, ready + tail, None, {})
    assert (answer.status, answer.code) == (404, "run_not_found")


@pytest.mark.parametrize(("method", "tail"), [("GET", "/results"), ("POST", "/cancel")])
def test_who_oversees_sees_a_colleagues_run_but_not_its_rows(
    alice: Api, connected: Cast, method: str, tail: str
) -> None:
    run = run_sql(connected.bob.caller, SQL)
    assert alice.get(f"/api/runs/{run.id}").body["rowCount"] is None
    assert alice.ask(method, f"/api/runs/{run.id}{tail}", None, {}).code == "run_not_found"


def test_the_list_holds_ones_own_runs_newest_first(alice: Api, bob: Api, connected: Cast) -> None:
    mine = [str(submit(connected.alice.caller, SQL)) for _ in range(3)]
    theirs = str(submit(connected.bob.caller, SQL))
    assert [run["runId"] for run in alice.get("/api/runs").body["results"]] == mine[::-1]
    assert [run["runId"] for run in bob.get("/api/runs").body["results"]] == [theirs]


def test_the_list_is_paged_by_opaque_cursors(alice: Api, connected: Cast) -> None:
    mine = [str(submit(connected.alice.caller, SQL)) for _ in range(5)]
    found, address = [], "/api/runs?pageSize=2"
    while address:
        page = alice.get(address).body
        found += [run["runId"] for run in page["results"]]
        address = page["next"]
    assert found == mine[::-1]


def test_the_list_is_filtered(alice: Api, connected: Cast) -> None:
    kept = submit(connected.alice.caller, SQL, "kept")
    gone = submit(connected.alice.caller, SQL, "gone")
    alice.post(f"/api/runs/{gone}/cancel")

    def ids(query: str) -> list[str]:
        return [run["runId"] for run in alice.get(f"/api/runs?{query}").body["results"]]

    assert ids("status=queued") == ids("snippetName=kept") == [str(kept)]
    assert ids("status=canceled") == [str(gone)]
    assert ids("createdAfter=2100-01-01T00:00:00Z") == ids("createdBefore=2000-01-01T00:00:00%2B01:00") == []


@pytest.mark.parametrize(
    "query",
    [
        "status=done",
        "snippetName=%00",
        "createdAfter=yesterday",
        "createdBefore=2026-01-01T00:00:00",
        "createdBefore=0001-01-01T00:00:00%2B23:59",
        "createdAfter=9999-12-31T23:59:59-23:59",
    ],
)
def test_a_filter_that_means_nothing_is_refused(alice: Api, query: str) -> None:
    answer = alice.get(f"/api/runs?{query}")
    assert (answer.status, answer.code) == (400, "bad_request")


@pytest.mark.parametrize(
    "cursor",
    [
        "junk",
        "ü",
        b64encode(b"o=-1").decode(),
        b64encode(b"p=junk").decode(),
        b64encode(b"p=2026-01-01 00:00:00").decode(),
        b64encode(b"p=2026-01-01%00").decode(),
        b64encode(b"p=0001-01-01 00:00:00%2B23:59").decode(),
    ],
)
def test_a_cursor_that_we_never_gave_is_refused(alice: Api, cursor: str) -> None:
    answer = alice.get(f"/api/runs?cursor={cursor}")
    assert (answer.status, answer.code) == (400, "bad_request")


@pytest.mark.parametrize("path", ["/api/runs", "/api/audit"])
@pytest.mark.parametrize("size", ["abc", "0", "00", "-1", "1.5", "1_0", "", "٣", "9" * 5000, "0" * 5000 + "5", "%2B5"])
def test_a_size_of_pages_that_is_none_is_refused(alice: Api, path: str, size: str) -> None:
    answer = alice.get(f"{path}?pageSize={size}")
    assert (answer.status, answer.code) == (400, "bad_request")
    assert answer.body["detail"] == "pageSize is a number from 1 to 100."


@pytest.mark.parametrize("size", ["100", "101", "999999", "0005"])
def test_pages_have_a_hundred_runs_at_most(alice: Api, size: str) -> None:
    for _ in range(101):
        make_run(alice.person.caller)
    assert len(alice.get(f"/api/runs?pageSize={size}").body["results"]) == min(int(size), 100)


@pytest.mark.parametrize("count", [1, 3])
def test_a_list_takes_the_same_queries_however_long_it_is(
    alice: Api, connected: Cast, django_assert_num_queries: object, count: int
) -> None:
    for _ in range(count):
        submit(connected.alice.caller, SQL)
    alice.get("/api/runs")  # the key's last use is noted once a minute
    with django_assert_num_queries(4):  # type: ignore[operator]
        assert len(alice.get("/api/runs").body["results"]) == count


def test_validation_makes_nothing_and_tells_columns_tables_and_findings(alice: Api, mce: object) -> None:
    answer = alice.post("/api/queries/validate", {"sqlText": "SELECT City, COUNT(*) AS n FROM Stores GROUP BY City"})
    assert answer.body == {
        "valid": True,
        "errors": [],
        "warnings": [],
        "columns": [
            {"name": "City", "type": "Text", "length": 100, "scale": None},
            {"name": "n", "type": "Number", "length": None, "scale": None},
        ],
        "tables": ["Stores"],
        "marketingCloud": None,
        "estimate": {"previousRun": None, "tables": None},
    }
    assert mce.calls("Create") == []  # type: ignore[attr-defined]


def test_validation_tells_what_the_parser_doubts_too(alice: Api) -> None:
    answer = alice.post("/api/queries/validate", {"sqlText": "SELECT TRY_CAST(City AS INT) AS n FROM Stores"})
    assert answer.body["valid"] is True
    assert [(warning["code"], warning["field"]) for warning in answer.body["warnings"]] == [
        ("disputed_function", "sqlText")
    ]


def test_validation_of_a_bad_text_is_an_answer_and_not_an_error(alice: Api) -> None:
    answer = alice.post("/api/queries/validate", {"sqlText": "SELECT FROM"})
    assert (answer.status, answer.body["valid"]) == (200, False)
    assert answer.body["errors"][0]["line"] == 1


def test_validation_reads_the_callers_own_data_extensions(alice: Api, mallory: Api) -> None:
    body = {"sqlText": "SELECT * FROM Stores"}
    hers, theirs = alice.post("/api/queries/validate", body), mallory.post("/api/queries/validate", body)
    assert (hers.status, theirs.status) == (200, 200)


def test_me_says_who_one_is_and_what_is_in_use(bob: Api, connected: Cast) -> None:
    submit(connected.bob.caller, SQL)
    caller = connected.bob.caller
    assert bob.get("/api/me").body == {
        "user": {"id": str(caller.user_id), "name": "Bob", "email": "bob@example.org"},
        "tenant": {"id": str(caller.tenant_id), "name": "Northwind Outfitters", "subdomain": "mc-northwind"},
        "businessUnit": {"id": str(caller.business_unit_id), "name": "Northwind Europe"},
        "connection": {"state": "active", "kind": "client_credentials"},
        "mid": caller.mid,
        "role": "member",
        "scopes": ["account:manage", "data:read", "runs:read", "runs:write"],
        "limits": {"activeRuns": {"limit": 10, "inUse": 1}, "eventStreams": {"limit": 5, "inUse": 0}},
    }


def test_a_ticket_opens_one_stream_of_ones_own_run(alice: Api, queued: str) -> None:
    answer = alice.post(f"{queued}/events/ticket")
    ticket = answer.body["ticket"]
    assert (answer.status, answer.body) == (
        201,
        {"ticket": ticket, "events": f"{queued}/events?ticket={ticket}", "expiresIn": 30},
    )
