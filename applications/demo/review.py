"""The demo's readings and first decisions: invented, plausible, the same every time."""

from __future__ import annotations

import random
from collections import defaultdict
from dataclasses import replace
from datetime import datetime, timedelta

from applications.models import (
    Application,
    Call,
    CriterionScore,
    Decision,
    ReaderProfile,
    Recusal,
    Review,
)
from applications.review import assignment, progress_queries, scoring
from applications.review.queries import rubric, standings
from cohort.people import demo, history
from cohort.people.models import HistoryEntry, Role, User

#: How many each reader has left, in the order of their addresses.
LEFT = [12, 2, 5, 0]
SEED = "demo-readings"

COMMENTS: dict[str, dict[str, list[str]]] = {
    "authority": {
        "low": [
            "Hopes that others will decide; names nobody who could agree to it.",
            "Says they have influence but gives no example of using it.",
        ],
        "mid": [
            "Leads one team and names whose agreement is needed for the rest.",
            "Sets the schedule, and knows that the budget needs the director.",
        ],
        "high": [
            "Moved the intake hours last year and tells how, with the objections that came.",
            "Carried a policy through the board and checked a year later that it held.",
        ],
    },
    "change_aim": {
        "low": [
            "Names a training day, not a change in how the organization works.",
            "Good intentions, but no practice or policy is named.",
        ],
        "mid": [
            "One clear practice, who is affected, and what should differ in a year.",
            "Names the rule and the people it leaves out; the first step is still open.",
        ],
        "high": [
            "Families who were turned away helped to choose this aim; says how they would notice harm.",
            "Explains why the rule exists, what it costs, and how they would know that it worked.",
        ],
    },
    "reflective_practice": {
        "low": ["The example puts the fault on the funder alone.", "A mistake is told, but not what came of it."],
        "mid": [
            "Owns their part and names one thing they do differently now.",
            "Says plainly what they got wrong and what they learned.",
        ],
        "high": [
            "Went back to the people affected, made it right, and changed the routine.",
            "Shows how this still shapes how they lead meetings and listen.",
        ],
    },
    "peer_contribution": {
        "low": ["Wants information; offers nothing yet.", "General words about networking."],
        "mid": ["Names one thing to offer and one to learn.", "Brings a real problem that peers could work on."],
        "high": [
            "Has built trust across two sectors before and plans to carry learning back.",
            "Offers a skill that others in the region ask for, and says how they make room for others.",
        ],
    },
    "community_accountability": {
        "low": [
            "People affected appear only as those who receive services.",
            "A yearly survey, with no sign that it changes anything.",
        ],
        "mid": [
            "An advisory group shapes the hours; wants it to shape the budget too.",
            "One real way in which patients decide, and one gap named.",
        ],
        "high": [
            "Two of five seats on the hiring panel are held by people who use the service.",
            "Members set the agenda and hold part of the money; honest about what is still missing.",
        ],
    },
    "commitment": {
        "low": ["Cannot make half of the dates and says no more.", "No time and no plan to find it."],
        "mid": ["Dates work; is still asking for cover.", "Some support; the plan is realistic."],
        "high": [
            "Paid time, cover and a director who will meet about the change.",
            "Everything is arranged, in writing.",
        ],
    },
}
SHARED = [
    "Thank you for such concrete examples. Next time, say also who would notice first if the change went wrong.",
    "Your aim is clear. A sentence on how the people affected chose it with you would make it stronger.",
    "The way you describe your own part is a strength. Tell us more about what you can decide yourself.",
]


def _comment(dice: random.Random, criterion: str, level: int) -> str:
    kind = "low" if level <= 2 else "high" if level == 5 else "mid"
    needed = level in (1, 2, 5)
    return dice.choice(COMMENTS[criterion][kind]) if needed or dice.random() < 0.4 else ""


def _levels(dice: random.Random, worth: dict[str, int], leaning: float) -> dict[str, int | None]:
    """One reader's levels around what the application is worth: mostly the same, now and then one off."""
    found: dict[str, int | None] = dict(worth)
    for criterion in dice.sample(sorted(worth), dice.choice([0, 1, 1, 2])):
        step = 1 if dice.random() < 0.5 + leaning else -1
        found[criterion] = min(5, max(1, worth[criterion] + step))
    return found


def load_readings(stage: demo.Stage) -> None:
    """Share out the demo call's applications to four readers, most of them read, with two ties and one disagreement."""
    call = Call.objects.filter(cohort=stage.recruiting).exclude(state=Call.State.DRAFT).order_by("created_at").first()
    if call is None or Review.objects.filter(application__call=call).exists():
        return
    readers = [membership.user for membership in stage.members(stage.recruiting, Role.SCREENER)]
    papers = list(
        Application.objects.filter(call=call, state=Application.State.SUBMITTED)
        .exclude(eligibility=Application.Eligibility.INELIGIBLE)
        .order_by("number")
    )
    if len(readers) < 4 or len(papers) < 20:
        return
    dice = random.Random(SEED)
    ReaderProfile.objects.bulk_create(
        [
            ReaderProfile(
                cohort=stage.recruiting, person=reader, employer=employer, languages=languages, told_at=stage.now
            )
            for reader, employer, languages in zip(
                readers[:3],
                ["North Shore Learning Center", "Kowalski Consulting", "Refugee Welcome Circle"],
                [["es"], [], []],
                strict=True,
            )
        ]
    )
    tied = [
        (papers[6], readers[1], "same_org", Recusal.Outcome.AWAY),
        (papers[15], readers[3], "acquaintance", Recusal.Outcome.WAITING),
    ]
    for application, person, kind, outcome in tied:
        recusal = Recusal.objects.create(
            application=application,
            person=person,
            kind=kind,
            outcome=outcome,
            declared_by=person,
            declared_at=stage.now - timedelta(days=9),
        )
        history.record(
            "recusal.declared",
            recusal,
            actor=person,
            cohort=stage.recruiting,
            application=str(application.pk),
            person=str(person.pk),
            kind=kind,
        )
    reviews = _share_out(call, readers, papers, stage.now)
    _read(call, readers, papers, reviews, dice, stage.now)
    history.record(
        "call.readers_assigned",
        call,
        actor=stage.people.get("coordinator1"),
        cohort=stage.recruiting,
        each=call.readers_per_application,
        new=len(reviews),
        readers=len(readers),
        seed=SEED,
    )


def _share_out(call: Call, readers: list[User], papers: list[Application], now: datetime) -> list[Review]:
    """The real assigning, by numbers and addresses in place of ids, so that it is the same in every demo."""
    inputs = progress_queries.reading_inputs(call)
    person, paper = {reader.pk: reader.email for reader in readers}, {row.pk: row.number for row in papers}
    plan = assignment.assign(
        [replace(item, id=paper[item.id]) for item in inputs.papers],
        [replace(item, id=person[item.id]) for item in inputs.readers],
        each=call.readers_per_application,
        seed=SEED,
        conflicts={(paper[a], person[p]) for a, p in inputs.conflicts if a in paper and p in person},
    )
    by_email, by_number = {reader.email: reader for reader in readers}, {row.number: row for row in papers}
    return [
        Review(
            application=by_number[number],
            reader=by_email[email],
            due_on=(now + timedelta(days=6)).date(),
            assigned_at=now - timedelta(days=16),
            position=_place(email, number),
        )
        for number, chosen in plan.readers.items()
        for email in chosen
    ]


def _place(email: str, number: int) -> int:
    return int.from_bytes(assignment.ticket(SEED, "order", email, number)[:3])


def _read(
    call: Call,
    readers: list[User],
    papers: list[Application],
    reviews: list[Review],
    dice: random.Random,
    now: datetime,
) -> None:
    rules = rubric(call)
    number = {paper.pk: place_ for place_, paper in enumerate(papers)}
    worth = {paper.pk: _worth(dice, list(rules.weights)) for paper in papers}
    leaning = {reader.pk: tilt for reader, tilt in zip(readers, [0.0, 0.12, -0.12, 0.04], strict=False)}
    queue: dict[object, list[Review]] = defaultdict(list)
    for review in sorted(reviews, key=lambda r: (r.position, number[r.application_id])):
        queue[review.reader_id].append(review)
    scores: list[CriterionScore] = []
    given: dict[object, list[dict[str, int | None]]] = defaultdict(list)
    split = papers[21].pk  # the application that readers disagree about
    for reader, left in zip(readers, LEFT, strict=False):
        mine = queue[reader.pk]
        rest = [review for review in mine if review.application_id != split][-left:] if left else []
        rest_ids = {review.pk for review in rest}
        begun = {review.pk for review in rest[:2]} if left > 2 else set()
        for turn, review in enumerate(mine):
            if review.pk in rest_ids and review.pk not in begun:
                continue
            levels = _levels(dice, worth[review.application_id], leaning[reader.pk])
            if review.application_id == split:
                levels = dict.fromkeys(levels, 2 if not given[split] else 4)
            elif scoring.disagreement([*given[review.application_id], levels], rules):
                levels = dict(worth[review.application_id])
            if dice.random() < 0.03:
                levels["commitment"] = None
            started = now - timedelta(days=13, minutes=-turn * (330 - 40 * len(begun)), seconds=dice.randrange(3000))
            review.started_at = started
            if review.pk in begun:
                review.state = Review.State.STARTED
                levels = {key: levels[key] for key in list(levels)[:3]}
            else:
                review.state = Review.State.SUBMITTED
                review.submitted_at = started + timedelta(minutes=dice.randint(9, 31))
                given[review.application_id].append(levels)
                if dice.random() < 0.35:
                    review.shared_comment = dice.choice(SHARED)
            scores += [
                CriterionScore(
                    review=review,
                    criterion=key,
                    level=level,
                    cannot_judge=level is None,
                    comment=_comment(dice, key, level) if level else "",
                )
                for key, level in levels.items()
            ]
    flagged = next(review for review in reviews if review.application_id == papers[9].pk)
    flagged.flag = "The counties they name are outside the region. Can staff check?"
    extra = _further_reader(papers, split, readers, reviews)
    Review.objects.bulk_create([*reviews, *extra])
    CriterionScore.objects.bulk_create(scores, batch_size=2000)
    HistoryEntry.objects.bulk_create(
        [
            HistoryEntry(
                at=review.submitted_at,
                actor_id=review.reader_id,
                cohort_id=call.cohort_id,
                verb="review.submitted",
                object_type="applications.review",
                object_id=str(review.pk),
                details={"application": str(review.application_id), "before": "started", "after": "submitted"},
            )
            for review in reviews
            if review.submitted_at
        ]
    )


def _worth(dice: random.Random, criteria: list[str]) -> dict[str, int]:
    """What an application is worth by criterion: a level for the whole, and one step up or down here and there."""
    middle = dice.choices([2, 3, 4, 5], weights=[14, 40, 38, 8])[0]
    return {key: min(5, max(1, middle + dice.choices([-1, 0, 1], weights=[22, 56, 22])[0])) for key in criteria}


def _further_reader(
    papers: list[Application], split: object, readers: list[User], reviews: list[Review]
) -> list[Review]:
    """The reader whom the disagreement brought in, who has not started."""
    application = next(paper for paper in papers if paper.pk == split)
    have = {review.reader_id for review in reviews if review.application_id == split}
    free = [reader for reader in readers if reader.pk not in have]
    return [
        Review(
            application=application,
            reader=reader,
            extra=True,
            due_on=reviews[0].due_on,
            position=_place(reader.email, application.number),
        )
        for reader in free[:1]
    ]


def load_decisions(stage: demo.Stage) -> None:
    """A few drafted decisions, none released, so that the rest can be walked."""
    call = Call.objects.filter(cohort=stage.recruiting).exclude(state=Call.State.DRAFT).order_by("created_at").first()
    if call is None or Decision.objects.filter(application__call=call).exists():
        return
    found = standings(call)
    ranked = sorted(
        Application.objects.filter(call=call, state=Application.State.SUBMITTED, pk__in=list(found)),
        key=lambda application: (-found[application.pk].points, application.number),
    )
    if len(ranked) < 12:
        return
    wanted = [
        (ranked[0], "invite", "COMMITTEE_CHOICE"),
        (ranked[1], "invite", "COMMITTEE_CHOICE"),
        (ranked[len(ranked) // 2], "waitlist", "COHORT_FULL_EQUAL_SCORE"),
        (ranked[-1], "decline", "SCORE_BELOW_LINE"),
    ]
    out = Application.objects.filter(call=call, state="submitted", eligibility="ineligible").order_by("number").first()
    if out is not None:
        wanted.append((out, "not_eligible", "INELIGIBLE"))
    by = stage.people.get("coordinator1")
    for application, value, reason in wanted:
        decision = Decision.objects.create(
            application=application,
            value=value,
            reason_code=reason,
            decided_by=by,
            decided_at=stage.now - timedelta(days=1),
        )
        history.record(
            "decision.made",
            decision,
            actor=by,
            cohort=stage.recruiting,
            application=str(application.pk),
            value=value,
            reason=reason,
            supersedes=None,
        )


def register() -> None:
    demo.register(13, "readings", load_readings)
    demo.register(14, "decisions", load_decisions)
