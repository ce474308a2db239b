"""A worker in a process of its own, for tests that stop or kill it.

``python -m tests.applications.board.working PROPOSAL`` with the address of the test database.
"""

from __future__ import annotations

import sys

import django


def main() -> None:
    django.setup()
    from applications.representation.proposals import actions as proposals_actions

    print("ready", flush=True)
    proposals_actions.work_out(sys.argv[1])


if __name__ == "__main__":
    main()
