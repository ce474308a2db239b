"""What coordinators type into the call page, letters, answers and partners."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from applications.call.forms import FACTS, CallForm
from applications.call.page.queries import CONTACT, TEXTS
from applications.common.fields import TidyField
from applications.models import Call, PageItem
from cohort.ui.forms import DateInput, TelInput

Part = PageItem.Part


class TextsForm(forms.Form):
    """The words at the top of the page, costs, and the contact."""

    title = TidyField(label=_("Title of the call"), max_length=160)
    summary = TidyField(
        label=_("What it is, in a few sentences"),
        max_length=1200,
        lines=True,
        help_text=_("The first thing that people read. Also stands in the list of calls."),
    )
    opening = TidyField(
        label=_("More opening words"),
        max_length=4000,
        lines=True,
        rows=6,
        required=False,
        help_text=_("For example where the program comes from, and why now. An empty line starts a new paragraph."),
    )
    cost = TidyField(
        label=_("What it costs, and what is paid for people"),
        max_length=1500,
        lines=True,
        required=False,
        help_text=_("For example “Taking part is free. We pay for travel, child care and interpreters.”"),
    )
    contact_name = TidyField(label=_("Contact person"), max_length=120, required=False)
    contact_email = forms.EmailField(label=_("Email of the contact"), max_length=254, required=False)
    contact_phone = TidyField(label=_("Phone of the contact"), max_length=30, required=False, widget=TelInput)

    def __init__(self, call: Call, *args: Any, **kwargs: Any) -> None:
        kept = {name: getattr(call, name) for name in TEXTS}
        kept |= {name: call.facts.get(name, "") for name in CONTACT}
        super().__init__(*args, **{"initial": kept, **kwargs})
        cohort = call.cohort
        for name in CONTACT:
            standard = getattr(cohort, name)
            if standard:
                self.fields[name].help_text = _("Empty takes the cohort’s: %(standard)s") % {"standard": standard}


class DatesForm(CallForm):
    """Dates and numbers of a call. Once it is open, its times move only by the page that gives everyone more."""

    FIXED = ("opens_at", "closes_at", "readers_per_application")  # once the call is open

    def __init__(self, call: Call, *args: Any, **kwargs: Any) -> None:
        names = ("opens_at", "closes_at", "decisions_on", "readers_per_application", "accept_days")
        kept = {name: getattr(call, name) for name in names} | {name: call.facts.get(name, "") for name in FACTS}
        super().__init__(call.cohort, *args, **{"initial": kept, **kwargs})
        self.call = call
        del self.fields["title"], self.fields["summary"]
        self.fields["accept_days"] = forms.IntegerField(
            label=_("Days to accept or decline a place"),
            min_value=1,
            max_value=60,
            help_text=_("Counted from the day when the letters leave. Counts for letters from now on."),
        )
        if call.state != Call.State.DRAFT:
            for name in self.FIXED:
                del self.fields[name]

    def clean(self) -> dict[str, Any]:
        data = super().clean()
        closes, decided = self.call.closes_at, data.get("decisions_on")
        if (
            "closes_at" not in self.fields
            and closes
            and decided
            and decided < closes.astimezone(self.call.cohort.zone).date()
        ):
            self.add_error("decisions_on", _("Choose a day after the call closes."))
        return data


class LineForm(forms.Form):
    """One line of a list on the page."""

    title = TidyField(label=_("The sentence"), max_length=200)

    def __init__(self, part: str, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        title = self.fields["title"]
        if part == Part.DATE:
            title.label = _("What happens")
            on = forms.DateField(label=_("Day"), widget=DateInput)
            self.fields = {"on": on, **self.fields}
        elif part == Part.FACILITATOR:
            title.label = _("Name")
            title.max_length = 120  # type: ignore[attr-defined]
            self.fields["words"] = TidyField(
                label=_("A few words about this person"),
                max_length=600,
                lines=True,
                required=False,
                help_text=_("What they do, and what they bring. The person should have read and agreed to it."),
            )
        elif part == Part.QUESTION:
            title.label = _("Question")
            title.help_text = _("As somebody would ask it.")
            self.fields["words"] = TidyField(label=_("Answer"), max_length=1500, lines=True)

    def line(self) -> dict[str, Any]:
        """The cleaned data as :func:`applications.call.page.actions.add_line` takes it."""
        data = self.cleaned_data
        return {"title": data["title"], "words": data.get("words", ""), "on": data.get("on")}
