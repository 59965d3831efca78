"""Users: a tenant's people, known by their MCE user id, and our own staff, who have no tenant."""

import uuid
from typing import Any

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.db import models
from django.db.models.functions import Now

from tenants.models.tenancy import Tenant


class Role(models.TextChoices):
    OWNER = "owner"
    ADMIN = "admin"
    MEMBER = "member"
    STAFF = "staff"


class UserManager(BaseUserManager["User"]):
    def create_superuser(self, username: str, password: str, **fields: Any) -> "User":
        """A member of staff. Staff are written through the operator alias: `createsuperuser --database operator`."""
        user = self.model(username=username, role=Role.STAFF, **fields)
        user.set_password(password)
        user.save(using="operator")
        return user


class User(AbstractBaseUser):
    """Somebody who acts. Members sign in through MCE and have no password; staff have one and no tenant."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    tenant = models.ForeignKey(
        Tenant, on_delete=models.CASCADE, related_name="users", null=True, blank=True, db_index=False
    )
    mce_user_id = models.CharField(max_length=100, null=True, blank=True, help_text="`sub` of MCE's userinfo.")
    username = models.CharField(max_length=100, unique=True, null=True, blank=True, help_text="Staff only.")
    email = models.EmailField(blank=True, help_text="Shown, never used to find anybody.")
    name = models.CharField(max_length=200, blank=True)
    role = models.CharField(max_length=16, choices=Role, default=Role.MEMBER)
    is_active = models.BooleanField(default=True)
    signed_out_at = models.DateTimeField(
        null=True, blank=True, editable=False, help_text="Sessions that began before are over."
    )
    created_at = models.DateTimeField(db_default=Now(), editable=False)

    objects = UserManager()

    USERNAME_FIELD = "username"
    REQUIRED_FIELDS = []

    class Meta:
        ordering = ["created_at"]
        constraints = [
            models.UniqueConstraint("tenant", "mce_user_id", name="one_user_per_mce_user"),
            models.CheckConstraint(
                name="staff_have_no_tenant",
                condition=models.Q(role=Role.STAFF, tenant__isnull=True, username__isnull=False)
                | (
                    ~models.Q(role=Role.STAFF)
                    & models.Q(tenant__isnull=False, mce_user_id__isnull=False, username__isnull=True)
                ),
            ),
        ]

    def __str__(self) -> str:
        return self.name or self.username or str(self.id)

    @property
    def is_staff(self) -> bool:
        return self.role == Role.STAFF

    def has_perm(self, perm: str, obj: object = None) -> bool:
        return self.is_active and self.is_staff

    def has_module_perms(self, app_label: str) -> bool:
        return self.is_active and self.is_staff


class StaffManager(UserManager):
    def get_queryset(self) -> models.QuerySet["User"]:
        return super().get_queryset().filter(role=Role.STAFF)


class Staff(User):
    """Our own people, as the admin sees them: always through the operator alias (tenants/routers.py)."""

    objects = StaffManager()  # type: ignore[misc]

    class Meta:
        proxy = True
        verbose_name_plural = "staff"
