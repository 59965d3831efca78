"""A process that sends one request from several threads at once: python -m tests.events.racer TENANT USER THREADS."""

import os
import sys
from typing import Any
from uuid import UUID, uuid4

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "qspro.settings")
django.setup()

from events.services import append, idempotent  # noqa: E402
from tenants.context import tenant_scope  # noqa: E402
from tests.threads import at_once  # noqa: E402


def main(tenant_id: UUID, user_id: UUID, threads: int) -> None:
    def perform() -> dict[str, Any]:
        subject_id = uuid4()
        append(tenant_id=tenant_id, subject_id=subject_id, sequence=1, name="status", data={})
        return {"runId": str(subject_id)}

    def request(_: int) -> str:
        answer, replayed = idempotent(
            tenant_id=tenant_id, user_id=user_id, key="key", request_hash="hash", perform=perform
        )
        return f"{answer['runId']}:{replayed}"

    with tenant_scope(tenant_id):
        pass  # a connection is there before the start
    sys.stdout.write("ready\n")
    sys.stdout.flush()
    sys.stdin.readline()
    sys.stdout.write("\n".join(str(outcome) for outcome in at_once(threads, request)))


if __name__ == "__main__":
    main(UUID(sys.argv[1]), UUID(sys.argv[2]), int(sys.argv[3]))
