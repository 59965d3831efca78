"""What a worker tells of its settings to who asks over the broker, as Flower does.

Celery's own answer is all of Django's settings but those whose names it finds suspicious: REDIS_URL with its password
is none of them.
"""

from typing import Any

from celery.worker.control import inspect_command

SHOWN = (
    *("task_default_queue", "task_acks_late", "task_ignore_result", "task_soft_time_limit", "task_time_limit"),
    *("worker_prefetch_multiplier", "worker_send_task_events", "beat_scheduler", "beat_max_loop_interval"),
)


@inspect_command(name="conf", alias="dump_conf")
def conf(state: Any, **kwargs: Any) -> dict[str, Any]:
    """List what says how tasks are run."""
    return {name: getattr(state.app.conf, name) for name in SHOWN}


@inspect_command(name="report")
def report(state: Any) -> dict[str, str]:
    """The same as text."""
    return {"ok": "\n".join(f"{name}: {value}" for name, value in conf(state).items())}
