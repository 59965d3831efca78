"""Adds to the admin what only this room knows (how much of its limits a tenant uses), and mends a page of beat's."""

from typing import Any

from celery.schedules import ParseException
from django.conf import settings
from django.contrib import admin
from django.http import HttpRequest
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django_celery_beat.admin import CrontabScheduleAdmin
from django_celery_beat.models import CrontabSchedule

from operators.use import MOST, use_of
from tenants.admin import TenantAdmin
from tenants.models import Tenant

admin.site.unregister([Tenant, CrontabSchedule])
admin.site.index_template = "admin/operators/index.html"


@admin.register(Tenant)
class TenantWithUseAdmin(TenantAdmin):
    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        return (*super().get_readonly_fields(request, obj), "use")

    def get_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        fields = [field for field in super().get_fields(request, obj) if field != "use"]
        return [*fields, "use"] if obj else fields

    @admin.display(description="use and limits")
    def use(self, tenant: Tenant) -> SafeString:
        heads = ("user", "active runs", "event streams", f"runs in 24 h, of the latest {MOST:,}", "failed of these")
        rows = (
            (
                use.name,
                f"{use.active} of {settings.RUN_LIMIT_PER_USER}",
                f"{'?' if use.streams is None else use.streams} of {settings.STREAM_LIMIT_PER_USER}",
                use.of_late,
                use.failed,
            )
            for use in use_of(tenant.id)
        )
        return format_html(
            "<table><thead><tr>{}</tr></thead><tbody>{}</tbody></table>",
            format_html_join("", "<th>{}</th>", ((head,) for head in heads)),
            format_html_join("", f"<tr>{'<td>{}</td>' * len(heads)}</tr>", rows),
        )


@admin.register(CrontabSchedule)
class ReadableCrontabAdmin(CrontabScheduleAdmin):  # type: ignore[misc]
    """Beat's own page fails with 500 where it shows again what cannot be read."""

    list_display = ("__str__", "in_words")
    readonly_fields = ("in_words",)
    fields = ("in_words", "minute", "hour", "day_of_month", "month_of_year", "day_of_week", "timezone")

    def in_words(self, schedule: CrontabSchedule) -> str:
        try:
            return str(schedule.human_readable)
        except ParseException:
            return "-"
