"""The indexes by which lists are filtered, counted and read over all tenants, however many runs there have been."""

from django.contrib.postgres.operations import AddIndexConcurrently, RemoveIndexConcurrently
from django.db import migrations, models

from shell_query.states import Status


class Migration(migrations.Migration):
    atomic = False  # nobody is kept from writing meanwhile

    dependencies = [
        ("shell_query", "0013_runs_know_their_trace"),
        ("tenants", "0009_audit_is_append_only"),
    ]

    operations = [
        AddIndexConcurrently(
            model_name="run",
            index=models.Index(
                condition=models.Q(("status__in", [Status.CANCELED, Status.FAILED, Status.READY])),
                fields=["tenant", "user", "business_unit", "status", "-created_at", "-id"],
                name="run_outcomes",
            ),
        ),
        AddIndexConcurrently(
            model_name="run",
            index=models.Index(
                condition=models.Q(("snippet_name", ""), _negated=True),
                fields=["tenant", "user", "business_unit", "snippet_name", "-created_at", "-id"],
                name="run_snippets",
            ),
        ),
        AddIndexConcurrently(
            model_name="run",
            index=models.Index(
                condition=models.Q(("status", Status.READY)),
                fields=["tenant", "user", "business_unit", "sql_text_hash", "-started_at"],
                name="run_same_query",
            ),
        ),
        AddIndexConcurrently(
            model_name="run",
            index=models.Index(fields=["-created_at", "-id"], name="run_newest"),
        ),
        AddIndexConcurrently(
            model_name="run",
            index=models.Index(fields=["tenant", "-created_at", "-id"], name="run_newest_of_tenant"),
        ),
        AddIndexConcurrently(
            model_name="run",
            index=models.Index(
                condition=models.Q(("status__in", [Status.CANCELED, Status.FAILED, Status.READY])),
                fields=["status", "-created_at", "-id"],
                name="run_newest_of_status",
            ),
        ),
        AddIndexConcurrently(
            model_name="run",
            index=models.Index(
                condition=models.Q(("flow", "target")), fields=["-created_at", "-id"], name="run_newest_to_target"
            ),
        ),
        AddIndexConcurrently(
            model_name="run",
            index=models.Index(
                condition=models.Q(("abandoned", True)), fields=["-created_at", "-id"], name="run_abandoned"
            ),
        ),
        AddIndexConcurrently(
            model_name="run",
            index=models.Index(
                condition=models.Q(("status", Status.FAILED)),
                fields=["finished_at"],
                include=["error_code"],
                name="run_failed",
            ),
        ),
        AddIndexConcurrently(
            model_name="run",
            index=models.Index(
                condition=models.Q(
                    ("assets_cleaned_at__isnull", True), ("status__in", [Status.CANCELED, Status.FAILED, Status.READY])
                ),
                fields=["status", "created_at"],
                name="run_uncleaned",
            ),
        ),
        RemoveIndexConcurrently(
            model_name="run",
            name="run_reusable",
        ),
    ]
