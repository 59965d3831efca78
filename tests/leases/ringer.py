"""A process that rings for runs: `python -m tests.leases.ringer`. One ring for each line of its input.

Tells after each whether the queue had room, and whether the broker took the message.
"""

import sys
from uuid import uuid4

import django

django.setup()

from leases import services  # noqa: E402
from leases.registry import kind_of  # noqa: E402
from shell_query.models import Run  # noqa: E402

for _ in sys.stdin:
    had_room = services.room(kind_of(Run)) > 0
    taken = services.ring(Run, tenant_id=uuid4(), row_id=uuid4(), claim_token=None)
    sys.stdout.write(f"{had_room} {taken}\n")
    sys.stdout.flush()
