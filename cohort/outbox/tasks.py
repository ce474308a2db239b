"""Thin wrappers that workers run. No arguments: everything is in the rows."""

from __future__ import annotations

from celery import shared_task


@shared_task(name="outbox.plan", ignore_result=True)
def plan() -> None:
    from cohort.outbox.delivery import planner
    from cohort.outbox.monitoring import alerts

    if not planner.plan_all().broken:
        alerts.ping()


@shared_task(name="outbox.send", ignore_result=True)
def send() -> None:
    from cohort.outbox.delivery import sender

    sender.send_due()


@shared_task(name="outbox.tidy", ignore_result=True)
def tidy() -> None:
    from cohort.outbox.queue import cleanup

    cleanup.tidy()
