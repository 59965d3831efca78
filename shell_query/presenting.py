"""From what services give to the JSON of API.md."""

from typing import Any

from mce_bridge.objects.query_definitions import QueryValidation
from shell_query.errors import SqlRejected
from shell_query.serializers import milliseconds
from shell_query.services import Estimate, ResultPage, Understanding
from shell_query.sql import Problem
from shell_query.sql.codes import Severity
from shell_query.targets import Finding


def page_body(page: ResultPage) -> dict[str, Any]:
    body: dict[str, Any] = {
        "runId": str(page.run_id),
        "page": page.page,
        "pageSize": page.page_size,
        "totalRows": page.total_rows,
        "totalPages": page.total_pages,
        "truncated": page.truncated,
        "columns": [{"name": column["name"], "type": column["type"]} for column in page.columns],
        "rows": page.rows,
    }
    path = f"/api/runs/{page.run_id}/results?page="
    if page.page < page.total_pages:
        body["next"] = f"{path}{page.page + 1}"
    if page.page > 1:
        body["previous"] = f"{path}{page.page - 1}"
    return body


def understanding_body(found: Understanding) -> dict[str, Any]:
    refused = [finding_body(finding) for finding in found.findings if finding.severity == "error"]
    doubted = [finding_body(finding) for finding in found.findings if finding.severity == "warning"]
    errors = [problem_body(problem) for problem in found.errors] + refused + rejections(found.opinion)
    return {
        "valid": not errors,
        "errors": errors,
        "warnings": [problem_body(problem, "warning") for problem in found.warnings] + doubted,
        "columns": [
            {"name": field.name, "type": str(field.type), "length": field.length, "scale": field.scale}
            for field in found.columns
        ],
        "tables": list(found.tables),
        "marketingCloud": opinion_body(found.opinion),
        "estimate": estimate_body(found.estimate),
    }


def rejections(opinion: QueryValidation | None) -> list[dict[str, Any]]:
    """Marketing Cloud's refusal is an error like all others. It names no place."""
    if opinion is None or opinion.valid:
        return []
    said = " ".join(opinion.errors)
    message = f"{SqlRejected.title}: {said}" if said else f"{SqlRejected.title}."
    return [finding_body(Finding(SqlRejected.code, "sqlText", message))]


def opinion_body(opinion: QueryValidation | None) -> dict[str, Any] | None:
    if opinion is None:
        return None
    return {"valid": opinion.valid, "errors": list(opinion.errors), "warnings": list(opinion.warnings)}


def estimate_body(estimate: Estimate) -> dict[str, Any]:
    run = estimate.previous
    return {
        "previousRun": run
        and {
            "runId": str(run.id),
            "startedAt": run.started_at,
            "mceMs": milliseconds(run.in_mce_for),
            "totalMs": milliseconds(run.total),
            "rowCount": run.row_count,
        },
        "tables": None
        if estimate.tables is None
        else [{"name": table.name, "rows": table.rows} for table in estimate.tables],
    }


def problem_body(problem: Problem, severity: Severity = "error") -> dict[str, Any]:
    """With the severity that it has here, which may be less than it would have elsewhere."""
    body: dict[str, Any] = {
        "code": problem.code,
        "severity": severity,
        "field": "sqlText",
        "message": problem.message,
        "line": problem.line,
        "column": problem.column,
        "length": problem.length,
    }
    return body if problem.fix is None else body | {"fix": problem.fix}


def finding_body(finding: Finding) -> dict[str, Any]:
    """What is about the target has no place in the text: nothing is marked, at its beginning."""
    return {**finding.as_json(), "severity": finding.severity, "line": 1, "column": 1, "length": 0}
