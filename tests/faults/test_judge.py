"""The judge sees what is wrong: a matrix that cannot fail proves nothing."""

from collections import Counter
from dataclasses import replace

import pytest

from tests.faults.judge import Allowed, Kind, MceFacts, RunFacts, Stream, judge

TOLD = Stream(((1, "queued"), (2, "running"), (3, "ready")))
RUN = RunFacts("a1", Kind.TEMP, "m1", "ready", "", sequence=3, cleaned=True, streams=(TOLD,))
APPEND = replace(RUN, kind=Kind.APPEND)
FAILED = replace(RUN, status="failed", streams=())
MCE = MceFacts(
    data_extensions=frozenset({"QPP_a1"}),
    queries=frozenset(),
    starts={"QPQ_a1": ["Complete"]},
    lost_performs=frozenset(),
    markers={"QPP_a1": Counter(m1=3)},
)
TARGET = replace(MCE, data_extensions=frozenset(), markers={"target": Counter(m1=3, m2=3)})
NOTHING = replace(MCE, data_extensions=frozenset(), starts={}, markers={})
LOST = replace(MCE, starts={"QPQ_a1": ["Complete", "Complete"]}, lost_performs=frozenset({"QPQ_a1"}))


def broken(run: RunFacts, mce: MceFacts, allowed: Allowed = Allowed()) -> list[str]:  # noqa: B008
    return [text.rpartition(": ")[2] for text in judge([run], mce, allowed, submitted=1, rows_made=1).broken]


@pytest.mark.parametrize(
    ("run", "mce", "allowed"),
    [
        (RUN, MCE, Allowed()),
        (RUN, LOST, Allowed()),
        (RUN, replace(LOST, lost_performs=frozenset()), Allowed(crashes=True)),
        (APPEND, TARGET, Allowed()),
        (replace(FAILED, kind=Kind.BAD, error_code="sql_rejected"), NOTHING, Allowed()),
        (
            replace(FAILED, kind=Kind.APPEND, error_code="outcome_unknown", last_trouble="mce_blocked"),
            replace(TARGET, markers={}),
            Allowed(errors=frozenset({"mce_blocked"})),
        ),
        (
            replace(FAILED, kind=Kind.APPEND, error_code="results_missing", last_trouble="mce_access_denied"),
            TARGET,
            Allowed(errors=frozenset({"mce_access_denied"})),
        ),
        (replace(FAILED, error_code="mce_blocked"), NOTHING, Allowed(errors=frozenset({"mce_blocked"}))),
    ],
)
def test_what_is_in_order_passes(run: RunFacts, mce: MceFacts, allowed: Allowed) -> None:
    assert broken(run, mce, allowed) == []


@pytest.mark.parametrize(
    ("run", "mce", "rule"),
    [
        (replace(RUN, cleaned=False), MCE, "is not cleaned up"),
        (replace(FAILED, error_code="timeout"), NOTHING, "there was no reason to fail so"),
        (
            replace(FAILED, kind=Kind.APPEND, error_code="outcome_unknown", last_trouble="mce_throttled"),
            TARGET,
            "its outcome should be known",
        ),
        (
            replace(FAILED, kind=Kind.APPEND, error_code="results_missing", last_trouble=""),
            TARGET,
            "there was no reason to fail so",
        ),
        (RUN, replace(MCE, starts={"QPQ_a1": ["Error"]}), "no start of it has completed"),
        (RUN, replace(LOST, lost_performs=frozenset()), "started 2 times without an answer lost"),
        (RUN, replace(LOST, starts={"QPQ_a1": ["Complete"] * 3}), "started 3 times without an answer lost"),
        (RUN, replace(MCE, markers={"QPP_a1": Counter(m2=3)}), "{'m2'"),
        (RUN, replace(MCE, queries=frozenset({"QPQ_a1"})), "QPQ_a1 was left"),
        (RUN, replace(MCE, data_extensions=frozenset({"QPP_a1", "QPP_b2"})), "QPP_b2 was left"),
        (replace(RUN, streams=(Stream(TOLD.frames[:2]),)), MCE, "a stream told 2 of 3 events"),
        (replace(RUN, streams=(Stream(TOLD.frames[::2]),)), MCE, "a stream told [1, 3]"),
        (replace(RUN, streams=(Stream((*TOLD.frames, TOLD.frames[2])),)), MCE, "a stream told [1, 2, 3, 3]"),
    ],
)
def test_what_is_not_in_order_is_told(run: RunFacts, mce: MceFacts, rule: str) -> None:
    told = judge([run], mce, Allowed(), submitted=1, rows_made=1).broken
    assert any(rule in text for text in told), told


def test_an_append_is_never_started_twice_whatever_was_lost() -> None:
    twice = replace(TARGET, starts=LOST.starts, lost_performs=LOST.lost_performs, markers={"target": Counter(m1=6)})
    assert broken(APPEND, twice) == ["an Append was started twice", "wrote 6 rows into the target instead of 3"]


def test_a_run_that_has_not_ended_is_told() -> None:
    assert broken(replace(RUN, status="running", streams=()), replace(NOTHING)) == ["has not ended"]


def test_a_run_that_was_made_twice_is_told() -> None:
    assert judge([RUN], MCE, Allowed(), submitted=1, rows_made=2).broken == ("1 runs were submitted and 2 made",)
