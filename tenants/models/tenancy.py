"""Who owns the rows: a tenant is one MCE enterprise, with its business units."""

import uuid
from datetime import timedelta
from typing import Any

from django.db import models
from django.db.models.functions import Now
from django.utils import timezone

# Why a business unit is paused where an operator paused its tenant, and for how long: until somebody resumes it.
HELD = "operator"
HELD_FOR = timedelta(days=3650)


class Plan(models.TextChoices):
    PRO = "pro"
    ENTERPRISE = "enterprise"


class Tenant(models.Model):
    """One customer: an MCE enterprise (its top account) and all its business units."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    enterprise_id = models.CharField(max_length=32, unique=True, help_text="MCE's id of the top account.")
    name = models.CharField(max_length=200)
    subdomain = models.CharField(
        max_length=100, help_text="The tenant's own part of its marketingcloudapis.com addresses."
    )
    plan = models.CharField(max_length=16, choices=Plan, default=Plan.PRO)
    sealed_hash_key = models.BinaryField(help_text="Hashes of the tenant's SQL are made with it.")
    paused_at = models.DateTimeField(
        null=True,
        editable=False,
        help_text="Since when an operator has paused it, with all its business units.",
    )
    created_at = models.DateTimeField(db_default=Now(), editable=False)

    class Meta:
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name


class TenantModel(models.Model):
    """A row that belongs to one tenant. Its migration says EnableRLS; a test refuses one that does not."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    tenant = models.ForeignKey(Tenant, on_delete=models.CASCADE, related_name="+", db_index=False)

    class Meta:
        abstract = True


class BusinessUnit(TenantModel):
    """One MCE account (MID) of a tenant. The ids of our two folders in it are cached here."""

    mid = models.BigIntegerField(help_text="MCE's member id of the account.")
    name = models.CharField(max_length=200)
    data_extension_folder_id = models.BigIntegerField(null=True, blank=True, editable=False)
    query_folder_id = models.BigIntegerField(null=True, blank=True, editable=False)

    # The breaker: written by who asks MCE in the unit's name (mce_bridge/breaker.py), heeded by who is about to.
    troubles = models.PositiveSmallIntegerField(
        default=0, db_default=0, editable=False, help_text="Calls in a row that MCE failed, within seconds."
    )
    troubled_at = models.DateTimeField(null=True, editable=False, help_text="When the first of them failed.")
    pauses = models.PositiveSmallIntegerField(
        default=0, db_default=0, editable=False, help_text="How many pauses in a row did not help."
    )
    paused_until = models.DateTimeField(
        null=True,
        editable=False,
        help_text="Until then MCE is not asked; after it by one at a time, until it has answered well.",
    )
    pause_reason = models.CharField(max_length=64, blank=True, default="", db_default="", editable=False)
    created_at = models.DateTimeField(db_default=Now(), editable=False)

    class Meta:
        ordering = ["mid"]
        constraints = [models.UniqueConstraint("tenant", "mid", name="one_business_unit_per_mid")]

    def __str__(self) -> str:
        return f"{self.name} ({self.mid})"

    def save(self, **kwargs: Any) -> None:
        """A new one is paused if its tenant is; the lock lets no pause come between the look and the row."""
        if self._state.adding:
            tenants = Tenant.objects.select_for_update(no_key=True).filter(id=self.tenant_id)
            if tenants.values_list("paused_at", flat=True).first():
                self.paused_until, self.pause_reason = timezone.now() + HELD_FOR, HELD
        super().save(**kwargs)
