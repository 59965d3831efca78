"""AuditEntry: who did what. It is added to and read; the database lets nobody who serves change or delete one."""

from django.db import models
from django.db.models.functions import Now

from tenants.models.tenancy import Tenant, TenantModel


class Action(models.TextChoices):
    SIGNED_IN = "signed_in"
    SIGNED_OUT = "signed_out"
    KEY_MADE = "key_made"
    KEY_REVOKED = "key_revoked"
    CONNECTION_MADE = "connection_made"
    CONNECTION_CHANGED = "connection_changed"
    CONNECTION_REMOVED = "connection_removed"
    ROLE_CHANGED = "role_changed"
    MEMBER_DEACTIVATED = "member_deactivated"
    MEMBER_ACTIVATED = "member_activated"
    UNIT_ADDED = "unit_added"
    UNIT_RENAMED = "unit_renamed"
    UNIT_GRANTED = "unit_granted"
    UNIT_WITHDRAWN = "unit_withdrawn"
    RUN_SUBMITTED = "run_submitted"
    RUN_CANCELED = "run_canceled"
    RESULTS_DOWNLOADED = "results_downloaded"
    RESULTS_DISCARDED = "results_discarded"
    SWEPT = "swept"
    STAFF_ACTED = "staff_acted"


class AuditEntry(TenantModel):
    """Ids and words of ours alone: never SQL, a secret, or a row. Nothing refers to it and it refers to the tenant
    only, so that it can stand for ever; what became of its user is for who reads it."""

    # Goes with its tenant, by the database itself: whoever serves may not delete it.
    tenant = models.ForeignKey(
        Tenant, on_delete=models.DO_NOTHING, related_name="+", db_index=False, db_constraint=False
    )
    at = models.DateTimeField(db_default=Now(), editable=False)
    action = models.CharField(max_length=32, choices=Action)
    user_id = models.UUIDField(null=True, help_text="Who did it; empty for staff and commands.")
    by = models.CharField(max_length=100, blank=True, help_text="The member of staff, or the command.")
    via = models.CharField(max_length=16, help_text="session, token, key, admin or command")
    subject = models.CharField(max_length=100, blank=True, help_text="The id of what it was done to.")
    details = models.JSONField(default=dict)

    class Meta:
        verbose_name_plural = "audit entries"
        ordering = ["-at"]
        indexes = [
            models.Index(fields=["tenant", "-at", "-id"], name="audit_by_time"),
            models.Index(fields=["tenant", "action", "-at", "-id"], name="audit_by_action"),
            models.Index(fields=["-at", "-id"], name="audit_newest"),  # over all tenants, for the admin
        ]

    def __str__(self) -> str:
        return f"{self.action} {self.subject}"
