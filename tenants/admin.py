"""The admin's pages on tenants and who may act for them, and on our own staff."""

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.contrib.auth.admin import UserAdmin as PasswordUserAdmin
from django.contrib.auth.forms import BaseUserCreationForm, UserChangeForm
from django.contrib.auth.models import Group
from django.db import models
from django.http import HttpRequest

from tenants.administration import (
    OPERATOR,
    CrossTenantAdmin,
    NewestPages,
    TenantFilter,
    TenantForm,
    TenantModelAdmin,
    actor_of,
    note_deed,
    tenant_of,
)
from tenants.callers import KEY_SCOPES, Scope
from tenants.errors import LastOwner
from tenants.models import ApiKey, AuditEntry, BusinessUnit, Grant, Role, Staff, Tenant, User
from tenants.services import create_api_key, ensure_tenant, revoke_api_key
from tenants.services.members import change_member

admin.site.unregister(Group)  # staff may do everything, members never come here


class TenantDetailsForm(forms.ModelForm):
    def clean_enterprise_id(self) -> str:
        enterprise_id: str = self.cleaned_data["enterprise_id"]
        if Tenant.objects.using(OPERATOR).filter(enterprise_id=enterprise_id).exists():
            raise forms.ValidationError("This enterprise is a tenant already.")
        return enterprise_id


@admin.register(Tenant)
class TenantAdmin(CrossTenantAdmin):
    form = TenantDetailsForm
    list_display = ("name", "enterprise_id", "subdomain", "plan", "created_at")
    list_filter = ("plan",)
    search_fields = ("name", "enterprise_id", "subdomain")
    fields = ("id", "enterprise_id", "name", "subdomain", "plan", "created_at")
    readonly_fields = ("id", "created_at")
    fixed = ("enterprise_id",)

    def save_model(self, request: HttpRequest, obj: Tenant, form: Any, change: bool) -> None:
        if change:
            super().save_model(request, obj, form, change)
        else:
            # Django's form is one transaction with what follows.
            obj.id = ensure_tenant(
                enterprise_id=obj.enterprise_id, name=obj.name, subdomain=obj.subdomain, plan=obj.plan
            )
            note_deed(request, obj, "Added")


@admin.register(BusinessUnit)
class BusinessUnitAdmin(TenantModelAdmin):
    list_display = ("name", "mid", "tenant", "paused_until", "pause_reason", "created_at")
    list_filter = (TenantFilter, ("paused_until", admin.EmptyFieldListFilter))
    list_select_related = ("tenant",)
    search_fields = ("name", "=mid")
    readonly_fields = (
        *("id", "data_extension_folder_id", "query_folder_id"),
        *("paused_until", "pause_reason", "pauses", "troubles", "troubled_at", "created_at"),
    )
    fields = (readonly_fields[0], "tenant", "mid", "name", *readonly_fields[1:])
    fixed = ("mid",)


class MemberForm(TenantForm):
    mce_user_id = forms.CharField(label="MCE user id", max_length=100, help_text="`sub` of MCE's userinfo.")


@admin.register(User)
class MemberAdmin(TenantModelAdmin):
    """The tenants' people. Whoever shall not act any more is made inactive: their runs stay."""

    form = MemberForm
    list_display = ("name", "email", "role", "tenant", "is_active", "created_at")
    list_filter = ("role", "is_active", TenantFilter)
    list_select_related = ("tenant",)
    search_fields = ("name", "email", "=mce_user_id")
    fields = ("id", "tenant", "mce_user_id", "name", "email", "role", "is_active", "created_at")
    readonly_fields = ("id", "created_at")
    fixed = ("mce_user_id",)

    def get_queryset(self, request: HttpRequest) -> models.QuerySet[Any]:
        return super().get_queryset(request).exclude(role=Role.STAFF)

    def save_model(self, request: HttpRequest, obj: User, form: Any, change: bool) -> None:
        """Role and activity are changed as owners do it: what hangs from them ends with them."""
        managed = {"role", "is_active"} & set(form.changed_data) if change else set()
        form.changed_data = [name for name in form.changed_data if name not in managed]
        super().save_model(request, obj, form, change)
        if managed:
            try:
                change_member(
                    tenant_id=tenant_of(obj),
                    user_id=obj.id,
                    actor=actor_of(request),
                    role=obj.role,
                    active=obj.is_active,
                )
            except LastOwner as exc:
                messages.error(request, exc.detail)

    def formfield_for_choice_field(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        if db_field.name == "role":
            kwargs["choices"] = [choice for choice in Role.choices if choice[0] != Role.STAFF]
        return super().formfield_for_choice_field(db_field, request, **kwargs)


@admin.register(Grant)
class GrantAdmin(TenantModelAdmin):
    list_display = ("user", "business_unit", "tenant", "created_at", "withdrawn_at")
    list_filter = (TenantFilter,)
    list_select_related = ("tenant", "user", "business_unit")
    search_fields = ("user__name", "business_unit__name", "=business_unit__mid")
    ordering = ("-created_at",)
    fields = ("tenant", "user", "business_unit", "created_at", "withdrawn_at")
    readonly_fields = ("created_at", "withdrawn_at")
    fixed = ("user", "business_unit")
    deletable = True


class GrantChoice(forms.ModelChoiceField):
    def label_from_instance(self, obj: models.Model) -> str:
        assert isinstance(obj, Grant)
        return f"{obj.user} in {obj.business_unit}"


class NewApiKeyForm(TenantForm):
    grant = GrantChoice(Grant.objects.none(), label="For", help_text="A key acts as one user in one business unit.")
    scopes = forms.MultipleChoiceField(
        choices=[(scope.value, scope.value) for scope in Scope],
        initial=sorted(KEY_SCOPES),
        widget=forms.CheckboxSelectMultiple,
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        assert self.tenant_id is not None
        grants = Grant.objects.using(OPERATOR).standing().filter(tenant_id=self.tenant_id, user__is_active=True)
        choice = self.fields["grant"]
        assert isinstance(choice, GrantChoice)
        choice.queryset = grants.select_related("user", "business_unit").order_by("user__name", "business_unit__mid")


@admin.register(ApiKey)
class ApiKeyAdmin(TenantModelAdmin):
    """A key is shown once, when it is made. It is revoked rather than deleted: who used it stays known."""

    list_display = ("name", "prefix", "user", "business_unit", "tenant", "expires_at", "revoked_at", "last_used_at")
    list_filter = (TenantFilter, ("revoked_at", admin.EmptyFieldListFilter))
    list_select_related = ("tenant", "user", "business_unit")
    search_fields = ("name", "^prefix")
    fields = (
        *("id", "tenant", "user", "business_unit", "name", "prefix", "scopes"),
        *("expires_at", "revoked_at", "last_used_at", "created_at"),
    )
    readonly_fields = ("id", "prefix", "revoked_at", "last_used_at", "created_at")
    fixed = ("user", "business_unit", "scopes")
    actions = ("revoke",)

    def get_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        return super().get_fields(request, obj) if obj else ("grant", "name", "scopes", "expires_at")

    def get_form(self, request: HttpRequest, obj: Any = None, change: bool = False, **kwargs: Any) -> Any:
        if obj is None:
            kwargs["form"] = NewApiKeyForm
        return super().get_form(request, obj, change=change, **kwargs)

    def save_model(self, request: HttpRequest, obj: ApiKey, form: Any, change: bool) -> None:
        if change:
            super().save_model(request, obj, form, change)
            return
        grant = form.cleaned_data["grant"]
        made, key = create_api_key(
            tenant_id=grant.tenant_id,
            user_id=grant.user_id,
            business_unit_id=grant.business_unit_id,
            name=obj.name,
            scopes=form.cleaned_data["scopes"],
            expires_at=obj.expires_at,
            actor=actor_of(request),
        )
        obj.id, obj.prefix = made.id, made.prefix
        messages.warning(request, f"Copy the key now, it is not shown again: {key}")

    @admin.action(description="Revoke selected API keys", permissions=["change"])
    def revoke(self, request: HttpRequest, queryset: models.QuerySet[ApiKey]) -> None:
        actor = actor_of(request)
        revoked = sum(revoke_api_key(tenant_id=key.tenant_id, api_key_id=key.id, actor=actor) for key in queryset)
        messages.success(request, f"Revoked: {revoked}.")


@admin.register(AuditEntry)
class AuditAdmin(TenantModelAdmin):
    """Who did what. It is read here, and nowhere can it be changed."""

    list_display = ("at", "action", "via", "by", "user_id", "subject", "tenant")
    list_filter = (TenantFilter, "action", "at")
    list_select_related = ("tenant",)
    search_fields = ("by", "=subject")
    ordering = ("-at",)
    paginator = NewestPages
    fields = readonly_fields = ("id", "at", "action", "via", "by", "user_id", "subject", "details")

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


class NewStaffForm(BaseUserCreationForm):
    class Meta:
        model = Staff
        fields = ("username",)

    def clean_username(self) -> str:
        username: str = self.cleaned_data["username"]
        if Staff.objects.filter(username=username).exists():
            raise forms.ValidationError("Somebody has this name already.")
        return username


class StaffForm(UserChangeForm):
    class Meta:
        model = Staff
        fields = ("password", "name", "email", "is_active")


@admin.register(Staff)
class StaffAdmin(PasswordUserAdmin):
    """Our own people, read and written through the operator alias (tenants/routers.py).

    They are made inactive, not deleted: the log of what they did would go with them.
    """

    form = StaffForm
    add_form = NewStaffForm
    list_display = ("username", "name", "email", "is_active", "last_login")
    list_filter = ("is_active",)
    search_fields = ("username", "name", "email")
    fieldsets = ((None, {"fields": ("username", "password", "name", "email", "is_active", "last_login")}),)
    add_fieldsets = ((None, {"fields": ("username", "name", "email", "password1", "password2")}),)
    filter_horizontal = ()
    show_full_result_count = False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        return ("username", "last_login") if obj else ()

    def save_model(self, request: HttpRequest, obj: Staff, form: Any, change: bool) -> None:
        obj.role = Role.STAFF
        obj.save()
