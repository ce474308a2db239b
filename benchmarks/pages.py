"""Processor time, answers a second and memory of a few pages under each server model, alternating in one run.

    python benchmarks/pages.py [--times 40] [--threads 4] [--workers 2] [--older COMMIT] [--first] [--json FILE]

Needs a running demo (``make demo``): its database is used, and nothing is written but sessions. Processor time is that
of the web processes and of PostgreSQL together, per request, one request after the other on a kept connection. Answers
a second are those of eight visitors at once. ``--older`` adds a commit as its own Procfile started it. ``--first``
starts each model anew for three pages and says how long the first answer of a fresh process takes.
"""

from __future__ import annotations

import argparse
import http.client
import json
import os
import statistics
import sys
import threading
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "cohort.settings")

from benchmarks import servers  # noqa: E402 -- found through the line above


def asked() -> dict[str, tuple[str, str]]:
    """What is asked: words for the table → address and the cookie of who asks."""
    import django

    django.setup()
    from applications.models import Application, Call, Review
    from cohort.people.models import User

    application = Application.objects.filter(state="draft", call__state="open").order_by("pk").first()
    call = application.call if application else Call.objects.order_by("pk")[0]
    review = Review.objects.filter(state__in=["assigned", "started"]).order_by("pk").first()
    pages = {"call page": (f"/calls/{call.slug}/", ""), "sign-in page": ("/accounts/login/", "")}
    if application is not None:
        where = f"/applications/{application.pk}/parts/{first_part(application)}/"
        pages["form page"] = (where, session_of(application.applicant))
    if review is not None:
        pages["one application to review"] = (f"/screening/{review.pk}/", session_of(review.reader))
        pages["a reviewer's queue"] = ("/screening/", session_of(review.reader))
    for role, address, words in (
        ("coordinator1", f"/calls/{call.slug}/applications/", "list of applications"),
        ("participant1", "/", "a participant's home"),
    ):
        person = User.objects.filter(email=f"{role}@demo.example").first()
        if person is not None:
            pages[words] = (address, session_of(person))
    return pages


def first_part(application: object) -> str:
    """The first section of the form that this application answers."""
    from applications.common.call_forms import form_of

    return str(form_of(application.form_version_id).sections[0].id)  # type: ignore[attr-defined]


def session_of(user: object) -> str:
    """The cookie of a fresh session of ``user``."""
    from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
    from django.contrib.sessions.backends.db import SessionStore

    session = SessionStore()
    session[SESSION_KEY] = str(user.pk)  # type: ignore[attr-defined]
    session[BACKEND_SESSION_KEY] = "allauth.account.auth_backends.AuthenticationBackend"
    session[HASH_SESSION_KEY] = user.get_session_auth_hash()  # type: ignore[attr-defined]
    session.create()
    return f"sessionid={session.session_key}"


def get(connection: http.client.HTTPConnection, address: str, cookie: str) -> int:
    """The status of one answer, read to its end."""
    connection.request("GET", address, headers={"Cookie": cookie} if cookie else {})
    answer = connection.getresponse()
    answer.read()
    return answer.status


def measure(
    model: servers.Model, database: servers.Database, address: str, cookie: str, times: int
) -> dict[str, float]:
    """Milliseconds of processor time and of waiting for each of ``times`` requests."""
    connection = http.client.HTTPConnection("localhost", model.port, timeout=30)
    for _ in range(2 * len(model.processes())):
        if (status := get(connection, address, cookie)) != 200:
            raise SystemExit(f"{model.name}: {address} answers {status}")
    web, sql = model.cpu(), database.cpu()
    waits = []
    for _ in range(times):
        start = time.perf_counter()
        get(connection, address, cookie)
        waits.append(time.perf_counter() - start)
    connection.close()
    return {
        "web": 1000 * (model.cpu() - web) / times,
        "sql": 1000 * (database.cpu() - sql) / times,
        "wait": 1000 * statistics.median(waits),
    }


def rate(model: servers.Model, address: str, cookie: str, times: int) -> float:
    """Answers a second for eight visitors who ask one request after the other."""

    def ask() -> None:
        connection = http.client.HTTPConnection("localhost", model.port, timeout=60)
        for _ in range(times):
            get(connection, address, cookie)
        connection.close()

    visitors = [threading.Thread(target=ask) for _ in range(8)]
    began = time.perf_counter()
    for visitor in visitors:
        visitor.start()
    for visitor in visitors:
        visitor.join()
    return 8 * times / (time.perf_counter() - began)


def run(times: int, chosen: list[servers.Model]) -> dict[str, dict[str, dict[str, float]]]:
    """Page → model → figures, the models taking turns five times for each page."""
    database = servers.Database()
    table: dict[str, dict[str, dict[str, float]]] = {}
    for words, (address, cookie) in asked().items():
        rounds: dict[str, list[dict[str, float]]] = {model.name: [] for model in chosen}
        for _ in range(5):
            for model in chosen:
                rounds[model.name].append(measure(model, database, address, cookie, max(1, times // 5)))
        table[words] = {
            name: {key: statistics.median(one[key] for one in found) for key in found[0]}
            for name, found in rounds.items()
        }
        for model in chosen:
            table[words][model.name]["rate"] = rate(model, address, cookie, max(1, times // 4))
    table["memory after it"] = {model.name: {"MiB": model.memory()} for model in chosen}
    return table


def first(given: argparse.Namespace) -> dict[str, dict[str, dict[str, float]]]:
    """Milliseconds of the first answer of a process that has loaded and was asked nothing yet, for three pages."""
    table: dict[str, dict[str, dict[str, float]]] = {}
    shared = servers.shared_environment()
    for words, (address, cookie) in asked().items():
        if words not in ("call page", "form page", "a reviewer's queue"):
            continue
        row = table.setdefault(f"first answer of a process: {words}", {})
        for model in servers.models(given.threads, 1, given.older):
            with servers.running([model], shared, ask=False):
                began = time.perf_counter()
                get(http.client.HTTPConnection("localhost", model.port, timeout=30), address, cookie)
                row[model.name] = {"first": 1000 * (time.perf_counter() - began)}
    return table


def show(table: dict[str, dict[str, dict[str, float]]], chosen: list[servers.Model]) -> str:
    """The table in Markdown."""
    lines = ["| page | " + " | ".join(model.name for model in chosen) + " |", "|---|" + "--:|" * len(chosen)]
    for words, row in table.items():
        cells = []
        for model in chosen:
            one = row[model.name]
            if "first" in one:
                cells.append(f"{one['first']:.0f} ms")
            elif "MiB" in one:
                cells.append(f"{one['MiB']:.0f} MiB")
            else:
                cells.append(f"{one['web'] + one['sql']:.1f} ms ({one['sql']:.1f} SQL), {one['rate']:.0f}/s")
        lines.append(f"| {words} | " + " | ".join(cells) + " |")
    return "\n".join(lines)


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("--times", type=int, default=100)
    arguments.add_argument("--threads", type=int, default=4)
    arguments.add_argument("--workers", type=int, default=2)
    arguments.add_argument("--older", default="")
    arguments.add_argument("--first", action="store_true")
    arguments.add_argument("--json", default="")
    given = arguments.parse_args()
    import django

    django.setup()
    chosen = servers.models(given.threads, given.workers, given.older)
    with servers.running(chosen, servers.shared_environment()):
        table = run(given.times, chosen)
    print(show(table, chosen))
    if given.first:
        print(show(first(given), servers.models(given.threads, 1, given.older)))
    if given.json:
        Path(given.json).write_text(json.dumps(table, indent=1))


if __name__ == "__main__":
    main()
