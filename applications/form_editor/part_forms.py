"""Small forms of the form editor: the words of a part, one answer to choose, and the note of a new version."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from applications.common.translated_fields import Words
from applications.form_definition import validation
from applications.form_definition.validation import every, words

Definition = Mapping[str, Any]


class PartWords(forms.Form):
    """The words of a part."""

    prefix = "p"
    title = Words(label=_("Title"), max_length=160)
    intro = Words(
        label=_("Words at the top"),
        max_length=6000,
        required=False,
        lines=6,
        help_text=_(
            "Leave an empty line between paragraphs. Words in braces, such as {start_date}, are filled in for you."
        ),
    )
    help = Words(label=_("A short explanation"), max_length=1200, required=False, lines=3)
    alternative_formats = Words(
        label=_("Other ways to answer"),
        max_length=600,
        required=False,
        lines=2,
        help_text=_("For example by phone, or a short recording."),
    )
    optional = forms.BooleanField(
        label=_("Nobody has to answer anything in this part"),
        required=False,
        help_text=_("This makes every question here optional."),
    )

    def __init__(self, section: Definition | None = None, data: Any = None, *, for_employers: bool = False) -> None:
        super().__init__(data)
        self.for_employers = for_employers
        if section is None:
            for name in ("alternative_formats", "optional"):
                del self.fields[name]
            return
        must = any(q.get("required") for q, _how in every(section))
        self.initial = {
            "title": words(section.get("title")),
            "help": words(section.get("help")),
            "intro": "\n\n".join(words(block) for block in section.get("intro_blocks") or []),
            "alternative_formats": words(section.get("alternative_formats")),
            "optional": not must,
        }
        if not must or for_employers or any(str(q.get("id")) in validation.NEEDED for q, _how in every(section)):
            del self.fields["optional"]
        if for_employers:  # its page has a title and an explanation of its own
            for name in ("title", "help", "alternative_formats"):
                del self.fields[name]

    def changes(self) -> dict[str, Any]:
        """As :func:`applications.form_definition.edits.change_part` takes them."""
        data = self.cleaned_data
        blocks = [block.strip() for block in data["intro"].split("\n\n") if block.strip()]
        if self.for_employers:
            return {"intro_blocks": blocks or None}
        found = {"title": data["title"], "intro_blocks": blocks or None, "help": data["help"] or None}
        if "alternative_formats" in data:
            found["alternative_formats"] = data["alternative_formats"] or None
        return {**found, "optional": data.get("optional", False)}


class PublishForm(forms.Form):
    """Why a form changes, in words for applicants."""

    note = Words(
        label=_("Why the form changes"),
        max_length=1000,
        lines=4,
        help_text=_(
            "Applicants read this beside the list of changes. For example: “Three people asked what we "
            "mean by community, "
            "so the question says it now.”"
        ),
    )
    revision = forms.IntegerField(widget=forms.HiddenInput, min_value=0, max_value=10**9)
