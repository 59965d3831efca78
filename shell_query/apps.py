from importlib import import_module

from django.apps import AppConfig

from leases.registry import register
from tenants.signals import member_deactivated


class ShellQueryConfig(AppConfig):
    name = "shell_query"
    verbose_name = "Runs"

    def ready(self) -> None:
        member_deactivated.connect(import_module("shell_query.leaving").cancel_runs_of)
        register(self.get_model("Run"), task="shell_query.advance_run", queue="runs")
        # A queue of its own: a backlog of runs leaves no room in theirs, and sweeps shall not take it from them.
        register(self.get_model("UnitSweep"), task="shell_query.sweep_unit", queue="upkeep")
