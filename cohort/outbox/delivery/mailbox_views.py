"""Mail on this machine: only where mail goes to files, and only while DEBUG is on."""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import wraps

from django.conf import settings
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.clickjacking import xframe_options_exempt
from django.views.decorators.http import require_GET

from cohort.outbox import frames
from cohort.outbox.delivery import file_backend

PER_PAGE = 50


def here_only(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """404 unless mail goes to files on this machine and DEBUG is on."""

    @wraps(view)
    @require_GET
    @never_cache
    def inner(request: HttpRequest, *args: object, **kwargs: object) -> HttpResponse:
        if not settings.DEBUG or settings.EMAIL_BACKEND != file_backend.BACKEND:
            raise Http404
        return view(request, *args, **kwargs)

    return inner


def _message(name: str) -> file_backend.ParsedMessage:
    message = file_backend.read(name)
    if message is None:
        raise Http404
    return message


@here_only
def outbox(request: HttpRequest) -> HttpResponse:
    """All mail, newest first; ``?to=`` keeps one address."""
    names, wanted = file_backend.names(), request.GET.get("to", "").strip().lower()
    if wanted:
        names = [name for name in names if wanted in file_backend.summary(name).to.lower()]
    page = Paginator(names, PER_PAGE).get_page(request.GET.get("page"))
    rows = [file_backend.summary(name) for name in page]
    return render(request, "outbox/delivery/list.html", {"page": page, "rows": rows, "wanted": wanted})


@here_only
def mail(request: HttpRequest, name: str) -> HttpResponse:
    """One mail: its headers, its text with links, its HTML in a closed frame, its files."""
    message = _message(name)
    shown = ("From", "To", "Reply-To", "Subject", "Date", "Message-ID", "List-Unsubscribe", "List-Unsubscribe-Post")
    text = file_backend.text_of(message, "plain")
    context = {
        "name": name,
        "subject": str(message.get("subject", "")),
        "headers": [(header, str(message[header])) for header in shown if message[header]],
        "text": frames.linked(text),
        "has_html": bool(file_backend.text_of(message, "html")),
        "pieces": file_backend.pieces(message),
    }
    return render(request, "outbox/delivery/mail.html", context)


@here_only
@xframe_options_exempt
def html(request: HttpRequest, name: str) -> HttpResponse:
    """The HTML part as it is, under a policy of its own. Links open beside the frame."""
    content = file_backend.text_of(_message(name), "html")
    if not content:
        raise Http404
    return frames.framed(content)


@here_only
def piece(request: HttpRequest, name: str, number: int) -> HttpResponse:
    """One attachment, always as a download."""
    found = file_backend.piece(_message(name), number)
    if found is None:
        raise Http404
    about, content = found
    response = HttpResponse(content, content_type=about.mimetype)
    plain = re.sub(r"[^A-Za-z0-9._-]", "_", about.name)
    response.headers["Content-Disposition"] = f'attachment; filename="{plain}"'
    return response
