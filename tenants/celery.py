"""Tasks that work for one tenant."""

from typing import Any

from celery import Task

from qspro.logging import tenant_id_var


class TenantTask(Task):
    """Takes the tenant from the task's `tenant_id`, so that each log line says whose work it was.

    The rows themselves are touched in a `tenant_scope(tenant_id)`, as everywhere.
    """

    abstract = True

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        token = tenant_id_var.set(str(kwargs.get("tenant_id", "-")))
        try:
            return self.run(*args, **kwargs)
        finally:
            tenant_id_var.reset(token)
