"""JSON in and out: camelCase names, nothing of MCE's inside."""

from datetime import timedelta
from typing import Any
from uuid import UUID

from django.conf import settings
from rest_framework import serializers

from events.tickets import LIFETIME_SECONDS
from mce_bridge.serializers import ServingSerializer
from shell_query.models import Run
from shell_query.states import Stage, Status
from shell_query.targets import UpdateType
from tenants.callers import Caller
from tenants.encryption import unseal
from tenants.serializers import AccountSerializer, StrictSerializer

# One list, by which the schema knows that it is one thing.
STATUSES = list(Status)


class LinksSerializer(serializers.Serializer[Any]):
    self = serializers.CharField()
    events = serializers.CharField()
    results = serializers.CharField()
    cancel = serializers.CharField()


def links_of(run_id: UUID) -> dict[str, str]:
    base = f"/api/runs/{run_id}"
    return {"self": base, "events": f"{base}/events", "results": f"{base}/results", "cancel": f"{base}/cancel"}


class MeSerializer(AccountSerializer):
    connection = ServingSerializer()


class TargetSerializer(StrictSerializer):
    """An existing data extension of the business unit. It is written into, never made, changed or deleted."""

    customerKey = serializers.CharField(max_length=200)
    updateType = serializers.ChoiceField(
        choices=[each.value for each in UpdateType],
        help_text="Overwrite puts the rows in place of all that are there. Append adds them. Update replaces those of "
        "the same primary key and adds the others. The results of the run are all rows of the data extension: which of "
        "them an Append or an Update has written cannot be told.",
    )


class SqlSerializer(StrictSerializer):
    sqlText = serializers.CharField(max_length=settings.SQL_MAX_CHARACTERS, trim_whitespace=False)
    targetDataExtension = TargetSerializer(required=False, allow_null=True, default=None)


class NewRunSerializer(SqlSerializer):
    snippetName = serializers.CharField(max_length=100, required=False, default="", allow_blank=True)
    reuseMaxAgeSeconds = serializers.IntegerField(
        min_value=1,
        max_value=86_400,
        required=False,
        allow_null=True,
        default=None,
        help_text="An earlier run of the same query, yours in this business unit, is answered with instead if it "
        "was started at most so long ago and its rows still stand: 200, with `reusedFrom`.",
    )

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        if attrs["reuseMaxAgeSeconds"] and attrs["targetDataExtension"]:
            message = "A run into a data extension of yours is never reused; leave one of the two out."
            raise serializers.ValidationError({"reuseMaxAgeSeconds": message})
        return attrs


class ReusedSerializer(serializers.Serializer[Any]):
    runId = serializers.UUIDField()
    startedAt = serializers.DateTimeField(help_text="When Marketing Cloud was asked: the rows are from then.")


class SubmittedSerializer(serializers.Serializer[Any]):
    runId = serializers.UUIDField()
    status = serializers.ChoiceField(choices=STATUSES)
    links = LinksSerializer()


class ReusedRunSerializer(SubmittedSerializer):
    status = serializers.ChoiceField(choices=[Status.READY])
    reusedFrom = ReusedSerializer()


def submitted(run_id: UUID, reused: Run | None = None) -> dict[str, Any]:
    """The answer to a submission: a new run, or an earlier one whose rows may be had at once."""
    if reused is None:
        return {"runId": str(run_id), "status": str(Status.QUEUED), "links": links_of(run_id)}
    assert reused.started_at is not None
    started_at = reused.started_at.isoformat().replace("+00:00", "Z")
    return {
        "runId": str(run_id),
        "status": reused.status,
        "links": links_of(run_id),
        "reusedFrom": {"runId": str(run_id), "startedAt": started_at},
    }


class TicketSerializer(serializers.Serializer[Any]):
    ticket = serializers.CharField()
    events = serializers.CharField(help_text="The address of the stream, ticket included.")
    expiresIn = serializers.IntegerField(help_text="Seconds.")


def ticket_body(run_id: UUID, ticket: str) -> dict[str, Any]:
    return {
        "ticket": ticket,
        "events": f"{links_of(run_id)['events']}?ticket={ticket}",
        "expiresIn": LIFETIME_SECONDS,
    }


class CanceledSerializer(serializers.Serializer[Any]):
    runId = serializers.UUIDField()
    status = serializers.ChoiceField(choices=[Status.CANCELED])
    mayStillWrite = serializers.BooleanField(
        help_text="Marketing Cloud cannot stop a query: this one was started, or may have been, and its rows may still "
        "get into the data extension that the run named."
    )


def canceled(run: Run) -> dict[str, Any]:
    return {
        "runId": str(run.id),
        "status": run.status,
        "mayStillWrite": run.may_have_written and run.executed_at is None,
    }


class TimingsSerializer(serializers.Serializer[Any]):
    queuedMs = serializers.IntegerField(allow_null=True, help_text="Until its first step.")
    preparingMs = serializers.IntegerField(allow_null=True, help_text="From there to the start of the query.")
    mceMs = serializers.IntegerField(allow_null=True, help_text="From there until it was seen to have ended.")
    confirmingMs = serializers.IntegerField(allow_null=True, help_text="From there until its rows could be read.")
    totalMs = serializers.IntegerField(allow_null=True)


class FindingSerializer(serializers.Serializer[Any]):
    code = serializers.CharField()
    field = serializers.CharField()
    message = serializers.CharField()


class RunSerializer(serializers.Serializer[Any]):
    runId = serializers.UUIDField()
    status = serializers.ChoiceField(choices=STATUSES)
    stage = serializers.ChoiceField(choices=list(Stage), allow_null=True)
    snippetName = serializers.CharField()
    targetDataExtension = TargetSerializer(allow_null=True)
    sqlTextHash = serializers.CharField()
    createdAt = serializers.DateTimeField()
    finishedAt = serializers.DateTimeField(allow_null=True)
    timings = TimingsSerializer()
    looks = serializers.IntegerField(help_text="How often Marketing Cloud was asked whether the query has ended.")
    retries = serializers.IntegerField(help_text="How often a step was done again, after trouble or a lost worker.")
    rowCount = serializers.IntegerField(allow_null=True)
    errorCode = serializers.CharField(allow_null=True)
    errorMessage = serializers.CharField(allow_null=True)
    violations = FindingSerializer(many=True)
    warnings = FindingSerializer(many=True)
    links = LinksSerializer()


class RunPageSerializer(serializers.Serializer[Any]):
    results = RunSerializer(many=True)
    next = serializers.CharField(allow_null=True)
    previous = serializers.CharField(allow_null=True)


def described(run: Run, caller: Caller) -> dict[str, Any]:
    """The run as `caller` may see it: MCE's own message, the hash and what names columns are for who made it alone."""
    own = run.user_id == caller.user_id
    return {
        "runId": str(run.id),
        "status": run.status,
        "stage": run.stage or None,
        "snippetName": run.snippet_name,
        "targetDataExtension": target_of(run),
        "sqlTextHash": run.sql_text_hash if own else "",
        "createdAt": run.created_at,
        "finishedAt": run.finished_at,
        "timings": {
            "queuedMs": milliseconds(run.queued_for),
            "preparingMs": milliseconds(run.preparing_for),
            "mceMs": milliseconds(run.in_mce_for),
            "confirmingMs": milliseconds(run.confirming_for),
            "totalMs": milliseconds(run.total),
        },
        "looks": run.looks,
        "retries": run.retries,
        "rowCount": run.row_count if own else None,
        "errorCode": run.error_code or None,
        "errorMessage": error_message(run, own=own),
        "violations": run.violations if own else [],
        "warnings": run.warnings if own else [],
        "links": links_of(run.id),
    }


def target_of(run: Run) -> dict[str, str] | None:
    return {"customerKey": run.target_key, "updateType": run.target_update_type} if run.target_key else None


def error_message(run: Run, *, own: bool) -> str | None:
    """Our sentence, and for the run's own caller what MCE said."""
    if not run.error_code:
        return None
    if not own or run.sealed_mce_message is None:
        return run.error_message
    return f"{run.error_message.rstrip('.')}: {unseal(run.sealed_mce_message)}"


def milliseconds(span: timedelta | None) -> int | None:
    return None if span is None else round(span.total_seconds() * 1000)


class ColumnSerializer(serializers.Serializer[Any]):
    name = serializers.CharField()
    type = serializers.CharField()


class ResultPageSerializer(serializers.Serializer[Any]):
    runId = serializers.UUIDField()
    page = serializers.IntegerField()
    pageSize = serializers.IntegerField()
    totalRows = serializers.IntegerField()
    totalPages = serializers.IntegerField()
    truncated = serializers.BooleanField()
    columns = ColumnSerializer(many=True)
    rows = serializers.ListField(
        child=serializers.ListField(
            help_text="Values in the order of columns. Dates are ISO 8601 without an offset; a decimal that a float "
            "cannot hold exactly, or an integer past 2^53, is a text; an empty value is null, except in a text column."
        )
    )
    next = serializers.CharField(required=False)
    previous = serializers.CharField(required=False)
