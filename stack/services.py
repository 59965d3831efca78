"""The processes of QS Pro on one machine: a table, read from top to bottom."""

import sys
from collections.abc import Mapping
from functools import partial
from pathlib import Path
from urllib.parse import urlsplit

from stack.readiness import answers
from stack.service import Service

PYTHON = sys.executable
# Quiet: its banner would be lines of no form.
CELERY = (PYTHON, "-m", "celery", "-q", "-A", "celery_app")
# Workers of one broker need not hear of each other: it would only slow the start.
WORKER = (*CELERY, "worker", "--without-gossip", "--without-mingle", "-P", "threads")


def services(*, env: Mapping[str, str], var: Path, needs: tuple[str, ...]) -> tuple[Service, ...]:
    """All but PostgreSQL and Valkey, which `needs` names. `env` is the whole environment."""
    api, sandbox, flower = (urlsplit(env[name]) for name in ("PUBLIC_URL", "MCE_SANDBOX_URL", "FLOWER_URL"))
    admin = {name: env[name] for name in ("ADMIN_USER", "ADMIN_PASSWORD")}
    base = {name: value for name, value in env.items() if name not in admin}
    running = ("migrate", *needs)
    return (
        Service(
            name="migrate",
            argv=(PYTHON, "manage.py", "migrate", "--database", "owner", "--no-input", "--skip-checks"),
            env=base,
            after=needs,
            once=True,
            patience=300,
        ),
        Service(
            name="sandbox",
            argv=(PYTHON, "-m", "mce_sandbox", "--host", "127.0.0.1", "--port", str(sandbox.port)),
            env=base,
            ready=lambda _pid: answers(f"{sandbox.geturl()}/healthz"),
            grace=5,
        ),
        Service(
            name="samples",
            argv=(
                *(PYTHON, "manage.py", "sample_data"),
                *("--sandbox", sandbox.geturl(), "--output", str(samples_file(var)), "--skip-checks"),
            ),
            env={**base, **admin},
            after=("migrate", "sandbox"),
            once=True,
            patience=120,
        ),
        Service(
            name="api",
            argv=(
                *(PYTHON, "-m", "uvicorn", "qspro.asgi:application", "--no-access-log"),
                *("--host", "127.0.0.1", "--port", str(api.port), "--timeout-graceful-shutdown", "5"),
            ),
            env=base,
            after=running,
            ready=lambda _pid: answers(f"{api.geturl()}/readyz"),
        ),
        _celery(
            "worker",
            (*WORKER, "-n", "worker@%h", "-c", env.get("WORKER_SLOTS", "50"), "-Q", "runs,upkeep"),
            env=base,
            var=var,
            after=(*running, "sandbox"),
            # What is taken on is finished first: a step takes 20 s at most.
            grace=30,
        ),
        _celery(
            "ticker",
            (*WORKER, "-n", "ticker@%h", "-c", "2", "-Q", "tick"),
            env=base,
            var=var,
            after=running,
        ),
        _celery("beat", (*CELERY, "beat"), env=base, var=var, after=running),
        Service(
            name="flower",
            argv=(
                *(PYTHON, "-m", "celery", "-A", "stack.queues", "flower"),
                *("--address=127.0.0.1", f"--port={flower.port}", "--url_prefix=admin/queues", "--read_only"),
            ),
            env={**base, "CELERY_BROKER_URL": env.get("CELERY_BROKER_URL") or env["REDIS_URL"]},
            after=needs,
            ready=lambda _pid: answers(f"{flower.geturl()}/admin/queues/healthcheck"),
            grace=5,
        ),
    )


def samples_file(var: Path) -> Path:
    """Where the sample API keys are kept."""
    return var / "samples.json"


def _celery(
    name: str,
    argv: tuple[str, ...],
    *,
    env: Mapping[str, str],
    var: Path,
    after: tuple[str, ...],
    grace: float = 10,
) -> Service:
    """A Celery process, which makes a file when it is ready (worker_ready, beat_init)."""
    file = var / f"{name}.ready"
    return Service(
        name=name,
        argv=argv,
        # Checks take a worker as long as all else it does at its start.
        env={**env, "READY_FILE": str(file), "CELERY_SKIP_CHECKS": "1"},
        after=after,
        prepare=partial(file.unlink, missing_ok=True),
        ready=lambda _pid: file.exists(),
        grace=grace,
    )
