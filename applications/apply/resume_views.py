"""Going on later: a link by mail that opens the very page again, after a sign-in by an emailed code."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from applications.apply import resume as apply_resume
from applications.common import access, call_forms
from cohort import ratelimit
from cohort.people.access import reader
from cohort.ui import rescue

LINKS_AN_HOUR = 5


@never_cache
@rescue.signed_in
@require_POST
def send_link(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Mail me a link to this page of my application."""
    application = access.my_application(reader(request), pk)
    part = request.POST.get("part", "")
    part = part if call_forms.form_of(application.form_version_id).part(part) else ""
    if not ratelimit.spend("application_link", str(application.applicant_id), allowed=LINKS_AN_HOUR, seconds=3600):
        messages.warning(
            request,
            ngettext(
                "We sent you %(n)s link within an hour. Please use that one, or wait a little.",
                "We sent you %(n)s links within an hour. Please use one of those, or wait a little.",
                LINKS_AN_HOUR,
            )
            % {"n": LINKS_AN_HOUR},
        )
    else:
        apply_resume.mail_link(application=application, part=part)
        messages.success(
            request,
            _("We sent a link to %(address)s. It brings you back to this place.")
            % {"address": application.applicant.email},
        )
    return redirect("applications:application", application.pk)


@never_cache
@require_GET
def resume(request: HttpRequest, token: str) -> HttpResponse:
    """Follow such a link: on to the page when signed in, else one button for a code by mail first."""
    try:
        application, part = access.resume_place(token)
    except access.LinkOverError:
        over = {"next": reverse("applications:my_applications"), "days": access.RESUME_DAYS}
        return render(request, "applications/apply/link_over.html", over, status=410)
    target = (
        reverse("applications:application_part", args=[application.pk, part])
        if part
        else reverse("applications:application", args=[application.pk])
    )
    if request.user.is_authenticated:
        return redirect(target)
    return render(
        request,
        "applications/apply/resume.html",
        {"next": target, "email": application.applicant.email, "call": application.call},
    )
