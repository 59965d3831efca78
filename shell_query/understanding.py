"""JSON of what validation tells about a query."""

from typing import Any

from rest_framework import serializers

from mce_bridge.objects.query_definitions import QueryValidation
from shell_query.errors import SqlRejected
from shell_query.serializers import FindingSerializer, SqlSerializer, milliseconds
from shell_query.services import Estimate, Understanding
from shell_query.sql import Problem
from shell_query.sql.codes import Severity
from shell_query.targets import Finding


class ValidationSerializer(SqlSerializer):
    deep = serializers.BooleanField(
        required=False,
        default=False,
        help_text="Asks Marketing Cloud's own validation for a second opinion, and counts the rows of the tables: some "
        "calls, and some seconds.",
    )


class SqlProblemSerializer(FindingSerializer):
    code = serializers.CharField(help_text="docs/sql-findings.md lists them.")
    severity = serializers.ChoiceField(choices=["error", "warning"])
    line = serializers.IntegerField()
    column = serializers.IntegerField()
    length = serializers.IntegerField()
    fix = serializers.CharField(
        required=False, help_text="The text to put in place of the marked characters; it may be empty."
    )


class FieldSerializer(serializers.Serializer[Any]):
    name = serializers.CharField()
    type = serializers.CharField()
    length = serializers.IntegerField(allow_null=True)
    scale = serializers.IntegerField(allow_null=True)


class OpinionSerializer(serializers.Serializer[Any]):
    valid = serializers.BooleanField()
    errors = serializers.ListField(child=serializers.CharField())  # type: ignore[assignment]
    warnings = serializers.ListField(child=serializers.CharField())


class PreviousRunSerializer(serializers.Serializer[Any]):
    runId = serializers.UUIDField()
    startedAt = serializers.DateTimeField()
    mceMs = serializers.IntegerField(allow_null=True)
    totalMs = serializers.IntegerField(allow_null=True)
    rowCount = serializers.IntegerField(allow_null=True)


class CountedSerializer(serializers.Serializer[Any]):
    name = serializers.CharField()
    rows = serializers.IntegerField(allow_null=True)


class EstimateSerializer(serializers.Serializer[Any]):
    previousRun = PreviousRunSerializer(
        allow_null=True, help_text="Your latest ready run of the same query in this business unit."
    )
    tables = CountedSerializer(
        many=True, allow_null=True, help_text="Only with `deep`: the rows of each table, null where they are not told."
    )


class UnderstandingSerializer(serializers.Serializer[Any]):
    valid = serializers.BooleanField()
    errors = SqlProblemSerializer(many=True)  # type: ignore[assignment]
    warnings = SqlProblemSerializer(many=True)
    columns = FieldSerializer(many=True)
    tables = serializers.ListField(child=serializers.CharField())
    marketingCloud = OpinionSerializer(allow_null=True, help_text="Its own words; only with `deep`.")
    estimate = EstimateSerializer()


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
