"""Choosing what people are chosen by, on purpose and with a record: profile, policies, targets.

Before a call opens, one coordinator may choose; each choice is a version with a reason. A second, different coordinator
must agree when an identity factor would be used for choosing, when a lawyer's approval replaces the profile, and for
every change after opening, and every target of an identity factor. What is recorded here is what
:mod:`applications.representation.pool.identity` asks for before it reads an identity answer.

Rules are what holds for everybody: profile, policies, targets, the limits per organization and the words of the draw.
Pins and pairs kept apart are about single applications: one coordinator sets them with a reason that stays in the
history, every proposal shows them, and no letter leaves before a second person has read the decisions.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import Max
from django.utils import timezone
from django.utils.translation import gettext as _

from applications.common import call_forms
from applications.models import Call, FactorPolicy, RuleChange, Target
from applications.representation.policy import queries
from applications.representation.targets import actions as targets_actions
from applications.representation.targets import approvals
from applications.representation.targets import queries as targets_queries
from cohort.outbox import api as outbox_api
from cohort.outbox.registry import kinds
from cohort.people import history, states
from cohort.people.access import members
from cohort.people.models import Role, User
from cohort.people.states import NotPossible

Kind, State, Policy = RuleChange.Kind, RuleChange.State, FactorPolicy.Policy


@dataclass(frozen=True)
class Counsel:
    """A lawyer's approval as it is recorded: who, on which day, what it covers, until when. Not the advice itself."""

    name: str
    on: dt.date
    note: str
    until: dt.date


# ---------------------------------------------------------------- asking for a change


@transaction.atomic
def choose_policy(
    *, call: Call, factor: str, policy: str, reason: str, actor: User, counsel: Counsel | None = None
) -> RuleChange:
    """Choose what a factor may be used for. In force at once, or waiting for a second person (``state`` says which).

    :raises NotPossible: unknown factor, not allowed under the call's profile, no reason, no lawyer's approval where an
        identity factor would be used for choosing, nothing would change, or a change of it waits already.
    """
    call = _locked(call)
    row = queries.row_for(call, factor)
    if row is None:
        raise NotPossible(_("The form does not ask about this."))
    if policy not in row.allowed:
        raise NotPossible(_("The legal profile of this call does not allow this."))
    risky = row.identity and policy == Policy.SELECTION
    if risky and counsel is None:
        raise NotPossible(_("Using an identity factor to choose people needs a lawyer’s approval."))
    if risky and not approvals.asks_consent(call_forms.form_for_call(call)):
        raise NotPossible(
            _(
                "The form of this call does not ask people whether their answers about identity may be "
                "used when choosing. Without their yes they cannot be used."
            )
        )
    if row.policy and row.policy.policy == policy and not row.trouble:
        raise NotPossible(_("This is what is in force already."))
    before = {"policy": row.policy.policy} if row.policy else None
    return _ask(
        call,
        actor,
        kind=Kind.POLICY,
        factor=factor,
        value=policy,
        identity=row.identity,
        reason=reason,
        before=before,
        after={"policy": policy},
        second=risky,
        counsel=counsel if risky else None,
    )


@transaction.atomic
def choose_profile(
    *, call: Call, profile: str, approver: str, reason: str, actor: User, counsel: Counsel | None = None
) -> RuleChange:
    """Choose the legal profile of a call, with the name of who answers for it.

    :raises NotPossible: unknown profile, no name or reason, or no lawyer's approval where the profile rests on one.
    """
    call = _locked(call)
    if profile not in queries.PROFILES:
        raise NotPossible(_("Choose one of the profiles."))
    risky = profile == queries.COUNSEL_PROFILE
    if risky and counsel is None:
        raise NotPossible(_("This profile needs a lawyer’s approval."))
    if not approver.strip():
        raise NotPossible(_("Say who in your organization answers for this."))
    return _ask(
        call,
        actor,
        kind=Kind.PROFILE,
        value=profile,
        reason=reason,
        approver=approver.strip()[:120],
        before={"profile": call.policy_profile},
        after={"profile": profile},
        second=risky,
        counsel=counsel if risky else None,
    )


@transaction.atomic
def change_target(
    *, call: Call, target: Target | None, factor: str, fields: dict[str, Any] | None, reason: str, actor: User
) -> RuleChange:
    """Make (no ``target``), change or remove (no ``fields``) one target.

    :raises NotPossible: as :func:`balancing.save_target`; or a change of it waits already.
    """
    call = _locked(call)
    if fields is not None:
        targets_actions.check_target(call=call, factor=factor, target=target, values=fields["values"])
        fields = {**fields, "factor": factor, "code": "_".join(fields["values"])[:60]}
    code = target.code if target else fields["code"] if fields else ""
    known = targets_queries.factors(call).get(factor)
    return _ask(
        call,
        actor,
        kind=Kind.TARGETS,
        second=known is not None and known.sealed,
        subject=f"{factor}:{code}",
        reason=reason,
        before=queries.target_data(target) if target else None,
        after={
            "do": "remove" if fields is None else "save",
            "pk": str(target.pk) if target else None,
            "target": fields,
        },
    )


@transaction.atomic
def change_limits(
    *, call: Call, org_cap: int, org_cap_hard: bool, org_max: int, lottery_seed: str, reason: str, actor: User
) -> RuleChange:
    """Change how many people one organization may have, or the words that the draw follows from.

    :raises NotPossible: no reason, nothing would change, or a change of it waits already.
    """
    call = _locked(call)
    before = queries.limits_data(call)
    after = {"org_cap": org_cap, "org_cap_hard": org_cap_hard, "org_max": org_max, "lottery_seed": lottery_seed}
    if before == after:
        raise NotPossible(_("This is what is in force already."))
    return _ask(call, actor, kind=Kind.LIMITS, reason=reason, before=before, after=after)


@transaction.atomic
def take_preset(*, call: Call, actor: User, reason: str) -> RuleChange:
    """Replace all targets by the ranges of the region.

    :raises NotPossible: nothing is known for this region, or a replacement waits already.
    """
    call = _locked(call)
    known = targets_queries.factors(call)
    found = approvals.preset(call, known)
    if found is None:
        raise NotPossible(_("There is no set of ranges for this region yet. You can type your own."))
    apart = any(known[row.factor].sealed for row in found.targets)
    return _ask(
        call,
        actor,
        kind=Kind.TARGETS,
        subject="*",
        reason=reason,
        before=None,
        second=apart,
        after={"do": "preset", "count": len(found.targets)},
    )


@transaction.atomic
def take_suggestions(*, call: Call, actor: User, reason: str) -> int:
    """Choose what the form suggests for every factor that nobody has chosen for. Returns how many were chosen.

    :raises NotPossible: the call has opened (then each change needs a second person), no profile is chosen, no reason.
    """
    call = _locked(call)
    if call.state != Call.State.DRAFT:
        raise NotPossible(_("The call has opened. Change one factor at a time; a second person must agree."))
    if queries.profile_chosen(call) is None:
        raise NotPossible(_("Choose the legal profile first."))
    if not reason.strip():
        raise NotPossible(_("Say why."))
    return adopt(call=call, actor=actor, reason=reason.strip())


@transaction.atomic
def adopt(*, call: Call, actor: User | None, reason: str = "") -> int:
    """Put the form's suggestions in force for factors without a choice, and the call's profile when none was chosen.

    What coordinators do goes through :func:`take_suggestions`; this alone checks nothing.
    """
    reason = reason or _("From the form and its legal profile.")
    if queries.profile_chosen(call) is None:
        _put(
            _row(
                call,
                actor,
                kind=Kind.PROFILE,
                value=call.policy_profile,
                reason=reason,
                start=True,
                after={"profile": call.policy_profile},
            ),
            actor,
        )
    new = [row for row in queries.rows(call) if row.policy is None and row.waiting is None]
    _put_all(
        [
            _row(
                call,
                actor,
                kind=Kind.POLICY,
                factor=row.factor.id,
                value=row.suggested,
                identity=row.identity,
                reason=reason,
                after={"policy": row.suggested},
                start=True,
            )
            for row in new
        ],
        call,
        actor,
    )
    if new:
        history.record(
            "call.policies_set",
            call,
            actor=actor,
            cohort=call.cohort,
            profile=call.policy_profile,
            policies={row.factor.id: row.suggested for row in new},
        )
    return len(new)


@transaction.atomic
def start_targets(*, call: Call, actor: User | None, reason: str = "") -> int:
    """Put the region's ranges in force as the first version of the targets. Like :func:`adopt`, it checks nothing.

    :return: how many targets there are.
    :raises NotPossible: nothing is known for the region.
    """
    reason = reason or _("To start from.")
    made = _put(
        _row(call, actor, kind=Kind.TARGETS, subject="*", reason=reason, after={"do": "preset"}, start=True), actor
    )
    return len(made.snapshot or [])


# ---------------------------------------------------------------- the second person


@transaction.atomic
def agree(*, change: RuleChange, actor: User, note: str = "") -> RuleChange:
    """A second person agrees, and the change comes into force.

    :raises NotPossible: it is settled, ``actor`` asked for it, or what it changes is different by now.
    """
    _locked(change.call)
    change = RuleChange.objects.select_for_update(of=("self",)).select_related("call__cohort").get(pk=change.pk)
    _step(change, State.IN_FORCE)
    if change.proposed_by_id == actor.pk:
        raise NotPossible(_("Somebody else must agree. You asked for this change."))
    if change.kind == Kind.POLICY:
        row = queries.row_for(change.call, change.factor)
        if row is None or change.value not in row.allowed:
            raise NotPossible(_("The legal profile of this call does not allow this any more."))
    change.settled_note = note.strip()[:300]
    return _put(change, actor)


@transaction.atomic
def refuse(*, change: RuleChange, actor: User, note: str) -> RuleChange:
    """A second person does not agree, with a reason; or the person who asked takes it back.

    :raises NotPossible: it is settled, or a second person gives no reason.
    """
    change = RuleChange.objects.select_for_update(of=("self",)).select_related("call__cohort").get(pk=change.pk)
    own = change.proposed_by_id == actor.pk
    to = State.TAKEN_BACK if own else State.REFUSED
    _step(change, to)
    if not own and not note.strip():
        raise NotPossible(_("Say why you do not agree."))
    states.move(
        change,
        to,
        recorded=False,
        settled_by=actor,
        settled_at=timezone.now(),
        settled_note=note.strip()[:300],
    )
    history.record(
        f"call.rule_{to}",
        change.call,
        actor=actor,
        cohort=change.call.cohort,
        change=str(change.pk),
        kind=change.kind,
        factor=change.factor,
    )
    return change


# ---------------------------------------------------------------- inside


def _locked(call: Call) -> Call:
    """The call, locked: changes of one call follow one another."""
    return Call.objects.select_for_update(of=("self",)).select_related("cohort").get(pk=call.pk)


def _step(change: RuleChange, to: str) -> None:
    if not states.may_move(change, to):
        raise NotPossible(_("This change is settled already."))


def _row(
    call: Call,
    actor: User | None,
    *,
    reason: str,
    second: bool = False,
    counsel: Counsel | None = None,
    start: bool = False,
    **fields: Any,
) -> RuleChange:
    """A change, not yet saved. A ``start`` is the first version of something and changes nothing."""
    opened = call.state != Call.State.DRAFT
    given = (
        {
            "counsel_name": counsel.name[:120],
            "counsel_on": counsel.on,
            "counsel_note": counsel.note,
            "counsel_until": counsel.until,
        }
        if counsel
        else {}
    )
    return RuleChange(
        call=call,
        proposed_by=actor,
        proposed_at=timezone.now(),
        reason=reason,
        after_opening=opened,
        needs_second=second or (opened and not start),
        **fields,
        **given,
    )


def _ask(call: Call, actor: User, *, reason: str, counsel: Counsel | None = None, **fields: Any) -> RuleChange:
    """Keep the change and put it in force, or let it wait for a second person."""
    if not reason.strip():
        raise NotPossible(_("Say why."))
    today = timezone.localdate(timezone=call.cohort.zone)
    if counsel and (
        not counsel.name.strip() or not counsel.note.strip() or counsel.on > today or counsel.until < today
    ):
        raise NotPossible(
            _(
                "Give the lawyer’s name, a day that is not in the future, what the approval covers, and "
                "until when it holds."
            )
        )
    change = _row(call, actor, reason=reason.strip(), counsel=counsel, **fields)
    if not change.needs_second:
        return _put(change, actor)
    try:
        with transaction.atomic():
            change.save()
    except IntegrityError as twice:
        raise NotPossible(_("A change of this waits for a second person already.")) from twice
    history.record(
        "call.rule_asked",
        call,
        actor=actor,
        cohort=call.cohort,
        change=str(change.pk),
        kind=change.kind,
        factor=change.factor,
        value=change.value,
        subject=change.subject,
    )
    _tell_second(change, actor)
    return change


def _tell_second(change: RuleChange, asker: User) -> None:
    """Mail to every other coordinator: a change waits for one of them."""
    cohort = change.call.cohort
    outbox_api.queue_many(
        kind="rule_change_waits",
        messages=[
            kinds.Planned(
                key=f"rule_change_waits:{change.pk}:{membership.user_id}",
                recipient=membership.user,
                cohort=cohort,
                due_at=timezone.now(),
                refs={"change": str(change.pk)},
            )
            for membership in members(cohort, Role.COORDINATOR)
            if membership.user_id != asker.pk
        ],
    )


def _put(change: RuleChange, actor: User | None) -> RuleChange:
    """Put a change in force as the next version of what it changes."""
    call = change.call
    if change.kind == Kind.PROFILE:
        call.policy_profile = change.value
        call.save(update_fields=["policy_profile"])
    elif change.kind == Kind.POLICY:
        FactorPolicy.objects.update_or_create(
            call=call,
            factor=change.factor,
            defaults={
                "policy": change.value,
                "reason": change.reason,
                "approved_by": change.counsel_name,
                "decided_by": change.proposed_by,
                "decided_at": timezone.now(),
            },
        )
    elif change.kind == Kind.LIMITS:
        if change.before != queries.limits_data(call):
            raise NotPossible(_("The limits were changed meanwhile. Ask for the change again."))
        targets_actions.save_rules(call=call, actor=actor, **(change.after or {}))
    else:
        _put_targets(change, actor)
        change.snapshot = [queries.target_data(row) for row in Target.objects.filter(call=call)]
    last = RuleChange.objects.filter(call=call, kind=change.kind, factor=change.factor).aggregate(last=Max("version"))[
        "last"
    ]
    change.version = (last or 0) + 1
    change.settled_by, change.settled_at = actor, timezone.now()
    if change._state.adding:
        states.start_in(change, State.IN_FORCE).save()
    else:
        settled = {field.attname: getattr(change, field.attname) for field in change._meta.concrete_fields}
        for name in ("id", "state"):
            del settled[name]
        states.move(change, State.IN_FORCE, recorded=False, **settled)
    history.record(
        "call.rule_in_force",
        call,
        actor=actor,
        cohort=call.cohort,
        change=str(change.pk),
        kind=change.kind,
        factor=change.factor,
        value=change.value,
        version=change.version,
    )
    if change.kind == Kind.POLICY:
        history.record(
            "call.policy_changed",
            call,
            actor=change.proposed_by,
            cohort=call.cohort,
            factor=change.factor,
            policy=change.value,
        )
    return change


def _put_all(changes: list[RuleChange], call: Call, actor: User | None) -> None:
    """Put policies of factors that have none in force, all at once (three statements instead of eight for each)."""
    now = timezone.now()
    FactorPolicy.objects.bulk_create(
        FactorPolicy(
            call=call,
            factor=change.factor,
            policy=change.value,
            reason=change.reason,
            decided_by=change.proposed_by,
            decided_at=now,
        )
        for change in changes
    )
    last: dict[str, int] = dict(
        RuleChange.objects.filter(call=call, kind=Kind.POLICY).order_by().values_list("factor").annotate(Max("version"))
    )
    for change in changes:
        change.version = (last.get(change.factor) or 0) + 1
        states.start_in(change, State.IN_FORCE)
        change.settled_by, change.settled_at = actor, now
    RuleChange.objects.bulk_create(changes)


def _put_targets(change: RuleChange, actor: User | None) -> None:
    todo, call = change.after or {}, change.call
    if todo["do"] == "preset":
        change.after = {**todo, "count": targets_actions.apply_preset(call=call, actor=actor)}
        return
    target = Target.objects.filter(call=call, pk=todo["pk"]).first() if todo["pk"] else None
    if todo["pk"] and (target is None or queries.target_data(target) != change.before):
        raise NotPossible(_("This target was changed meanwhile. Ask for the change again."))
    if todo["do"] == "remove":
        assert target is not None
        targets_actions.remove_target(target=target, actor=actor)
        return
    fields = {key: value for key, value in todo["target"].items() if key not in ("factor", "code")}
    targets_actions.save_target(call=call, actor=actor, target=target, factor=todo["target"]["factor"], **fields)
