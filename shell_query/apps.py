from django.apps import AppConfig

from leases.registry import register


class ShellQueryConfig(AppConfig):
    name = "shell_query"

    def ready(self) -> None:
        register(self.get_model("Run"), task="shell_query.advance_run", queue="runs")
