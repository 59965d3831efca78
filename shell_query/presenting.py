"""From what services give to the JSON of API.md."""

from typing import Any

from shell_query.services import ResultPage, Understanding
from shell_query.sql import Problem
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
    errors = [problem_body(problem) for problem in found.errors] + refused
    return {
        "valid": not errors,
        "errors": errors,
        "warnings": [problem_body(problem) for problem in found.warnings] + doubted,
        "columns": [
            {"name": field.name, "type": str(field.type), "length": field.length, "scale": field.scale}
            for field in found.columns
        ],
        "tables": list(found.tables),
    }


def problem_body(problem: Problem) -> dict[str, Any]:
    body: dict[str, Any] = {
        "code": problem.code,
        "field": "sqlText",
        "message": problem.message,
        "line": problem.line,
        "column": problem.column,
        "length": problem.length,
    }
    return body if problem.fix is None else body | {"fix": problem.fix}


def finding_body(finding: Finding) -> dict[str, Any]:
    """What is about the target has no place in the text: nothing is marked, at its beginning."""
    return {**finding.as_json(), "line": 1, "column": 1, "length": 0}
