"""Many visitors at one moment, under each server model: how many get their page, and how long the slowest waits.

    python benchmarks/crowd.py [--visitors 150 500] [--silent 1100] [--slow 50] [--older COMMIT] [--json FILE]

Needs a running demo (``make demo``). For each crowd all connections are opened first and every request is sent at the
same moment. ``--silent`` opens that many connections that say nothing and asks, with them open, for one page every
second for twenty seconds. ``--slow`` does the same with visitors who send a form, one byte a second. Visitors and
servers share this machine, so a server of its own is faster.
"""

from __future__ import annotations

import argparse
import asyncio
import collections
import contextlib
import json
import resource
import sys
import time
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from benchmarks import pages, servers  # noqa: E402 -- found through the line above

PATIENCE = 90  # seconds after which a visitor counts as lost


async def visit(port: int, address: str, cookie: str, go: asyncio.Event) -> tuple[int, float]:
    """Status and seconds of one request that waits for the common start; status 0 when there is no answer."""
    try:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
    except OSError:
        await go.wait()
        return 0, 0.0
    await go.wait()
    began = time.perf_counter()
    lines = [f"GET {address} HTTP/1.1", f"Host: localhost:{port}", "Connection: close"]
    if cookie:
        lines.append(f"Cookie: {cookie}")
    try:
        writer.write(("\r\n".join(lines) + "\r\n\r\n").encode())
        answer = await asyncio.wait_for(reader.read(-1), PATIENCE)
        return int(answer[9:12] or 0), time.perf_counter() - began
    except (OSError, TimeoutError, ValueError):
        return 0, time.perf_counter() - began
    finally:
        writer.close()


async def crowd(port: int, address: str, cookie: str, visitors: int) -> dict[str, Any]:
    """Counts by status and seconds to the middle, 95th of a hundred and last answer."""
    go = asyncio.Event()
    all_ = [asyncio.create_task(visit(port, address, cookie, go)) for _ in range(visitors)]
    await asyncio.sleep(1.0)  # all connections are open
    go.set()
    found = await asyncio.gather(*all_)
    took = sorted(seconds for _status, seconds in found)
    return {
        "status": dict(collections.Counter(status for status, _seconds in found)),
        "p50": took[len(took) // 2],
        "p95": took[int(len(took) * 0.95)],
        "slowest": took[-1],
    }


async def silence(port: int, address: str, connections: int, *, sending: bool = False) -> dict[str, Any]:
    """Answers to one question a second for twenty seconds while ``connections`` say nothing, or send very slowly."""
    held = []
    refused = 0
    for _ in range(connections):
        try:
            held.append(await asyncio.wait_for(asyncio.open_connection("127.0.0.1", port), 2))
        except (OSError, TimeoutError):
            refused += 1
    if sending:
        for _reader, writer in held:
            writer.write(
                f"POST /accounts/login/ HTTP/1.1\r\nHost: localhost:{port}\r\nContent-Length: 1000\r\n"
                "Content-Type: application/x-www-form-urlencoded\r\n\r\n".encode()
            )
    found = []
    for _ in range(20):
        go = asyncio.Event()
        go.set()
        try:
            found.append(await asyncio.wait_for(visit(port, address, "", go), 5))
        except TimeoutError:
            found.append((0, 5.0))
        for _reader, writer in held if sending else []:
            with contextlib.suppress(OSError):
                writer.write(b"a")
        await asyncio.sleep(1)
    for _reader, writer in held:
        writer.close()
    return {
        "status": dict(collections.Counter(status for status, _seconds in found)),
        "slowest": max(seconds for _status, seconds in found),
        "not connected": refused,
    }


def words_of(one: dict[str, Any]) -> str:
    """One cell of the table."""
    counts = ", ".join(f"{number} × {status or 'no answer'}" for status, number in sorted(one["status"].items()))
    return f"{counts}; slowest {one['slowest']:.1f} s"


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("--visitors", type=int, nargs="*", default=[150, 500])
    arguments.add_argument("--silent", type=int, default=1100)
    arguments.add_argument("--slow", type=int, default=50)
    arguments.add_argument("--threads", type=int, default=4)
    arguments.add_argument("--workers", type=int, default=2)
    arguments.add_argument("--older", default="")
    arguments.add_argument("--json", default="")
    given = arguments.parse_args()
    hard = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    chosen = servers.models(given.threads, given.workers, given.older)
    asked = pages.asked()
    table: dict[str, dict[str, dict[str, Any]]] = {}
    with servers.running(chosen, servers.shared_environment()):
        for words in ("call page", "form page"):
            address, cookie = asked[words]
            for visitors in given.visitors:
                row = table.setdefault(f"{visitors} at one moment, {words}", {})
                for model in chosen:
                    row[model.name] = asyncio.run(crowd(model.port, address, cookie, visitors))
                    time.sleep(2)
        if given.silent:
            row = table.setdefault(f"{given.silent} silent connections, call page", {})
            for model in chosen:
                row[model.name] = asyncio.run(silence(model.port, asked["call page"][0], given.silent))
        if given.slow:
            row = table.setdefault(f"{given.slow} visitors who send a byte a second, call page", {})
            for model in chosen:
                row[model.name] = asyncio.run(silence(model.port, asked["call page"][0], given.slow, sending=True))
    print("| crowd | " + " | ".join(model.name for model in chosen) + " |\n|---|" + "---|" * len(chosen))
    for words, row in table.items():
        print(f"| {words} | " + " | ".join(words_of(row[model.name]) for model in chosen) + " |")
    if given.json:
        Path(given.json).write_text(json.dumps(table, indent=1))


if __name__ == "__main__":
    main()
