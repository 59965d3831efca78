"""What lets somebody in: the business units granted to a user, API keys, families of refresh tokens."""

from typing import Self

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models.functions import Now

from tenants.models.people import User
from tenants.models.tenancy import BusinessUnit, TenantModel


class GrantQuerySet(models.QuerySet["Grant"]):
    def standing(self) -> Self:
        return self.filter(withdrawn_at__isnull=True)


class Grant(TenantModel):
    """A user may act in a business unit. One that was withdrawn stays, so that signing in does not give it back."""

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="grants")
    business_unit = models.ForeignKey(BusinessUnit, on_delete=models.CASCADE, related_name="grants")
    withdrawn_at = models.DateTimeField(null=True, blank=True, editable=False)
    created_at = models.DateTimeField(db_default=Now(), editable=False)

    objects = GrantQuerySet.as_manager()

    class Meta:
        constraints = [models.UniqueConstraint("tenant", "user", "business_unit", name="one_grant_per_unit")]

    def __str__(self) -> str:
        return f"{self.user_id} in {self.business_unit_id}"


class ApiKeyQuerySet(models.QuerySet["ApiKey"]):
    def good(self) -> Self:
        unexpired = models.Q(expires_at__isnull=True) | models.Q(expires_at__gt=Now())
        return self.filter(unexpired, revoked_at__isnull=True)


class ApiKey(TenantModel):
    """A key for one user in one business unit. Shown once; only its SHA-256 is kept (the secret has 256 bits)."""

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="api_keys")
    business_unit = models.ForeignKey(BusinessUnit, on_delete=models.CASCADE, related_name="api_keys")
    name = models.CharField(max_length=100)
    prefix = models.CharField(max_length=12, help_text="The first characters of the secret, to tell keys apart.")
    hashed_secret = models.CharField(max_length=64, editable=False)
    scopes = ArrayField(models.CharField(max_length=32))
    expires_at = models.DateTimeField(null=True, blank=True)
    revoked_at = models.DateTimeField(null=True, blank=True)
    last_used_at = models.DateTimeField(null=True, blank=True, editable=False)
    created_at = models.DateTimeField(db_default=Now(), editable=False)

    objects = ApiKeyQuerySet.as_manager()

    class Meta:
        ordering = ["-created_at"]
        constraints = [models.UniqueConstraint("tenant", "hashed_secret", name="one_api_key_per_secret")]

    def __str__(self) -> str:
        return f"{self.name} ({self.prefix}…)"


class RefreshFamilyQuerySet(models.QuerySet["RefreshFamily"]):
    def with_good_key(self) -> Self:
        """Begun with an API key that is still good, or with none."""
        key_is_good = models.Q(api_key__revoked_at__isnull=True) & (
            models.Q(api_key__expires_at__isnull=True) | models.Q(api_key__expires_at__gt=Now())
        )
        return self.filter(models.Q(api_key__isnull=True) | key_is_good)


class RefreshFamily(TenantModel):
    """The refresh tokens that began with one sign-in. Only the newest is good; using an older one ends them all."""

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="refresh_families")
    business_unit = models.ForeignKey(BusinessUnit, on_delete=models.CASCADE, related_name="+")
    api_key = models.ForeignKey(
        ApiKey,
        on_delete=models.CASCADE,
        related_name="refresh_families",
        null=True,
        blank=True,
        help_text="What it began with: revoking the key ends it. Empty for a session.",
    )
    scopes = ArrayField(models.CharField(max_length=32))
    hashed_token_id = models.CharField(max_length=64, editable=False)
    expires_at = models.DateTimeField()
    revoked_at = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField(db_default=Now(), editable=False)

    objects = RefreshFamilyQuerySet.as_manager()

    class Meta:
        verbose_name_plural = "refresh families"
        indexes = [models.Index(fields=["tenant", "expires_at"], name="refresh_family_expiry")]

    def __str__(self) -> str:
        return str(self.id)
