"""Forms about cohorts, invitations and a person's own profile."""

from __future__ import annotations

import zoneinfo
from functools import cache
from typing import Any

from django import forms
from django.utils.text import slugify
from django.utils.translation import gettext_lazy as _

from cohort.people.models import Cohort, Role, User
from cohort.ui.editing import EditingForm


@cache
def zone_choices() -> list[tuple[str, str]]:
    """Every place-named zone, with the American ones that our readers live in first."""
    first = [
        "America/Los_Angeles",
        "America/Denver",
        "America/Phoenix",
        "America/Chicago",
        "America/New_York",
        "America/Anchorage",
        "Pacific/Honolulu",
    ]
    rest = sorted(
        z for z in zoneinfo.available_timezones() if "/" in z and not z.startswith(("Etc/", "posix", "right"))
    )
    return [(z, z.replace("_", " ")) for z in first + [z for z in rest if z not in first]]


class LinesField(forms.CharField):
    """A list of sentences, one a line."""

    widget = forms.Textarea

    def prepare_value(self, value: Any) -> Any:
        return "\n".join(value) if isinstance(value, list) else value

    def to_python(self, value: Any) -> list[str]:  # type: ignore[override]
        return [line.strip() for line in (super().to_python(value) or "").splitlines() if line.strip()]

    def has_changed(self, initial: Any, data: Any) -> bool:
        return (initial or []) != self.to_python(data)


class CohortForm(EditingForm):
    outcomes = LinesField(
        label=_("Outcomes"), required=False, max_length=4000, help_text=_("What people take away. One sentence a line.")
    )
    time_zone = forms.ChoiceField(label=_("Time zone"), choices=zone_choices, initial="America/Los_Angeles")

    class Meta:
        model = Cohort
        fields = [
            "name",
            "place",
            "issue",
            "domain",
            "community",
            "practice",
            "outcomes",
            "starts_on",
            "ends_on",
            "seats",
            "hours_per_month",
            "time_zone",
            "contact_name",
            "contact_email",
            "contact_phone",
        ]
        labels = {
            "name": _("Name"),
            "place": _("Place"),
            "issue": _("Issue"),
            "domain": _("Domain"),
            "community": _("Community"),
            "practice": _("Practice"),
            "starts_on": _("First day"),
            "ends_on": _("Last day"),
            "seats": _("Seats"),
            "hours_per_month": _("Hours a month"),
            "contact_name": _("Contact person"),
            "contact_email": _("Contact email"),
            "contact_phone": _("Contact phone"),
        }
        help_texts = {
            "place": _("The region it serves, as people say it."),
            "issue": _("What the group works on, such as “health equity”."),
            "domain": _("What the group cares about, in a sentence or two."),
            "community": _("Who it is for."),
            "practice": _("What people do together."),
            "seats": _("About fifteen works well."),
        }
        widgets = {
            "starts_on": forms.DateInput(attrs={"type": "date"}),
            "ends_on": forms.DateInput(attrs={"type": "date"}),
        }

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if data.get("starts_on") and data.get("ends_on") and data["ends_on"] < data["starts_on"]:
            self.add_error("ends_on", _("The last day cannot be before the first day."))
        if not self.instance.slug and data.get("name"):
            base = slugify(data["name"])[:50] or "cohort"
            taken = set(Cohort.objects.filter(slug__startswith=base).values_list("slug", flat=True))
            slug, n = base, 2
            while slug in taken:
                slug, n = f"{base}-{n}", n + 1
            data["slug"] = slug
        return data


class InviteForm(forms.Form):
    email = forms.EmailField(label=_("Email"), max_length=254)
    role = forms.ChoiceField(
        label=_("Role"),
        choices=[(r.value, r.label) for r in Role if r != Role.PARTICIPANT]
        + [(Role.PARTICIPANT.value, Role.PARTICIPANT.label)],
        help_text=_("Participants usually join by accepting an offer. Invite one here only by hand."),
    )


class ProfileForm(forms.ModelForm):
    time_zone = forms.ChoiceField(
        label=_("Time zone"), required=False, choices=lambda: [("", _("Use the zone of my cohort")), *zone_choices()]
    )

    class Meta:
        model = User
        fields = ["name", "preferred_name", "time_zone", "language"]
        labels = {"name": _("Full name"), "preferred_name": _("Name to use"), "language": _("Language")}
        widgets = {
            "name": forms.TextInput(attrs={"autocomplete": "name"}),
            "preferred_name": forms.TextInput(attrs={"autocomplete": "nickname"}),
        }
