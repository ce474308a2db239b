"""How long the pages of a coordinator take with 1,000 and with 100,000 applications, and what exports take in memory.

    python benchmarks/lists.py [--sizes 1000 100000] [--times 7] [--filled NAME] [--exports …] [--write]

Makes a database of its own beside the configured one, fills it with ``manage.py seed_scale`` and removes it afterwards.
For each page: the median time of an answer, as Django's test client gets it, and the number of statements. For each
export: seconds, bytes, and the most memory of a process that does nothing else, beside that of one that has only
started. ``--filled`` takes the last size from a database that ``seed_scale`` has filled: the rows are the same, and
100,000 take a while to make. ``--write`` puts the tables into docs/lists_benchmark.md.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import resource
import statistics
import subprocess
import sys
import time
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "cohort.settings")
TARGET = ROOT / "docs" / "lists_benchmark.md"

#: What is asked: words for the table, page, and query. ``{middle}`` is the middle number of the list.
ASKED: list[tuple[str, str, dict[str, str]]] = [
    ("the list, first page", "applications_of", {}),
    ("the list, from its middle", "applications_of", {"after": "{middle}"}),
    ("the list, back from its end", "applications_of", {"before": "{last}"}),
    ("the list, highest number first", "applications_of", {"order": "new"}),
    ("search: a number", "applications_of", {"q": "{middle}"}),
    ("search: beginning of a name", "applications_of", {"q": "cast"}),
    ("search: first and last name", "applications_of", {"q": "maia reyes"}),
    ("search: an organization", "applications_of", {"q": "salmon clinic"}),
    ("search: a word of many organizations", "applications_of", {"q": "clinic"}),
    ("search: nobody", "applications_of", {"q": "zzzz"}),
    ("status: eligible", "applications_of", {"status": "eligible"}),
    ("status: wait for a look", "applications_of", {"status": "check"}),
    ("status: withdrawn", "applications_of", {"status": "withdrawn"}),
    ("where the work is: common", "applications_of", {"by_primary_subarea": "snohomish"}),
    ("where the work is: rare", "applications_of", {"by_primary_subarea": "san_juan"}),
    ("kind of organization: common", "applications_of", {"by_org_type": "fqhc"}),
    ("kind of organization: nobody", "applications_of", {"by_org_type": "philanthropy"}),
    ("a reader has a question", "applications_of", {"flagged": "1"}),
    ("employer: asked, no answer", "applications_of", {"employer": "missing"}),
    ("employer: nobody asked", "applications_of", {"employer": "nobody"}),
    ("decision: declined", "applications_of", {"decision": "decline"}),
    ("decision: invited (15 at most)", "applications_of", {"decision": "invite"}),
    ("decision: none yet", "applications_of", {"decision": "none"}),
    ("two filters", "applications_of", {"by_org_type": "fqhc", "decision": "none"}),
    ("two filters and a name", "applications_of", {"by_org_type": "fqhc", "decision": "none", "q": "ma"}),
    ("decisions, first page", "decisions", {}),
    ("decisions, from the middle", "decisions", {"after": "{middle}"}),
    ("decisions: drafts", "decisions", {"status": "draft"}),
    ("the pool in totals", "pool", {}),
]
EXPORTS = ["contacts,csv", "answers,json", "organizations,xlsx", "scores,csv"]


class Counter:
    """Counts statements without keeping them."""

    count = 0

    def __call__(self, execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        self.count += 1
        return execute(sql, params, many, context)


def prepare() -> None:
    import django

    django.setup()
    from django.conf import settings

    settings.ALLOWED_HOSTS = ["*"]
    settings.DEBUG = False  # or every statement would be kept


def measure(size: int, times: int) -> dict[str, tuple[float, int]]:
    """Milliseconds and statements by what was asked."""
    from django.db import connection
    from django.test import Client
    from django.urls import reverse

    from cohort.people.models import User

    client = Client(raise_request_exception=True)
    client.force_login(User.objects.get(email="coordinator@scale.example"))
    found = {}
    for words, page, query in ASKED:
        filled = {key: value.format(middle=size // 2, last=size) for key, value in query.items()}
        path = f"{reverse(f'applications:{page}', args=['scale'])}?{urlencode(filled)}"
        if client.get(path, secure=True).status_code != 200:
            raise SystemExit(f"{path} did not answer.")
        counter = Counter()
        with connection.execute_wrapper(counter):
            client.get(path, secure=True)
        took = []
        for _ in range(times):
            started = time.perf_counter()
            client.get(path, secure=True)
            took.append(1000 * (time.perf_counter() - started))
        found[words] = (statistics.median(took), counter.count)
    return found


def export() -> None:
    """One export in a process of its own; prints what it took as JSON."""
    purpose, form = sys.argv[2:4]
    prepare()
    from applications.models import Call
    from applications.records.exports.actions import pieces
    from applications.records.exports.purposes import PURPOSES

    call = Call.objects.select_related("cohort").get(slug="scale")
    before, started = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss, time.monotonic()
    made = pieces(call=call, purpose=PURPOSES[purpose], form=form, hidden=(), language="en") if form != "-" else ()
    size = sum(map(len, made))
    print(
        json.dumps(
            {
                "seconds": time.monotonic() - started,
                "bytes": size,
                "before": before // 1024,
                "most": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024,
            }
        )
    )


def exports(database: str, wanted: list[str]) -> dict[str, dict[str, Any]]:
    from django.conf import settings

    front, mark, query = str(settings.DATABASE_URL).partition("?")
    env = {
        **os.environ,
        "DATABASE_URL": f"{front.rpartition('/')[0]}/{database}{mark}{query}",
        "REDIS_URL": settings.REDIS_URL,
        "SECRET_KEY": settings.SECRET_KEY,
    }
    found = {}
    for purpose, form in (name.split(",") for name in wanted):
        told = subprocess.run(
            [sys.executable, __file__, "export", purpose, form], env=env, check=True, text=True, stdout=subprocess.PIPE
        ).stdout
        found[f"{purpose}, {form}"] = json.loads(told.splitlines()[-1])
    return found


def seed(size: int) -> tuple[float | None, int]:
    """Seconds to make ``size`` applications (None: they are there already), and the database's mebibytes."""
    from django.core.management import call_command
    from django.db import connection

    from applications.demo.scale import loading
    from applications.models import Application

    took = None
    if Application.objects.filter(call__slug=loading.SLUG).count() != size:
        if loading.exists():
            call_command("seed_scale", "--remove", yes=True)
        started = time.monotonic()
        call_command("seed_scale", applications=size, yes=True)
        took = time.monotonic() - started
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE")  # as autovacuum does after a while
        cursor.execute("SELECT pg_database_size(current_database())")
        (bytes_,) = cursor.fetchone()
    return took, bytes_ // 2**20


def table(heads: list[str], rows: list[list[str]]) -> list[str]:
    return [
        "| " + " | ".join(heads) + " |",
        "|" + "---|" + "---:|" * (len(heads) - 1),
        *("| " + " | ".join(row) + " |" for row in rows),
    ]


def report(
    sizes: list[int],
    seeds: list[tuple[float | None, int]],
    pages: list[dict[str, tuple[float, int]]],
    taken: list[dict[str, dict[str, Any]]],
    times: int,
) -> str:
    heads = ["page", *(f"{size:,}: ms" for size in sizes), *(f"{size:,}: statements" for size in sizes)]
    rows = [
        [words, *(f"{found[words][0]:.0f}" for found in pages), *(str(found[words][1]) for found in pages)]
        for words, _page, _query in ASKED
    ]
    made = "; ".join(
        f"{size:,} applications {'earlier' if took is None else f'in {took:.0f} s'}, a database of {mib:,} MiB"
        for size, (took, mib) in zip(sizes, seeds, strict=True)
    )
    lines = [
        "# How long lists take with many applications",
        "",
        "Written by `python benchmarks/lists.py --write`; do not edit. The applications are invented, by",
        "`manage.py seed_scale`. Times are medians of "
        f"{times} answers in one process, with PostgreSQL on the same machine,",
        "which other work shared:",
        f"Python {platform.python_version()} on {platform.machine()}, {os.cpu_count()} cores, load "
        f"{os.getloadavg()[1]:.1f} at the end.",
        "",
        f"Made: {made}.",
        "",
        "## Pages",
        "",
        "The list reads a page from an index and goes on from its last number. A search looks through the next 1,000",
        "numbers (400 for a name). What is rare is then found by an index, which takes longer the more there are. One",
        "question must read the whole list: applications on which *nothing* hangs, when hardly any are left. The pool,",
        "and the counts on top of the decisions, add up all applications on purpose.",
        "",
        *table(heads, rows),
        "",
        "## Exports",
        "",
        "Each in a process of its own. Memory before: Django and the models alone.",
        "",
        *table(
            [
                "export",
                *(
                    f"{size:,}: {what}"
                    for size in sizes
                    for what in ("s", "MiB out", "most memory, MiB", "before, MiB")
                ),
            ],
            [
                [
                    name,
                    *(
                        cell
                        for found in taken
                        for cell in (
                            f"{found[name]['seconds']:.1f}",
                            f"{found[name]['bytes'] / 2**20:.1f}",
                            str(found[name]["most"]),
                            str(found[name]["before"]),
                        )
                    ),
                ]
                for name in taken[0]
            ],
        ),
        "",
    ]
    return "\n".join(lines)


def use(database: str) -> None:
    """Go on in another database of the same server."""
    from django.db import connection

    connection.close()
    connection.settings_dict["NAME"] = database


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--sizes", type=int, nargs="+", default=[1000, 100_000])
    parser.add_argument("--times", type=int, default=7)
    parser.add_argument("--exports", nargs="*", default=EXPORTS, metavar="PURPOSE,FORM")
    parser.add_argument("--filled", metavar="NAME", help="a database that seed_scale has filled with the last size")
    parser.add_argument("--write", action="store_true", help="put the tables into docs/lists_benchmark.md")
    parser.add_argument("--no-migrations", action="store_true", help="make the tables straight from the models")
    options = parser.parse_args()
    from cohort.local import servers

    with servers.attached():
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
        seeds, pages, taken = [], [], []
        try:
            for size in options.sizes:
                if options.filled and size == options.sizes[-1]:
                    use(options.filled)
                seeds.append(seed(size))
                pages.append(measure(size, options.times))
                taken.append(exports(connection.settings_dict["NAME"], options.exports))
            words = report(options.sizes, seeds, pages, taken, options.times)
        finally:
            use(name)
            connection.creation.destroy_test_db(before, verbosity=0)
    print(words)
    if options.write:
        TARGET.write_text(words, encoding="utf-8")


if __name__ == "__main__":
    export() if sys.argv[1:2] == ["export"] else main()
