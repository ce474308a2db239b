"""Say in HTML which language some words are in, where it is not the page's."""

from __future__ import annotations

from django.utils.html import format_html

from cohort.questions.text import Said


def marked(text: str) -> str:
    """``text`` with its language around it when it is in another one than its page; else as it is."""
    return format_html('<span lang="{}">{}</span>', text.lang, str(text)) if isinstance(text, Said) else text
