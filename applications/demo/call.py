# ruff: noqa: E501 - one saying a line
"""The demo's call page, what people asked about it, and who passed it on. All invented."""

from __future__ import annotations

import datetime as dt
import random

from applications.call.inbox import actions as inbox_actions
from applications.call.letters import actions as letters_actions
from applications.call.letters import templates as letters_templates
from applications.call.page import actions as page_actions
from applications.call.partners import actions as partners_actions
from applications.demo.apply import SLUG
from applications.models import Answer, Application, Call, CallQuestion, PageItem, Partner, PartnerVisits, Source
from cohort.outbox.models import Message, State
from cohort.people import demo
from cohort.people.models import User

OPENING = (
    "This is the second cohort of a community of practice that began with fourteen leaders last year. They told us what "
    "helped most: time to think with peers who know how hard it is, and one real change to work on.\n\n"
    "You do not need to have answers. You need something that you can change, and the wish to look at it honestly."
)
COST = (
    "Taking part is free. We pay for travel, ferries, parking and child care, and for interpreters and captions. If your "
    "organization cannot give you paid time, tell us: there is a small fund for that."
)
FACILITATORS = [
    (
        "Luis Ortega",
        "Has led groups in farm-worker health for twenty years. Keeps time gently, and notices who has not spoken yet.",
    ),
    (
        "Claire Whitehorse",
        "Works with Tribal wellness programs and county teams. Brings practices that slow a room down when it matters.",
    ),
]
# days before now, signed in (place in the pool) or name and address, state, words, answer
QUESTIONS: list[tuple[float, int | tuple[str, str], str, str, str]] = [
    (
        19,
        ("Marisol", "marisol.q@example.org"),
        "answered",
        "Hello, this is Marisol from the night shift at a care home. I cannot attend at nine in the morning every month. "
        "Is there any way? Thank you, Marisol, 360-555-0118",
        "Thank you for asking. You need to attend eight of ten sessions, and three of them are online. Many employers "
        "count the sessions as work time; the form asks yours to confirm that. If mornings are hard because of shifts, "
        "call us and we look at the dates together.",
    ),
    (
        15,
        11,
        "answered",
        "Can I upload my application letter instead of answering the five questions?",
        "We ask everybody the same five questions, so that they are read alike. You may paste parts of a letter, answer in "
        "notes, or answer by phone.",
    ),
    (
        12,
        ("", "info@cheap-seo.example.org"),
        "aside",
        "We can bring your website to place one. Reply for a free offer!",
        "",
    ),
    (
        2.6,
        ("Daniel P.", "daniel.p@example.org"),
        "open",
        "My organization works in Snohomish and King counties. Most of our clients live in King. Can I still apply?",
        "",
    ),
    (1.4, 20, "open", "I sent my application and then changed jobs. Should I change my answers, or start again?", ""),
    (0.3, ("", "wren@example.org"), "open", "Is the building in Mount Vernon reachable with a power wheelchair?", ""),
]
ENTRY = (
    "What if I work shifts and mornings are hard?",
    "You need to attend eight of ten sessions, and three of them are online. Many employers count sessions as work "
    "time. If dates are hard for you, call us and we look at them together.",
)
WAITING = "Meanwhile, you are welcome at our open evenings on the first Tuesday of each month. No sign-up is needed."
PARTNERS = [("North Sound Tribal Health Network", 0.9), ("Skagit Immigrant Rights Council newsletter", 0.6)]
HEARD = ["partner", "colleague", "colleague", "newsletter", "employer", "event", "past", "social", "search"]


def load(stage: demo.Stage) -> None:
    """Fill page, inbox and partners of the demo's call. Does nothing when that was done."""
    call = Call.objects.filter(slug=SLUG).select_related("cohort").first()
    actor = stage.people.get("coordinator1") or User.objects.filter(email="coordinator1@demo.example").first()
    if call is None or actor is None or call.own_parts:
        return
    chance = random.Random("demo call")
    _page(call, actor, stage.now)
    _letter(call, actor)
    _inbox(call, actor, stage)
    _partners(call, actor, stage.now, chance)
    _heard(call, chance)


def _page(call: Call, actor: User, now: dt.datetime) -> None:
    page_actions.change_texts(call=call, actor=actor, opening=OPENING, cost=COST)
    page_actions.make_own(call=call, part=PageItem.Part.QUESTION, actor=actor)
    for name, words in FACILITATORS:
        page_actions.add_line(call=call, part=PageItem.Part.FACILITATOR, actor=actor, title=name, words=words)
    evening = (now + dt.timedelta(days=4)).astimezone(call.cohort.zone).date()
    page_actions.add_line(
        call=call,
        part=PageItem.Part.DATE,
        actor=actor,
        on=evening,
        title="Open evening online, 5:30 to 6:30: meet the facilitators and ask anything",
    )


def _letter(call: Call, actor: User) -> None:
    """One letter in the coordinators' own words."""
    text = letters_templates.standard("waitlist")
    body = text.body.replace("\n\n{contact}", f"\n\n{WAITING}\n\n{{contact}}")
    letters_actions.change_letter(
        call=call,
        name="waitlist",
        language="en",
        actor=actor,
        text=letters_templates.LetterTemplate(text.subject, body),
    )


def _inbox(call: Call, actor: User, stage: demo.Stage) -> None:
    pool = list(Application.objects.filter(call=call).select_related("applicant").order_by("number")[:40])
    for days, who, state, words, answer in QUESTIONS:
        at = stage.now - dt.timedelta(days=days)
        person = pool[who].applicant if isinstance(who, int) else None
        name, email = who if isinstance(who, tuple) else ("", "")
        row = inbox_actions.ask(call=call, words=words, asker=person, name=name, email=email)
        CallQuestion.objects.filter(pk=row.pk).update(asked_at=at)
        if state == "answered":
            inbox_actions.answer(question=row, actor=actor, words=answer)
            answered = at + dt.timedelta(hours=20)
            CallQuestion.objects.filter(pk=row.pk).update(answered_at=answered)
            Message.objects.filter(refs__contains={"question": str(row.pk)}).update(
                state=State.SENT, sent_at=answered, due_at=answered, created_at=answered
            )
        elif state == "aside":
            inbox_actions.move_question(row, CallQuestion.State.ASIDE, actor=actor)
    first = CallQuestion.objects.filter(call=call, state="answered").order_by("asked_at").first()
    assert first is not None
    inbox_actions.make_entry(question=first, actor=actor, title=ENTRY[0], words=ENTRY[1])


def _partners(call: Call, actor: User, now: dt.datetime, chance: random.Random) -> None:
    made = []
    assert call.opens_at is not None
    for name, share in PARTNERS:
        partner = partners_actions.add_partner(call=call, name=name, actor=actor)
        made.append(partner)
        days = (now - call.opens_at).days
        PartnerVisits.objects.bulk_create(
            [
                PartnerVisits(
                    partner=partner,
                    day=(now - dt.timedelta(days=n)).date(),
                    count=max(int(chance.triangular(0, 14, 1) * share), 0),
                )
                for n in range(days)
            ]
        )
    rows: list[Source] = []
    for place, application in enumerate(
        Application.objects.filter(call=call).exclude(state="withdrawn").order_by("number")
    ):
        partner_of: Partner | None = made[0] if place % 5 == 1 else made[1] if place % 8 == 3 else None
        if partner_of is not None:
            rows.append(Source(application=application, partner=partner_of))
    Source.objects.bulk_create(rows)


def _heard(call: Call, chance: random.Random) -> None:
    """Three of four say how they heard of the call; the first demo person, who still writes, does not."""
    rows = []
    for application in Application.objects.filter(call=call, state="submitted").order_by("number"):
        if chance.random() < 0.75:
            codes = sorted({chance.choice(HEARD) for _n in range(chance.choice([1, 1, 1, 2]))})
            rows.append(
                Answer(
                    application=application,
                    question="heard_from",
                    value=codes,
                    visibility="staff",
                    saved_at=application.edited_at,
                )
            )
    Answer.objects.bulk_create(rows, ignore_conflicts=True)


def register() -> None:
    demo.register(14, "call", load)
