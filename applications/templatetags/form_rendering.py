"""Tags of the call and application pages: `{% load apply %}`."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping

from django import template
from django.template import defaultfilters
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import ngettext

from applications.common import call_translations
from applications.common.form_rendering import lock_words
from applications.form_definition.definition import FormQuestion
from applications.models import Call
from cohort.questions.html import marked
from cohort.questions.text import Said, fill
from cohort.ui import times
from cohort.ui.templatetags.ui import lock_line

register = template.Library()


@register.filter
def filled(text: str, facts: Mapping[str, object]) -> str:
    """A text of the form with its placeholders filled: ``{{ q.label|filled:facts }}``. Words in another language than
    the page say so."""
    return marked(fill(text, facts))


@register.filter
def filled_plain(text: str, facts: Mapping[str, object]) -> str:
    """As :func:`filled`, for plain text."""
    return str(fill(text, facts))


@register.simple_tag
def who_may_read(question: FormQuestion) -> str:
    """Who reads the answer to a question, as plain words."""
    return lock_words(question)


@register.filter
def tongue(text: object) -> object:
    """A text of a form or call page; it says its language where that is not the page's."""
    return marked(text) if isinstance(text, str) else text


@register.filter
def prose(text: str) -> SafeString:
    """Text of several paragraphs with its links, in a block that says its language where that is not the page's."""
    body = defaultfilters.linebreaks_filter(defaultfilters.urlize(str(text)))
    return format_html('<div lang="{}">{}</div>', text.lang, body) if isinstance(text, Said) else body


@register.filter
def said(call: Call, name: str) -> str:
    """A text of a call in the language of the page: ``{{ call|said:"title" }}``. Add ``|tongue`` where HTML may go."""
    return call_translations.said(call, name)


@register.filter
def as_words(value: object, zone: times.Zone) -> object:
    """A moment in words in ``zone``; anything else as it is."""
    return times.when_words(value, zone) if isinstance(value, dt.datetime) else value


@register.filter
def span(days: int) -> str:
    """A number of days in words: whole years as years."""
    if days and days % 365 == 0:
        return ngettext("%(n)s year", "%(n)s years", days // 365) % {"n": days // 365}
    return ngettext("%(n)s day", "%(n)s days", days) % {"n": days}


@register.simple_tag
def who_reads(question: FormQuestion) -> SafeString:
    """The lock line of a question."""
    return lock_line(lock_words(question))
