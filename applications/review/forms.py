"""What readers and coordinators post about readings."""

from __future__ import annotations

from typing import Any, ClassVar

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from applications.review.actions import Mark, Reading, wanting
from applications.review.queries import CriterionRow
from cohort.people.models import User
from cohort.ui.forms import CheckChoices, DateInput, Locked

CANNOT_JUDGE = "x"
COMMENT_MOST, NOTE_MOST = 600, 2000
TEXTS = ("shared_comment", "private_note", "flag")


class DeskForm(forms.Form):
    """One reading: a level and a comment per criterion, three texts. Built from the rubric; drawn by the desk page.

    ``is_valid()`` only refuses what can never be kept (unknown levels, texts that are too long), so
    that a draft is always saved; :meth:`check_ready` says what is missing before sending.
    """

    shared_comment = forms.CharField(
        required=False,
        max_length=NOTE_MOST,
        label=gettext_lazy("Comment on the whole application"),
        widget=forms.Textarea(attrs={"rows": 4, "aria-describedby": "shared-hint"}),
    )
    private_note = forms.CharField(
        required=False,
        max_length=NOTE_MOST,
        label=gettext_lazy("Note to yourself"),
        widget=forms.Textarea(attrs={"rows": 3, "aria-describedby": "private-hint"}),
    )
    flag = forms.CharField(
        required=False,
        max_length=300,
        label=gettext_lazy("Question for staff"),
        widget=forms.Textarea(attrs={"rows": 2, "aria-describedby": "flag-hint"}),
    )

    def __init__(self, *args: Any, rows: list[CriterionRow], definition: dict[str, Any], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.rows, self.definition = rows, definition
        for row in rows:
            choices = [(str(level), str(level)) for level, _name, _words in row.anchors] + [(CANNOT_JUDGE, "–")]
            self.fields[f"level_{row.id}"] = forms.ChoiceField(required=False, choices=choices, label=row.title)
            self.fields[f"comment_{row.id}"] = forms.CharField(required=False, max_length=COMMENT_MOST, label=row.title)

    def reading(self) -> Reading:
        """The cleaned reading. What was refused (too long) stays as it was saved before, so nothing is lost."""
        data = self.cleaned_data
        marks = {}
        for row in self.rows:
            saved = CANNOT_JUDGE if row.cannot_judge else str(row.level or "")
            given = data.get(f"level_{row.id}", saved)
            marks[row.id] = Mark(
                level=int(given) if given and given != CANNOT_JUDGE else None,
                cannot_judge=given == CANNOT_JUDGE,
                comment=data.get(f"comment_{row.id}", row.comment).strip(),
            )
        texts = {name: data.get(name, self.initial.get(name, "")) for name in TEXTS}
        return Reading(marks=marks, **texts)

    def check_ready(self) -> bool:
        """Whether the reading can be sent; writes what is missing beside the fields."""
        for criterion, need in wanting(self.reading(), self.definition).items():
            if need == "level":
                self.add_error(f"level_{criterion}", _("Choose a level, or “Cannot judge”."))
            else:
                self.add_error(f"comment_{criterion}", _("Write one or two sentences that point to the application."))
        return not self.errors

    def drawn(self) -> list[dict[str, Any]]:
        """The criteria with what was posted or saved, and their errors, ready for the page."""
        drawn = []
        for number, row in enumerate(self.rows, start=1):
            if self.is_bound:
                given = self.data.get(f"level_{row.id}", "")
                comment = self.data.get(f"comment_{row.id}", "")
            else:
                given = CANNOT_JUDGE if row.cannot_judge else str(row.level or "")
                comment = row.comment
            drawn.append(
                {
                    "row": row,
                    "number": number,
                    "given": given,
                    "comment": comment,
                    "level_errors": self.errors.get(f"level_{row.id}", []) if self.is_bound else [],
                    "comment_errors": self.errors.get(f"comment_{row.id}", []) if self.is_bound else [],
                }
            )
        return drawn

    def error_list(self) -> list[tuple[str, str, str]]:
        """(id of the field, its label, message) for the summary at the top."""
        if not self.is_bound:
            return []
        found = []
        for name, messages in self.errors.items():
            target = f"id_{name}_1" if name.startswith("level_") else f"id_{name}"
            found += [(target, str(self.fields[name].label), str(message)) for message in messages]
        return found


class TakeBackForm(forms.Form):
    reason = forms.CharField(
        max_length=300,
        label=gettext_lazy("Why do you want to change it?"),
        help_text=gettext_lazy("What you sent is kept beside the new version, with this reason."),
    )


class AboutMeForm(Locked, forms.Form):
    """Where a reader works and has other ties, in their own words, one a line."""

    locks: ClassVar = {
        "employer": gettext_lazy("Only coordinators see this"),
        "ties": gettext_lazy("Only coordinators see this"),
    }
    employer = forms.CharField(
        required=False,
        max_length=160,
        label=gettext_lazy("Where do you work?"),
        help_text=gettext_lazy("The organization's name. You will not be given applications from there."),
    )
    ties = forms.CharField(
        required=False,
        max_length=2000,
        label=gettext_lazy("Other organizations you have a tie to"),
        help_text=gettext_lazy(
            "One on each line: employers and boards of the last two years, contracts or grants, "
            "and where close family works."
        ),
        widget=forms.Textarea(attrs={"rows": 5}),
    )
    languages = forms.MultipleChoiceField(
        required=False,
        label=gettext_lazy("Which languages besides English can you read well?"),
        choices=[("es", "Español")],
        widget=CheckChoices(),
    )

    def clean_ties(self) -> list[str]:
        lines = [line.strip()[:160] for line in self.cleaned_data["ties"].splitlines()]
        return list(dict.fromkeys(line for line in lines if line))[:40]


class AssignForm(forms.Form):
    each = forms.IntegerField(
        min_value=1,
        max_value=9,
        label=gettext_lazy("Readers for each application"),
        help_text=gettext_lazy("Two is the least that is fair. Three is usual."),
        widget=forms.NumberInput(attrs={"class": "short"}),
    )
    due_on = forms.DateField(required=False, label=gettext_lazy("Read by"), widget=DateInput())


class ReaderForm(forms.Form):
    """Choose one of the readers who may take an application."""

    reader = forms.ModelChoiceField(queryset=User.objects.none(), label=gettext_lazy("Reader"))

    def __init__(self, *args: Any, people: list[User], required: bool = True, empty: str = "", **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["reader"] = forms.ModelChoiceField(
            queryset=User.objects.filter(pk__in=[person.pk for person in people]).order_by("name", "email"),
            label=gettext_lazy("Reader"),
            required=required,
            empty_label=empty or _("Choose a reader"),
        )


class RedactForm(forms.Form):
    question = forms.CharField(max_length=60, widget=forms.HiddenInput())
    text = forms.CharField(
        required=False,
        max_length=6000,
        strip=True,
        label=gettext_lazy("What readers see instead"),
        widget=forms.Textarea(attrs={"rows": 6}),
    )
