"""A process that sends one request from several threads at once: python -m tests.events.racer TENANT USER THREADS."""

import os
import sys
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any
from uuid import UUID, uuid4

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "qspro.settings")
django.setup()

from events.services import append, idempotent  # noqa: E402
from tenants.context import tenant_scope  # noqa: E402


def main(tenant_id: UUID, user_id: UUID, threads: int) -> None:
    together = Barrier(threads)

    def perform() -> dict[str, Any]:
        subject_id = uuid4()
        append(tenant_id=tenant_id, subject_id=subject_id, sequence=1, name="status", data={})
        return {"runId": str(subject_id)}

    def request(_: int) -> str:
        together.wait()
        answer, replayed = idempotent(
            tenant_id=tenant_id, user_id=user_id, key="key", request_hash="hash", perform=perform
        )
        return f"{answer['runId']}:{replayed}"

    with tenant_scope(tenant_id):
        pass  # a connection is there before the start
    sys.stdout.write("ready\n")
    sys.stdout.flush()
    sys.stdin.readline()
    with ThreadPoolExecutor(threads) as pool:
        sys.stdout.write("\n".join(pool.map(request, range(threads))))


if __name__ == "__main__":
    main(UUID(sys.argv[1]), UUID(sys.argv[2]), int(sys.argv[3]))
