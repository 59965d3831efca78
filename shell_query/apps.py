from django.apps import AppConfig


class ShellQueryConfig(AppConfig):
    name = "shell_query"

    def ready(self) -> None:
        # Models can only be imported once the apps are loaded.
        from leases.registry import register  # noqa: PLC0415
        from shell_query.models import Run  # noqa: PLC0415

        register(Run, task="shell_query.advance_run", queue="runs")
