"""Staff sign in with a password. Members never do: they come through MCE, an API key or a token."""

from typing import Any

from django.contrib.auth.backends import BaseBackend
from django.db.models import QuerySet
from django.http import HttpRequest

from tenants.models import Role, User


class StaffBackend(BaseBackend):
    def authenticate(
        self, request: HttpRequest | None, username: str = "", password: str = "", **kwargs: Any
    ) -> User | None:
        user = staff().filter(username=username).first()
        if user is None:
            User().set_password(password)  # takes as long as a wrong password: names cannot be guessed by time
            return None
        return user if user.check_password(password) and user.is_active else None

    def get_user(self, user_id: Any) -> User | None:
        return staff().filter(pk=user_id, is_active=True).first()


def staff() -> QuerySet[User]:
    return User.objects.using("operator").filter(role=Role.STAFF)
