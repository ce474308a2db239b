"""What a person gets, and the link that stops it."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from cohort.outbox.preferences import actions, queries
from cohort.outbox.preferences.forms import PreferencesForm
from cohort.people.models import User


@login_required
@never_cache
def preferences(request: HttpRequest) -> HttpResponse:
    """Which messages one gets, by kind."""
    user = request.user
    assert isinstance(user, User)
    form = PreferencesForm(request.POST or None, choices=queries.choices_of(user))
    if request.method == "POST" and form.is_valid():
        actions.choose(user=user, wanted=form.wanted())
        messages.success(request, _("Saved. This holds from now on."))
        return redirect("outbox:preferences")
    context = {"form": form, "always": queries.essential_kinds(user), "unreachable": queries.comes_back(user)}
    return render(request, "outbox/preferences/preferences.html", context)


@csrf_exempt  # a mail program posts this without cookies (RFC 8058); the token in the address is the proof
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def stop(request: HttpRequest, token: str) -> HttpResponse:
    """POST stops at once and answers 200, also when repeated. GET only asks: link scanners open links."""
    asked = queries.stop_question(token)
    if request.method == "POST":
        done = actions.stop_by_token(token=token)
        if "List-Unsubscribe" in request.POST:
            return HttpResponse(status=200 if done else 404, content_type="text/plain")
        return render(
            request, "outbox/preferences/stopped.html", {"titles": asked, "gone": not done}, status=200 if done else 404
        )
    if asked is None:
        return render(request, "outbox/preferences/stopped.html", {"gone": True}, status=404)
    return render(request, "outbox/preferences/stop.html", {"titles": asked})
