"""Connection: one tenant's access to one business unit of Marketing Cloud."""

from typing import Any, Self
from uuid import UUID

from django.db import models
from django.db.models import Exists, Q
from django.db.models.functions import Now

from tenants.models import BusinessUnit, Grant, TenantModel, User


class Kind(models.TextChoices):
    CLIENT_CREDENTIALS = "client_credentials"
    USER_OAUTH = "user_oauth"


class State(models.TextChoices):
    ACTIVE = "active"
    BROKEN = "broken"


# Of a business unit: which one it is at MCE, and whether it may be asked (mce_bridge/breaker.py).
STANDING = ("mid", "troubles", "paused_until", "pause_reason")


class ConnectionQuerySet(models.QuerySet["Connection"]):
    def serving(self, *, business_unit_id: UUID, user_id: UUID | None) -> "ConnectionQuerySet":
        """The connections that may serve this user in this business unit, the user's own first.

        A client-credentials connection serves the members granted the unit, a user's own that user alone. Without a
        user it is the business unit's own housekeeping, which client credentials serve.
        """
        of_unit = self.filter(business_unit_id=business_unit_id)
        if user_id is None:
            return of_unit.filter(user=None)
        granted = Grant.objects.standing().filter(business_unit_id=business_unit_id, user_id=user_id)
        mine = of_unit.filter(Q(user=None) | Q(user_id=user_id)).filter(Exists(granted))
        return mine.order_by(models.F("user_id").asc(nulls_last=True))

    def with_standing(self) -> Self:
        """Adds the database's time as `now`, and what an account has to know of its business unit."""
        unit = "business_unit"
        return self.annotate(now=Now(), **{name: models.F(f"{unit}__{name}") for name in STANDING})


class Connection(TenantModel):
    """Secrets are sealed. The access token is shared by all processes through this row, fetched by one at a time."""

    business_unit = models.ForeignKey(BusinessUnit, on_delete=models.CASCADE, related_name="connections")
    user = models.ForeignKey(
        User,
        on_delete=models.CASCADE,
        related_name="connections",
        null=True,
        blank=True,
        help_text="Whose OAuth connection this is; empty for client credentials.",
    )
    kind = models.CharField(max_length=32, choices=Kind)
    state = models.CharField(max_length=16, choices=State, default=State.ACTIVE)
    subdomain = models.CharField(max_length=100)
    auth_url = models.CharField(max_length=200)
    client_id = models.CharField(max_length=200)
    client_secret = models.BinaryField()
    refresh_token = models.BinaryField(null=True, blank=True)
    access_token = models.BinaryField(null=True, blank=True)
    access_expires_at = models.DateTimeField(null=True, blank=True, editable=False)
    access_version = models.PositiveIntegerField(default=0, editable=False, help_text="Counts the tokens fetched.")
    refresh_until = models.DateTimeField(
        null=True, blank=True, editable=False, help_text="Until then one process is fetching a token."
    )
    soap_url = models.CharField(max_length=200, blank=True, editable=False)
    rest_url = models.CharField(max_length=200, blank=True, editable=False)
    created_at = models.DateTimeField(db_default=Now(), editable=False)
    updated_at = models.DateTimeField(auto_now=True)

    objects = ConnectionQuerySet.as_manager()

    class Meta:
        ordering = ["created_at"]
        constraints = [
            models.UniqueConstraint(
                "tenant", "business_unit", name="one_client_connection_per_unit", condition=Q(user=None)
            ),
            models.UniqueConstraint("tenant", "business_unit", "user", name="one_connection_per_unit_and_user"),
            models.CheckConstraint(
                name="oauth_connections_have_a_user",
                condition=Q(kind=Kind.CLIENT_CREDENTIALS, user=None) | Q(kind=Kind.USER_OAUTH, user__isnull=False),
            ),
        ]

    @property
    def standing(self) -> BusinessUnit:
        """The business unit as far as `with_standing()` has read it."""
        read: dict[str, Any] = {name: getattr(self, name) for name in STANDING}
        return BusinessUnit(id=self.business_unit_id, tenant_id=self.tenant_id, **read)

    def __str__(self) -> str:
        return f"{self.kind} for {self.business_unit_id}"
