"""Groups that people keep beside the worked-out ones, and what coordinators say about them to each other."""

from __future__ import annotations

from collections.abc import Sequence

from django.db import transaction
from django.db.models import Max
from django.utils import timezone
from django.utils.translation import gettext as _

from applications import selection
from applications.models import Call, Proposal, ProposalComment
from applications.representation.proposals import labels
from applications.representation.proposals.names import names_of
from applications.selection.measure import broken_rules
from cohort.people import history
from cohort.people.models import User
from cohort.people.states import NotPossible

Origin = Proposal.Origin
MOST_COMMENTS = 300


@transaction.atomic
def keep(*, base: Proposal, cohort: Sequence[str], origin: str, actor: User, note: str = "") -> Proposal:
    """Keep a group of people as a proposal of its own, made by a person from ``base``.

    The same inputs as ``base``; nothing is proved about it. The same group from the same base is kept once.

    :raises NotPossible: the base is not ready, somebody is not in its pool, or the group breaks a hard rule.
    """
    if base.state != Proposal.State.DONE:
        raise NotPossible(_("This proposal has no group of people yet."))
    problem = selection.parse(base.problem)
    group = sorted(set(cohort))
    if any(one not in problem.index for one in group):
        raise NotPossible(_("This application was not in the pool of this proposal."))
    if group == sorted(base.cohort):
        raise NotPossible(_("This is the same group as before."))
    if broken := broken_rules(problem, group):
        names = names_of(base.call)
        words = "; ".join(labels.broken_words(code, names) for code in broken)
        raise NotPossible(_("This group breaks a rule: %(rules)s.") % {"rules": words})
    locked = Call.objects.select_for_update(of=("self",)).select_related("cohort").get(pk=base.call_id)
    same = locked.proposals.filter(base=base, origin=origin, cohort=group).first()
    if same is not None:
        return same
    now = timezone.now()
    last = locked.proposals.aggregate(last=Max("number"))["last"] or 0
    vector = selection.evaluate(problem, group)
    sealed = {**base.sealed, "why": "hand", "gap": None} if origin == Origin.HAND and base.sealed else base.sealed
    made = Proposal.objects.create(
        call=locked,
        number=last + 1,
        origin=origin,
        base=base,
        asked_by=actor,
        state=Proposal.State.DONE,
        asked_at=now,
        started_at=now,
        finished_at=now,
        problem=base.problem,
        input_hash=base.input_hash,
        sealed=sealed,
        targets_version=base.targets_version,
        cohort=group,
        vector=vector,
        proved=False,
        note=note.strip()[:300],
    )
    history.record(
        "proposal.kept",
        made,
        actor=actor,
        cohort=locked.cohort,
        number=made.number,
        base=base.number,
        origin=str(origin),
        input_hash=made.input_hash,
        vector=vector,
    )
    return made


# ---------------------------------------------------------------- comments


@transaction.atomic
def comment(*, proposal: Proposal, actor: User, words: str, parent: ProposalComment | None = None) -> ProposalComment:
    """Say something about a proposal, or answer what somebody said. An answer to an answer joins the same thread.

    :raises NotPossible: nothing was said, the thread is of another proposal, or there are very many comments.
    """
    said = words.strip()
    if not said:
        raise NotPossible(_("Write something first."))
    if parent is not None and parent.proposal_id != proposal.pk:
        raise NotPossible(_("This comment belongs to another proposal."))
    if proposal.comments.count() >= MOST_COMMENTS:
        raise NotPossible(_("There are very many comments here already. Please go on in a new proposal."))
    top = parent.parent if parent is not None and parent.parent_id else parent
    made = ProposalComment.objects.create(proposal=proposal, parent=top, author=actor, words=said)
    history.record("proposal.comment", made, actor=actor, cohort=proposal.call.cohort, number=proposal.number)
    return made


def _own(comment: ProposalComment, actor: User) -> ProposalComment:
    """The comment, locked; only who wrote it may change it, and only while it is there."""
    found = (
        ProposalComment.objects.select_for_update(of=("self",))
        .select_related("proposal__call__cohort")
        .get(pk=comment.pk)
    )
    if found.author_id != actor.pk:
        raise NotPossible(_("Only the person who wrote a comment can change it."))
    if found.removed_at is not None:
        raise NotPossible(_("This comment was taken back."))
    return found


@transaction.atomic
def edit_comment(*, comment: ProposalComment, actor: User, words: str) -> ProposalComment:
    """Change one's own comment. :raises NotPossible: it is somebody else's, taken back, or would be empty."""
    found, said = _own(comment, actor), words.strip()
    if not said:
        raise NotPossible(_("Write something first."))
    if said != found.words:
        found.words, found.edited_at = said, timezone.now()
        found.save(update_fields=["words", "edited_at"])
        history.record(
            "proposal.comment_edited",
            found,
            actor=actor,
            cohort=found.proposal.call.cohort,
            number=found.proposal.number,
        )
    return found


@transaction.atomic
def remove_comment(*, comment: ProposalComment, actor: User) -> None:
    """Take one's own comment back: its words are deleted, answers to it stay. :raises NotPossible: see above."""
    found = _own(comment, actor)
    found.words, found.removed_at = "", timezone.now()
    found.save(update_fields=["words", "removed_at"])
    history.record(
        "proposal.comment_removed", found, actor=actor, cohort=found.proposal.call.cohort, number=found.proposal.number
    )
