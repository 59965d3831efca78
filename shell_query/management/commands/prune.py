"""manage.py prune: deletes runs past RUN_RETENTION_DAYS with their events, old idempotency keys and ended sign-ins."""

from typing import Any

from django.core.management.base import BaseCommand

from shell_query.services.pruning import prune_all


class Command(BaseCommand):
    help = "Deletes what is past its time. Beat does the same each day."

    def handle(self, *args: Any, **options: Any) -> None:
        pruned = prune_all()
        self.stdout.write(
            f"{pruned.runs} runs, {pruned.idempotency_keys} idempotency keys "
            f"and {pruned.refresh_families} ended sign-ins are deleted."
        )
