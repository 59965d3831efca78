"""The admin's pages on runs and sweeps: how they went and where they hang, and what to do about it.

Rows are changed by the actions alone, through the services; never SQL, rows or MCE's own words.
"""

import re
from collections.abc import Callable
from enum import StrEnum
from functools import partial
from typing import Any, ClassVar
from uuid import UUID

from django import forms
from django.contrib import admin, messages
from django.contrib.admin.helpers import ActionForm
from django.db import models
from django.http import HttpRequest
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from events.models import Event
from shell_query import naming, services
from shell_query.models import Run, UnitSweep
from shell_query.states import Stage, Status
from tenants.administration import OPERATOR, CrossTenantAdmin, NewestPages, TenantFilter, actor_of, did

# The operator asks for none of these, so that no mistake below can show them.
NOT_FOR_STAFF = ("sealed_sql", "sealed_mce_message", "columns", "order_by", "violations", "warnings")
EVENT_DATA = ("status", "stage", "errorCode")
BEGINNING_OF_ID = re.compile(r"[0-9a-f]{1,32}")


class ChoiceFilter(admin.SimpleListFilter):
    """Offers every choice without asking the table which of them occur."""

    choice: ClassVar[type[StrEnum]]

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[Any, str]]:
        return [(each.value, each.value) for each in self.choice]

    def queryset(self, request: HttpRequest, queryset: models.QuerySet[Any]) -> models.QuerySet[Any]:
        value = self.value()
        return queryset.filter(**{self.parameter_name or "": value}) if value else queryset


class StatusFilter(ChoiceFilter):
    title = parameter_name = "status"
    choice = Status


class StageFilter(ChoiceFilter):
    title = parameter_name = "stage"
    choice = Stage

    def queryset(self, request: HttpRequest, queryset: models.QuerySet[Any]) -> models.QuerySet[Any]:
        """Only what is running has a stage. Said so that the few active runs are looked at, and not all."""
        return super().queryset(request, queryset.filter(status=Status.RUNNING) if self.value() else queryset)


class RunActionForm(ActionForm):
    reason = forms.CharField(
        required=False,
        max_length=200,
        widget=forms.TextInput(attrs={"placeholder": "Reason, shown to the run's owner"}),
        label="Reason",
    )


@admin.register(Run)
class RunAdmin(CrossTenantAdmin):
    action_form = RunActionForm
    actions = ("cancel", "look_now", "clean_up_now", "fail")
    list_display = (
        *("id", "tenant", "status", "stage", "flow", "error_code", "looks", "attempts", "created_at", "finished_at"),
        *("assets_cleaned_at", "abandoned"),
    )
    list_filter = (StatusFilter, StageFilter, "flow", TenantFilter, "created_at", "abandoned")
    # Tenants are read after the page: a planner that takes the runs of a stage for few would join all tenants to each.
    list_select_related = ()
    list_per_page = 50
    paginator = NewestPages
    search_fields = ("id",)  # see get_search_results
    search_help_text = "A run's id or its beginning, as in the name of its data extension."
    fieldsets = (
        (
            None,
            {
                "fields": (
                    "id",
                    "tenant",
                    "business_unit",
                    "user",
                    "flow",
                    "snippet_name",
                    "request_id",
                    "trace_parent",
                    "sql_text_hash",
                )
            },
        ),
        ("How it goes", {"fields": ("status", "stage", "error_code", "error_message", "row_count", "history")}),
        (
            "Times",
            {
                "fields": (
                    *("created_at", "running_at", "started_at", "executed_at", "finished_at"),
                    *("queued_for", "preparing_for", "in_mce_for", "confirming_for", "total"),
                )
            },
        ),
        (
            "Engine",
            {
                "fields": (
                    *("looks", "attempts", "retries", "last_trouble", "claims", "lapses"),
                    *("step_began_at", "held_by", "wake_at", "expires_at"),
                )
            },
        ),
        (
            "Marketing Cloud",
            {
                "fields": (
                    *("target_key", "target_update_type", "data_extension_name", "data_extension_id"),
                    *("query_id", "starts", "task_id"),
                    *("query_removed_at", "data_extension_removed_at", "assets_cleaned_at", "abandoned", "left_in_mce"),
                )
            },
        ),
    )

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def get_queryset(self, request: HttpRequest) -> models.QuerySet[Any]:
        return super().get_queryset(request).prefetch_related("tenant").defer(*NOT_FOR_STAFF)

    def get_search_results(
        self, request: HttpRequest, queryset: models.QuerySet[Any], search_term: str
    ) -> tuple[models.QuerySet[Any], bool]:
        """By the beginning of the id, as a range: the primary key's index serves it."""
        term = search_term.strip().replace("-", "").lower()
        if not term:
            return queryset, False
        if not BEGINNING_OF_ID.fullmatch(term):
            return queryset.none(), False
        first, last = UUID(term.ljust(32, "0")), UUID(term.ljust(32, "f"))
        return queryset.filter(id__gte=first, id__lte=last), False

    @admin.action(description="Cancel", permissions=["view"])
    def cancel(self, request: HttpRequest, queryset: models.QuerySet[Run]) -> None:
        self.carry_out(request, queryset, services.cancel_any_run, "Canceled", "the others had ended")

    @admin.action(description="Look now", permissions=["view"])
    def look_now(self, request: HttpRequest, queryset: models.QuerySet[Run]) -> None:
        self.carry_out(request, queryset, services.look_now, "Due now", "the others have ended or are being looked at")

    @admin.action(description="Clean up now", permissions=["view"])
    def clean_up_now(self, request: HttpRequest, queryset: models.QuerySet[Run]) -> None:
        self.carry_out(
            request, queryset, services.clean_up_now, "Cleanup due now", "the others are clean, active, or at it"
        )

    @admin.action(description="Fail, with the reason", permissions=["view"])
    def fail(self, request: HttpRequest, queryset: models.QuerySet[Run]) -> None:
        reason = str(request.POST.get("reason", "")).strip()[:200]
        if not reason:
            messages.error(request, "Give a reason: the run's owner is shown it.")
            return

        fail_one = partial(services.fail_run, reason=reason)
        self.carry_out(request, queryset, fail_one, f"Failed ({reason})", "the others had ended")

    def carry_out(
        self, request: HttpRequest, runs: models.QuerySet[Run], deed: Callable[..., bool], what: str, else_: str
    ) -> None:
        chosen, actor = list(runs), actor_of(request)
        done = [run for run in chosen if deed(tenant_id=run.tenant_id, run_id=run.id, actor=actor, what=what)]
        did(request, done, what)
        messages.success(request, f"{what}: {len(done)}" + ("." if done == chosen else f", {else_}."))

    @admin.display(description="history")
    def history(self, run: Run) -> SafeString:
        events = Event.objects.using(OPERATOR).filter(tenant_id=run.tenant_id, subject_id=run.id)
        rows = (
            (each.sequence, each.created_at.isoformat(), *(each.data.get(name, "") for name in EVENT_DATA))
            for each in events
        )
        head = format_html_join("", "<th>{}</th>", ((name,) for name in ("#", "at", "status", "stage", "error")))
        body = format_html_join("", f"<tr>{'<td>{}</td>' * (2 + len(EVENT_DATA))}</tr>", rows)
        return format_html("<table><thead><tr>{}</tr></thead><tbody>{}</tbody></table>", head, body)

    @admin.display(description="left in Marketing Cloud")
    def left_in_mce(self, run: Run) -> str:
        """As far as the row knows: what a lost answer made there, the cleanup looks for by key."""
        left = []
        if run.query_id and not run.query_removed_at:
            left.append(f"query {naming.query_name(run.id)}")
        if run.data_extension_id and not run.data_extension_removed_at:
            left.append(f"data extension {run.data_extension_name}")
        return ", ".join(left) or "nothing"


@admin.register(UnitSweep)
class UnitSweepAdmin(CrossTenantAdmin):
    """When each business unit is swept, and what the latest sweep came to. The plan is in beat's schedule."""

    list_display = (
        *("business_unit", "tenant", "wake_at", "began_at", "swept_at", "deleted", "kept"),
        *("attempts", "last_trouble"),
    )
    list_filter = (TenantFilter,)
    list_select_related = ("tenant", "business_unit")
    search_fields = ("business_unit__name", "=business_unit__mid")
    fieldsets = (
        (None, {"fields": ("business_unit", "tenant", "due_at", "wake_at")}),
        ("The latest sweep", {"fields": ("began_at", "swept_at", "deleted", "kept", "refused")}),
        ("Engine", {"fields": ("attempts", "last_trouble", "claims", "lapses", "step_began_at", "held_by")}),
    )

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False
