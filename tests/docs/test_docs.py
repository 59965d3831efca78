"""Documentation that fails: what docs/ says and what the code does are the same."""

import inspect
import json
import re
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command
from django.urls import URLPattern, URLResolver, get_resolver
from drf_spectacular.generators import SchemaGenerator

from mce_bridge.errors import MceError
from qspro.errors import AppError
from shell_query.engine import advance
from shell_query.errors import RunFailure
from shell_query.sql.codes import FROM_METADATA, Code, severity_of
from shell_query.states import FINAL, MOVES, Stage, Status
from tests.docs.codes import classes, errors
from tests.shell_query.sql.cases import CASES

CONVERTER = re.compile(r"<(?:[a-z]+:)?(\w+)>")
ROOT = Path(__file__).resolve().parents[2]


def text(name: str) -> str:
    return (ROOT / name).read_text(encoding="utf-8")


def test_the_diagram_of_states_shows_every_move_and_no_other() -> None:
    drawn = set(re.findall(r"^ {4}(\S+) --> (\S+)$", text("docs/run-states.md"), re.MULTILINE))
    moves = {(str(status), str(target)) for status, targets in MOVES.items() for target in targets}
    assert drawn == moves | {("[*]", str(Status.QUEUED))} | {(str(status), "[*]") for status in FINAL}


def test_the_table_of_stages_has_every_stage_in_order() -> None:
    table = text("docs/run-states.md").partition("| stage |")[2].partition("\n\n")[0]
    assert re.findall(r"^\| (\w+) \|", table, re.MULTILINE) == [str(stage) for stage in Stage]


def test_every_error_code_is_documented_with_its_status_and_whether_to_try_again() -> None:
    rows = re.findall(r"^\| `(\w+)` \| (\d+) \| (yes|no) \|", text("docs/api-errors.md"), re.MULTILINE)
    reasons = {error.code for error in classes(RunFailure)} - {RunFailure.code}
    answers = {code: found for code, found in errors().items() if code not in reasons}
    assert {code: (int(status), again == "yes") for code, status, again in rows} == answers


def test_every_reason_of_a_failed_run_is_documented() -> None:
    """Those of Marketing Cloud stand in the table of all errors."""
    table = text("docs/api-errors.md").partition("## Why a run failed")[2]
    excepts = re.findall(r"except (.+?)(?: as \w+)?:", inspect.getsource(advance.outcome_of))
    caught = [getattr(advance, name) for names in excepts for name in re.findall(r"\w+", names)]
    ours = [each for each in caught if issubclass(each, AppError) and each is not MceError]
    assert set(re.findall(r"^\| `(\w+)` \|", table, re.MULTILINE)) == {
        error.code for each in ours for error in classes(each)
    } - {RunFailure.code}


def test_every_finding_is_documented_with_its_severity_and_whether_it_can_be_mended() -> None:
    rows = re.findall(r"^\| `(\w+)`( \*)? \| (\w+) \| (\w+) \|", text("docs/sql-findings.md"), re.MULTILINE)
    documented = {code: (star != "", severity, fix) for code, star, severity, fix in rows}
    assert documented == {
        str(code): (code in FROM_METADATA and code is not Code.UNBRACKETED_NAME, severity_of(code), mends(code))
        for code in Code
    }


def mends(code: Code) -> str:
    offered = {case.mended is not None for case in CASES if case.code is code}
    return "sometimes" if len(offered) == 2 else "yes" if True in offered else "no"


def test_the_schema_describes_every_address_of_the_api() -> None:
    generator: Any = SchemaGenerator  # it has no types
    described = set(generator().get_schema(request=None, public=True)["paths"])
    served = {
        "/" + CONVERTER.sub(r"{\1}", route)
        for route in routes(get_resolver().url_patterns)
        if route.startswith("api/") and not route.startswith(("api/schema", "api/docs"))
    }
    assert described == served | {"/api/runs/{run_id}/events"}  # answered in front of Django


def test_the_schema_is_made_without_a_warning_and_each_choice_has_a_name() -> None:
    out = StringIO()
    call_command("spectacular", stdout=out, format="openapi-json", fail_on_warn=True, validate=True)
    names = set(json.loads(out.getvalue())["components"]["schemas"])
    assert {name for name in names if name.startswith("Status")} == {"StatusEnum"}


def routes(patterns: list[URLPattern | URLResolver], prefix: str = "") -> list[str]:
    found = []
    for each in patterns:
        route = f"{prefix}{each.pattern}"
        found += routes(each.url_patterns, route) if isinstance(each, URLResolver) else [route]
    return found


@pytest.mark.parametrize("path", sorted((ROOT / "docs/decisions").glob("*.md")), ids=lambda path: path.stem)
def test_a_decision_is_its_title_and_at_most_fifteen_lines(path: Path) -> None:
    lines = path.read_text(encoding="utf-8").strip().splitlines()
    assert lines[0].startswith(f"# {path.stem[:4]} ")
    assert len(lines) <= 15


def test_every_link_between_our_papers_leads_somewhere() -> None:
    papers = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *(ROOT / "docs").rglob("*.md")]
    links = [
        (paper, link)
        for paper in papers
        for link in re.findall(r"\]\(([^)#:]+)(?:#[^)]*)?\)", paper.read_text(encoding="utf-8"))
    ]
    assert [(paper.name, link) for paper, link in links if not (paper.parent / link).exists()] == []
