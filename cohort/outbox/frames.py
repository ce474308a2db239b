"""How a mail is shown inside of a page: closed in, under a policy of its own."""

from __future__ import annotations

import re

from django.http import HttpResponse
from django.utils.html import escape, urlize
from django.utils.safestring import SafeString, mark_safe

#: What a mail may do inside its frame: show itself. No script, no form, nothing fetched.
MAIL_POLICY = (
    "default-src 'none'; style-src 'unsafe-inline'; img-src data:; base-uri 'none'; form-action 'none';"
    " frame-ancestors 'self'; sandbox allow-popups allow-popups-to-escape-sandbox"
)


def framed(html: str) -> HttpResponse:
    """The HTML part of a mail as it is; its links open beside the frame. The view is ``xframe_options_exempt``."""
    response = HttpResponse(re.sub(r"<head>", '<head><base target="_blank">', html, count=1))
    response.headers["Content-Security-Policy"] = MAIL_POLICY
    return response


def linked(text: str) -> SafeString:
    """The text part with its addresses as links."""
    return mark_safe(urlize(escape(text)))  # noqa: S308 - escaped just before
