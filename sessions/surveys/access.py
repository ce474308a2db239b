"""Who is holding this phone? Signed in, checked in at the door, or come by a personal link.

What is found decides only whether this person may answer and has not yet; it is never stored with the answers.
"""

from __future__ import annotations

from django.core import signing
from django.http import Http404, HttpRequest, HttpResponse

from cohort.people.models import Membership, Role
from sessions.attendance import codes
from sessions.models import Session, Survey

SALT = "sessions.survey.link"
COOKIE = "survey-pass"
COOKIE_AGE = 24 * 3600


def survey_at(code: str) -> Survey:
    """The survey with this code, in any state, for anybody; 404 otherwise. Whether they may answer, :func:`member`
    says."""
    found = Survey.objects.select_related("session__cohort").filter(code=code.upper()).first()
    if found is None:
        raise Http404
    return found


def survey_of(session: Session, *, told: bool = False) -> Survey:
    """The survey of a session that the reader was found to reach, with its note; 404 when there is none.

    :param told: only one about which the facilitators told the group what they heard.
    """
    rows = Survey.objects.select_related("session__cohort", "note").filter(session=session)
    found = (rows.filter(note__isnull=False) if told else rows).first()
    if found is None:
        raise Http404
    return found


def link_token(survey: Survey, membership: Membership) -> str:
    """The signed part of a personal link."""
    return signing.dumps([str(survey.pk), str(membership.pk)], salt=SALT)


def read_link(token: str) -> tuple[Survey, Membership] | None:
    """The survey and the person behind a personal link; None for a link that was changed or is no longer true."""
    try:
        survey_id, membership_id = signing.loads(token, salt=SALT)
    except (signing.BadSignature, ValueError):
        return None
    survey = Survey.objects.select_related("session__cohort").filter(pk=survey_id).first()
    membership = Membership.objects.current().filter(pk=membership_id).first()
    if survey is None or membership is None or membership.cohort_id != survey.session.cohort_id:
        return None
    return survey, membership


def remember(response: HttpResponse, request: HttpRequest, token: str) -> None:
    """Keep the pass on this phone for a day, for the survey's pages only."""
    response.set_cookie(
        COOKIE, token, max_age=COOKIE_AGE, path="/e/", secure=request.is_secure(), httponly=True, samesite="Lax"
    )


def member(request: HttpRequest, survey: Survey) -> Membership | None:
    """The participant on this phone, or None: signed in, else checked in here, else by personal link."""
    if request.user.is_authenticated:
        found = (
            Membership.objects.current()
            .filter(user_id=request.user.pk, cohort_id=survey.session.cohort_id, role=Role.PARTICIPANT)
            .first()
        )
        if found:
            return found
    mark = codes.mark_on(request)
    if mark and mark[0] == survey.session_id:
        found = Membership.objects.current().filter(pk=mark[1], cohort_id=survey.session.cohort_id).first()
        if found:
            return found
    token = request.COOKIES.get(COOKIE)
    pair = read_link(token) if token else None
    if pair and pair[0].pk == survey.pk:
        return pair[1]
    return None
