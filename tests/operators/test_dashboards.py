"""The dashboard and the alerts ask for what /metrics tells: no name, label or value that is not there."""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml
from prometheus_client import REGISTRY

from operators.gauges import REDIS, ROWS
from tests.docs.codes import errors

DOCKER = Path(__file__).resolve().parents[2] / "docker"
DASHBOARD = json.loads((DOCKER / "grafana/qspro.json").read_text())
RULES = yaml.safe_load((DOCKER / "prometheus/alerts.yml").read_text())["groups"][0]["rules"]

OURS = re.compile(r"\b(?:shell_query|mce|celery|event)_[a-z_]+\b")
# name{label="value", ...}, and `by (label, ...)` before what it is about.
SELECTED = re.compile(r"([a-z_]+)\{([^}]*)\}")
GROUPED = re.compile(r"\bby \(([a-z_, ]+)\)")
SUFFIXES = {"counter": ("_total",), "gauge": ("",), "histogram": ("_bucket", "_count", "_sum")}


def expressions() -> Iterator[tuple[str, str]]:
    for panel in DASHBOARD["panels"]:
        for target in panel["targets"]:
            yield panel["title"], target["expr"]
    for rule in RULES:
        yield rule["alert"], rule["expr"]


@pytest.fixture
def labels_of(database: None, redis: Any) -> dict[str, set[str]]:
    """{the name of a sample: the labels it can have}."""
    ROWS._asked_at = float("-inf")
    collectors: list[Any] = list(REGISTRY._collector_to_names)
    counted = {
        f"{metric._name}{suffix}": {*metric._labelnames, *({"le"} if suffix == "_bucket" else ())}
        for metric in collectors
        if hasattr(metric, "_labelnames")
        for suffix in SUFFIXES[metric._type]
    }
    families: list[Any] = [*ROWS.collect(), *REDIS.collect()]
    told = {family.name: set(family._labelnames) for family in families}
    return counted | told


@pytest.mark.parametrize(("where", "expr"), list(expressions()), ids=lambda value: value[:40])
def test_it_asks_for_metrics_and_labels_that_are_there(where: str, expr: str, labels_of: dict[str, set[str]]) -> None:
    without_values = re.sub(r'"[^"]*"', '""', expr)
    names = {name for name in OURS.findall(without_values) if name not in {"error_type"}}
    assert names
    assert names - set(labels_of) == set()
    may_have = set().union(*(labels_of[name] for name in names))
    for name, selectors in SELECTED.findall(without_values):
        assert set(re.findall(r"([a-z_]+)[!=]", selectors)) - labels_of[name] == set()
    for group in GROUPED.findall(without_values):
        assert {label.strip() for label in group.split(",")} - may_have == set()


def test_every_metric_of_ours_is_on_the_dashboard(labels_of: dict[str, set[str]]) -> None:
    asked = {name for _, expr in expressions() for name in OURS.findall(expr)}
    families = {re.sub(r"_(total|bucket|count|sum)$", "", name) for name in labels_of if OURS.fullmatch(name)}
    assert families - {re.sub(r"_(total|bucket|count|sum)$", "", name) for name in asked} == set()


def test_the_codes_that_the_alerts_name_are_codes() -> None:
    text = (DOCKER / "prometheus/alerts.yml").read_text()
    named = {
        code for codes in re.findall(r'(?:error_type|outcome)[!=]?=?~?"([^"]+)"', text) for code in codes.split("|")
    }
    # Of a sweep's turn, and of what beat could not send.
    assert named - set(errors()) == {"trouble", "failed"}


def test_every_alert_says_what_is_wrong_and_what_to_do() -> None:
    for rule in RULES:
        assert rule["alert"].startswith("Qspro")
        assert rule["labels"]["severity"] in {"page", "ticket"}
        assert set(rule["annotations"]) == {"summary", "what"}


def test_no_two_panels_lie_on_each_other() -> None:
    places = [(panel["gridPos"]["x"], panel["gridPos"]["y"]) for panel in DASHBOARD["panels"]]
    assert len(places) == len(set(places))
    assert len({panel["id"] for panel in DASHBOARD["panels"]}) == len(places)
