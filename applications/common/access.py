"""Who may open what of calls and applications. Strangers and the curious get 404."""

from __future__ import annotations

from uuid import UUID

from django.core import signing
from django.db.models import QuerySet
from django.http import Http404

from applications.models import Application, Call, EmployerConfirmation
from cohort.people.access import roles_in
from cohort.people.models import Role, User

_LINK = "applications.employer"
_RESUME = "applications.resume"
RESUME_DAYS = 14


class LinkOverError(Exception):
    """A link of ours that has run out."""


def public_call(user: User, slug: str) -> Call:
    """The call at ``slug`` for anybody; one that is still being prepared only for its coordinators. Else 404."""
    call = Call.objects.select_related("cohort").filter(slug=slug).first()
    if call is None:
        raise Http404
    if call.state == Call.State.DRAFT and Role.COORDINATOR not in roles_in(user, call.cohort_id):
        raise Http404
    return call


def my_applications(user: User) -> QuerySet[Application]:
    """The applications that ``user`` wrote, newest first. Nobody else's, whatever the role."""
    return Application.objects.filter(applicant_id=user.pk).select_related("call__cohort").order_by("-created_at")


def my_application(user: User, pk: UUID) -> Application:
    """One application of ``user``'s own; 404 for everybody else, staff included."""
    found = my_applications(user).filter(pk=pk).first() if user.is_authenticated else None
    if found is None:
        raise Http404
    found.applicant = user
    return found


def confirmation_token(confirmation: EmployerConfirmation) -> str:
    """The signed name of a confirmation, for its link."""
    return signing.dumps(confirmation.pk.hex, salt=_LINK)


def confirmation_for(token: str) -> EmployerConfirmation:
    """The confirmation that a link names, lapsed ones included; 404 for a link that is not ours or not in use."""
    try:
        pk = UUID(hex=signing.loads(token, salt=_LINK))
    except (signing.BadSignature, ValueError, TypeError, AttributeError):
        raise Http404
    found = (
        EmployerConfirmation.objects.select_related("application__call__cohort", "application__applicant")
        .filter(pk=pk)
        .first()
    )
    if found is None:
        raise Http404
    return found


def resume_token(application_id: UUID | str, part: str = "") -> str:
    """The signed name of a place in an application. It opens nothing by itself: sign-in follows."""
    return signing.dumps([str(application_id), part], salt=_RESUME)


def resume_place(token: str) -> tuple[Application, str]:
    """The application and the part (or empty) that a link names; 404 for a link that is not ours.

    :raises LinkOverError: it is older than :data:`RESUME_DAYS`.
    """
    try:
        pk, part = signing.loads(token, salt=_RESUME, max_age=RESUME_DAYS * 86400)
        key = UUID(pk)
    except signing.SignatureExpired:
        raise LinkOverError
    except (signing.BadSignature, ValueError, TypeError, AttributeError):
        raise Http404
    found = Application.objects.select_related("applicant", "call").filter(pk=key).first()
    if found is None:
        raise Http404
    return found, str(part)
