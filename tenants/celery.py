"""Tasks that work for one tenant."""

import inspect
import logging
from typing import Any

from celery import Task

from qspro.logging import tenant_id_var

logger = logging.getLogger(__name__)


class NotUnderstood(Exception):
    """The message is from another release: its arguments are not those of the task."""


class TenantTask(Task):
    """Takes the tenant from the task's `tenant_id`, so that each log line says whose work it was.

    The rows themselves are touched in a `tenant_scope(tenant_id)`, as everywhere. A message that is not understood is
    dropped with one line: whatever it asks for is found in the rows again.
    """

    abstract = True

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        token = tenant_id_var.set(str(kwargs.get("tenant_id", "-")))
        try:
            self.check(*args, **kwargs)
            return self.run(*args, **kwargs)
        except NotUnderstood:
            logger.warning("A message for %s that this release does not understand was dropped.", self.name)
            return None
        finally:
            tenant_id_var.reset(token)

    def check(self, *args: Any, **kwargs: Any) -> None:
        try:
            inspect.signature(self.run).bind(*args, **kwargs)
        except TypeError as error:
            raise NotUnderstood from error
