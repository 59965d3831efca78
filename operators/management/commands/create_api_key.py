"""manage.py create_api_key --tenant EID --mid MID --user MCE_USER_ID --name NAME: a key, shown this once."""

from argparse import ArgumentParser
from datetime import timedelta
from typing import Any
from uuid import UUID

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from operators.arguments import days, of_field, of_mce
from tenants.callers import ALL_SCOPES
from tenants.context import tenant_scope
from tenants.errors import UserDeactivated
from tenants.models import ApiKey, BusinessUnit, User
from tenants.services import create_api_key, ensure_user, find_tenant, grant


class Command(BaseCommand):
    help = "Makes an API key for a user in a business unit. The key alone goes to the output, all else to the errors."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--tenant", metavar="EID", required=True, help="MCE's id of the top account")
        parser.add_argument("--mid", type=of_mce, required=True)
        parser.add_argument(
            "--user",
            type=of_field(User, "mce_user_id"),
            metavar="MCE_USER_ID",
            required=True,
            help="`sub` of MCE's userinfo",
        )
        parser.add_argument(
            "--new-user",
            type=of_field(User, "name"),
            metavar="NAME",
            help="make the user, who has not signed in yet",
        )
        parser.add_argument("--email", type=of_field(User, "email"), help="of the new user")
        parser.add_argument("--name", type=of_field(ApiKey, "name"), required=True, help="of the key")
        parser.add_argument("--scope", action="append", choices=sorted(ALL_SCOPES), help="all, if none is given")
        parser.add_argument("--days", type=days, help="until it expires; never, if none are given")

    def handle(self, *args: Any, tenant: str, mid: int, user: str, name: str, **options: Any) -> None:
        tenant_id = find_tenant(tenant)
        if tenant_id is None:
            raise CommandError(f"There is no tenant {tenant}; make it with create_tenant.")
        unit_id = find_unit(tenant_id, mid)
        user_id = find_user(tenant_id, user) or make_user(tenant_id, user, name=options["new_user"], **options)
        grant(tenant_id=tenant_id, user_id=user_id, business_unit_id=unit_id)
        _, key = create_api_key(
            tenant_id=tenant_id,
            user_id=user_id,
            business_unit_id=unit_id,
            name=name,
            scopes=options["scope"] or ALL_SCOPES,
            expires_at=timezone.now() + timedelta(days=options["days"]) if options["days"] else None,
        )
        self.stderr.write("Copy the key now, it is not shown again:")
        self.stdout.write(key)


def find_unit(tenant_id: UUID, mid: int) -> UUID:
    with tenant_scope(tenant_id):
        unit = BusinessUnit.objects.filter(mid=mid).only("id").first()
    if unit is None:
        raise CommandError(f"Business unit {mid} is not known; connect it with connect_business_unit.")
    return unit.id


def find_user(tenant_id: UUID, mce_user_id: str) -> UUID | None:
    with tenant_scope(tenant_id):
        user = User.objects.filter(mce_user_id=mce_user_id).only("id", "is_active").first()
    if user is None:
        return None
    if not user.is_active:
        raise CommandError(f"{mce_user_id} is deactivated.")
    return user.id


def make_user(tenant_id: UUID, mce_user_id: str, *, name: str | None, email: str | None, **options: Any) -> UUID:
    if name is None:
        raise CommandError(f"Nobody has the MCE user id {mce_user_id}; give --new-user NAME to make them.")
    try:
        return ensure_user(tenant_id=tenant_id, mce_user_id=mce_user_id, email=email or "", name=name)
    except UserDeactivated as error:
        raise CommandError(error.detail) from error
