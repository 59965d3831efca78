"""manage.py rotate_keys: seals everything anew under the first of ENCRYPTION_KEYS (docs/operations.md)."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from tenants.rotation import rotate_all


class Command(BaseCommand):
    help = "Seals everything anew under the first of ENCRYPTION_KEYS. May be stopped and run again."

    def handle(self, *args: Any, **options: Any) -> None:
        done = rotate_all()
        self.stdout.write(f"{done.resealed} values were sealed anew, {done.newest} were already under the newest key.")
        for row in done.unreadable:
            self.stderr.write(f"No key opens {row}.")
        if done.unreadable:
            raise CommandError("Keep every key; see docs/operations.md.")
