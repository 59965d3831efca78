"""A row that is taken further step by step, by whoever claims it."""

from typing import Any

from django.conf import settings
from django.db import models
from django.db.models.functions import Now

from leases import workers
from leases.claims import Claim
from qspro.database_time import NOW, in_seconds
from tenants.models import BusinessUnit, TenantModel


class Leased(TenantModel):
    """Carries its own alarm clock.

    `wake_at` says when somebody must next take the row one step further; None when nobody must. Whoever claims it gets
    a `claim_token`, and `wake_at` becomes the end of the lease: a claim that is never given back wakes the row again.
    Every write of a step names the token, so that a worker that lost its lease writes nothing.
    """

    wake_at = models.DateTimeField(null=True, editable=False)
    claim_token = models.UUIDField(null=True, editable=False)
    claims = models.PositiveIntegerField(default=0, db_default=0, editable=False)
    step_began_at = models.DateTimeField(null=True, editable=False, help_text="Since when a worker is at it.")
    held_by = models.CharField(
        max_length=255, blank=True, default="", db_default="", editable=False, help_text="Which worker began that step."
    )
    lapses = models.PositiveSmallIntegerField(
        default=0,
        db_default=0,
        editable=False,
        help_text="How many leases in a row ended in the middle of a step.",
    )

    class Meta:
        abstract = True


class Paced(Leased):
    """A leased row whose steps ask something of its business unit's account.

    Of one unit only so many are claimed at a time, none while the unit is paused, and the units take turns
    (leases/pace.py). `expires_at` says until when it may be held back so: from then on there is nothing left to ask,
    only to say that it is over, and it is claimed whatever its unit.
    """

    business_unit = models.ForeignKey(BusinessUnit, on_delete=models.CASCADE, related_name="+", db_index=False)
    expires_at = models.DateTimeField(null=True, editable=False)

    class Meta:
        abstract = True


class PausedQueue(models.Model):
    """Of no tenant: nothing is rung for in this queue until the row is gone."""

    queue = models.CharField(max_length=32, primary_key=True)
    since = models.DateTimeField(db_default=Now(), editable=False)
    by = models.CharField(max_length=100)

    def __str__(self) -> str:
        return self.queue


def begun() -> dict[str, Any]:
    """What is written when a worker begins a step: the lease runs from now."""
    return {
        "step_began_at": NOW,
        "held_by": workers.name(),
        "wake_at": in_seconds(settings.LEASE_SECONDS),
    }


def held(claim: Claim) -> models.Q:
    """The fence: the row, for as long as the claim holds it."""
    return models.Q(id=claim.row_id, claim_token=claim.token)
