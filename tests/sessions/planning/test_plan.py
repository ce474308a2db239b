"""Planning: the agenda builder, publishing, changing, calling off."""

from __future__ import annotations

from datetime import timedelta
from types import SimpleNamespace
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils import timezone

from cohort.outbox.models import Message
from cohort.people import history
from cohort.people.states import NotPossible
from sessions.attendance import expected
from sessions.common import states
from sessions.common.states import State
from sessions.models import Activity, Attendance, Block, Session
from sessions.planning import actions as planning_actions
from sessions.planning import block_actions
from tests.conftest import signed_in
from tests.pages import flat
from tests.sessions.conftest import told

FORM = {
    "title": "Session five",
    "result": "We know.",
    "objectives": "One\nTwo",
    "thread": "",
    "date": "2027-03-04",
    "begins": "09:30",
    "ends": "12:00",
    "place": "Room",
    "link": "",
    "access_notes": "",
    "bring": "",
    "hard_moment_lead": "",
}


def slugs(session: Session) -> list[str]:
    return [block.activity.slug for block in block_actions.in_order(session) if block.activity]


def test_closing_blocks_stay_last(draft: Session) -> None:
    assert slugs(draft) == ["result-and-agenda", "triz", "buffer", "commitments"]


def test_adding_copies_the_template(draft: Session, library: dict[str, Activity], cast: SimpleNamespace) -> None:
    block = draft.blocks.get(activity__slug="triz")
    assert (block.minutes, block.min_minutes, block.max_minutes, block.activity_version) == (35, 20, 50, 1)
    assert [(p.key, p.default_reader) for p in block.prompts.all()] == [
        ("worst", "table"),
        ("already", "table"),
        ("stop", "private"),
    ]
    Activity.objects.filter(slug="triz").update(purpose="Changed later", version=2)
    block.refresh_from_db()
    assert (block.purpose, block.activity_version) == (library["triz"].purpose, 1)


def test_move_and_its_ends(draft: Session, cast: SimpleNamespace) -> None:
    triz = draft.blocks.get(activity__slug="triz")
    block_actions.move(block=triz, by=cast.facilitator, steps=-1)
    assert slugs(draft) == ["triz", "result-and-agenda", "buffer", "commitments"]
    block_actions.move(block=triz, by=cast.facilitator, steps=-1)
    assert slugs(draft) == ["triz", "result-and-agenda", "buffer", "commitments"]
    assert [block.position for block in block_actions.in_order(draft)] == [1, 2, 3, 4]


def test_take_out_and_put_back(draft: Session, cast: SimpleNamespace) -> None:
    triz = draft.blocks.get(activity__slug="triz")
    block_actions.take_out(block=triz, by=cast.facilitator)
    assert slugs(draft) == ["result-and-agenda", "buffer", "commitments"]
    block_actions.put_back(block=triz, by=cast.facilitator)
    assert slugs(draft) == ["result-and-agenda", "triz", "buffer", "commitments"]
    assert triz.prompts.count() == 3


def test_copy_brings_the_questions(draft: Session, cast: SimpleNamespace) -> None:
    copy = block_actions.duplicate(block=draft.blocks.get(activity__slug="triz"), by=cast.facilitator)
    assert slugs(draft) == ["result-and-agenda", "triz", "triz", "buffer", "commitments"]
    assert [prompt.key for prompt in copy.prompts.all()] == ["worst", "already", "stop"]


def test_the_database_refuses_wrong_blocks(draft: Session) -> None:
    for wrong in ({"minutes": 5, "min_minutes": 6, "max_minutes": 9}, {"protected": True, "sponge": True}):
        values = {"minutes": 5, "min_minutes": 5, "max_minutes": 5, **wrong}
        with pytest.raises(IntegrityError), transaction.atomic():
            Block.objects.create(session=draft, title="x", **values)


# ---------------------------------------------------------------- pages


def test_create_by_form(cast: SimpleNamespace) -> None:
    client = signed_in(cast.facilitator)
    answer = client.post(reverse("program_sessions:create", args=["north"]), FORM)
    session = Session.objects.get(cohort=cast.cohort)
    assert (answer.status_code, answer.url) == (302, reverse("program_sessions:agenda", args=[session.pk]))
    assert session.starts_at.isoformat() == "2027-03-04T17:30:00+00:00"
    assert [objective.text for objective in session.objectives.all()] == ["One", "Two"]
    assert [entry.verb for entry in history.of(session)] == ["session.created"]


@pytest.mark.parametrize(
    ("wrong", "field", "words"),
    [
        ({"title": ""}, "title", "required"),
        ({"ends": "09:00"}, "ends", "after the start"),
        ({"ends": "23:00"}, "ends", "twelve hours"),
        ({"date": "2020-03-04"}, "date", "in the past"),
        ({"objectives": "1\n2\n3\n4\n5\n6"}, "objectives", "five"),
        ({"link": "not a link"}, "link", "valid URL"),
    ],
)
def test_wrong_input_is_named_beside_its_field(
    wrong: dict[str, str], field: str, words: str, cast: SimpleNamespace
) -> None:
    answer = signed_in(cast.facilitator).post(reverse("program_sessions:create", args=["north"]), {**FORM, **wrong})
    assert answer.status_code == 422
    assert words in str(answer.context["form"].errors[field])
    assert f'id="id_{field}_error"' in answer.content.decode()
    assert Session.objects.count() == 0


def test_only_a_facilitator_plans(cast: SimpleNamespace) -> None:
    url = reverse("program_sessions:create", args=["north"])
    people = (cast.participant, cast.coordinator, cast.stranger, cast.other_facilitator)
    assert [signed_in(user).post(url, FORM).status_code for user in people] == [403, 403, 404, 404]


def test_the_builder_shows_clock_times(draft: Session, cast: SimpleNamespace) -> None:
    client = signed_in(cast.facilitator)
    page = client.get(reverse("program_sessions:agenda", args=[draft.pk]))
    starts = [line.row.starts - draft.starts_at for line in page.context["rows"]]
    assert [int(each.total_seconds() // 60) for each in starts] == [0, 5, 40, 55]
    assert page.context["agenda"].in_hand == 25


def press(client: Any, block: Block, verb: str, **data: str) -> Any:
    return client.post(reverse("program_sessions:block_act", args=[block.session_id, block.pk, verb]), data)


def test_builder_buttons(draft: Session, cast: SimpleNamespace) -> None:
    client = signed_in(cast.facilitator)
    triz = draft.blocks.get(activity__slug="triz")
    assert press(client, triz, "up").url.endswith(f"#block-{triz.pk}")
    press(client, triz, "minutes", minutes="60")
    triz.refresh_from_db()
    assert (triz.position, triz.minutes, triz.max_minutes) == (1, 60, 60)
    press(client, triz, "minutes", minutes="0")
    triz.refresh_from_db()
    assert triz.minutes == 60
    assert press(client, triz, "explode").status_code == 404
    assert press(signed_in(cast.coordinator), triz, "take-out").status_code == 403
    assert press(signed_in(cast.participant), triz, "take-out").status_code == 404  # a draft is not theirs to know
    assert press(signed_in(cast.other_facilitator), triz, "take-out").status_code == 404
    press(client, triz, "take-out")
    assert "Put back" in client.get(reverse("program_sessions:agenda", args=[draft.pk])).content.decode()
    press(client, triz, "put-back")
    assert slugs(draft)[0] == "triz"


def test_block_of_another_session_is_not_found(draft: Session, cast: SimpleNamespace) -> None:
    other = planning_actions.create_session(
        cohort=cast.cohort, by=cast.facilitator, title="Other", starts_at=draft.starts_at, ends_at=draft.ends_at
    )
    block = draft.blocks.first()
    assert block is not None
    url = reverse("program_sessions:block", args=[other.pk, block.pk])
    assert signed_in(cast.facilitator).get(url).status_code == 404


def test_change_a_block_in_full(draft: Session, cast: SimpleNamespace) -> None:
    client = signed_in(cast.facilitator)
    triz = draft.blocks.get(activity__slug="triz")
    worst, already, stop = triz.prompts.all()
    lead = cast.cohort.memberships.get(role="facilitator")
    data = {
        "title": "Stop what hurts",
        "minutes": "30",
        "min_minutes": "20",
        "max_minutes": "45",
        "lead": str(lead.pk),
        "decides": "together",
        "priority": "must",
        "group": "table",
        "objectives": [str(draft.objectives.all()[1].pk)],
        "participant_text": "Words",
        "facilitator_notes": "Mine",
        "materials_text": "paper\n\npens",
        "locked_start": "",
        f"prompt-{worst.pk}-text": "What would be worst?",
        f"prompt-{worst.pk}-default_reader": "cohort",
        f"prompt-{already.pk}-text": already.text,
        f"prompt-{already.pk}-default_reader": "table",
        f"prompt-{already.pk}-remove": "on",
        f"prompt-{stop.pk}-text": stop.text,
        f"prompt-{stop.pk}-default_reader": "private",
        "prompt-new-text": "And you?",
        "prompt-new-default_reader": "private",
    }
    answer = client.post(reverse("program_sessions:block", args=[draft.pk, triz.pk]), data)
    assert answer.status_code == 302, answer.context["form"].errors
    triz.refresh_from_db()
    assert (triz.title, triz.minutes, triz.lead, triz.decides, triz.materials) == (
        "Stop what hurts",
        30,
        lead,
        "together",
        ["paper", "pens"],
    )
    assert [prompt.text for prompt in triz.prompts.all()] == ["What would be worst?", stop.text, "And you?"]
    page = flat(client.get(reverse("program_sessions:block", args=[draft.pk, triz.pk])).content.decode())
    assert ("<h1>Stop what hurts</h1>" in page, triz.steps[0]["do"][:20] in page, triz.credit[:30] in page) == (
        True,
        True,
        True,
    )
    bad = client.post(reverse("program_sessions:block", args=[draft.pk, triz.pk]), {**data, "min_minutes": "50"})
    assert (bad.status_code, list(bad.context["form"].errors)) == (422, ["min_minutes"])


def test_a_question_cannot_be_opened_wider_than_its_ladder(draft: Session, cast: SimpleNamespace) -> None:
    block = draft.blocks.get(activity__slug="commitments")
    with pytest.raises(IntegrityError), transaction.atomic():
        block.prompts.filter(default_reader="private").update(default_reader="room_anonymous")


# ---------------------------------------------------------------- publishing


def test_publish_expects_everyone_and_invites(draft: Session, cast: SimpleNamespace) -> None:
    planning_actions.publish(session=draft, by=cast.facilitator)
    draft.refresh_from_db()
    assert (draft.state, draft.published_at is not None) == (State.PUBLISHED, True)
    assert [(row.membership.user, row.state) for row in draft.attendance.all()] == [(cast.participant, "expected")]
    told = Message.objects.filter(kind="session_invitation").values_list("recipient__name", flat=True)
    assert sorted(told) == ["Facilitator", "Participant"]


@pytest.mark.parametrize("change", [{"result": ""}, {"place": "", "link": ""}])
def test_publish_needs_a_result_and_a_place(draft: Session, cast: SimpleNamespace, change: dict[str, str]) -> None:
    planning_actions.change_session(session=draft, by=cast.facilitator, **change)
    with pytest.raises(NotPossible):
        planning_actions.publish(session=draft, by=cast.facilitator)
    assert Message.objects.count() == 0


def test_publish_needs_blocks_and_a_future(draft: Session, cast: SimpleNamespace) -> None:
    now = timezone.now()
    Session.objects.filter(pk=draft.pk).update(starts_at=now - timedelta(minutes=1), ends_at=now + timedelta(hours=2))
    with pytest.raises(NotPossible, match="past"):
        planning_actions.publish(session=draft, by=cast.facilitator)
    draft.blocks.all().delete()
    with pytest.raises(NotPossible, match="missing"):
        planning_actions.publish(session=draft, by=cast.facilitator)


def test_the_database_refuses_a_published_session_without_result(draft: Session) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        Session.objects.filter(pk=draft.pk).update(state="published", result="")


def test_a_change_of_time_raises_the_sequence_and_tells_once(published: Session, cast: SimpleNamespace) -> None:
    told(published)
    later = published.starts_at + timedelta(hours=1)
    planning_actions.change_session(session=published, by=cast.facilitator, place="Room C")
    planning_actions.change_session(
        session=published, by=cast.facilitator, starts_at=later, ends_at=later + timedelta(hours=2)
    )
    published.refresh_from_db()
    assert published.sequence == 2
    waiting = Message.objects.filter(kind="session_changed", state="planned")
    assert {message.refs["sequence"] for message in waiting} == {2}
    assert waiting.count() == 2
    assert all(message.due_at > timezone.now() + timedelta(minutes=9) for message in waiting)
    planning_actions.change_session(session=published, by=cast.facilitator, title="Other title", bring="A pen")
    published.refresh_from_db()
    assert published.sequence == 2


def test_call_off_tells_and_stops_everything_else(published: Session, cast: SimpleNamespace) -> None:
    told(published)
    planning_actions.change_session(session=published, by=cast.facilitator, place="Room C")
    planning_actions.call_off(session=published, by=cast.facilitator)
    published.refresh_from_db()
    assert (published.state, published.sequence) == (State.CANCELLED, 2)
    states_by_kind = set(Message.objects.values_list("kind", "state"))
    assert states_by_kind == {
        ("session_invitation", "cancelled"),
        ("session_changed", "cancelled"),
        ("session_cancelled", "planned"),
    }
    with pytest.raises(NotPossible):
        planning_actions.change_session(session=published, by=cast.facilitator, place="Room D")


def test_drafts_can_be_thrown_away_published_ones_cannot(draft: Session, cast: SimpleNamespace) -> None:
    client, url = signed_in(cast.facilitator), reverse("program_sessions:call_off", args=[draft.pk])
    assert "Throw" in client.get(url).content.decode()
    client.post(url)
    assert Session.objects.count() == 0


def test_rewording_an_objective_keeps_what_serves_it(draft: Session, cast: SimpleNamespace) -> None:
    _first, second = draft.objectives.all()
    block = draft.blocks.get(activity__slug="triz")
    block.objectives.add(second)
    planning_actions.change_session(
        session=draft, by=cast.facilitator, objectives=["See who is missing", "Give power away"]
    )
    assert [objective.text for objective in block.objectives.all()] == ["Give power away"]
    planning_actions.change_session(session=draft, by=cast.facilitator, objectives=["Only one"])
    assert [objective.text for objective in draft.objectives.all()] == ["Only one"]


# ---------------------------------------------------------------- states

EVERY = [(a, b) for a in State.values for b in State.values]


@pytest.mark.parametrize(("before", "after"), EVERY)
def test_the_state_table_is_the_whole_truth(before: str, after: str, draft: Session, cast: SimpleNamespace) -> None:
    ended = timezone.now() if before == State.ENDED else None
    Session.objects.filter(pk=draft.pk).update(state=before, ended_at=ended)
    draft.refresh_from_db()
    if after in Session.MOVES[before]:
        states.move_session(draft, after, actor=cast.facilitator)
    else:
        with pytest.raises(NotPossible):
            states.move_session(draft, after, actor=cast.facilitator)
        after = before
    draft.refresh_from_db()
    assert draft.state == after


def test_a_stale_session_cannot_be_moved(published: Session, cast: SimpleNamespace) -> None:
    stale = Session.objects.get(pk=published.pk)
    states.move_session(published, State.CANCELLED, actor=cast.facilitator)
    with pytest.raises(NotPossible, match="a moment ago"):
        states.move_session(stale, State.RUNNING, actor=cast.facilitator)


def test_attendance_is_expected_once(published: Session, cast: SimpleNamespace) -> None:
    expected.expect_everyone(published)
    assert Attendance.objects.filter(session=published).count() == 1
