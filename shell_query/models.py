"""A run: one SELECT of one user, on its way through MCE. The row is the truth; everything else is told from it."""

from datetime import datetime, timedelta
from typing import Self
from uuid import UUID

from django.db import models
from django.db.models.functions import Lower, Now

from leases.models import Leased, Paced
from shell_query.states import ACTIVE, FINAL, Stage, Status
from shell_query.targets import UpdateType
from tenants.callers import Caller
from tenants.models import BusinessUnit, User

UPDATE_TYPES = [each.value for each in UpdateType]
EMPTY_LIST = models.Value([], output_field=models.JSONField())


class Flow(models.TextChoices):
    """Where the rows go."""

    TEMP = "temp", "into a temporary data extension"
    TARGET = "target", "into an existing data extension"


class RunQuerySet(models.QuerySet["Run"]):
    def for_caller(self, caller: Caller) -> Self:
        """The runs that the caller made in this business unit: all that may be read, canceled or watched."""
        return self.made_by(user_id=caller.user_id, business_unit_id=caller.business_unit_id)

    def made_by(self, *, user_id: UUID, business_unit_id: UUID) -> Self:
        return self.filter(user_id=user_id, business_unit_id=business_unit_id)

    def visible_to(self, caller: Caller) -> Self:
        """The caller's own, and for owners and admins also that colleagues' runs exist and how they went."""
        if caller.oversees:
            return self.filter(business_unit_id=caller.business_unit_id)
        return self.for_caller(caller)

    def active(self) -> Self:
        return self.filter(status__in=ACTIVE)

    def reusable(self, *, text_hash: str, max_age: timedelta) -> Self:
        """Ready runs of this query whose rows are at most so old, the latest first; of a target nobody knows whose
        rows it holds by now."""
        return self.filter(
            status=Status.READY,
            flow=Flow.TEMP,
            data_extension_removed_at=None,
            sql_text_hash=text_hash,
            started_at__gte=Now() - max_age,
        ).order_by("-started_at")

    def writing_to(self, *, business_unit_id: UUID, key: str) -> Self:
        """Anybody's runs into the business unit's data extension with this customer key, in whatever case."""
        folded = self.annotate(folded_key=Lower("target_key"))
        return folded.filter(flow=Flow.TARGET, business_unit_id=business_unit_id, folded_key=Lower(models.Value(key)))

    def with_now(self) -> Self:
        """Adds the database's time as `now`: its clock is the only one."""
        return self.annotate(now=Now())


class Run(Paced):
    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="+", db_index=False)

    status = models.CharField(max_length=16, default=Status.QUEUED)
    stage = models.CharField(max_length=16, blank=True, default="")
    sequence = models.PositiveIntegerField(default=0, help_text="Of the latest event.")
    flow = models.CharField(max_length=16, choices=Flow, default=Flow.TEMP)
    snippet_name = models.CharField(max_length=100, blank=True)
    request_id = models.CharField(
        max_length=64, blank=True, default="", db_default="", editable=False, help_text="Of its submission, in the log."
    )
    trace_parent = models.CharField(
        max_length=55,
        blank=True,
        default="",
        db_default="",
        editable=False,
        help_text="The span of its submission, from which those of its steps hang.",
    )

    # Only of a RunToTarget: as it was asked for, once it is found in MCE's spelling.
    target_key = models.CharField(max_length=200, blank=True, default="", db_default="")
    target_update_type = models.CharField(
        max_length=16,
        blank=True,
        choices=[(each, each) for each in UPDATE_TYPES],
        default="",
        db_default="",
    )

    # The SQL is nobody's business: sealed until MCE has the query, then erased. The hash is keyed by the tenant.
    sealed_sql = models.BinaryField(null=True, editable=False)
    sql_text_hash = models.CharField(max_length=64)

    # What the query gives: [{"name", "type", "length", "scale"}] in SELECT order, and the outermost ORDER BY.
    columns = models.JSONField(null=True, editable=False)
    order_by = models.JSONField(default=list, editable=False)
    row_count = models.PositiveIntegerField(null=True)

    # What was found about the query before anything was made: [{"code", "field", "message"}]. They name columns.
    violations = models.JSONField(default=list, db_default=EMPTY_LIST, editable=False)
    warnings = models.JSONField(default=list, db_default=EMPTY_LIST, editable=False)

    # What stands in MCE.
    validated_at = models.DateTimeField(null=True, editable=False)
    name_attempt = models.PositiveSmallIntegerField(default=0, editable=False)
    data_extension_name = models.CharField(max_length=400, blank=True, help_text="Where the rows go.")
    data_extension_id = models.CharField(max_length=36, blank=True, help_text="Of the one made for this run.")
    query_id = models.CharField(max_length=36, blank=True, help_text="ObjectID of the query activity.")
    start_intended_at = models.DateTimeField(null=True, editable=False)
    starts = models.PositiveSmallIntegerField(
        default=0, db_default=0, help_text="How often MCE was, or may have been, told to start the query."
    )
    task_id = models.CharField(max_length=36, blank=True)

    # What was seen of its execution (engine/steps/watch.py).
    looks = models.PositiveIntegerField(default=0)
    seen_running = models.BooleanField(default=False, editable=False)
    idle_since = models.DateTimeField(null=True, editable=False)

    # Trouble on the way: attempts of the present step in a row, of all steps together, and why a run failed.
    attempts = models.PositiveSmallIntegerField(default=0)
    retries = models.PositiveIntegerField(
        default=0, db_default=0, help_text="How often a step was done again, after trouble or a lost worker."
    )
    last_trouble = models.CharField(max_length=64, blank=True)
    error_code = models.CharField(max_length=64, blank=True)
    error_message = models.TextField(blank=True)
    sealed_mce_message = models.BinaryField(null=True, editable=False)

    created_at = models.DateTimeField(db_default=Now(), editable=False)
    running_at = models.DateTimeField(null=True, editable=False)
    started_at = models.DateTimeField(null=True, editable=False)
    executed_at = models.DateTimeField(null=True, editable=False)
    finished_at = models.DateTimeField(null=True, editable=False)

    # The promise to clean up: `wake_at` stays set in a final state until it is kept.
    query_removed_at = models.DateTimeField(null=True, editable=False)
    data_extension_removed_at = models.DateTimeField(null=True, editable=False)
    assets_cleaned_at = models.DateTimeField(null=True, editable=False)
    abandoned = models.BooleanField(default=False, help_text="Assets were left in MCE: the connection is broken.")

    objects = RunQuerySet.as_manager()

    class Meta:
        ordering = ["-created_at", "-id"]
        indexes = [
            models.Index(fields=["tenant", "user", "business_unit", "-created_at", "-id"], name="run_history"),
            # The same, filtered. Of active runs a user has few, so that a run is written here once it has ended.
            models.Index(
                fields=["tenant", "user", "business_unit", "status", "-created_at", "-id"],
                name="run_outcomes",
                condition=models.Q(status__in=sorted(FINAL)),
            ),
            models.Index(
                fields=["tenant", "user", "business_unit", "snippet_name", "-created_at", "-id"],
                name="run_snippets",
                condition=~models.Q(snippet_name=""),
            ),
            models.Index(
                fields=["tenant", "user", "business_unit", "sql_text_hash", "-started_at"],
                name="run_same_query",
                condition=models.Q(status=Status.READY),
            ),
            models.Index(fields=["tenant", "user"], name="run_active", condition=models.Q(status__in=sorted(ACTIVE))),
            models.Index(fields=["wake_at"], name="run_alarm", condition=models.Q(wake_at__isnull=False)),
            # The claim's three: what is due of a unit, what of it is claimed, and what must be told that it is over.
            models.Index(
                fields=["business_unit", "wake_at"], name="run_line", condition=models.Q(wake_at__isnull=False)
            ),
            # An expression serves no other question, and no other index that one (leases/turns.py).
            models.Index(
                models.Case(models.When(claim_token__isnull=False, then="business_unit")),
                name="run_claimed",
                condition=models.Q(claim_token__isnull=False),
            ),
            models.Index(fields=["expires_at"], name="run_expiry", condition=models.Q(expires_at__isnull=False)),
            models.Index(fields=["tenant", "business_unit"], name="run_of_unit"),
            models.Index(
                fields=["tenant", "finished_at"],
                name="run_finished",
                condition=models.Q(finished_at__isnull=False),
            ),
            models.Index(
                fields=["tenant", "business_unit"],
                name="run_left_behind",
                condition=models.Q(abandoned=True, assets_cleaned_at__isnull=True),
            ),
            models.Index(
                models.F("tenant"),
                models.F("business_unit"),
                Lower("target_key"),
                name="run_writing",
                condition=models.Q(flow=Flow.TARGET, status__in=sorted(ACTIVE)),
            ),
            # The admin's: over all tenants, or of one.
            models.Index(fields=["-created_at", "-id"], name="run_newest"),
            models.Index(fields=["tenant", "-created_at", "-id"], name="run_newest_of_tenant"),
            models.Index(
                fields=["status", "-created_at", "-id"],
                name="run_newest_of_status",
                condition=models.Q(status__in=sorted(FINAL)),
            ),
            models.Index(
                fields=["-created_at", "-id"], name="run_newest_to_target", condition=models.Q(flow=Flow.TARGET)
            ),
            models.Index(fields=["-created_at", "-id"], name="run_abandoned", condition=models.Q(abandoned=True)),
            models.Index(
                fields=["finished_at"],
                include=["error_code"],
                name="run_failed",
                condition=models.Q(status=Status.FAILED),
            ),
            models.Index(
                fields=["status", "created_at"],
                name="run_uncleaned",
                condition=models.Q(status__in=sorted(FINAL), assets_cleaned_at__isnull=True),
            ),
        ]
        constraints = [
            models.CheckConstraint(name="run_status_known", condition=models.Q(status__in=sorted(Status))),
            models.CheckConstraint(
                name="run_stage_while_running",
                condition=models.Q(status=Status.RUNNING, stage__in=sorted(Stage))
                | (~models.Q(status=Status.RUNNING) & models.Q(stage="")),
            ),
            models.CheckConstraint(
                name="run_final_has_time",
                condition=models.Q(status__in=sorted(FINAL), finished_at__isnull=False)
                | models.Q(status__in=sorted(ACTIVE), finished_at__isnull=True),
            ),
            models.CheckConstraint(
                name="run_unfinished_has_alarm",
                condition=models.Q(status__in=sorted(FINAL)) | models.Q(wake_at__isnull=False),
            ),
            models.CheckConstraint(
                name="run_failed_has_reason",
                condition=models.Q(status=Status.FAILED) & ~models.Q(error_code="")
                | ~models.Q(status=Status.FAILED) & models.Q(error_code=""),
            ),
            models.CheckConstraint(
                name="run_ready_has_rows",
                condition=~models.Q(status=Status.READY) | models.Q(row_count__isnull=False, columns__isnull=False),
            ),
            models.CheckConstraint(
                name="run_to_target_names_it",
                condition=models.Q(flow=Flow.TARGET, target_update_type__in=UPDATE_TYPES) & ~models.Q(target_key="")
                | ~models.Q(flow=Flow.TARGET) & models.Q(target_key="", target_update_type=""),
            ),
            models.CheckConstraint(
                name="run_final_has_no_sql",
                condition=models.Q(status__in=sorted(ACTIVE)) | models.Q(sealed_sql__isnull=True),
            ),
        ]

    def __str__(self) -> str:
        return str(self.id)

    @property
    def is_final(self) -> bool:
        return self.status in FINAL

    @property
    def begun_at(self) -> datetime | None:
        """When MCE was told to start the query, as far as is known."""
        return self.started_at or self.start_intended_at

    def deadline(self, *, to_start: float, to_end: float) -> datetime:
        """When it is too late: `to_end` seconds after its start, or `to_start` after its submission without one."""
        if self.begun_at:
            return self.begun_at + timedelta(seconds=to_end)
        return self.created_at + timedelta(seconds=to_start)

    @property
    def may_have_written(self) -> bool:
        """Whether rows of this run may have gone, or may yet go, into a data extension that is not ours."""
        return self.flow == Flow.TARGET and self.starts > 0

    @property
    def queued_for(self) -> timedelta | None:
        """From submission to the first step."""
        return between(self.created_at, self.running_at or self.finished_at)

    @property
    def preparing_for(self) -> timedelta | None:
        """From the first step to the start of the query: checking it, and making what it needs in MCE."""
        return between(self.running_at, self.started_at or (self.finished_at if self.running_at else None))

    @property
    def in_mce_for(self) -> timedelta | None:
        """From the start of the query to the moment that it was seen to have ended."""
        return between(self.started_at, self.executed_at or (self.finished_at if self.started_at else None))

    @property
    def confirming_for(self) -> timedelta | None:
        """From the end of the query to the moment that its rows could be read."""
        return between(self.executed_at, self.finished_at)

    @property
    def total(self) -> timedelta | None:
        return between(self.created_at, self.finished_at)


class UnitSweep(Leased):
    """The sweeper's alarm of one business unit, and what its last sweep came to (shell_query/sweeper).

    Beat's plan sets `wake_at` and `due_at` to a random moment of the next hour; a sweep takes as many turns as it
    needs, each under a claim of its own.
    """

    business_unit = models.ForeignKey(BusinessUnit, on_delete=models.CASCADE, related_name="+", db_index=False)
    due_at = models.DateTimeField(
        null=True, editable=False, help_text="What the alarm was set to: a claim moves `wake_at`, never this."
    )
    began_at = models.DateTimeField(null=True, editable=False, help_text="Of the sweep that is under way.")
    swept_at = models.DateTimeField(null=True, editable=False, help_text="When a sweep last saw everything.")
    deleted = models.PositiveIntegerField(default=0, db_default=0, editable=False, help_text="By the latest sweep.")
    kept = models.PositiveIntegerField(
        default=0,
        db_default=0,
        editable=False,
        help_text="Assets of ours that stood when all was last seen: young, of active runs, or refused.",
    )
    refused = models.JSONField(
        default=list,
        db_default=models.Value([], models.JSONField()),
        editable=False,
        help_text="ObjectIDs that Marketing Cloud would not delete in the latest sweep.",
    )
    attempts = models.PositiveSmallIntegerField(default=0, db_default=0, editable=False)
    last_trouble = models.CharField(max_length=64, blank=True, db_default="", editable=False)

    class Meta:
        constraints = [models.UniqueConstraint("tenant", "business_unit", name="one_sweep_per_unit")]
        indexes = [models.Index(fields=["wake_at"], name="unit_sweep_alarm", condition=models.Q(wake_at__isnull=False))]

    def __str__(self) -> str:
        return f"sweep of {self.business_unit_id}"


def between(first: datetime | None, last: datetime | None) -> timedelta | None:
    return max(last - first, timedelta(0)) if first and last else None
