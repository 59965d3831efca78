"""manage.py sample_data --sandbox URL --output FILE: tenants, people, keys and a member of staff for one machine."""

import json
import os
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand

from operators.sample import make_sample
from tenants.models import User


class Command(BaseCommand):
    help = "Makes the sandbox's people, connected to it, and writes their API keys to a file (mode 0600)."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--sandbox", required=True, help="address of the sandbox")
        parser.add_argument("--output", required=True, type=Path, help="file for the keys; those in it are kept")

    def handle(self, *args: Any, sandbox: str, output: Path, **options: Any) -> None:
        kept = json.loads(output.read_text())["apiKeys"] if output.exists() else {}
        sample = make_sample(sandbox_url=sandbox, kept=kept)
        write_private(output, json.dumps({"apiKeys": sample.api_keys}))
        ensure_staff(settings.ADMIN_USER, settings.ADMIN_PASSWORD)


def ensure_staff(username: str, password: str) -> None:
    if username and not User.objects.using("operator").filter(username=username).exists():
        User.objects.create_superuser(username, password)


def write_private(path: Path, text: str) -> None:
    """Never readable by others, not even for the moment between writing and chmod."""
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w") as file:
        file.write(text)
