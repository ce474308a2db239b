"""Everything that changes readings: scoring, sending, taking back, stepping aside."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from applications.models import Application, Call, CriterionScore, ReaderProfile, Recusal, Review, ReviewRevision
from applications.organizations import queries as organizations_queries
from applications.review import progress_queries, queries, scoring
from applications.review.assign import add_reader_for
from applications.review.states import State, move_review
from cohort.people import history
from cohort.people.models import Cohort, User
from cohort.people.states import NotPossible

#: Ties and what follows (rubric.yaml, conflict_of_interest.types).
TIES = {
    "self": Recusal.Outcome.AWAY,
    "family": Recusal.Outcome.AWAY,
    "same_org": Recusal.Outcome.AWAY,
    "reports_to": Recusal.Outcome.AWAY,
    "financial": Recusal.Outcome.AWAY,
    "reference": Recusal.Outcome.AWAY,
    "dispute": Recusal.Outcome.AWAY,
    "acquaintance": Recusal.Outcome.WAITING,
}


@dataclass(frozen=True)
class Mark:
    """What a reader says about one criterion."""

    level: int | None = None
    cannot_judge: bool = False
    comment: str = ""


@dataclass(frozen=True)
class Reading:
    """What a reader has put down so far: marks by criterion, and the three texts."""

    marks: Mapping[str, Mark] = field(default_factory=dict)
    shared_comment: str = ""
    private_note: str = ""
    flag: str = ""


def reading_is_open(call: Call) -> bool:
    """Readings may change until decisions are out."""
    return call.state in (Call.State.OPEN, Call.State.CLOSED)


def _mine(review: Review) -> Review:
    """The review as it is now, locked, when its reader may still change it."""
    locked = (
        Review.objects.select_for_update(of=("self",))
        .select_related("application__call__cohort", "reader")
        .get(pk=review.pk)
    )
    if locked.state == State.REMOVED:
        raise NotPossible(_("This application is no longer in your list."))
    if not reading_is_open(locked.application.call):
        raise NotPossible(_("Reading is over for this call. Nothing can be changed."))
    return locked


def _write(review: Review, reading_now: Reading, criteria: list[str]) -> None:
    CriterionScore.objects.bulk_create(
        [
            CriterionScore(
                review=review,
                criterion=key,
                level=None if mark.cannot_judge else mark.level,
                cannot_judge=mark.cannot_judge,
                comment=mark.comment,
            )
            for key in criteria
            if (mark := reading_now.marks.get(key)) is not None
        ],
        update_conflicts=True,
        unique_fields=["review", "criterion"],
        update_fields=["level", "cannot_judge", "comment"],
    )
    review.shared_comment, review.private_note = reading_now.shared_comment, reading_now.private_note
    review.flag = reading_now.flag
    review.save(update_fields=["shared_comment", "private_note", "flag"])


@transaction.atomic
def open_desk(*, review: Review, actor: User) -> None:
    """Write down that a reader opened an application (rubric.yaml, audit_minimum: who saw what)."""
    history.record(
        "review.opened",
        review,
        actor=actor,
        cohort=review.application.call.cohort,
        application=str(review.application_id),
    )


@transaction.atomic
def save_draft(*, review: Review, reading: Reading, actor: User) -> Review:
    """Keep what a reader has so far, finished or not.

    :raises NotPossible: it was sent already, taken back, or reading is over.
    """
    locked = _mine(review)
    if locked.state == State.SUBMITTED:
        raise NotPossible(_("You have sent this reading. Take it back first to change it."))
    if locked.state == State.ASSIGNED:
        move_review(locked, State.STARTED, actor=actor, verb="review.started")
    _write(locked, reading, _criteria(locked))
    return locked


@transaction.atomic
def submit(*, review: Review, reading: Reading, actor: User) -> Review:
    """Send a reading. When the readers then disagree too much, a further reader is added, who scores unseen.

    :raises NotPossible: a criterion has neither a level nor “cannot judge”, a comment is missing, or it was sent.
    """
    Application.objects.select_for_update().get(
        pk=review.application_id
    )  # two readers sending at once: one after the other
    locked = _mine(review)
    definition = queries.rubric_definition(locked.application.call)
    if wanting(reading, definition):
        raise NotPossible(_("Something is still missing."))
    _write(locked, reading, [item["id"] for item in definition["criteria"]])
    move_review(locked, State.SUBMITTED, actor=actor, verb="review.submitted")
    _look_for_disagreement(locked.application, scoring.rubric_from(definition))
    return locked


def wanting(reading: Reading, definition: Mapping[str, object]) -> dict[str, str]:
    """What a reading still needs before it can be sent: ``{criterion: "level" | "comment"}``."""
    needs = queries.comment_levels(definition)
    found = {}
    for item in definition["criteria"]:  # type: ignore[attr-defined]
        mark = reading.marks.get(item["id"], Mark())
        if mark.level is None and not mark.cannot_judge:
            found[item["id"]] = "level"
        elif mark.level in needs and not mark.comment.strip():
            found[item["id"]] = "comment"
    return found


def _criteria(review: Review) -> list[str]:
    return [item["id"] for item in queries.rubric_definition(review.application.call)["criteria"]]


def _look_for_disagreement(application: Application, rules: scoring.Rubric) -> None:
    """Divergence rule (rubric.yaml): once per application, a further reader scores unseen."""
    reasons = scoring.disagreement(queries.readings_of(application), rules)
    if not reasons or application.reviews.filter(extra=True).exclude(state=State.REMOVED).exists():
        return
    added = add_reader_for(application, extra=True, actor=None)
    history.record(
        "application.readers_disagree",
        application,
        actor=None,
        cohort=application.call.cohort,
        reasons=list(reasons),
        further_reader=added is not None,
    )


@transaction.atomic
def take_back(*, review: Review, reason: str, actor: User) -> Review:
    """Let a reader change what they sent. What it was, when and why is kept.

    :raises NotPossible: it was not sent, or reading is over.
    """
    locked = _mine(review)
    if locked.state != State.SUBMITTED or locked.submitted_at is None:
        raise NotPossible(_("This reading has not been sent."))
    ReviewRevision.objects.create(
        review=locked,
        reason=reason[:300],
        submitted_at=locked.submitted_at,
        shared_comment=locked.shared_comment,
        scores=list(locked.scores.order_by("criterion").values("criterion", "level", "cannot_judge", "comment")),
    )
    move_review(locked, State.STARTED, actor=actor, verb="review.taken_back")
    return locked


# ---------------------------------------------------------------- ties


@transaction.atomic
def step_aside(*, application: Application, person: User, kind: str, by: User) -> Recusal:
    """Keep ``person`` away from ``application`` on every route, because of a tie of ``kind``.

    Their reading leaves the averages. “I am applying myself” ends all of their readings in the call;
    “I know them in another way” waits for a coordinator, with the doors closed meanwhile.

    :raises NotPossible: no tie has that name.
    """
    if kind not in TIES:
        raise NotPossible(_("Choose the kind of tie."))
    recusal, made = Recusal.objects.get_or_create(
        application=application,
        person=person,
        defaults={"kind": kind, "declared_by": by, "outcome": TIES[kind]},
    )
    if not made and recusal.outcome == Recusal.Outcome.MAY_READ:
        recusal.kind, recusal.outcome, recusal.declared_by = kind, TIES[kind], by
        recusal.declared_at, recusal.settled_at, recusal.settled_by = timezone.now(), None, None
        recusal.save()
    reviews = Review.objects.select_for_update(of=("self",)).filter(reader=person).exclude(state=State.REMOVED)
    reviews = (
        reviews.filter(application__call=application.call)
        if kind == "self"
        else reviews.filter(application=application)
    )
    for review in reviews.select_related("application__call__cohort"):
        move_review(review, State.REMOVED, actor=by, verb="review.removed", because=kind)
    history.record(
        "recusal.declared",
        recusal,
        actor=by,
        cohort=application.call.cohort,
        application=str(application.pk),
        person=str(person.pk),
        kind=kind,
    )
    return recusal


@transaction.atomic
def settle_tie(*, recusal: Recusal, may_read: bool, actor: User) -> None:
    """A coordinator's word on a tie. When the person may read after all, their reading comes back as it was.

    :raises NotPossible: somebody settles a tie of their own.
    """
    locked = Recusal.objects.select_for_update().select_related("application__call__cohort").get(pk=recusal.pk)
    if locked.person_id == actor.pk:
        raise NotPossible(_("Somebody else must decide about a tie of yours."))
    locked.outcome = Recusal.Outcome.MAY_READ if may_read else Recusal.Outcome.AWAY
    locked.settled_at, locked.settled_by = timezone.now(), actor
    locked.save(update_fields=["outcome", "settled_at", "settled_by"])
    cohort = locked.application.call.cohort
    history.record("recusal.settled", locked, actor=actor, cohort=cohort, may_read=may_read)
    if may_read:
        review = (
            Review.objects.filter(application=locked.application, reader=locked.person_id, state=State.REMOVED)
            .select_related("application__call__cohort")
            .first()
        )
        if review is not None:
            back = State.STARTED if review.started_at else State.ASSIGNED
            move_review(review, back, actor=actor, verb="review.restored")


@transaction.atomic
def tell_about_me(*, person: User, cohort: Cohort, employer: str, ties: list[str], languages: list[str]) -> int:
    """Keep where a reader works and has other ties; step aside from every application from there.

    :return: how many readings left their list because of it.
    """
    profile, _made = ReaderProfile.objects.update_or_create(
        cohort=cohort,
        person=person,
        defaults={"employer": employer, "ties": ties, "languages": languages, "told_at": timezone.now()},
    )
    keys = organizations_queries.widened(cohort, progress_queries.tied_organizations(profile))
    touched = Application.objects.filter(
        call__cohort=cohort,
        call__state__in=[Call.State.OPEN, Call.State.CLOSED],
        state=Application.State.SUBMITTED,
        organization__key__in=keys,
    ).select_related("call__cohort")
    mine = set(
        Review.objects.filter(reader=person).exclude(state=State.REMOVED).values_list("application_id", flat=True)
    )
    left = 0
    for application in touched:
        step_aside(application=application, person=person, kind="same_org", by=person)
        left += application.pk in mine
    history.record("reader.told_ties", profile, actor=person, cohort=cohort, organizations=len(keys))
    return left
