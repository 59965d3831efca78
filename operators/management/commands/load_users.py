"""manage.py load_users COUNT --sandbox URL --output FILE: people to make load with, on one machine."""

import json
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand

from operators.load import make_load
from operators.management.commands.sample_data import write_private


class Command(BaseCommand):
    help = "Makes users in the sandbox's business units and writes their API keys to a file (mode 0600)."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("count", type=int)
        parser.add_argument("--sandbox", required=True, help="address of the sandbox")
        parser.add_argument("--output", required=True, type=Path, help="file for the keys; it is written anew")

    def handle(self, *args: Any, count: int, sandbox: str, output: Path, **options: Any) -> None:
        write_private(output, json.dumps({"users": make_load(sandbox_url=sandbox, count=count)}))
