"""Who may open a question to an applicant: coordinators of the call, and the applicant. Strangers get 404."""

from __future__ import annotations

from uuid import UUID

from django.http import Http404

from applications.common.access import my_application
from applications.common.access_staff import application_for, call_for
from applications.models import Application, Inquiry
from cohort.people.models import User


def inquiry_for(user: User, slug: str, number: int, asked: int) -> Inquiry:
    """Question ``asked`` to application ``number`` of the call at ``slug``, with its application, for a coordinator
    who need not stay away from it."""
    return _of(application_for(user, call_for(user, slug), number), asked)


def own_inquiry(user: User, pk: UUID, asked: int) -> Inquiry:
    """Question ``asked`` to ``user``'s own sent application, with it; 404 for everybody else, staff included."""
    application = my_application(user, pk)
    if application.state != Application.State.SUBMITTED:
        raise Http404
    return _of(application, asked)


def _of(application: Application, asked: int) -> Inquiry:
    found = Inquiry.objects.filter(application=application, number=asked).first()
    if found is None:
        raise Http404
    found.application = application
    return found
