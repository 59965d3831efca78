"""Letting somebody in to watch, and seeing whether they may stay."""

import logging

from django.db import Error as DatabaseError

from events.asgi import Scope
from events.errors import StreamsUnavailable
from events.hub import Hub
from events.resolver import Resolver, Watch
from events.threads import Threads
from qspro.errors import AppError
from qspro.problems import Internal

logger = logging.getLogger(__name__)


async def admit(hub: Hub, resolver: Resolver, scope: Scope) -> Watch:
    """Who may watch what. Raises AppError."""
    return await authorized(hub.admitting, resolver, scope)


async def authorized(threads: Threads, resolver: Resolver, scope: Scope) -> Watch:
    try:
        return await threads.run(resolver.authorize, scope)
    except AppError:
        raise
    except DatabaseError as exc:
        logger.exception("Nobody can be let in")
        raise StreamsUnavailable(retry_after=1) from exc
    except Exception as exc:
        logger.exception("Letting somebody in failed")
        raise Internal from exc


async def may_stay(hub: Hub, resolver: Resolver, scope: Scope, watch: Watch) -> bool:
    """Whether the access that a stream began with still holds. A database that does not answer takes nothing away."""
    try:
        return await authorized(hub.checking, resolver, scope) == watch
    except StreamsUnavailable:
        return True
    except AppError as error:
        logger.info("A stream ends, its access does: %s", error.code)
        return False
