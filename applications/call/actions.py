"""What coordinators do to a call. One table says which state may follow which; nothing else sets a state."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.text import slugify
from django.utils.translation import gettext as _

from applications.call import extend, opening
from applications.common import call_forms
from applications.models import Application, Call, FormDraft, FormVersion, RubricVersion
from cohort.people import history, states
from cohort.people.models import Cohort, User
from cohort.people.states import NotPossible


class NotSettledError(NotPossible):
    """What people are chosen by is not chosen yet."""


def move_call(*, call: Call, to: str, actor: User | None, refusal: str = "", **changes: Any) -> Call:
    """Move a call to state ``to``, changing other fields with it.

    :raises NotPossible: the table of states does not allow it; ``refusal`` says so.
    """
    with transaction.atomic():
        locked = Call.objects.select_for_update().get(pk=call.pk)
        details = {"before": locked.state}
        states.move(locked, to, actor=actor, cohort=call.cohort, details=details, refusal=refusal, **changes)
    call.refresh_from_db(fields=["state", *changes])
    return call


def create_call(
    *, cohort: Cohort, actor: User, title: str, summary: str = "", facts: dict[str, str] | None = None, **dates: Any
) -> Call:
    """A new call in preparation, with an address of its own made from the title."""
    with transaction.atomic():
        base = slugify(title)[:50] or "call"
        taken = set(Call.objects.filter(slug__startswith=base).values_list("slug", flat=True))
        slug = next(s for s in (base, *(f"{base}-{n}" for n in range(2, 10_000))) if s not in taken)
        call = Call.objects.create(cohort=cohort, slug=slug, title=title, summary=summary, facts=facts or {}, **dates)
        history.record("call.created", call, actor=actor, cohort=cohort)
    return call


@transaction.atomic
def freeze(*, call: Call, actor: User | None) -> FormVersion:
    """Freeze the form and the rubric of a call as its first versions. A call keeps what it has.

    What coordinators wrote in the form editor before the first opening is what is frozen.
    """
    state = Call.objects.select_for_update().values_list("state", flat=True).get(pk=call.pk)
    form: FormVersion | None = call.form_versions.order_by("-number").first()
    draft = FormDraft.objects.filter(call=call).first() if state == Call.State.DRAFT else None
    if form is None or draft is not None:
        number = form.number + 1 if form else 1
        written = draft.definition if draft else call_forms.default_definition(call.cohort)
        form = FormVersion.objects.create(
            call=call,
            number=number,
            definition={**written, "version": number},
            made_by=actor,
            note="" if number == 1 else _("Changed before the call opened."),
        )
        if draft is not None:
            draft.delete()
    if not call.rubric_versions.exists():
        RubricVersion.objects.create(call=call, number=1, definition=call_forms.default_rubric())
    return form


def open_call(*, call: Call, actor: User | None, now: dt.datetime | None = None) -> Call:
    """Open a call: freeze what people will answer and be judged by, and let applications in from its opening time on.

    A call that was closed opens again with the versions it had.

    :raises NotPossible: the state does not allow it, or the call has no dates or closes in the past.
    :raises NotSettledError: on the first opening, the legal profile or the policy of a factor was not chosen.
    """
    now = now or timezone.now()
    refusal = _("This call cannot be opened now. Check its dates: it must close in the future.")
    if not (call.opens_at and call.closes_at) or call.closes_at <= now:
        raise NotPossible(refusal)
    if call.state == Call.State.DRAFT and opening.missing(call):
        raise NotSettledError(_("This call cannot open yet. Choose first what people are chosen by."))
    with transaction.atomic():
        version = freeze(call=call, actor=actor)
        move_call(call=call, to=Call.State.OPEN, actor=actor, refusal=refusal)
        history.record("call.frozen", call, actor=actor, cohort=call.cohort, form_version=str(version.pk))
    return call


def close_call(*, call: Call, actor: User, now: dt.datetime | None = None) -> Call:
    """Close a call to new and unfinished applications, whatever its closing time says.

    :raises NotPossible: it is not open.
    """
    return move_call(call=call, to=Call.State.CLOSED, actor=actor, refusal=_("This call is not open."))


def extend_call(*, call: Call, actor: User, closes_at: dt.datetime, now: dt.datetime | None = None) -> Call:
    """Move the closing time of a call later, the same for everyone, and tell all who started or sent. A closed call
    is open again with that.

    :raises NotPossible: the call is neither open nor closed, or the new time is not later than both the old one and
        now.
    """
    now = now or timezone.now()
    with transaction.atomic():
        locked = Call.objects.select_for_update().get(pk=call.pk)
        alive = locked.state in (Call.State.OPEN, Call.State.CLOSED)
        if not alive or locked.closes_at is None or closes_at <= max(now, locked.closes_at):
            raise NotPossible(_("Only an open call can be extended, and only to a later time than now."))
        before, locked.closes_at = locked.closes_at, closes_at
        locked.save(update_fields=["closes_at"])
        history.record(
            "call.extended",
            locked,
            actor=actor,
            cohort=call.cohort,
            before=before.isoformat(),
            after=closes_at.isoformat(),
        )
        call.closes_at = closes_at
        if locked.state == Call.State.CLOSED:
            move_call(call=call, to=Call.State.OPEN, actor=actor)
        extend.tell_extension(call, before=before, now=now)
    return call


BECAUSE = ("fits", "not_in_region", "no_room_to_change", "dates")


def share_comments(*, call: Call, on: bool, actor: User) -> Call:
    """Decide whether applicants without a place read what readers wrote to them. Readers are told from the start that
    they may. Comments of people who step aside never count.

    What was sent stays as it was sent; an applicant's page follows the switch.
    """
    with transaction.atomic():
        locked = Call.objects.select_for_update(of=("self",)).select_related("cohort").get(pk=call.pk)
        if bool(locked.facts.get("share_comments")) != on:
            locked.facts = {**locked.facts, "share_comments": "yes" if on else ""}
            locked.save(update_fields=["facts"])
            history.record("call.comments_shared", locked, actor=actor, cohort=locked.cohort, on=on)
    return locked


def settle_eligibility(*, application: Application, actor: User, because: str) -> Application:
    """A person decides what the form's gates left open. The gates alone never turn anybody away.

    :param because: a code of :data:`BECAUSE`; ``fits`` means eligible, the others say why not.
    :raises NotPossible: the application was not sent.
    """
    if because not in BECAUSE:
        raise ValueError(because)
    with transaction.atomic():
        locked = Application.objects.select_for_update().get(pk=application.pk)
        if locked.state != Application.State.SUBMITTED:
            raise NotPossible(_("This application has not been sent, or was withdrawn."))
        before, verdicts = locked.eligibility, Application.Eligibility
        locked.eligibility = verdicts.ELIGIBLE if because == "fits" else verdicts.INELIGIBLE
        locked.save(update_fields=["eligibility"])
        history.record(
            "application.eligibility_settled",
            locked,
            actor=actor,
            cohort=application.call.cohort,
            before=before,
            after=locked.eligibility,
            because=because,
        )
    return locked
