"""manage.py doctor [--without-mce]: is this deployment well, and if not, what is to be done?"""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from operators.doctor import examine


class Command(BaseCommand):
    help = "Looks at database, migrations, clock, Redis, broker, beat, workers, backlog and each connection."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--without-mce", action="store_true", help="do not ask Marketing Cloud")

    def handle(self, *args: Any, without_mce: bool, **options: Any) -> None:
        troubles = 0
        for finding in examine(with_mce=not without_mce):
            self.stdout.write(f"{'no' if finding.trouble else 'ok'}  {finding.part}: {finding.trouble or 'well'}")
            if finding.trouble:
                troubles += 1
                self.stdout.write(f"      {finding.advice}")
        if troubles:
            raise CommandError(f"{troubles} things are to be mended.")
