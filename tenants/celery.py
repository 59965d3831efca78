"""Tasks that work for one tenant, and how a task learns which request it goes back to."""

import inspect
import logging
from typing import Any

from celery import Task

from qspro.logging import choose_request_id, known_request_id, told

logger = logging.getLogger(__name__)

# Of the message. Its value is an id, as the log knows it.
REQUEST_ID_HEADER = "request_id"


def message_headers() -> dict[str, str]:
    """What a message says of the request that it goes back to."""
    request_id = known_request_id()
    return {REQUEST_ID_HEADER: request_id} if request_id else {}


class NotUnderstood(Exception):
    """The message is from another release: its arguments are not those of the task."""


class TenantTask(Task):
    """Takes the tenant from the task's `tenant_id`, so that each log line says whose work it was.

    The rows themselves are touched in a `tenant_scope(tenant_id)`, as everywhere. A message that is not understood is
    dropped with one line: whatever it asks for is found in the rows again.
    """

    abstract = True

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        with told(tenant_id=str(kwargs.get("tenant_id") or ""), task_id=self.request.id, request_id=self.asked_by()):
            try:
                self.check(*args, **kwargs)
                return self.run(*args, **kwargs)
            except NotUnderstood:
                logger.warning("A message for %s that this release does not understand was dropped.", self.name)
                return None

    def asked_by(self) -> str | None:
        """As the message has it; replaced if it could forge a log line."""
        given = self.request.get(REQUEST_ID_HEADER)
        return choose_request_id(str(given)) if given else None

    def check(self, *args: Any, **kwargs: Any) -> None:
        try:
            inspect.signature(self.run).bind(*args, **kwargs)
        except TypeError as error:
            raise NotUnderstood from error
