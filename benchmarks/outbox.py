"""Plan and send 10,000 session reminders to a mail server on this machine, with two workers.

    python benchmarks/outbox.py [--messages 10000] [--workers 2]

They are the reminders of the day before, with all that they ask and their calendar entries, as members get them.
Makes a database of its own beside the configured one and removes it afterwards. Prints how long planning took and
in how many statements, messages per second, statements per message, and how much memory the planner and each worker
held as their work went on. The goal: at most four statements per sent message, and memory that does not grow with the
number of messages. Everything is measured as it runs on a site: without ``DEBUG``, which keeps statements in memory.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import time
from collections.abc import Sequence
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, ClassVar
from zoneinfo import ZoneInfo

from django.core.mail import EmailMessage
from django.core.mail.backends.smtp import EmailBackend

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "cohort.settings")
POINTS = (100, 500, 1000, 1500, 3000, 5000, 10_000, 15_000, 30_000)  # messages at which memory is read
LOS_ANGELES = ZoneInfo("America/Los_Angeles")


def moment() -> datetime:
    """The next half past three in the afternoon where the cohorts are: reminders of tomorrow's sessions are due since
    three. The kinds look at the clock too, so it cannot be a day of long ago."""
    told = os.environ.get("BENCHMARK_NOW")
    if told:
        return datetime.fromisoformat(told)
    now = datetime.now(LOS_ANGELES)
    today = now.replace(hour=15, minute=30, second=0, microsecond=0)
    return today if today > now else today + timedelta(days=1)


NOW = moment()


def memory() -> dict[str, float]:
    """What this process holds now and held at most, in MiB, of itself alone: what ``getrusage`` says of a process that
    was started by another begins with the most that the other one held."""
    lines = (line.split() for line in Path("/proc/self/status").read_text().splitlines())
    found = {name: int(rest[0]) / 1024 for name, *rest in lines if name in ("VmRSS:", "VmHWM:")}
    return {"now": round(found["VmRSS:"], 1), "most": round(found["VmHWM:"], 1)}


class Weighed(EmailBackend):
    """Sends as a site does, and reads the memory of the process on the way."""

    sent = 0
    curve: ClassVar[list[tuple[int, float]]] = []

    def send_messages(self, messages: Sequence[EmailMessage]) -> int:
        taken: int = super().send_messages(messages)
        Weighed.sent += taken
        if Weighed.sent in POINTS:
            Weighed.curve.append((Weighed.sent, memory()["now"]))
        return taken


def prepare() -> None:
    import django

    django.setup()
    from django.conf import settings

    settings.EMAIL_BACKEND = "benchmarks.outbox.Weighed"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", int(os.environ.get("BENCHMARK_PORT", "1"))


def people(count: int) -> None:
    """``count`` members in cohorts of forty, with a session tomorrow morning each."""
    from cohort.people.models import Cohort, Membership, User
    from sessions.models import Session

    cohorts = Cohort.objects.bulk_create(
        Cohort(slug=f"benchmark-{n}", name=f"Cohort {n}", contact_name="Dana", contact_email="dana@example.org")
        for n in range(-(-count // 40))
    )
    users = User.objects.bulk_create(
        (User(email=f"p{n}@example.org", name=f"Person {n}", password="!") for n in range(count)),  # noqa: S106 - nobody signs in
        batch_size=2000,
    )
    joined = NOW - timedelta(days=30)
    Membership.objects.bulk_create(
        (
            Membership(user=user, cohort=cohorts[n // 40], role="participant", joined_at=joined)
            for n, user in enumerate(users)
        ),
        batch_size=2000,
    )
    starts = NOW.replace(hour=10, minute=0) + timedelta(days=1)
    Session.objects.bulk_create(
        Session(
            cohort=cohort,
            title="Leading together",
            result="We have a map.",
            state="published",
            place="Library",
            published_at=joined,
            starts_at=starts,
            ends_at=starts + timedelta(hours=2),
        )
        for cohort in cohorts
    )


def counted() -> Any:
    """Counts statements without keeping them."""

    class Counter:
        count = 0

        def __call__(self, execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
            self.count += 1
            return execute(sql, params, many, context)

    return Counter()


def planner() -> None:
    """Plans twice; prints what it did as JSON."""
    prepare()
    from django.db import connection

    from cohort.outbox.delivery import planner

    runs = []
    for _again in range(2):
        counter, started = counted(), time.monotonic()
        with connection.execute_wrapper(counter):
            added = planner.plan_all(NOW).added
        runs.append({"added": added, "statements": counter.count, "seconds": time.monotonic() - started, **memory()})
    print(json.dumps(runs))


def worker() -> None:
    """One sender; prints what it did as JSON."""
    prepare()
    from django.db import connection

    import benchmarks.outbox as loaded  # the copy that Django loads by name
    from cohort.outbox.delivery import sender

    counter = counted()
    started = time.monotonic()
    mails = 0
    with connection.execute_wrapper(counter):
        while tally := sender.send_due(NOW).mails:
            mails += tally
    print(
        json.dumps(
            {
                "mails": mails,
                "statements": counter.count,
                "seconds": time.monotonic() - started,
                "curve": loaded.Weighed.curve,
                "most": memory()["most"],
            }
        )
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--messages", type=int, default=10_000)
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--no-migrations", action="store_true", help="make the tables straight from the models")
    options = parser.parse_args()
    from cohort.local import servers
    from tests.outbox.smtp_server import Sink

    with servers.attached(), Sink(keep=False) as sink:
        os.environ["BENCHMARK_PORT"] = str(sink.port)
        prepare()
        from django.conf import settings
        from django.db import connection

        if options.no_migrations:
            settings.MIGRATION_MODULES = {app.rpartition(".")[2]: None for app in settings.INSTALLED_APPS} | {
                "people": None,
                "outbox": None,
                "ui": None,
                "program_sessions": None,
                "applications": None,
                "reflections": None,
                "account": None,
                "mfa": None,
                "usersessions": None,
            }
        connection.settings_dict["TEST"]["NAME"] = f"benchmark_{os.getpid()}"
        before = connection.settings_dict["NAME"]
        name = connection.creation.create_test_db(verbosity=0, serialize=False)
        try:
            measure(options.messages, options.workers, name, sink)
        finally:
            connection.creation.destroy_test_db(before, verbosity=0)


def measure(count: int, workers: int, database: str, sink: Any) -> None:
    from django.conf import settings

    from cohort.outbox.models import Message

    people(count)
    front, mark, query = str(settings.DATABASE_URL).partition("?")
    env = {
        **os.environ,
        "DATABASE_URL": f"{front.rpartition('/')[0]}/{database}{mark}{query}",
        "BENCHMARK_NOW": NOW.isoformat(),
        "REDIS_URL": settings.REDIS_URL,
        "DEBUG": "0",
        "SECRET_KEY": settings.SECRET_KEY,
    }

    def start(part: str) -> subprocess.Popen[str]:
        return subprocess.Popen([sys.executable, __file__, part], env=env, stdout=subprocess.PIPE, text=True)

    def said(process: subprocess.Popen[str]) -> Any:
        return json.loads(process.communicate()[0].splitlines()[-1])

    for words, run in zip(("planning anew", "planning again, nothing new"), said(start("planner")), strict=True):
        print(
            f"{words}: {run['added']} rows in {run['seconds']:.2f} s, {run['statements']} statements, "
            f"at most {run['most']:.0f} MiB",
            flush=True,
        )
    started = time.monotonic()
    told = [said(process) for process in [start("worker") for _ in range(workers)]]
    took = time.monotonic() - started
    mails, statements = sum(t["mails"] for t in told), sum(t["statements"] for t in told)
    print(f"sent: {mails} mails by {[t['mails'] for t in told]}, the server took {sink.count}")
    print(f"{mails / took:.0f} messages a second with {workers} workers ({took:.1f} s, with their start)")
    print(f"{statements / mails:.2f} statements per message (goal: at most 4)")
    for number, one in enumerate(told, 1):
        points = ", ".join(f"{mib:.0f} MiB after {sent:,}" for sent, mib in one["curve"])
        print(f"memory of worker {number}: {points}; at most {one['most']:.0f} MiB")
    states = dict(Message.objects.filter(state="sent").values_list("state", "attempts").distinct())
    assert (mails, sink.count, states) == (count, count, {"sent": 1}), "something was lost or doubled"


if __name__ == "__main__":
    {"worker": worker, "planner": planner}.get("".join(sys.argv[1:2]), main)()
