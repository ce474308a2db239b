"""What facilitators type, made clean."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from cohort.outbox.registry import wall_time
from cohort.people.models import Cohort
from cohort.ui.forms import CheckChoices, DateInput, TimeInput
from sessions.common import queries
from sessions.models import Block, Objective, Prompt, Reader, Session


def lines(text: str) -> list[str]:
    return [line.strip() for line in text.splitlines() if line.strip()]


class SessionForm(forms.Form):
    """A session's frame. Times are clock times where the cohort is; cleans to aware ``starts_at`` and ``ends_at``."""

    title = forms.CharField(label=_("Title"), max_length=120)
    result = forms.CharField(
        label=_("Result line"),
        max_length=240,
        required=False,
        help_text=_("By the end, what has the group reached? One sentence. Needed before you publish."),
    )
    objectives = forms.CharField(
        label=_("Objectives"),
        required=False,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=_("One on each line, at most five. Each block of the agenda can say which ones it serves."),
    )
    thread = forms.CharField(
        label=_("Theme"), max_length=80, required=False, help_text=_("When several sessions belong together.")
    )
    date = forms.DateField(label=_("Date"), widget=DateInput)
    begins = forms.TimeField(label=_("Starts"), widget=TimeInput)
    ends = forms.TimeField(label=_("Ends"), widget=TimeInput)
    place = forms.CharField(label=_("Place"), max_length=200, required=False)
    link = forms.URLField(
        label=_("Link to join online"),
        max_length=300,
        required=False,
        assume_scheme="https",
        help_text=_("Leave empty when everybody meets in the room."),
    )
    access_notes = forms.CharField(
        label=_("Getting in and taking part"),
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("Door, parking, ramps, captions, food, quiet room."),
    )
    bring = forms.CharField(label=_("What to bring"), required=False, widget=forms.Textarea(attrs={"rows": 2}))
    prework = forms.CharField(
        label=_("To do before"),
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("Goes to everybody a week before, and stands on the session's page."),
    )
    ask_needs = forms.BooleanField(
        label=_("Ask people a week before what they need to take part"),
        required=False,
        help_text=_("They answer the message. The answer reaches your cohort's contact, and nothing is kept here."),
    )
    remind_soon = forms.BooleanField(
        label=_("Write to everybody 45 minutes before the start"),
        required=False,
        help_text=_("A session with a link and no place does this by itself."),
    )
    hard_moment_lead: forms.ModelChoiceField = forms.ModelChoiceField(
        label=_("Who steps in when it gets hard"),
        queryset=None,
        required=False,
        empty_label=_("Not chosen yet"),
        help_text=_("One facilitator who watches the room and leads a pause when it is needed."),
    )

    def __init__(self, *args: Any, cohort: Cohort, session: Session | None = None, **kwargs: Any) -> None:
        self.cohort, self.session = cohort, session
        if session is not None:
            zone = cohort.zone
            start, end = session.starts_at.astimezone(zone), session.ends_at.astimezone(zone)
            kwargs["initial"] = {
                **{name: getattr(session, name) for name in self.PLAIN},
                "hard_moment_lead": session.hard_moment_lead_id,
                "objectives": "\n".join(objective.text for objective in session.objectives.all()),
                "date": start.date(),
                "begins": start.time(),
                "ends": end.time(),
            }
        super().__init__(*args, **kwargs)
        lead: Any = self.fields["hard_moment_lead"]
        lead.queryset = queries.facilitators(cohort)
        lead.label_from_instance = lambda member: member.user.get_full_name()

    PLAIN = (
        "title",
        "result",
        "thread",
        "place",
        "link",
        "access_notes",
        "bring",
        "prework",
        "ask_needs",
        "remind_soon",
    )

    def clean_objectives(self) -> list[str]:
        found = lines(self.cleaned_data["objectives"])
        if len(found) > 5:
            raise forms.ValidationError(_("Keep to five objectives. People remember fewer."))
        if any(len(line) > 200 for line in found):
            raise forms.ValidationError(_("Keep each objective under 200 characters."))
        return found

    def clean_result(self) -> str:
        result: str = self.cleaned_data["result"].strip()
        if not result and self.session is not None and self.session.state != Session.State.DRAFT:
            raise forms.ValidationError(_("A published session needs its result line."))
        return result

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or {}
        date, begins, ends = data.get("date"), data.get("begins"), data.get("ends")
        if date and begins and ends:
            start, end = self._moment(date, begins), self._moment(date, ends)
            if end <= start:
                self.add_error("ends", _("The end must be after the start."))
            elif end - start > timedelta(hours=12):
                self.add_error("ends", _("A session lasts twelve hours at most."))
            elif self._moved(start) and start <= timezone.now():
                self.add_error("date", _("This is in the past. Choose a date and time to come."))
            data["starts_at"], data["ends_at"] = start, end
        return data

    def _moment(self, date: Any, clock: Any) -> datetime:
        return wall_time.at(date, clock, self.cohort.zone)

    def _moved(self, start: datetime) -> bool:
        return self.session is None or self.session.starts_at != start

    def values(self) -> dict[str, Any]:
        """What the actions take."""
        names = (*self.PLAIN, "hard_moment_lead", "objectives", "starts_at", "ends_at")
        return {name: self.cleaned_data[name] for name in names}


class BlockForm(forms.ModelForm):  # type: ignore[type-arg]
    """One block of an agenda."""

    locks = {"facilitator_notes": _("Only facilitators read this")}
    materials_text = forms.CharField(
        label=_("Materials"), required=False, widget=forms.Textarea(attrs={"rows": 3}), help_text=_("One on each line.")
    )

    class Meta:
        model = Block
        fields = [
            "title",
            "minutes",
            "min_minutes",
            "max_minutes",
            "lead",
            "co_leads",
            "decides",
            "objectives",
            "priority",
            "protected",
            "hard_topic",
            "locked_start",
            "group",
            "participant_text",
            "facilitator_notes",
        ]
        labels = {
            "title": _("Title"),
            "minutes": _("Minutes"),
            "min_minutes": _("At least"),
            "max_minutes": _("At most"),
            "lead": _("Who leads"),
            "co_leads": _("Who helps"),
            "decides": _("Who decides here"),
            "objectives": _("Objectives it serves"),
            "priority": _("If time runs short"),
            "protected": _("Protected: never shortened or left out"),
            "hard_topic": _("This can get hard for people"),
            "locked_start": _("Starts at a fixed time"),
            "group": _("How people work"),
            "participant_text": _("What participants read"),
            "facilitator_notes": _("Your notes"),
        }
        help_texts = {
            "locked_start": _("For a guest or a meal. Leave empty to start when the block before ends."),
            "co_leads": "",
            "objectives": "",
            "priority": "",
            "protected": "",
            "hard_topic": "",
        }
        widgets = {
            "locked_start": TimeInput,
            "co_leads": CheckChoices(attrs={"class": "columns"}),
            "objectives": CheckChoices,
            "participant_text": forms.Textarea(attrs={"rows": 3}),
            "facilitator_notes": forms.Textarea(attrs={"rows": 4}),
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        block: Block = self.instance
        fields: dict[str, Any] = self.fields
        people = queries.members_who_lead(block.session.cohort)
        for name in ("lead", "co_leads"):
            fields[name].queryset = people
            fields[name].label_from_instance = lambda member: member.user.get_full_name()
        fields["lead"].empty_label = _("Nobody yet")
        fields["objectives"].queryset = Objective.objects.filter(session=block.session).order_by("position")
        fields["materials_text"].initial = "\n".join(block.materials)
        for name in ("co_leads", "objectives", "participant_text", "facilitator_notes", "locked_start"):
            fields[name].required = False

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or {}
        low, planned, high = data.get("min_minutes"), data.get("minutes"), data.get("max_minutes")
        if planned and planned > 480:
            self.add_error("minutes", _("Eight hours at most."))
        if low is not None and low < 1:
            self.add_error("min_minutes", _("At least one minute."))
        if low and planned and low > planned:
            self.add_error("min_minutes", _("This is more than the planned minutes."))
        if high and planned and high < planned:
            self.add_error("max_minutes", _("This is less than the planned minutes."))
        if data.get("protected") and self.instance.sponge:
            self.add_error("protected", _("A break gives and takes minutes first, so it cannot be protected."))
        return data

    def validate_constraints(self) -> None:
        """The rules above say the same beside the field; the database has the last word."""

    def values(self) -> dict[str, Any]:
        data = dict(self.cleaned_data)
        data["materials"] = lines(data.pop("materials_text"))
        return data


class PromptForm(forms.Form):
    """One question of a block: an existing one, or a new one when ``prompt`` is None."""

    text = forms.CharField(label=_("Question"), max_length=300, required=False)
    default_reader = forms.ChoiceField(label=_("Who reads the answers at first"))
    remove = forms.BooleanField(label=_("Remove this question"), required=False)

    def __init__(self, *args: Any, prompt: Prompt | None = None, **kwargs: Any) -> None:
        self.prompt = prompt
        super().__init__(*args, **kwargs)
        reader: Any = self.fields["default_reader"]
        if prompt is None:
            reader.choices = [choice for choice in Reader.choices if choice[0] != Reader.SURVEY]
            del self.fields["remove"]
            self.fields["text"].label = _("Add a question")
            return
        reader.choices = [choice for choice in Reader.choices if choice[0] in prompt.may_share_to]
        self.initial = {"text": prompt.text, "default_reader": prompt.default_reader}

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or {}
        if self.prompt is not None and not data.get("text", "").strip() and not data.get("remove"):
            self.add_error("text", _("Write the question, or remove it."))
        return data

    def values(self) -> dict[str, Any]:
        data = dict(self.cleaned_data)
        return {**data, "id": self.prompt.pk} if self.prompt else data


def prompt_forms(block: Block, data: Any = None) -> list[PromptForm]:
    """A form for each question of ``block``, and an empty one at the end."""
    prompts: list[Prompt | None] = [*block.prompts.order_by("position"), None]
    return [PromptForm(data, prompt=prompt, prefix=f"prompt-{prompt.pk if prompt else 'new'}") for prompt in prompts]


class OwnBlockForm(forms.Form):
    title = forms.CharField(label=_("Title"), max_length=120)
    minutes = forms.IntegerField(label=_("Minutes"), min_value=1, max_value=240, initial=15)


class MinutesForm(forms.Form):
    """Quick change of one block's minutes on the agenda page."""

    minutes = forms.IntegerField(min_value=1, max_value=480)
