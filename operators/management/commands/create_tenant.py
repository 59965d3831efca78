"""manage.py create_tenant ENTERPRISE_ID --name NAME --subdomain SUBDOMAIN [--plan PLAN]: a new customer."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from mce_bridge.errors import AddressRefused
from mce_bridge.services import check_subdomain
from operators.arguments import of_field, of_mce
from tenants.models import Plan, Tenant
from tenants.services import ensure_tenant, find_tenant


class Command(BaseCommand):
    help = "Makes a tenant: an enterprise of Marketing Cloud (EID) with its own subdomain."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("enterprise_id", type=of_mce, help="MCE's id of the top account")
        parser.add_argument("--name", type=of_field(Tenant, "name"), required=True)
        parser.add_argument(
            "--subdomain",
            type=of_field(Tenant, "subdomain"),
            required=True,
            help="of its marketingcloudapis.com addresses",
        )
        parser.add_argument("--plan", choices=Plan.values, default=Plan.PRO.value)

    def handle(self, *args: Any, enterprise_id: int, name: str, subdomain: str, plan: str, **options: Any) -> None:
        try:
            check_subdomain(subdomain)
        except AddressRefused as error:
            raise CommandError(f"{error.detail} ({error.code})") from error
        if find_tenant(str(enterprise_id)):
            raise CommandError(f"Enterprise {enterprise_id} is a tenant already.")
        tenant_id = ensure_tenant(enterprise_id=str(enterprise_id), name=name, subdomain=subdomain, plan=plan)
        self.stdout.write(f"{name} is tenant {tenant_id}.")
