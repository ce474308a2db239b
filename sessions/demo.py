"""The demo's sessions: three that took place, with everything they leave behind, and one in two days. All invented."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, time, timedelta

from cohort.outbox.registry import wall_time
from cohort.people import demo
from cohort.people.models import Membership
from sessions.groups import draw as groups_draw
from sessions.library.actions import load_activities
from sessions.live import state as live_state
from sessions.live.actions import snapshot
from sessions.models import (
    Activity,
    Agreement,
    Attendance,
    Block,
    Objective,
    Prompt,
    Run,
    RunEvent,
    Seat,
    SeatingFacts,
    Session,
    Table,
    TableDraw,
)
from sessions.planning.block_actions import from_activity

BEGINS = time(9, 30)
SECTORS = [
    "health",
    "housing",
    "health",
    "health",
    "public health",
    "tribal health",
    "family services",
    "community",
    "health",
    "youth",
    "health",
    "behavioral health",
    "birth care",
    "first response",
]
STYLES = ["visionary", "mobilizer", "analyst", "nurturer"]

A = Attendance.State
PREWORK = "Ask two people at work who was in the room when your last big decision was made. Ten minutes is enough."
CATCH_UP = (
    "Read the agenda of that day and the page of notes that the facilitators keep on the shared drive.\n\n"
    "Then talk with somebody who was there: what changed how you see your own work? Fifteen minutes by phone will do."
)


@dataclass(frozen=True)
class Plan:
    """One session of the season. ``blocks``: (slug, minutes or 0 for the usual, objective served or 0, who decides)."""

    days: int  # from the moment of loading
    title: str
    result: str
    objectives: list[str]
    blocks: list[tuple[str, int, int, str]]
    place: str
    overrun: list[int] = field(default_factory=list)  # minutes each block took beyond its plan
    away: dict[int, str] = field(default_factory=dict)  # participant number -> state other than present


SEASON = [
    Plan(
        -70,
        "Meeting one another",
        "We know what each of us brings, and we have agreements in our own words.",
        ["Meet through gifts before job titles", "Make agreements that we can return to"],
        [
            ("arrival-needs-check", 0, 0, "host_after_asking"),
            ("result-and-agenda", 0, 0, "host"),
            ("asset-introductions", 25, 1, "together"),
            ("stepping-up-stories", 0, 1, "together"),
            ("buffer", 0, 0, "host"),
            ("build-agreements", 45, 2, "members"),
            ("trust-three", 0, 1, "together"),
            ("commitments", 0, 0, "members"),
            ("session-evaluation", 0, 0, "members"),
        ],
        "Valley Library, Burlington, Room B",
        [1, 0, 4, 3, 2, 6, 0, 0, 0],
        {9: A.LATE, 14: A.EXCUSED},
    ),
    Plan(
        -42,
        "Leading from within",
        "Each of us can name one habit we lead from and one move we want to change.",
        ["See our own habits and defenses", "Practice listening that does not fix"],
        [
            ("arrival-needs-check", 0, 0, "host_after_asking"),
            ("result-and-agenda", 0, 0, "host"),
            ("commitment-lookback", 0, 0, "members"),
            ("habits-of-the-heart", 0, 1, "together"),
            ("defensive-moves", 0, 1, "together"),
            ("buffer", 0, 0, "host"),
            ("listening-rounds", 0, 2, "members"),
            ("agreements-return", 0, 0, "together"),
            ("commitments", 0, 0, "members"),
            ("session-evaluation", 0, 0, "members"),
        ],
        "Riverside Hall, Everett",
        [0, 1, 3, 5, 4, -3, 2, 0, 0, 0],
        {3: A.REMOTE, 6: A.LEFT_EARLY, 12: A.ABSENT},
    ),
    Plan(
        -14,
        "Leading together",
        "We can see who is at our tables, who is missing, and what it would take to change that.",
        ["See whose voices shape our decisions", "Name the power we have and the power we share"],
        [
            ("arrival-needs-check", 0, 0, "host_after_asking"),
            ("result-and-agenda", 0, 0, "host"),
            ("opening-reading", 0, 0, "host"),
            ("who-is-at-our-tables", 0, 1, "together"),
            ("buffer", 0, 0, "host"),
            ("recognising-power", 0, 2, "together"),
            ("engagement-spectrum", 0, 1, "together"),
            ("commitments", 0, 0, "members"),
            ("session-evaluation", 0, 0, "members"),
        ],
        "Bayview Room, Bellingham",
        [2, 0, 1, 6, -4, 3, 2, 0, 0],
        {2: A.EXCUSED, 8: A.LATE, 11: A.REMOTE},
    ),
    Plan(
        2,
        "From activities to results",
        "Each table has one result it would stand for, and one habit that would defeat it.",
        ["Start from results, not from activities", "Find what we must stop doing", "Say who decides, and how"],
        [
            ("arrival-needs-check", 0, 0, "host_after_asking"),
            ("result-and-agenda", 0, 0, "host"),
            ("commitment-lookback", 0, 0, "members"),
            ("triz", 0, 2, "together"),
            ("buffer", 0, 0, "host"),
            ("results-first", 0, 1, "together"),
            ("recognising-power", 30, 3, "together"),
            ("agreements-return", 5, 0, "together"),
            ("commitments", 0, 0, "members"),
            ("session-evaluation", 0, 0, "members"),
        ],
        "Harbor Hall, Anacortes",
    ),
]


def load(stage: demo.Stage) -> None:
    if not Activity.objects.exists():
        load_activities()
    if Session.objects.filter(cohort=stage.running).exists():
        return
    people = sorted(stage.members(stage.running, "participant"), key=_number)
    hosts = stage.members(stage.running, "facilitator")
    SeatingFacts.objects.bulk_create(
        [
            SeatingFacts(membership=member, organization=organization, sector=SECTORS[n], style=STYLES[n % 4])
            for n, (member, organization) in enumerate(zip(people, stage.organizations, strict=False))
        ]
    )
    library = {activity.slug: activity for activity in Activity.objects.all()}
    _agreements(stage, library["build-agreements"])
    met: dict[groups_draw.Pair, int] = {}
    for number, plan in enumerate(SEASON, start=1):
        session, blocks = _planned(stage, plan, library, hosts)
        past = plan.days < 0
        _attendance(session, plan, people, past)
        if past:
            _ran(session, blocks, plan, hosts[0])
            _tables(session, plan, people, hosts[0], number, met)


def _number(member: Membership) -> int:
    """participant12@… -> 12: names in their own order, not by letters."""
    return int("".join(letter for letter in member.user.email.partition("@")[0] if letter.isdigit()) or 0)


def _agreements(stage: demo.Stage, source: Activity) -> None:
    since = stage.now - timedelta(days=70)
    Agreement.objects.bulk_create(
        [
            Agreement(cohort=stage.running, position=position, name=row["name"], words=row["ours"], in_force_from=since)
            for position, row in enumerate(source.extras["starter_touchstones"], start=1)
        ]
    )


def _planned(
    stage: demo.Stage, plan: Plan, library: dict[str, Activity], hosts: list[Membership]
) -> tuple[Session, list[Block]]:
    zone = stage.running.zone
    day = (stage.now + timedelta(days=plan.days)).astimezone(zone).date()
    if plan.days < 0:
        day -= timedelta(days=(day.weekday() - 3) % 7)  # past ones met on Thursdays
    starts = wall_time.at(day, BEGINS, zone)
    minutes = sum(length or library[slug].minutes for slug, length, *_ in plan.blocks) + 5
    session = Session.objects.create(
        cohort=stage.running,
        title=plan.title,
        result=plan.result,
        thread="Season one",
        starts_at=starts,
        ends_at=starts + timedelta(minutes=minutes),
        place=plan.place,
        access_notes="Step-free entrance at the side door. Live captions on the screen. Lunch after the close.",
        bring="Something to write with, and one decision from your work that you can talk about.",
        prework=PREWORK if plan.days > 0 else "",
        ask_needs=plan.days > 0,
        catch_up=CATCH_UP if plan.days < 0 else "",
        link="https://meet.example/cohort-north",
        hard_moment_lead=hosts[1],
        state=Session.State.PUBLISHED,
        created_at=starts - timedelta(days=30),
        published_at=starts - timedelta(days=21),
    )
    objectives = [
        Objective(session=session, position=position, text=text) for position, text in enumerate(plan.objectives, 1)
    ]
    Objective.objects.bulk_create(objectives)
    blocks: list[Block] = []
    prompts: list[Prompt] = []
    for position, (slug, length, _serves, decides) in enumerate(plan.blocks, start=1):
        block, questions = from_activity(library[slug], session, position)
        block.minutes = length or block.minutes
        block.decides, block.lead = decides, hosts[position % 2]
        block.hard_topic = slug in ("recognising-power", "defensive-moves")
        blocks.append(block)
        prompts += questions
    Block.objects.bulk_create(blocks)
    Prompt.objects.bulk_create(prompts)
    Block.objectives.through.objects.bulk_create(
        [
            Block.objectives.through(block_id=block.pk, objective_id=objectives[serves - 1].pk)
            for block, (_slug, _length, serves, _decides) in zip(blocks, plan.blocks, strict=True)
            if serves
        ]
    )
    return session, blocks


def _attendance(session: Session, plan: Plan, people: list[Membership], past: bool) -> None:
    rows = []
    for number, member in enumerate(people, start=1):
        state = plan.away.get(number, A.PRESENT) if past else A.EXPECTED
        came = session.starts_at + timedelta(minutes=12 if state == A.LATE else number % 7 - 8)
        there = state in Attendance.THERE
        rows.append(
            Attendance(
                session=session,
                membership=member,
                state=state,
                checked_in_at=came if there else None,
                marked_at=came if past else session.created_at,
            )
        )
    Attendance.objects.bulk_create(rows)


def _ran(session: Session, blocks: list[Block], plan: Plan, host: Membership) -> None:
    """Run events as a real evening leaves them: some blocks over, some time given, an agreement returned to."""
    run = Run.objects.create(session=session, opened_at=session.starts_at - timedelta(minutes=20), opened_by=host.user)
    at = session.starts_at + timedelta(minutes=2)
    items = [snapshot(block).as_data() for block in blocks]
    data: dict[str, object] = {"items": items, "ends_at": session.ends_at.isoformat()}
    events: list[tuple[str, datetime, dict[str, object]]] = [("start", at, data)]
    for number, (block, over) in enumerate(zip(blocks, plan.overrun, strict=True)):
        if over >= 3:
            events.append(("extend", at + timedelta(minutes=block.minutes), {"minutes": 2}))
        if number == len(blocks) // 2:
            agreement = Agreement.objects.filter(cohort=session.cohort).order_by("position")[number % 7]
            events.append(("return_to_agreement", at + timedelta(minutes=1), {"agreement": str(agreement.pk)}))
        at += timedelta(minutes=block.minutes + over)
        events.append(("next" if number + 1 < len(blocks) else "end", at, {}))
    events.sort(key=lambda event: event[1])
    state = live_state.State()
    rows = []
    for position, (kind, moment, details) in enumerate(events, start=1):
        state = live_state.apply(state, live_state.Event(position, kind, moment, details))
        rows.append(RunEvent(run=run, position=position, kind=kind, at=moment, actor=host.user, data=details))
    RunEvent.objects.bulk_create(rows)
    Run.objects.filter(pk=run.pk).update(position=len(rows))
    Session.objects.filter(pk=session.pk).update(
        state=Session.State.ENDED, ended_at=state.ended_at, register_closed_at=at + timedelta(minutes=15)
    )


def _tables(
    session: Session,
    plan: Plan,
    people: list[Membership],
    host: Membership,
    seed: int,
    met: dict[groups_draw.Pair, int],
) -> None:
    """Drawn by the real draw, from people named by number so that every load gives the same tables."""
    in_room = [n for n in range(1, len(people) + 1) if plan.away.get(n, A.PRESENT) in (A.PRESENT, A.LATE)]
    facts = [
        groups_draw.Person(f"{n:02}", employer=f"e{n}", sector=SECTORS[n - 1], style=STYLES[(n - 1) % 4])
        for n in in_room
    ]
    result = groups_draw.draw(facts, met=met, seed=seed)
    draw = TableDraw.objects.create(
        session=session,
        seed=seed,
        iterations=result.iterations,
        score=result.cost,
        drawn_by=host.user,
        drawn_at=session.starts_at + timedelta(minutes=5),
        reasons=[{"code": code, "number": number} for code, number in result.reasons],
    )
    rows = [Table(draw=draw, number=number) for number in range(1, len(result.tables) + 1)]
    Table.objects.bulk_create(rows)
    Seat.objects.bulk_create(
        [
            Seat(draw=draw, table=table, membership=people[int(seated.id) - 1], role=seated.role)
            for table, seats in zip(rows, result.tables, strict=True)
            for seated in seats
        ]
    )
    for seats in result.tables:
        for i, one in enumerate(seats):
            for other in seats[i + 1 :]:
                key = groups_draw.pair(one.id, other.id)
                met[key] = met.get(key, 0) + 1


def register() -> None:
    demo.register(20, "sessions", load)
