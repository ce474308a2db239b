"""Where a mail provider reports. Closed until the site names one; see ``providers``."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.csrf import csrf_exempt

from cohort.outbox.delivery import webhooks


@csrf_exempt  # a program posts; the secret, and the provider's signature where it has one, are the proof
def report(request: HttpRequest, what: str) -> HttpResponse:
    """``tracking``: mail came back or was unwanted. ``inbound``: mail to the stop address."""
    receive = webhooks.receiver(what)
    if receive is None:
        raise Http404
    return receive(request)
