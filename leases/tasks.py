"""The tick, each second, on a queue of its own."""

from celery import shared_task

from leases import services


@shared_task(name="leases.tick", soft_time_limit=20, time_limit=30)
def tick() -> int:
    return services.tick()
