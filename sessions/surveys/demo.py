"""Survey answers for the demo's past sessions, taken through the real sealing and release."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from cohort.people import demo
from sessions.models import SealedAnswer, Session, Survey, SurveyTicket
from sessions.surveys import actions, questions, small_numbers

COMMENTS = [
    "Keep the quiet minute after the reading. I needed it.",
    "More time at tables. We had only begun.",
    "The power map was hard and worth it.",
    "A break before the last hour, please.",
    "I liked that we could swap a block.",
    "Let people who call in speak first sometimes.",
    "The examples from small towns helped me see my own.",
    "Slow down when we name what went wrong.",
]
NOTES = [
    (
        "You want more time at tables, and the quiet minute stays.",
        "We plan one table block less and give the others ten more minutes each.",
        "We cannot start earlier: the first ferry arrives at 9:40.",
    ),
    (
        "Several of you said that what stops you is not yours to decide.",
        "Next time we work on who decides, with the power map, and invite two sponsors to listen.",
        "",
    ),
]


def sheet(stage: demo.Stage, objectives: int, ready: int) -> dict[str, Any]:
    """One invented sheet. ``ready`` shifts the middle of the first item, so that the season shows movement."""
    pick = stage.random

    def middle(codes: list[str], centre: float) -> str:
        place = round(pick.gauss(centre, 0.8))
        return codes[min(max(place, 0), len(codes) - 1)]

    codes = {item.key: [c for c, _ in item.choices] for item in questions.items(["x"] * objectives)}
    made: dict[str, Any] = {"ready": middle(codes["ready"], ready)}
    for n in range(1, objectives + 1):
        made[f"objective{n}"] = middle(codes[f"objective{n}"], 1.4)
    made["voice"] = "listened" if pick.random() < 0.12 else middle(codes["voice"], 2)
    made["agreements"] = middle(codes["agreements"], 2.3)
    made["barriers"] = pick.sample(["time", "not_mine", "above", "how", "around"], k=pick.choice([1, 2]))
    made["next_time"] = pick.sample(["practice", "tables", "quiet", "breaks", "same"], k=pick.choice([1, 2]))
    return made


def load(stage: demo.Stage) -> None:
    past = Session.objects.filter(cohort=stage.running, state=Session.State.ENDED).order_by("starts_at")
    facilitator = stage.people["facilitator1"]
    for n, session in enumerate(past):
        if Survey.objects.filter(session=session).exists():
            continue
        there = list(session.attendance.there().values_list("membership_id", flat=True))
        if len(there) < actions.FEWEST_INVITED:
            continue
        objectives = list(session.objectives.values_list("text", flat=True)[: questions.MOST_OBJECTIVES])
        answered = max(len(there) - 1 - n % 2, 5)
        sheets = [sheet(stage, len(objectives), 1 + n) for _ in range(answered)]
        for comment, one in zip(stage.random.sample(COMMENTS, k=5), stage.random.sample(sheets, k=5), strict=True):
            one["comment"] = comment
        results = small_numbers.results(questions.items(objectives), sheets, random=stage.random)
        assert results is not None
        opened = session.over_at - timedelta(minutes=8)
        closes = min(actions.closing_time(session, session.over_at), stage.now)
        survey = Survey.objects.create(
            session=session,
            objectives=objectives,
            state=Survey.State.RELEASED,
            opened_at=opened,
            closes_at=closes,
            closed_at=closes,
            invited=len(there),
            answered=answered,
            results=results.as_json(),
        )
        SealedAnswer.objects.bulk_create([SealedAnswer(survey=survey, payload=payload) for payload in sheets])
        if n < len(NOTES):
            heard, will, will_not = NOTES[n]
            survey_note(survey, heard, will, will_not, facilitator, closes + timedelta(days=2))
    SurveyTicket.objects.filter(survey__session__cohort=stage.running).delete()


def survey_note(survey: Survey, heard: str, will: str, will_not: str, by: Any, at: Any) -> None:
    from sessions.models import HeardNote

    HeardNote.objects.create(survey=survey, heard=heard, will=will, will_not=will_not, written_by=by, published_at=at)
