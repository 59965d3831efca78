"""manage.py sweep [--dry-run] [--tenant ENTERPRISE_ID] [--mid MID]: removes what our runs left behind in MCE, now."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from mce_bridge.errors import MceError
from shell_query.services.sweeping import Unit, connected_units, preview, sweep_now
from shell_query.sweeper.turn import Turn
from tenants.encryption import CannotUnseal
from tenants.services.audit import Actor


class Command(BaseCommand):
    help = "Sweeps each connected business unit, as the hourly sweeper does. One that fails does not stop the rest."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--dry-run", action="store_true", help="list what would be deleted, and delete nothing")
        parser.add_argument("--tenant", metavar="ENTERPRISE_ID", help="this enterprise only")
        parser.add_argument("--mid", type=int, help="this business unit only")

    def handle(self, *args: Any, dry_run: bool, tenant: str | None, mid: int | None, **options: Any) -> None:
        units = connected_units(enterprise_id=tenant, mid=mid)
        if not units:
            raise CommandError("There is no such connected business unit.")
        tell = self.tell_what_would_go if dry_run else self.tell_what_went
        failed = [unit for unit in units if not tell(unit)]
        if failed:
            raise CommandError(f"{len(failed)} of {len(units)} business units were not swept.")

    def tell_what_would_go(self, unit: Unit) -> bool:
        try:
            found = list(preview(unit))
        except (MceError, CannotUnseal) as error:
            self.say(unit, f"cannot be looked through: {error.code}")
            return False
        would_go = [asset for asset, may_go in found if may_go]
        self.say(unit, f"would delete {len(would_go)}, keep {len(found) - len(would_go)}")
        for asset in would_go:
            self.stdout.write(f"  {asset.kind.removal} {asset.name}, made {asset.created_at:%Y-%m-%d %H:%M} UTC")
        return True

    def tell_what_went(self, unit: Unit) -> bool:
        swept = sweep_now(unit, actor=Actor.command("manage.py sweep"))
        if swept.turn is Turn.LOST:
            self.say(unit, "is being swept by a worker")
            return True
        trouble = f", then {swept.trouble}" if swept.trouble else ""
        self.say(unit, f"deleted {swept.deleted}, kept {swept.kept}, refused {swept.refused}{trouble}")
        return swept.turn is Turn.DONE

    def say(self, unit: Unit, what: str) -> None:
        self.stdout.write(f"{unit.mid} {unit.name}: {what}")
