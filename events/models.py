"""What happened, as rows, and the answers kept under idempotency keys."""

from django.conf import settings
from django.db import models
from django.db.models.functions import Now

from tenants.models import TenantModel

KEY_LENGTH = 255


class Event(TenantModel):
    """Something that happened to a subject: any row that has an id, and counts what happens to it.

    The subject takes its next sequence in the UPDATE that changes it, in the same transaction. Its row lock makes the
    events of one subject visible in the order of their sequences, so "later than n" never misses one.
    """

    subject_id = models.UUIDField()
    sequence = models.IntegerField(help_text="Of the subject, from 1.")
    name = models.CharField(max_length=32, help_text="`event` of its frame.")
    data = models.JSONField(help_text="Never a secret, never a value of the tenant's data.")
    final = models.BooleanField(default=False, help_text="Nothing comes after it: streams end.")
    created_at = models.DateTimeField(db_default=Now(), editable=False)

    class Meta:
        ordering = ["sequence"]
        constraints = [
            # Also the index by which streams read.
            models.UniqueConstraint("tenant", "subject_id", "sequence", name="one_event_per_sequence"),
            models.CheckConstraint(condition=models.Q(sequence__gt=0), name="event_sequence_from_1"),
        ]

    def __str__(self) -> str:
        return f"{self.name} {self.sequence} of {self.subject_id}"


class IdempotencyKey(TenantModel):
    """The answer to the first request with a key, for those who send it again within a day."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+", db_index=False)
    key = models.CharField(max_length=KEY_LENGTH)
    request_hash = models.CharField(max_length=64, editable=False)
    response = models.JSONField(default=dict, editable=False, help_text="Empty only until it commits.")
    created_at = models.DateTimeField(db_default=Now(), editable=False)

    class Meta:
        constraints = [models.UniqueConstraint("tenant", "user", "key", name="one_request_per_key")]
        indexes = [models.Index(fields=["tenant", "created_at"], name="idempotency_key_age")]

    def __str__(self) -> str:
        return f"{self.key} of {self.user_id}"
