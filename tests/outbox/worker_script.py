"""A sender in a process of its own, for tests that kill it. Run with the address of the test database.

``python -m tests.outbox.worker_script ONKILL FOLDER`` where ONKILL says where it dies with signal 9:
``writing`` (claimed, not tried), ``sent`` (the mail left, nothing recorded) or ``never``.
"""

from __future__ import annotations

import os
import signal
import sys
from pathlib import Path
from typing import Any

import django
from django.conf import settings


def die() -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def main() -> None:
    where, folder = sys.argv[1:3]
    django.setup()
    settings.TEMPLATES = [
        {**settings.TEMPLATES[0], "DIRS": [*settings.TEMPLATES[0]["DIRS"], Path(__file__).parent / "templates"]}
    ]
    settings.EMAIL_BACKEND = "cohort.outbox.delivery.file_backend.EmlFileBackend"
    settings.MAIL_DIR = folder

    from cohort.outbox.delivery import file_backend, sender
    from cohort.outbox.registry import kinds
    from tests.outbox.conftest import TUESDAY

    def context(message: Any) -> dict[str, Any]:
        if where == "writing":
            die()
        return {}

    for name, rule in (("resend_kind", "resend"), ("drop_kind", "drop")):
        kinds.register(
            kinds.MessageKind(
                name=name, klass="A", title=name, template="trial/plain", context=context, on_unknown=rule
            )  # type: ignore[arg-type]
        )
    if where == "sent":
        write = file_backend.write

        def write_and_die(content: bytes, message_id: str = "") -> Path:
            write(content, message_id)
            die()
            return Path()

        file_backend.write = write_and_die
    sender.send_due(TUESDAY)


if __name__ == "__main__":
    main()
