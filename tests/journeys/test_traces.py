"""One run is one trace: the request, each step of the worker, each call to Marketing Cloud."""

import pytest

from tests.collector import Collector, Span
from tests.journeys.client import Client

pytestmark = pytest.mark.journey

STEPS = ["validate", "columns", "data_extension", "query", "start", "watch", "confirm"]


def trace_of(run_id: str, spans: list[Span]) -> list[Span]:
    """By their beginning."""
    trace = next((span.trace_id for span in spans if submits(span, run_id)), None)
    return sorted((span for span in spans if span.trace_id == trace), key=lambda span: span.began)


def submits(span: Span, run_id: str) -> bool:
    return span.name == "POST /api/runs" and span.facts.get("qspro.run_id") == run_id


def test_a_run_is_one_trace_from_the_request_over_the_steps_to_marketing_cloud(
    collector: Collector, alice: Client
) -> None:
    run, _ = alice.run("SELECT TOP 3 Email FROM Customers")
    run_id = run.rpartition("/")[2]
    collector.wait_for(lambda spans: "clean up query" in {span.name for span in trace_of(run_id, spans)})
    request, *later = trace_of(run_id, collector.spans)
    steps = {span.span_id: span for span in later if span.kind == "consumer"}
    calls = [span for span in later if span.kind == "client"]
    assert (request.kind, request.parent_id, request.facts["http.response.status_code"]) == ("server", "", 202)
    assert {span.parent_id for span in steps.values()} == {request.span_id}
    names = [span.name.removeprefix("step ") for span in steps.values()]
    assert list(dict.fromkeys(names))[: len(STEPS) + 1] == [*STEPS, "clean up query"]
    assert {steps[span.parent_id].name for span in calls} >= {"step query", "step start", "clean up query"}
    assert {span.facts["mce.outcome"] for span in calls} == {"ok"}
    whose = ("qspro.run_id", "qspro.tenant_id", "qspro.request_id")
    assert len({tuple(span.facts[name] for name in whose) for span in (request, *later)}) == 1
    assert [mark["status"] for span in (request, *later) for mark in span.marks][-1] == "ready"


def test_pages_and_csv_are_traces_of_their_own_that_say_of_which_run(collector: Collector, alice: Client) -> None:
    """The second page of a CSV is read when its request's own span has ended."""
    run, _ = alice.run("SELECT TOP 600 CustomerID FROM Customers")
    run_id = run.rpartition("/")[2]
    assert len(alice.rows(run)) == 50
    assert len(alice.http.get(f"{run}/results.csv").text.splitlines()) == 601

    def of_run(spans: list[Span]) -> dict[str, Span]:
        return {span.name: span for span in spans if span.facts.get("qspro.run_id") == run_id}

    page, csv = "GET /api/runs/<uuid:run_id>/results", "GET /api/runs/<uuid:run_id>/results.csv"
    spans = of_run(collector.wait_for(lambda spans: {page, csv, "page of CSV"} <= set(of_run(spans))))
    assert (spans[page].parent_id, spans[csv].parent_id) == ("", "")
    assert spans["page of CSV"].parent_id == spans[csv].span_id
    asked = [
        span for span in collector.spans if span.parent_id in {spans[name].span_id for name in (page, "page of CSV")}
    ]
    assert {(span.kind, span.facts["qspro.run_id"]) for span in asked} == {("client", run_id)}
