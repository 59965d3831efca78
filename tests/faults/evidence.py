"""The facts that the judge needs: from our rows, from Marketing Cloud, from the clients."""

from collections import Counter, defaultdict
from collections.abc import Sequence
from uuid import UUID

import httpx

from shell_query.naming import query_key
from tests.faults.judge import Kind, MceFacts, RunFacts, Stream
from tests.faults.load import Asked, User
from tests.faults.system import System
from tests.mce_sandbox.client import Mce

APPS = {700: "northwind-app", 800: "globex-app"}
OURS = ("qpp_", "qpq_")


def seed_targets(system: System, users: Sequence[User]) -> None:
    """A data extension in each unit that Appends go into."""
    for mid, key in {(user.mid, user.target) for user in users}:
        body = {"mid": mid, "name": f"Faults {mid}", "key": key, "fields": "CustomerID Number, Marker Text(64)"}
        system.sandbox.ask("POST", "seed", {**body, "rows": []})


def count_active(system: System, asked: Sequence[Asked]) -> int:
    return count(system, asked, "status IN ('queued', 'running')")


def count_open(system: System, asked: Sequence[Asked]) -> int:
    """Those that have not ended, or are not cleaned up."""
    return count(system, asked, "status IN ('queued', 'running') OR wake_at IS NOT NULL")


def count(system: System, asked: Sequence[Asked], condition: str) -> int:
    with system.database() as database:
        query = f"SELECT count(*) FROM shell_query_run WHERE id = ANY(%s::uuid[]) AND ({condition})"
        row = database.execute(query, [[each.run_id for each in asked]]).fetchone()
    assert row is not None
    return int(str(row[0]))


def count_made(system: System) -> int:
    with system.database() as database:
        row = database.execute("SELECT count(*) FROM shell_query_run").fetchone()
    assert row is not None
    return int(str(row[0]))


def of_runs(system: System, asked: Sequence[Asked]) -> list[RunFacts]:
    query = """SELECT id::text, status, error_code, sequence, assets_cleaned_at IS NOT NULL, last_trouble
                 FROM shell_query_run WHERE id = ANY(%s::uuid[])"""
    with system.database() as database:
        rows = {row[0]: row for row in database.execute(query, [[each.run_id for each in asked]])}
    found = []
    for each in asked:
        _, status, error_code, sequence, cleaned, last_trouble = rows[each.run_id]
        found.append(
            RunFacts(
                hex=each.run_id.replace("-", ""),
                kind=each.kind,
                marker=each.marker,
                status=str(status),
                error_code=str(error_code),
                sequence=int(str(sequence)),
                cleaned=bool(cleaned),
                last_trouble=str(last_trouble),
                streams=tuple(Stream(tuple(frames)) for frames in each.streams),
            )
        )
    return found


def of_mce(system: System, runs: Sequence[RunFacts], asked: Sequence[Asked], before: frozenset[str]) -> MceFacts:
    """`before` are the assets that stood before the scenario began."""
    sandbox = system.sandbox
    standing = assets(system) - before
    activities = sandbox.ask("GET", "activities")["activities"]
    starts: dict[str, list[str]] = defaultdict(list)
    for activity in activities:
        starts[activity["query_key"]].append(activity["status"])
    # Also of a call that never arrived: whoever made it could not know.
    key_of = query_keys(system, asked)
    lost = {call["key"] for call in sandbox.calls("Perform") if call["outcome"].startswith("fault")}
    keys = {user.target: user for user in {each.user for each in asked}}
    keys |= {
        run.data_extension: each.user
        for run, each in zip(runs, asked, strict=True)
        if run.status == "ready" and run.kind is not Kind.APPEND
    }
    return MceFacts(
        data_extensions=frozenset(key for key in standing if key.startswith("QPP_")),
        queries=frozenset(key for key in standing if key.startswith("QPQ_")),
        starts=starts,
        lost_performs=frozenset(key_of[query_id] for query_id in lost if query_id in key_of),
        markers=read_markers(sandbox.url, keys),
    )


def query_keys(system: System, asked: Sequence[Asked]) -> dict[str, str]:
    """The customer key of each run's query, by the ObjectID that a call to Perform names."""
    query = "SELECT query_id, id FROM shell_query_run WHERE id = ANY(%s::uuid[]) AND query_id <> ''"
    with system.database() as database:
        rows = database.execute(query, [[each.run_id for each in asked]]).fetchall()
    return {str(object_id): query_key(UUID(str(run_id))) for object_id, run_id in rows}


def assets(system: System) -> frozenset[str]:
    """The keys of all that is ours by its key."""
    enterprises = system.sandbox.ask("GET", "accounts")["enterprises"]
    units = [unit for enterprise in enterprises for unit in enterprise["business_units"]]
    keys = {made["customer_key"] for unit in units for made in (*unit["data_extensions"], *unit["queries"])}
    return frozenset(key for key in keys if key.lower().startswith(OURS))


def read_markers(url: str, keys: dict[str, User]) -> dict[str, Counter[str]]:
    """Which rows lie in these data extensions, read as any client of Marketing Cloud would."""
    found = {}
    with httpx.Client(base_url=url, timeout=60) as http:
        clients: dict[int, Mce] = {}
        for key, user in keys.items():
            mce = clients.setdefault(user.mid, Mce(http, user.mid, APPS[user.mid // 10_000]))
            found[key] = Counter(row["marker"] for row in all_rows(mce, key))
    return found


def all_rows(mce: Mce, key: str) -> list[dict[str, str]]:
    rows: list[dict[str, str]] = []
    page = 1
    while True:
        answer = mce.rowset(key, page=page, pageSize=2500, orderBy="Marker,CustomerID")
        body = answer.json() if answer.status_code == 200 else {}
        rows += [item["keys"] | item["values"] for item in body.get("items", [])]
        if "next" not in body.get("links", {}):
            return rows
        page += 1
