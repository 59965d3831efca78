"""How the admin meets tenants' rows: staff read all of them as the operator, and write in the tenant of the row.

The runtime role sees no row outside a scope, so that everything the admin looks up (lists, choices, constraints) is
asked through the operator alias, whose policies show every tenant. Its writes go through the runtime role inside
`tenant_scope()`: a form that mixed two tenants would be refused by the database too.
"""

from collections.abc import Iterable, Sequence
from typing import Any, ClassVar
from uuid import UUID

from django import forms
from django.contrib import admin
from django.contrib.admin.models import CHANGE, LogEntry
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.paginator import Paginator
from django.db import models
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.utils.functional import cached_property

from tenants.context import tenant_scope
from tenants.models import Action, Tenant, TenantModel
from tenants.services.audit import Actor, note

OPERATOR = "operator"
# So many rows of a table that grows for ever are counted and can be paged through; filters lead to the others.
MOST_LISTED = 1000


class NewestPages(Paginator):
    """Of a list in the order of an index, which may have millions of rows: to count them all would read them all."""

    @cached_property
    def count(self) -> int:
        rows: Any = self.object_list
        return int(rows[:MOST_LISTED].count())


class CrossTenantAdmin(admin.ModelAdmin):
    """Reads as the operator, writes in the row's tenant. Nothing is deleted unless `deletable` says so."""

    deletable: ClassVar[bool] = False  # only what no other row hangs from
    fixed: ClassVar[tuple[str, ...]] = ()  # may be given to a new row and not be changed later
    show_full_result_count = False  # one count of the whole table less
    show_facets = admin.ShowFacets.NEVER  # and many more

    def get_queryset(self, request: HttpRequest) -> models.QuerySet[Any]:
        return super().get_queryset(request).using(OPERATOR)

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        return (*super().get_readonly_fields(request, obj), *(self.fixed if obj else ()))

    def get_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        """What cannot be given is not shown for a row that is not there yet."""
        fields = super().get_fields(request, obj)
        if obj is not None:
            return fields
        given = set(self.get_readonly_fields(request))
        return [field for field in fields if field not in given]

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return self.deletable and super().has_delete_permission(request, obj)

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        """Writes what was changed alone: the engine may have written other columns since the form was opened."""
        if change and not form.changed_data:
            return
        with tenant_scope(tenant_of(obj)):
            obj.save(using="default", force_insert=not change, update_fields=form.changed_data if change else None)
            note_deed(request, obj, f"Changed: {', '.join(form.changed_data)}" if change else "Added")

    def delete_model(self, request: HttpRequest, obj: Any) -> None:
        with tenant_scope(tenant_of(obj)):
            note_deed(request, obj, "Deleted")
            obj.delete(using="default")

    def delete_queryset(self, request: HttpRequest, queryset: Iterable[Any]) -> None:
        for obj in queryset:
            self.delete_model(request, obj)


def did(request: HttpRequest, rows: Sequence[models.Model], what: str) -> None:
    """Keeps in the admin's own log what staff did to rows.

    The log is the operator's table, out of reach of the transaction that does the deed. What must not be missing is in
    the tenant's audit, which that transaction writes itself; the log follows it.
    """
    for row in rows:
        assert request.user.pk is not None
        LogEntry.objects.log_actions(request.user.pk, [row], CHANGE, change_message=what, single_object=True)


def note_deed(request: HttpRequest, row: Tenant | TenantModel, what: str) -> None:
    """Into the audit of the row's tenant: within the transaction of the deed, or before a deed that is none, since an
    entry too many is better than a deed without one."""
    tenant_id = tenant_of(row)
    with tenant_scope(tenant_id):
        note(Action.STAFF_ACTED, tenant_id=tenant_id, actor=actor_of(request), subject=row.pk, what=what)


class TenantForm(forms.ModelForm):
    """For a row of one tenant: the admin's choice for a new one, its own for one that is there."""

    tenant_id: ClassVar[UUID | None] = None

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.tenant_id:
            self.instance.tenant_id = self.tenant_id
        # Where constraints look for rows that would be in the way.
        self.instance._state.db = OPERATOR

    def validate_unique(self) -> None:
        """By the constraints that span the tenant, which Django leaves out because it is no field of the form."""
        if self.errors:
            return
        try:
            self.instance.validate_constraints()
        except ValidationError as exc:
            self.add_error(None, exc.messages)


class TenantModelAdmin(CrossTenantAdmin):
    """A new row begins with the choice of its tenant (?tenant=<id>); the form then offers that tenant's rows alone."""

    form = TenantForm

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        return ("tenant", *super().get_readonly_fields(request, obj))

    def add_view(
        self, request: HttpRequest, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        if not self.has_add_permission(request):
            raise PermissionDenied
        tenant = chosen_tenant(request)
        if tenant is None:
            return self.choose_tenant(request)
        return super().add_view(request, form_url, {"subtitle": tenant.name, **(extra_context or {})})

    def choose_tenant(self, request: HttpRequest) -> HttpResponse:
        context = {
            **self.admin_site.each_context(request),
            "title": f"Add {self.opts.verbose_name}: for which tenant?",
            "opts": self.opts,
            "tenants": Tenant.objects.using(OPERATOR).only("id", "name", "enterprise_id"),
        }
        return TemplateResponse(request, "admin/choose_tenant.html", context)

    def get_form(self, request: HttpRequest, obj: Any = None, change: bool = False, **kwargs: Any) -> Any:
        form: Any = super().get_form(request, obj, change=change, **kwargs)
        if obj is None and (tenant := chosen_tenant(request)):
            form.tenant_id = tenant.id
        return form

    def formfield_for_foreignkey(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        """Foreign keys are given to new rows alone (`fixed`), and from the chosen tenant alone."""
        tenant = chosen_tenant(request)
        rows = db_field.related_model._default_manager.using(OPERATOR)
        kwargs["queryset"] = rows.filter(tenant=tenant) if tenant else rows.none()
        return super().formfield_for_foreignkey(db_field, request, **kwargs)


class TenantFilter(admin.SimpleListFilter):
    """Django's own filter would look for the tenants through the runtime role, and find none."""

    title = "tenant"
    parameter_name = "tenant"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[Any, str]]:
        return list(Tenant.objects.using(OPERATOR).values_list("id", "name"))

    def queryset(self, request: HttpRequest, queryset: models.QuerySet[Any]) -> models.QuerySet[Any]:
        tenant_id = as_uuid(self.value())
        return queryset.filter(tenant_id=tenant_id) if tenant_id else queryset


def actor_of(request: HttpRequest) -> Actor:
    return Actor.staff(request.user.get_username())


def tenant_of(obj: Any) -> UUID:
    tenant_id: UUID = obj.id if isinstance(obj, Tenant) else obj.tenant_id
    return tenant_id


def chosen_tenant(request: HttpRequest) -> Tenant | None:
    """The tenant that ?tenant= names; asked once in a request."""
    if not hasattr(request, "_chosen_tenant"):
        tenant_id = as_uuid(request.GET.get("tenant"))
        found = Tenant.objects.using(OPERATOR).filter(id=tenant_id).first() if tenant_id else None
        request._chosen_tenant = found  # type: ignore[attr-defined]
    tenant: Tenant | None = request._chosen_tenant  # type: ignore[attr-defined]
    return tenant


def as_uuid(text: str | None) -> UUID | None:
    try:
        return UUID(text or "")
    except ValueError:
        return None
