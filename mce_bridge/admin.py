"""The admin's page on connections. Secrets go in and never come out, not even sealed."""

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest

from mce_bridge.errors import AddressRefused, MceError
from mce_bridge.hosts import default_auth_url, own_address
from mce_bridge.models import Connection, Kind
from mce_bridge.services import create_connection, remove_connection, replace_secret, test_connection
from tenants.administration import OPERATOR, TenantFilter, TenantForm, TenantModelAdmin, actor_of, did, note_deed
from tenants.encryption import CannotUnseal
from tenants.models import Tenant

MOST_TESTS = 5


def secret_field(**kwargs: Any) -> forms.CharField:
    # A password input is never filled from what was sent or is kept.
    return forms.CharField(widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}), strip=True, **kwargs)


class NewConnectionForm(TenantForm):
    """Client credentials for a business unit; a user's OAuth connection begins with their sign-in at MCE."""

    secret = secret_field()
    auth_url = forms.CharField(
        label="Authentication address", required=False, help_text="Left empty, it is the tenant's own at MCE."
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.instance.kind = Kind.CLIENT_CREDENTIALS

    def clean_auth_url(self) -> str:
        assert self.tenant_id is not None
        subdomain = Tenant.objects.using(OPERATOR).get(id=self.tenant_id).subdomain
        try:
            return own_address(
                self.cleaned_data["auth_url"] or default_auth_url(subdomain), subdomain=subdomain, part="auth"
            )
        except AddressRefused as exc:
            raise ValidationError(exc.detail) from exc


class CredentialsForm(TenantForm):
    secret = secret_field(required=False, label="New client secret", help_text="Left empty, the old one stays.")

    def clean(self) -> dict[str, Any] | None:
        cleaned = super().clean()
        if "client_id" in self.changed_data and not self.cleaned_data["secret"]:
            self.add_error("secret", "Another client id has another secret.")
        return cleaned


@admin.register(Connection)
class ConnectionAdmin(TenantModelAdmin):
    list_display = ("business_unit", "tenant", "kind", "user", "state", "access_expires_at", "updated_at")
    list_filter = ("state", "kind", TenantFilter)
    list_select_related = ("tenant", "business_unit", "user")
    search_fields = ("client_id", "business_unit__name", "=business_unit__mid")
    fields = (
        *("id", "tenant", "business_unit", "user", "kind", "state", "auth_url", "client_id", "secret"),
        *("subdomain", "soap_url", "rest_url", "access_expires_at", "access_version", "created_at", "updated_at"),
    )
    readonly_fields = (
        *("id", "user", "kind", "state", "subdomain", "soap_url", "rest_url"),
        *("access_expires_at", "access_version", "created_at", "updated_at"),
    )
    fixed = ("business_unit", "auth_url")
    deletable = True
    actions = ("test",)

    def get_queryset(self, request: HttpRequest) -> Any:
        return super().get_queryset(request).defer("client_secret", "refresh_token", "access_token")

    def get_fields(self, request: HttpRequest, obj: Connection | None = None) -> Any:
        fields = super().get_fields(request, obj)
        # A field that may not be changed would be shown, and there is nothing of a secret to show.
        hidden = set() if self.has_change_permission(request, obj) else {"secret"}
        return [field for field in fields if field not in hidden]

    def get_form(self, request: HttpRequest, obj: Any = None, change: bool = False, **kwargs: Any) -> Any:
        kwargs["form"] = CredentialsForm if obj else NewConnectionForm
        return super().get_form(request, obj, change=change, **kwargs)

    def has_change_permission(self, request: HttpRequest, obj: Connection | None = None) -> bool:
        """A user's own connection is changed by that user, at MCE."""
        return (obj is None or obj.kind == Kind.CLIENT_CREDENTIALS) and super().has_change_permission(request, obj)

    @admin.action(description="Test", permissions=["view"])
    def test(self, request: HttpRequest, queryset: Any) -> None:
        """Each may take as long as a step: more than a few would outlast the browser."""
        chosen = list(queryset)
        for connection in chosen[:MOST_TESTS]:
            note_deed(request, connection, "Tested")
            try:
                test_connection(tenant_id=connection.tenant_id, connection_id=connection.id)
            except (MceError, CannotUnseal) as error:
                messages.error(request, f"{connection.business_unit}: {error.detail} ({error.code})")
            else:
                messages.success(request, f"{connection.business_unit}: Marketing Cloud answers well.")
            did(request, [connection], "Tested")
        if len(chosen) > MOST_TESTS:
            messages.warning(request, f"Only the first {MOST_TESTS} were tested.")

    def save_model(self, request: HttpRequest, obj: Connection, form: Any, change: bool) -> None:
        secret = form.cleaned_data["secret"]
        if not change:
            made = create_connection(
                tenant_id=obj.tenant_id,
                business_unit_id=obj.business_unit_id,
                client_id=obj.client_id,
                client_secret=secret,
                auth_url=obj.auth_url,
                actor=actor_of(request),
            )
            obj.id = made.id
        elif secret:
            replace_secret(
                tenant_id=obj.tenant_id,
                connection_id=obj.id,
                client_id=obj.client_id,
                client_secret=secret,
                actor=actor_of(request),
            )

    def delete_model(self, request: HttpRequest, obj: Connection) -> None:
        remove_connection(tenant_id=obj.tenant_id, connection_id=obj.id, actor=actor_of(request))
