"""Reads of the activity library."""

from __future__ import annotations

from typing import Any

from django.db.models import Q

from sessions.models import (
    Activity,
    Answer,
    Phase,
    Reader,
)


def activities(*, words: str = "", phase: str = "") -> list[Activity]:
    """Activities in the order of the fact file whose name, purpose or credit holds all of ``words`` (one statement).

    ``phase`` keeps those of that phase and those that fit any time.
    """
    found = Activity.objects.filter(retired=False)
    for word in words.split():
        found = found.filter(Q(name__icontains=word) | Q(purpose__icontains=word) | Q(credit__icontains=word))
    if phase:
        found = found.filter(phase__in={phase, Phase.ANY})
    return list(found.order_by("position"))


def prompts_in_words(activity: Activity) -> list[dict[str, Any]]:
    """An activity's questions, with who reads the answers and how far the writer may share them."""
    return [
        {
            "text": prompt["text"],
            "answer": Answer(prompt["answer"]).label,
            "reader": Reader(prompt["default_visibility"]).label,
            "ladder": [Reader(step).label for step in prompt["may_share_to"] if step != prompt["default_visibility"]],
            "options": prompt.get("options", []),
        }
        for prompt in activity.prompts
    ]
