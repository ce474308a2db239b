"""Building an agenda: every change under the session's lock, so positions stay 1, 2, 3 …"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from cohort.people import history
from cohort.people.models import Cohort, Membership, User
from cohort.people.states import NotPossible
from sessions.common.locking import lock
from sessions.models import Activity, Block, Objective, Priority, Prompt, Reader, Session

#: Everything about a prompt's kind of answer that is not a column.
_ANSWER_DETAILS = ("options", "rows", "columns", "max_items", "ask_after_days", "rows_from", "from")
COPIED = (
    "activity_id",
    "activity_version",
    "title",
    "purpose",
    "credit",
    "phase",
    "group",
    "minutes",
    "min_minutes",
    "max_minutes",
    "priority",
    "protected",
    "sponge",
    "hard_topic",
    "lead_id",
    "decides",
    "materials",
    "steps",
    "participant_text",
    "facilitator_notes",
    "compress",
)


def _open(session: Session) -> Session:
    session = lock(session)
    if not session.editable:
        raise NotPossible(_("The agenda of this session can no longer be changed here."))
    return session


def in_order(session: Session) -> list[Block]:
    """The blocks that are in the agenda, first to last."""
    return list(session.blocks.filter(position__isnull=False).order_by("position"))


def _number(blocks: Sequence[Block]) -> None:
    """Write positions 1, 2, 3 … where they differ. The constraint looks only when the transaction commits."""
    moved = []
    for position, block in enumerate(blocks, start=1):
        if block.position != position:
            block.position = position
            moved.append(block)
    Block.objects.bulk_update(moved, ["position"])


def fill(text: str, cohort: Cohort) -> str:
    """Put the cohort's place and issue into a library text."""
    place = cohort.place or _("our community")
    return text.replace("{place}", place).replace("{issue}", cohort.issue or _("equity"))


def from_activity(activity: Activity, session: Session, position: int | None) -> tuple[Block, list[Prompt]]:
    """A block and its prompts, copied from the library and not saved yet."""
    block = Block(
        session=session,
        position=position,
        activity=activity,
        activity_version=activity.version,
        title=activity.name,
        purpose=activity.purpose,
        credit=activity.credit,
        phase=activity.phase,
        group=activity.group,
        minutes=activity.minutes,
        min_minutes=activity.min_minutes,
        max_minutes=activity.max_minutes,
        protected=activity.protected,
        priority=Priority.MUST if activity.protected else Priority.SHOULD,
        sponge=activity.sponge,
        materials=activity.materials,
        steps=activity.steps,
        participant_text=activity.purpose,
        facilitator_notes="\n".join(activity.host_notes),
        compress=activity.compress,
    )
    prompts = [
        Prompt(
            block=block,
            position=number,
            key=prompt["key"],
            text=fill(prompt["text"], session.cohort),
            answer=prompt["answer"],
            options={name: prompt[name] for name in _ANSWER_DETAILS if name in prompt},
            required=prompt["required"],
            default_reader=prompt["default_visibility"],
            may_share_to=prompt["may_share_to"],
            becomes=prompt.get("becomes", ""),
        )
        for number, prompt in enumerate(activity.prompts, start=1)
    ]
    return block, prompts


@transaction.atomic
def add_from_library(*, session: Session, activity: Activity, by: User) -> Block:
    """Copy an activity into the agenda: before the closing blocks at its end, unless it closes itself."""
    session = _open(session)
    blocks = in_order(session)
    place = len(blocks)
    if activity.phase != "close":
        while place and blocks[place - 1].phase == "close":
            place -= 1
    block, prompts = from_activity(activity, session, None)
    block.save()
    Prompt.objects.bulk_create(prompts)
    _number([*blocks[:place], block, *blocks[place:]])
    history.record(
        "block.added", block, actor=by, cohort=session.cohort, session=str(session.pk), activity=activity.slug
    )
    return block


@transaction.atomic
def add_own(*, session: Session, by: User, title: str, minutes: int) -> Block:
    """A block of the facilitators' own, at the end."""
    session = _open(session)
    blocks = in_order(session)
    block = Block.objects.create(
        session=session, title=title, minutes=minutes, min_minutes=max(1, minutes // 2), max_minutes=minutes * 2
    )
    _number([*blocks, block])
    history.record("block.added", block, actor=by, cohort=session.cohort, session=str(session.pk))
    return block


@transaction.atomic
def move(*, block: Block, by: User, steps: int) -> None:
    """Move a block up (-1) or down (+1); at the end it stays where it is."""
    session = _open(block.session)
    blocks = in_order(session)
    index = next((i for i, each in enumerate(blocks) if each.pk == block.pk), None)
    if index is None:
        raise NotPossible(_("This block has been taken out of the agenda."))
    moved = blocks.pop(index)
    blocks.insert(min(max(index + steps, 0), len(blocks)), moved)
    _number(blocks)


@transaction.atomic
def change(
    *,
    block: Block,
    by: User,
    co_leads: Iterable[Membership] = (),
    objectives: Iterable[Objective] = (),
    prompts: Sequence[Mapping[str, Any]] | None = None,
    **fields: Any,
) -> Block:
    """Change a block. ``prompts``: ``{id, text, default_reader, remove}`` each; new ones come without ``id``."""
    session = _open(block.session)
    block = session.blocks.select_for_update().get(pk=block.pk)
    for name, value in fields.items():
        setattr(block, name, value)
    block.save(update_fields=list(fields))
    block.co_leads.set(co_leads)
    block.objectives.set(objectives)
    if prompts is not None:
        _change_prompts(block, prompts)
    history.record("block.changed", block, actor=by, cohort=session.cohort, session=str(session.pk))
    return block


def _change_prompts(block: Block, rows: Sequence[Mapping[str, Any]]) -> None:
    known: dict[Any, Prompt] = {prompt.pk: prompt for prompt in block.prompts.all()}
    last = max((prompt.position for prompt in known.values()), default=0)
    for row in rows:
        prompt = known.get(row.get("id"))
        if prompt is None:
            if row.get("text"):
                last += 1
                block.prompts.create(
                    position=last,
                    key=f"own-{last}",
                    text=row["text"],
                    default_reader=row["default_reader"],
                    may_share_to=_ladder(row["default_reader"]),
                )
        elif row.get("remove"):
            prompt.delete()
        else:
            prompt.text, prompt.default_reader = row["text"], row["default_reader"]
            prompt.save(update_fields=["text", "default_reader"])


def _ladder(reader: str) -> list[str]:
    """How far the writer may share an answer to a facilitator's own prompt. Nameless answers stay nameless."""
    if reader in (Reader.ROOM_ANONYMOUS, Reader.SURVEY):
        return [reader]
    steps: list[str] = [Reader.PRIVATE, Reader.PAIR, Reader.TABLE, Reader.FACILITATORS, Reader.COHORT]
    return steps


@transaction.atomic
def take_out(*, block: Block, by: User) -> None:
    """Take a block out of the agenda; :func:`put_back` undoes it."""
    session = _open(block.session)
    blocks = in_order(session)
    index = next((i for i, each in enumerate(blocks) if each.pk == block.pk), None)
    if index is None:
        return
    gone = blocks.pop(index)
    Block.objects.filter(pk=gone.pk).update(position=None, taken_from=index + 1)
    _number(blocks)
    history.record("block.taken_out", gone, actor=by, cohort=session.cohort, session=str(session.pk))


@transaction.atomic
def put_back(*, block: Block, by: User) -> None:
    """Put a block back where it was taken from."""
    session = _open(block.session)
    block = session.blocks.get(pk=block.pk)
    if block.position is not None:
        return
    blocks = in_order(session)
    blocks.insert(min((block.taken_from or len(blocks) + 1) - 1, len(blocks)), block)
    block.taken_from = None
    block.save(update_fields=["taken_from"])
    _number(blocks)
    history.record("block.put_back", block, actor=by, cohort=session.cohort, session=str(session.pk))


@transaction.atomic
def duplicate(*, block: Block, by: User) -> Block:
    """A copy of a block with its prompts, right after it."""
    session = _open(block.session)
    blocks = in_order(session)
    index = next((i for i, each in enumerate(blocks) if each.pk == block.pk), None)
    if index is None:
        raise NotPossible(_("This block has been taken out of the agenda."))
    copy = copy_block(blocks[index], session)
    _number([*blocks[: index + 1], copy, *blocks[index + 1 :]])
    history.record("block.added", copy, actor=by, cohort=session.cohort, session=str(session.pk), copied=True)
    return copy


def copy_block(block: Block, session: Session) -> Block:
    """A saved copy of ``block`` and its prompts in ``session``, without a position."""
    copy = Block.objects.create(session=session, **{name: getattr(block, name) for name in COPIED})
    copy.co_leads.set(block.co_leads.all())
    if block.session_id == session.pk:
        copy.objectives.set(block.objectives.all())
    prompts = list(block.prompts.all())
    for prompt in prompts:
        prompt.pk, prompt.block, prompt._state.adding = Prompt().pk, copy, True
    Prompt.objects.bulk_create(prompts)
    return copy


@transaction.atomic
def set_minutes(*, block: Block, by: User, minutes: int) -> Block:
    """Give a block other minutes; the range grows when it has to."""
    session = _open(block.session)
    block = session.blocks.select_for_update().get(pk=block.pk)
    block.minutes = minutes
    block.min_minutes, block.max_minutes = min(block.min_minutes, minutes), max(block.max_minutes, minutes)
    block.save(update_fields=["minutes", "min_minutes", "max_minutes"])
    history.record("block.changed", block, actor=by, cohort=session.cohort, session=str(session.pk), minutes=minutes)
    return block
