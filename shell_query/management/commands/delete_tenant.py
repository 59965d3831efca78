"""manage.py delete_tenant ENTERPRISE_ID [--yes] [--leave-behind]: a tenant leaves, and nothing of it stays here."""

import logging
from argparse import ArgumentParser
from typing import Any
from uuid import UUID

from django.core.management.base import BaseCommand, CommandError

from mce_bridge.errors import MceError
from shell_query.services import leaving
from tenants.encryption import CannotUnseal
from tenants.models import BusinessUnit
from tenants.services import find_tenant
from tenants.services.audit import Actor

logger = logging.getLogger(__name__)


class Command(BaseCommand):
    help = (
        "Shuts everybody of an enterprise out, removes what its runs made in Marketing Cloud, and erases all its rows. "
        "It cannot be undone. If a business unit cannot be cleared, it stops before it erases."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("enterprise_id")
        parser.add_argument("--yes", action="store_true", help="do not ask")
        parser.add_argument("--leave-behind", action="store_true", help="erase, whatever stays in Marketing Cloud")

    def handle(self, *args: Any, enterprise_id: str, yes: bool, leave_behind: bool, **options: Any) -> None:
        tenant_id = find_tenant(enterprise_id)
        if tenant_id is None:
            raise CommandError("There is no such tenant.")
        held = leaving.look_at(tenant_id)
        self.stdout.write(
            f"{held.name}: {held.users} people, {held.keys} API keys, {held.connections} connections, {held.runs} runs."
        )
        if not yes and not self.confirmed(enterprise_id):
            raise CommandError("Nothing was done.")
        self.shut_out(tenant_id)
        failed = [unit for unit in leaving.units_to_clear(tenant_id) if not self.clear(unit)]
        if failed and not leave_behind:
            raise CommandError(
                "Nothing was erased. Connect these business units and do it again, or leave behind what is there: "
                "--leave-behind."
            )
        leaving.erase(tenant_id)
        logger.info("Tenant %s of enterprise %s was deleted.", tenant_id, enterprise_id)
        self.stdout.write("All its rows are erased.")

    def confirmed(self, enterprise_id: str) -> bool:
        self.stdout.write(f"To delete it for good, write {enterprise_id}:")
        try:
            return input().strip() == enterprise_id
        except EOFError:  # nobody is there to answer
            return False

    def shut_out(self, tenant_id: UUID) -> None:
        shut = leaving.shut_out(tenant_id, actor=Actor.command("manage.py delete_tenant"))
        self.stdout.write(f"{shut} people are shut out, their keys and tokens revoked, their runs canceled.")
        leaving.wait_for_steps(tenant_id)

    def clear(self, unit: BusinessUnit) -> bool:
        try:
            tally = leaving.clear_unit(unit)
        except (MceError, CannotUnseal) as error:
            self.stdout.write(f"{unit.mid} {unit.name}: cannot be cleared: {error.code}")
            return False
        self.stdout.write(f"{unit.mid} {unit.name}: removed {tally.deleted}, refused {len(tally.refused)}")
        return not tally.refused
