"""Working out proposals and their reasons, away from the web. Thin: ids in, actions called."""

from __future__ import annotations

from celery import shared_task


@shared_task(name="applications.propose")
def run_proposal(proposal_id: str) -> None:
    """Work out one proposal that waits, then why each of its members is in."""
    from applications.representation.proposals import actions

    actions.work_out(proposal_id)


@shared_task(name="applications.explain")
def run_explanation(explanation_id: str) -> None:
    """Work out the answer to one question about a proposal."""
    from applications.representation.proposals import explain

    explain.work_out(explanation_id)


@shared_task(name="applications.sweep_board")
def sweep() -> None:
    """Close what a lost worker left, and send what waits again."""
    from applications.representation.proposals import actions

    actions.sweep()
