"""What coordinators said about a proposal."""

from __future__ import annotations

from dataclasses import dataclass, field

from applications.models import Proposal, ProposalComment


@dataclass
class Thread:
    """One comment with its answers, oldest first."""

    top: ProposalComment
    answers: list[ProposalComment] = field(default_factory=list)


def threads(proposal: Proposal) -> list[Thread]:
    """All threads of a proposal (one statement). One that was taken back is left out when nobody answered it."""
    found: dict[object, Thread] = {}
    later = []
    for comment in proposal.comments.select_related("author"):
        if comment.parent_id is None:
            found[comment.pk] = Thread(comment)
        else:
            later.append(comment)
    for comment in later:
        if comment.removed_at is None:
            found[comment.parent_id].answers.append(comment)
    return [thread for thread in found.values() if thread.top.removed_at is None or thread.answers]
