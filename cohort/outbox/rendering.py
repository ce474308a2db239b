"""From a row to a mail: text and HTML that say the same, headers that let people answer and stop."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from email.utils import formataddr, parseaddr
from typing import Any
from urllib.parse import quote

from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.template import Context
from django.template.loader import get_template
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.safestring import mark_safe
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from cohort.outbox.models import Message
from cohort.outbox.registry import zones
from cohort.outbox.registry.kinds import Attachment, MessageKind

Mail = EmailMultiAlternatives


@dataclass(frozen=True)
class Part:
    """One message, rendered. ``html`` is the content without the frame of the mail.

    ``heading`` is empty when the content brings a heading of its own.
    """

    subject: str
    heading: str
    text: str
    html: str
    why: str
    title: str
    stop_url: str
    attachments: list[Attachment] = field(default_factory=list)

    @property
    def lower(self) -> str:
        """``html`` with its headings one level down, to stand below another heading."""
        return mark_safe(re.sub(r"(</?h)([1-5])\b", lambda m: f"{m[1]}{int(m[2]) + 1}", self.html))  # noqa: S308


@dataclass(frozen=True)
class Line:
    """One line below a mail."""

    words: str
    url: str = ""
    label: str = ""

    @property
    def plain(self) -> str:
        """The same words as in HTML, and the address after them."""
        return " ".join(part for part in (self.words, f"{self.label}: {self.url}" if self.url else "") if part)


def language_of(message: Message) -> str:
    """The reader's language; for an address without an account the one they wrote in, when the row says so."""
    if message.recipient:
        return message.recipient.language
    said = message.refs.get("language")
    return said if said in dict(settings.LANGUAGES) else settings.LANGUAGE_CODE.partition("-")[0]


def address_of(message: Message) -> str:
    """The bare address: of the account as it is now, or the one in the row."""
    return message.recipient.email if message.recipient else message.email


def render(
    message: Message, kind: MessageKind, stop_url: str = "", *, facts: dict[str, Any] | None = None, files: bool = True
) -> Part:
    """Make the words of one message, in the reader's language and time zone.

    Templates get what the kind's ``context`` returns, and always ``recipient``, ``cohort``, ``site_url``, ``zone``
    (the reader's), ``message``, ``language``. Text templates are not escaped; HTML is.

    :param facts: in place of what the kind's ``context`` returns (examples, previews).
    :param files: whether to make the attachments too.
    :raises Exception: whatever the kind or its templates raise, and ValueError for an empty subject or text.
    """
    zone = zones.zone_of(message)
    with translation.override(language_of(message)), timezone.override(zone):
        context: dict[str, Any] = {
            **(kind.context(message) if facts is None else facts),
            "recipient": message.recipient,
            "cohort": message.cohort,
            "site_url": settings.SITE_URL,
            "zone": zone,
            "message": message,
            "language": translation.get_language() or "en",
            "part": True,
        }
        subject = " ".join(_plain(f"{kind.template}.subject.txt", context).split())
        context["subject"] = subject
        text = _tidy(_plain(f"{kind.template}.txt", context))
        if not subject or not text:
            raise ValueError(f"{kind.name}: subject or text is empty")
        html = get_template(f"{kind.template}.html").render(context)
        return Part(
            subject=subject,
            heading="" if "<h1" in html else subject,
            text=text,
            html=html,
            why=str(kind.why) or _why(message),
            title=str(kind.title),
            stop_url=stop_url,
            attachments=list(kind.attachments(message) or []) if files else [],
        )


def _plain(name: str, context: dict[str, Any]) -> str:
    """A text template, without HTML escaping: "Tom & Eva" stays as it is. Tags that mark up times leave their words."""
    text = str(get_template(name).template.render(Context(context, autoescape=False)))  # type: ignore[attr-defined]
    return re.sub(r"</?time\b[^>]*>", "", text)


def _tidy(text: str) -> str:
    """No spaces at line ends, at most one empty line at a time: what template tags leave behind."""
    lines = [line.rstrip() for line in text.strip().splitlines()]
    return re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip()


def _why(message: Message) -> str:
    cohort = message.cohort.name if message.cohort else ""
    if message.klass == "F":
        return _("You get this because you help to run %(cohort)s.") % {"cohort": cohort}
    if message.recipient is None and cohort:
        return _("You get this because somebody in %(cohort)s gave us this address.") % {"cohort": cohort}
    if message.klass == "A" or not cohort:
        if cohort:
            return _("You get this because it is about you and %(cohort)s.") % {"cohort": cohort}
        return _("You get this because it is about your account.")
    return _("You get this because you take part in %(cohort)s.") % {"cohort": cohort}


def mail(written: list[tuple[Message, Part]], stop_url: str = "") -> Mail:
    """One mail from one message, or from several to the same person; the first gives the subject and Message-ID.

    :param stop_url: stops all the kinds in this mail; makes the one-click headers (RFC 2369, RFC 8058).
    """
    lead, first = written[0]
    parts = [part for _message, part in written]
    zone = zones.zone_of(lead)
    with translation.override(language_of(lead)), timezone.override(zone):
        footer = _footer(lead, parts)
        frame: dict[str, Any] = {
            "subject": first.subject,
            "heading": first.heading,
            "parts": parts,
            "cohort": lead.cohort,
            "footer": footer,
            "language": translation.get_language() or "en",
            "direction": "rtl" if translation.get_language_bidi() else "ltr",
            "site_url": settings.SITE_URL,
        }
        text = first.text
        if len(parts) > 1:
            count = len(parts)
            frame["intro"] = intro = ngettext(
                "We put %(count)s message into one email, so that you get fewer of them.",
                "We put %(count)s messages into one email, so that you get fewer of them.",
                count,
            ) % {"count": count}
            frame["heading"] = first.subject
            text = "\n\n\n".join([intro, *(f"{part.subject.upper()}\n\n{part.text}" for part in parts)])
        html = get_template(f"outbox/mail/{'several' if len(parts) > 1 else 'one'}.html").render(frame)
        lines = [line.plain for line in footer]
        text = f"{text}\n\n-- \n" + "\n".join(lines) + "\n"
    contact = _contact(lead)
    made = EmailMultiAlternatives(
        subject=first.subject,
        body=text,
        from_email=settings.DEFAULT_FROM_EMAIL,
        to=[formataddr((_one_line(lead.recipient.called if lead.recipient else ""), address_of(lead)))],
        reply_to=[contact] if contact else None,
        headers={
            "Message-ID": lead.message_id,
            "Auto-Submitted": "auto-generated",  # RFC 3834: no out-of-office replies, please
            "Content-Language": frame["language"],
            **_stop_headers(lead, stop_url),
        },
    )
    made.attach_alternative(html, "text/html")
    for part in parts:
        for name, content, mimetype in part.attachments:
            _attach(made, name, content, mimetype)
    return made


def _footer(lead: Message, parts: list[Part]) -> list[Line]:
    lines = [Line(why) for why in dict.fromkeys(part.why for part in parts)]
    if lead.cohort and lead.cohort.contact_email:
        who = lead.cohort.contact_name or lead.cohort.contact_email
        lines.append(Line(_("Reply to this email to reach %(who)s.") % {"who": who}))
    for part in parts:
        if part.stop_url:
            label = _("Stop this kind of message")
            words = f"{part.title}:" if len(parts) > 1 else ""
            lines.append(Line(words or _("You do not want these?"), part.stop_url, label))
    if lead.recipient:
        url = settings.SITE_URL + reverse("outbox:preferences")
        lines.append(Line("", url, _("Choose which messages you get")))
    return lines


def _one_line(words: str) -> str:
    return " ".join(words.split())


def _contact(message: Message) -> str:
    """Replies go to people: the cohort's contact."""
    if message.cohort and message.cohort.contact_email:
        return formataddr((_one_line(message.cohort.contact_name), message.cohort.contact_email))
    return ""


def _stop_headers(lead: Message, stop_url: str) -> dict[str, str]:
    if not stop_url:
        return {}
    return {
        "List-Unsubscribe": f"<{stop_url}>, <{_stop_mail(lead, stop_url)}>",
        "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
    }


def _stop_mail(lead: Message, stop_url: str) -> str:
    """For mail programs that only know mailto (RFC 2369). A stop address is read by the program (``providers``).
    Without one, whoever answers mail for the cohort gets the link in the text, and stops the messages with it."""
    subject = quote(f"stop {stop_url.rstrip('/').rpartition('/')[2]}")
    if settings.STOP_ADDRESS:
        return f"mailto:{settings.STOP_ADDRESS}?subject={subject}"
    box = (lead.cohort.contact_email if lead.cohort else "") or parseaddr(settings.DEFAULT_FROM_EMAIL)[1]
    return f"mailto:{box}?subject={subject}&body={quote(stop_url, safe='')}"


def _attach(made: Mail, name: str, content: bytes, mimetype: str) -> None:
    if mimetype.startswith("text/calendar"):
        # Twice, as mail programs expect: in place, to be answered with a button, and as a file to open.
        words = content.decode().replace("\r\n", "\n")
        bare = "; ".join(part for part in mimetype.split("; ") if not part.startswith("charset"))  # Django adds it
        made.attach_alternative(words, bare)
        made.attach(name, content, "application/ics")
    else:
        made.attach(name, content, mimetype)
