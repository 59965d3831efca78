"""The Redis message "look", in django-eventstream's format.

Published on `events_channel`: {"channel": "subject-...", "event_type": "look", "data": "{}", "pub_id": null}.
It only says that a subject has news. What they are stands in the rows, behind row-level security: the message may be
lost, doubled or late, and names nobody but a tenant and a subject.
"""

import json
import logging
from uuid import UUID

from redis.exceptions import RedisError

from events.redis import redis

logger = logging.getLogger(__name__)

REDIS_CHANNEL = "events_channel"
LOOK = "look"


def channel_of(tenant_id: UUID, subject_id: UUID) -> str:
    """The subject's channel: subject-<tenant id>-<subject id>, both in 32 hex digits."""
    return f"subject-{tenant_id.hex}-{subject_id.hex}"


def look_message(tenant_id: UUID, subject_id: UUID) -> str:
    channel = channel_of(tenant_id, subject_id)
    return json.dumps({"channel": channel, "event_type": LOOK, "data": "{}", "pub_id": None})


def channel_named(message: bytes | str) -> str | None:
    """The channel that a message is about, None if it is not a message of this format."""
    try:
        found = json.loads(message)
    except ValueError:
        return None
    channel = found.get("channel") if isinstance(found, dict) else None
    return channel if isinstance(channel, str) else None


def publish_look(tenant_id: UUID, subject_id: UUID) -> None:
    """Says "look". Never fails: without the message the hubs find the event by their catch-up query."""
    try:
        redis().publish(REDIS_CHANNEL, look_message(tenant_id, subject_id))
    except RedisError as exc:
        logger.warning("Redis did not take a message, streams will catch up: %s", type(exc).__name__)
