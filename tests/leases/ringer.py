"""A process that rings for runs: `python -m tests.leases.ringer`.

For each line `ring` of its input it rings once, and tells whether the queue had room and whether the broker took the
message; for each line `tick` it rings as a tick does that has claimed three runs, and tells how many messages the
broker took, and how many it was offered.
"""

import sys
from typing import Any
from uuid import uuid4

import django
from celery.signals import before_task_publish

django.setup()

from leases import ringing, rooms  # noqa: E402
from leases.claims import Claim  # noqa: E402
from leases.registry import kind_of  # noqa: E402
from shell_query.models import Run  # noqa: E402


def ring() -> str:
    had_room = rooms.room(kind_of(Run)) > 0
    taken = ringing.ring(Run, tenant_id=uuid4(), row_id=uuid4(), claim_token=None)
    return f"{had_room} {taken}"


def tick() -> str:
    before = len(OFFERED)
    rung = ringing.ring_for(Run, [Claim(uuid4(), uuid4(), uuid4()) for _ in range(3)])
    return f"{rung} {len(OFFERED) - before}"


OFFERED: list[str] = []


@before_task_publish.connect
def count(sender: str, **kwargs: Any) -> None:
    OFFERED.append(sender)


for line in sys.stdin:
    sys.stdout.write(f"{tick() if line.strip() == 'tick' else ring()}\n")
    sys.stdout.flush()
