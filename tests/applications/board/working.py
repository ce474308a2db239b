"""A worker in a process of its own, for tests that stop or kill it.

``python -m tests.applications.board.working PROPOSAL`` with the address of the test database.
"""

from __future__ import annotations

import sys

import django


def main() -> None:
    django.setup()
    from applications.actions import proposing

    print("ready", flush=True)
    proposing.work_out(sys.argv[1])


if __name__ == "__main__":
    main()
