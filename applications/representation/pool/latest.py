"""The newest finished proposal of a call."""

from __future__ import annotations

from applications.models import Call, Proposal


def latest_proposal(call: Call) -> Proposal | None:
    """The newest proposal that is ready."""
    return (
        Proposal.objects.filter(call=call, state=Proposal.State.DONE)
        .defer("problem", "stages")
        .order_by("-number")
        .first()
    )
