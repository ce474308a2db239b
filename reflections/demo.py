"""Demo commitments and shared copies. Journals stay empty: only a browser can write one."""

from __future__ import annotations

from datetime import timedelta

from cohort.people.demo import Stage
from reflections.models import Commitment, SharedCopy

# kind, what, cue, days until the look-back (negative: it has come), state, learned, reader
COMMITMENTS = [
    (
        "share_power",
        "Let the parent council set the first half of our next agenda.",
        "When I draft the agenda on Monday, I will send them the blank page first.",
        9,
        "on",
        "",
        "cohort",
    ),
    (
        "stop",
        "Stop answering for the clinic's front desk in the access meeting.",
        "When someone asks how intake works, I will turn to Rosa.",
        -1,
        "on",
        "",
        "author",
    ),
    (
        "listen",
        "Ride the number 80 bus on a weekday morning and listen.",
        "When I have my Thursday at home, I will take the 7:10.",
        4,
        "part",
        "One ride told me more than last year's survey.",
        "cohort",
    ),
    (
        "ask",
        "Ask the county for the eviction filings by block.",
        "When the records office opens on Tuesday, I will call before my first meeting.",
        -12,
        "did",
        "They had them ready. Nobody had asked.",
        "cohort",
    ),
    (
        "repair",
        "Go back to the farmworkers' group and say that we changed the dates without them.",
        "When we meet on the 3rd, before the agenda starts.",
        2,
        "on",
        "",
        "author",
    ),
    (
        "start",
        "Pay community reviewers for their time, from the first hour.",
        "When I submit the spring budget, I will add the line.",
        16,
        "on",
        "",
        "cohort",
    ),
    (
        "stop",
        "Stop starting meetings with the staff report.",
        "",
        -20,
        "letting_go",
        "It was not the report. It was who reads it.",
        "author",
    ),
]

# audience, title, body
COPIES = [
    (
        "cohort",
        "What I heard in the waiting room",
        "I sat where people wait, for two hours, without my badge.\n\nTwo people asked me what the "
        "form was for. I have "
        "worked with that form for six years, and I could not say why the third page exists. So "
        "now I am trying to find "
        "out who can take it away.",
    ),
    (
        "facilitators",
        "For our next talk",
        "I said yes to the steering group before I had asked my own team. It felt generous at the "
        "time. Writing it down, "
        "it looks more like keeping the pen.\n\nCould we use ten minutes on how to hand something "
        "back without making it "
        "a ceremony?",
    ),
    (
        "cohort",
        "A question that worked",
        "Instead of asking whether the schedule works for everyone, I asked: who did we lose when we chose Tuesday?\n\n"
        "Three names came up in a minute.",
    ),
]


def load(stage: Stage) -> None:
    """Give the running cohort's participants something to look back on. Nothing is added twice."""
    members = stage.members(stage.running, "participant")
    if not members or Commitment.objects.filter(cohort=stage.running).exists():
        return
    today = stage.now.astimezone(stage.running.zone).date()
    Commitment.objects.bulk_create(
        Commitment(
            author=members[place % len(members)].user,
            cohort=stage.running,
            kind=kind,
            what=what,
            cue=cue,
            look_back_on=today + timedelta(days=days),
            state=state,
            learned=learned,
            reader=reader,
            made_at=stage.now - timedelta(days=24 - place),
            looked_back_at=stage.now - timedelta(days=2) if learned else None,
        )
        for place, (kind, what, cue, days, state, learned, reader) in enumerate(COMMITMENTS)
    )
    SharedCopy.objects.bulk_create(
        SharedCopy(
            author=members[(place + 3) % len(members)].user,
            cohort=stage.running,
            audience=audience,
            title=title,
            body=body,
            shared_at=stage.now - timedelta(days=3 * place + 1, hours=place),
        )
        for place, (audience, title, body) in enumerate(COPIES)
    )
