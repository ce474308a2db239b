"""What the selection policy asks of other rooms: a call opens only when the policy is complete."""

from __future__ import annotations

from applications.call import opening
from applications.representation.policy import queries


def register() -> None:
    opening.CHECKS.register(queries.missing)
