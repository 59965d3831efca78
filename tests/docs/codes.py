"""Every error code of the project, read from the classes themselves."""

import importlib
import pkgutil
from collections.abc import Iterator

from qspro.errors import AppError

ROOMS = ("qspro", "tenants", "leases", "events", "mce_bridge", "shell_query", "operators", "console")


def import_all() -> None:
    """A class that no module has imported yet would be missed."""
    for room in ROOMS:
        package = importlib.import_module(room)
        for module in pkgutil.walk_packages(package.__path__, f"{room}."):
            if ".migrations" not in module.name and module.name not in {"qspro.asgi", "shell_query.sql.worker"}:
                importlib.import_module(module.name)


def classes(root: type[AppError] = AppError) -> Iterator[type[AppError]]:
    yield root
    for child in root.__subclasses__():
        yield from classes(child)


def errors() -> dict[str, tuple[int, bool]]:
    """code -> (HTTP status, retryable)."""
    import_all()
    return {
        error.code: (error.status, error.retryable) for error in classes() if error.__module__.split(".")[0] in ROOMS
    }
