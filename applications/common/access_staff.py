"""Who may open what in reading, deciding and offering. Hidden things are 404.

A recusal that keeps a person away closes every door here: the desk, the coordinator's page of the
application, and the decision on it.
"""

from __future__ import annotations

from uuid import UUID

from django.db.models import Q, QuerySet
from django.http import Http404

from applications.models import Application, Calibration, Call, Example, Offer, Recusal, Review
from cohort.outbox.models import Message
from cohort.people.access import admit, cohorts_of, held_by
from cohort.people.models import Role, User


def calls_of(user: User, *roles: str) -> QuerySet[Call]:
    """Calls of the cohorts in which ``user`` holds one of ``roles``, newest first, with their cohorts."""
    return Call.objects.filter(cohort__in=cohorts_of(user, *roles)).select_related("cohort").order_by("-created_at")


def call_for(user: User, slug: str, *roles: str, beside: tuple[str, ...] = ()) -> Call:
    """The call at ``slug`` for somebody who holds one of ``roles`` (coordinator when none is named), with its cohort
    and what stands ``beside`` it (one statement)."""
    call = Call.objects.filter(slug=slug).select_related("cohort", *beside).annotate(held=held_by(user)).first()
    if call is None:
        raise Http404
    admit(call.held, *(roles or (Role.COORDINATOR,)))
    return call


def hidden_from(user: User, call: Call) -> set[UUID]:
    """Applications of ``call`` that ``user`` must stay away from: own ones and those with a tie (two statements)."""
    away = Recusal.objects.keeping_away().filter(application__call=call, person=user)
    own = Application.objects.filter(call=call, applicant=user)
    return set(away.values_list("application_id", flat=True)) | set(own.values_list("pk", flat=True))


def kept_away(user: User, application: Application) -> bool:
    """Whether ``user`` must stay away from ``application`` (one statement)."""
    if application.applicant_id == user.pk:
        return True
    return Recusal.objects.keeping_away().filter(application=application, person=user).exists()


def must_not_see(message: Message, user: User) -> bool:
    """Whether ``user`` must stay away from the application that ``message`` is about, or it is gone (two
    statements)."""
    application = Application.objects.filter(pk=message.refs.get("application")).first()
    return application is None or kept_away(user, application)


def examples_for(user: User) -> QuerySet[Example]:
    """Examples that ``user`` may open as a reader: invented ones, and real applications that are still sent, of a call
    to which they do not apply, and to which they have no tie. The role is checked by the caller."""
    away = Recusal.objects.keeping_away().filter(person=user).values("application_id")
    applied = Application.objects.filter(applicant=user).exclude(state=Application.State.WITHDRAWN).values("call_id")
    real = Q(application__state=Application.State.SUBMITTED) & ~Q(application__call__in=applied)
    return Example.objects.filter(Q(application__isnull=True) | (real & ~Q(application__in=away)))


def example_for(user: User, example_id: UUID) -> Example:
    """One example for a screener of its cohort; 404 otherwise."""
    found = (
        examples_for(user)
        .filter(pk=example_id, calibration__call__cohort__in=cohorts_of(user, Role.SCREENER))
        .select_related("calibration__call__cohort", "application__call__cohort")
        .first()
    )
    if found is None:
        raise Http404
    return found


def queue_is_closed(user: User, call: Call) -> bool:
    """Whether ``user`` must score the shared examples, or wait for the talk about them, before reading (two
    statements)."""
    start = Calibration.objects.filter(call=call).first()
    if start is None:
        return False
    sent = Q(readings__reader=user, readings__sent_at__isnull=False)
    left = examples_for(user).filter(calibration=start).exclude(pk__in=Example.objects.filter(sent).values("pk"))
    return start.state != Calibration.State.OVER or left.exists()


def review_for(user: User, review_id: UUID) -> Review:
    """The reader's own review, for as long as they may read; 404 for everybody and everything else.

    One that is not sent yet stays closed until the shared examples are done.
    """
    review = (
        Review.objects.filter(pk=review_id, reader=user, application__state=Application.State.SUBMITTED)
        .exclude(state=Review.State.REMOVED)
        .select_related("application__call__cohort")
        .first()
    )
    if review is None or kept_away(user, review.application):
        raise Http404
    if not cohorts_of(user, Role.SCREENER).filter(pk=review.application.call.cohort_id).exists():
        raise Http404
    if review.state != Review.State.SUBMITTED and queue_is_closed(user, review.application.call):
        raise Http404
    return review


def application_for(user: User, call: Call, number: int) -> Application:
    """One sent application, by number, for a coordinator without a tie to it; 404 otherwise.

    ``call`` must come from :func:`call_for`, which has checked the role.
    """
    found = (
        Application.objects.filter(call=call, number=number, state=Application.State.SUBMITTED)
        .select_related("call__cohort")
        .first()
    )
    if found is None or kept_away(user, found):
        raise Http404
    return found


def offer_for(user: User, offer_id: UUID) -> Offer:
    """The applicant's own offer, once it has been told; 404 for everybody else, staff included."""
    offer = (
        Offer.objects.told()
        .filter(pk=offer_id, application__applicant=user)
        .select_related("application__call", "cohort")
        .first()
    )
    if offer is None:
        raise Http404
    return offer
