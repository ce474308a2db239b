"""Thin wrappers that workers run. No arguments: everything is in the rows."""

from __future__ import annotations

from celery import shared_task


@shared_task(name="outbox.plan", ignore_result=True)
def plan() -> None:
    from cohort.outbox import alarm, planner

    if not planner.plan_all().broken:
        alarm.ping()


@shared_task(name="outbox.send", ignore_result=True)
def send() -> None:
    from cohort.outbox import sender

    sender.send_due()


@shared_task(name="outbox.tidy", ignore_result=True)
def tidy() -> None:
    from cohort.outbox import tidying

    tidying.tidy()
