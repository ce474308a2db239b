"""What the style guide at /dev/ui shows. The numbers are made up for the guide and appear nowhere else."""

from __future__ import annotations

import datetime as dt
import zoneinfo
from typing import Any

from django import forms

from cohort.ui import charts
from cohort.ui.forms import (
    CheckChoices,
    DateInput,
    DateTimeInput,
    ExclusiveChoiceField,
    Locked,
    RadioChoices,
    TelInput,
    TimeInput,
)

SCALE = [(str(i), str(i)) for i in range(1, 6)]


class Everything(Locked, forms.Form):
    """One field of every kind."""

    locks = {"why": "Two readers see this, not your name", "note": "Only you can open this"}

    name = forms.CharField(label="Your name", help_text="As people at work know you.")
    email = forms.EmailField(label="Email", widget=forms.EmailInput(attrs={"autocomplete": "email"}))
    phone = forms.CharField(label="Phone", widget=TelInput, required=False)
    place = forms.ChoiceField(
        label="County where most of your work is done",
        choices=[("", "Choose one"), ("w", "Whatcom"), ("s", "Skagit"), ("i", "Island")],
    )
    why = forms.CharField(
        label="Which rule, budget or habit at work is not fair to everyone it touches?",
        widget=forms.Textarea,
        max_length=200,
        help_text="What is it, who feels it, and what have you tried? No names, please.",
    )
    note = forms.CharField(label="A note to yourself", widget=forms.Textarea, required=False)
    way = forms.ChoiceField(
        label="How will you take part?",
        choices=[("room", "In the room"), ("remote", "By video"), ("unsure", "I do not know yet")],
        widget=RadioChoices(option_help={"room": "We pay for the trip.", "remote": "You need a quiet place."}),
    )
    agree = forms.ChoiceField(
        label="I felt heard today",
        choices=SCALE,
        widget=RadioChoices(attrs={"class": "inline-choices"}),
        help_text="1 means not at all, 5 means fully.",
    )
    power = forms.MultipleChoiceField(
        label="What can you change at work?",
        help_text="Choose all that apply.",
        choices=[("policy", "Policy"), ("money", "Budget"), ("people", "Hiring"), ("service", "Services")],
        widget=CheckChoices(attrs={"class": "columns"}),
    )
    care = ExclusiveChoiceField(
        label="What have you lived through yourself?",
        exclusive=["no_say"],
        choices=[
            ("poverty", "Going without"),
            ("border", "Moving to a new country"),
            ("no_say", "I prefer not to say"),
        ],
    )
    day = forms.DateField(label="Day", widget=DateInput)
    time = forms.TimeField(label="Time", widget=TimeInput)
    moment = forms.DateTimeField(label="Day and time", widget=DateTimeInput, help_text="Pacific time.")
    letter = forms.FileField(label="Letter of support", required=False, help_text="PDF, up to 5 MB.")
    promise = forms.BooleanField(label="I can give about nine hours a month", help_text="Ten months, one day a month.")


def targets() -> charts.TargetChart:
    row = charts.TargetRow
    return charts.TargetChart(
        title="Where the work is",
        summary="Fifteen seats. Skagit is one seat below its floor; Snohomish is one above its ceiling.",
        rows=[
            row("Snohomish", 9, 6, 7, 8, 34, before=7, note="1 above its ceiling"),
            row("Whatcom", 3, 2, 3, 4, 14, before=3),
            row("Skagit", 1, 2, 2, 3, 8, before=2, note="1 below its floor"),
            row("Island", 2, 1, 2, 2, 5, before=2),
            row("San Juan", 0, 0, 1, 2, 3, before=1),
        ],
        pool_total=64,
    )


def bars() -> charts.BarChart:
    return charts.BarChart(
        title="I felt heard today",
        summary="Nine of eleven people chose 4 or 5.",
        total=11,
        bars=[
            charts.Bar("5, fully", 5),
            charts.Bar("4", 4),
            charts.Bar("3 or less", 2, merged=["3", "2", "1"]),
            charts.Bar("No answer", None),
        ],
    )


def columns() -> charts.ColumnChart:
    counts = [4, 2, 0, 1, 3, 0, 0, 2, 1, 5, 3, 2, 0, 1, 4, 6, 3, 2, 1, 0, 5, 7, 4, 9, 8, 6, 12, 15, 22, 31]
    start = dt.date(2026, 1, 15)
    return charts.ColumnChart(
        title="Applications sent in",
        summary=f"{sum(counts)} in thirty days, many of them in the last three.",
        points=[charts.Point(f"{start + dt.timedelta(days=i):%-d %b}", n) for i, n in enumerate(counts)],
        unit="applications",
        running=True,
    )


def multiples() -> charts.SmallMultiples:
    def one(title: str, values: list[float | None]) -> charts.LineChart:
        points = [charts.Point(f"Session {i}", v) for i, v in enumerate(values, 1)]
        return charts.LineChart(
            title=title,
            summary=f"{title}: {values[0]} in session 1, {values[-1]} in the last one, out of 5.",
            points=points,
            low=1,
            high=5,
            head="Session",
            unit="of 5",
        )

    return charts.SmallMultiples(
        title="Over the year",
        summary="Trust grew; time to speak stayed level. Session 4 had no survey.",
        charts=[one("Trust", [3.1, 3.4, 3.3, None, 4.0, 4.4]), one("Time to speak", [3.9, 3.8, 4.0, None, 3.9, 3.9])],
    )


def context(*, bound: bool) -> dict[str, Any]:
    """All that the template needs. ``bound`` shows the form as sent in with mistakes."""
    pacific = zoneinfo.ZoneInfo("America/Los_Angeles")
    wrong = {"name": "", "email": "dana", "why": "x" * 230, "care": ["poverty", "no_say"], "day": "soon"}
    start = dt.datetime(2026, 2, 12, 10, tzinfo=pacific)
    return {
        "form": Everything(wrong) if bound else Everything(),
        "bound": bound,
        "pacific": pacific,
        "start": start,
        "end": start + dt.timedelta(hours=2),
        "targets": targets(),
        "bars": bars(),
        "columns": columns(),
        "multiples": multiples(),
        "colours": [
            "ground",
            "paper",
            "sunk",
            "ink",
            "ink-soft",
            "rule",
            "rule-strong",
            "accent",
            "accent-ink",
            "accent-wash",
            "clay",
            "clay-wash",
            "danger",
            "danger-ink",
            "danger-wash",
            "focus",
        ],
        "icons": [
            "lock",
            "mail",
            "calendar",
            "clock",
            "key-round",
            "user",
            "users",
            "pencil",
            "printer",
            "download",
            "check",
            "info",
            "arrow-left",
            "arrow-right",
            "arrow-up",
            "arrow-down",
            "plus",
            "trash-2",
        ],
    }
