"""What a call's choosing rests on: its legal profile, the policy of each factor, versions, and what is missing.

A factor of an identity question may be used as the form's ``allowed_policies`` say for the profile; leaving it out is
always allowed. A factor of an organization question is used when choosing, or not. Nothing is chosen in silence.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from django.db.models import Max
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from applications.common import call_forms
from applications.models import Call, FactorPolicy, RuleChange, SelectionRules, Target
from applications.representation.targets import queries as targets_queries
from applications.representation.targets.queries import Factor

Policy = FactorPolicy.Policy
COUNSEL_PROFILE = "counsel_approved"
PROFILES: dict[str, Any] = {
    "us_federal_funds": gettext_lazy("We receive federal money, directly or through a state"),
    "ca_public_agency": gettext_lazy("We are a public agency in California"),
    "wa_public_agency": gettext_lazy("We are a public agency in Washington"),
    "counsel_approved": gettext_lazy("Our lawyer has approved other rules for us"),
}
PROFILE_HELP: dict[str, Any] = {
    "us_federal_funds": gettext_lazy("Also right when you are not sure. It is the most careful choice."),
    "ca_public_agency": gettext_lazy("Adds article I, section 31 of the state constitution (Proposition 209)."),
    "wa_public_agency": gettext_lazy("Adds RCW 49.60.400 (Initiative 200) and the Public Records Act, RCW 42.56."),
    "counsel_approved": gettext_lazy("Needs the lawyer’s name, the date, what it covers, until when, and two of you."),
}
POLICY_WORDS: dict[str, Any] = {
    Policy.SELECTION: gettext_lazy("Selection"),
    Policy.OUTREACH: gettext_lazy("Outreach"),
    Policy.MONITOR: gettext_lazy("Monitor"),
    Policy.NOT_USED: gettext_lazy("Not used"),
}
POLICY_HELP: dict[str, Any] = {
    Policy.SELECTION: gettext_lazy("May be used when choosing between people who are all eligible."),
    Policy.OUTREACH: gettext_lazy(
        "One data steward may look at totals of everyone who applied, before the deadline, to see whom the call does "
        "not reach yet. And again after the letters are out. Never to choose people."
    ),
    Policy.MONITOR: gettext_lazy("Totals may be looked at only after decisions are final. Never to choose people."),
    Policy.NOT_USED: gettext_lazy("No totals are made, and it plays no part in choosing."),
}
#: What a change is called; a change of one factor's policy is called by the factor.
TITLES: dict[str, Any] = {
    RuleChange.Kind.PROFILE: gettext_lazy("Legal profile"),
    RuleChange.Kind.TARGETS: gettext_lazy("Targets"),
    RuleChange.Kind.LIMITS: gettext_lazy("Limits and the draw"),
}


@dataclass(frozen=True)
class FactorRow:
    """One factor with what it may be used for, what was chosen, and what waits. ``trouble`` says what is wrong."""

    factor: Factor
    identity: bool
    asked: bool
    allowed: tuple[str, ...]
    suggested: str
    policy: FactorPolicy | None
    version: RuleChange | None
    waiting: RuleChange | None
    trouble: str

    @property
    def words(self) -> str:
        return str(POLICY_WORDS[Policy(self.policy.policy)]) if self.policy else ""

    @property
    def url_id(self) -> str:
        return self.factor.id


def definition(call: Call) -> Mapping[str, Any]:
    """The whole form as it is written: the newest frozen one, or the default while none is frozen."""
    version = call.form_versions.order_by("-number").first()
    return version.definition if version else call_forms.default_definition(call.cohort)


def _written(form: Mapping[str, Any]) -> dict[str, Mapping[str, Any]]:
    """The question as written, by factor; the first one that says what the factor is for."""
    found: dict[str, Mapping[str, Any]] = {}
    for section in form.get("sections", []):
        for question in section.get("questions", []) if isinstance(section, Mapping) else []:
            if isinstance(question, Mapping) and question.get("factor"):
                found.setdefault(str(question["factor"]), question)
    return found


def allowed(factor: Factor, written: Mapping[str, Any], profile: str) -> tuple[str, ...]:
    """What ``factor`` may be used for under ``profile``, in the order selection, outreach, monitor, not used."""
    if factor.chooses:
        return (Policy.SELECTION.value, Policy.NOT_USED.value)
    if factor.question.visibility != "equity_data":
        return (Policy.NOT_USED.value,)
    table = written.get("allowed_policies")
    said = table.get(profile) if isinstance(table, Mapping) else None
    if not isinstance(said, list):
        said = [Policy.MONITOR.value, Policy.OUTREACH.value]
    return tuple(p for p in Policy.values if p in said or p == Policy.NOT_USED.value)


def suggestion(factor: Factor, written: Mapping[str, Any], profile: str) -> str:
    """What the form suggests for ``factor``; without a word of it, or where the profile forbids it, not used."""
    said = str(written.get("default_policy") or "")
    return said if said in allowed(factor, written, profile) else Policy.NOT_USED.value


def rows(call: Call, today: dt.date | None = None) -> list[FactorRow]:
    """Every factor of the form in its order (four statements, whatever the number of changes)."""
    today = today or timezone.localdate(timezone=call.cohort.zone)
    known, written = targets_queries.factors(call), _written(definition(call))
    chosen = {row.factor: row for row in FactorPolicy.objects.filter(call=call).select_related("decided_by")}
    last: dict[str, RuleChange] = {}
    waiting: dict[str, RuleChange] = {}
    changes = RuleChange.objects.filter(call=call, kind=RuleChange.Kind.POLICY).select_related(
        "proposed_by", "settled_by"
    )
    for change in changes.filter(state__in=["waiting", "in_force"]).order_by("proposed_at"):
        (waiting if change.state == RuleChange.State.WAITING else last)[change.factor] = change
    found = []
    for factor in known.values():
        question = written.get(factor.id, {})
        may = allowed(factor, question, call.policy_profile)
        policy = chosen.get(factor.id)
        found.append(
            FactorRow(
                factor=factor,
                identity=factor.question.visibility == "equity_data",
                asked=factor.question.enabled,
                allowed=may,
                suggested=suggestion(factor, question, call.policy_profile),
                policy=policy,
                version=last.get(factor.id),
                waiting=waiting.get(factor.id),
                trouble=_trouble(policy, may, last.get(factor.id), today),
            )
        )
    return found


def _trouble(policy: FactorPolicy | None, may: tuple[str, ...], version: RuleChange | None, today: dt.date) -> str:
    if policy is None:
        return _("Nobody has chosen yet.")
    if policy.policy not in may:
        return _("The legal profile of this call does not allow “%(policy)s” here.") % {
            "policy": POLICY_WORDS[Policy(policy.policy)]
        }
    if version and version.counsel_until and version.value == policy.policy and version.counsel_until < today:
        return _("The lawyer’s approval has run out.")
    return ""


def row_for(call: Call, factor: str) -> FactorRow | None:
    return next((row for row in rows(call) if row.factor.id == factor), None)


@dataclass(frozen=True)
class MissingChoice:
    """One thing that must be chosen before the call opens, and where."""

    what: str
    why: str
    url: str


def profile_chosen(call: Call) -> RuleChange | None:
    """The choice of the legal profile in force, if anybody has made one."""
    return (
        RuleChange.objects.filter(
            call=call,
            kind=RuleChange.Kind.PROFILE,
            state=RuleChange.State.IN_FORCE,
        )
        .select_related("proposed_by", "settled_by")
        .order_by("-version")
        .first()
    )


def names_of(known: Iterable[FactorRow]) -> dict[str, str]:
    """What each factor of :func:`rows` is called."""
    return {row.factor.id: row.factor.name for row in known}


def missing(
    call: Call, today: dt.date | None = None, *, known: Iterable[FactorRow] | None = None
) -> list[MissingChoice]:
    """What keeps the call from opening: no legal profile, or a factor that is asked about without a policy.

    :param known: what :func:`rows` gave for the same day, when a page has asked for it already.
    """
    today = today or timezone.localdate(timezone=call.cohort.zone)
    found, profile = [], profile_chosen(call)
    if profile is None:
        found.append(
            MissingChoice(
                _("Legal profile"),
                _("Nobody has chosen yet."),
                reverse("applications:policy_profile", args=[call.slug]),
            )
        )
    elif profile.counsel_until and profile.counsel_until < today:
        found.append(
            MissingChoice(
                _("Legal profile"),
                _("The lawyer’s approval has run out."),
                reverse("applications:policy_profile", args=[call.slug]),
            )
        )
    for row in rows(call, today) if known is None else known:
        if row.asked and row.trouble:
            why = _("Waits for a second person.") if row.waiting else row.trouble
            found.append(
                MissingChoice(
                    row.factor.name, why, reverse("applications:policy_factor", args=[call.slug, row.factor.id])
                )
            )
    return found


def waiting(call: Call) -> list[RuleChange]:
    """Changes that wait for a second person, oldest first (one statement)."""
    return list(
        RuleChange.objects.filter(call=call, state=RuleChange.State.WAITING)
        .select_related("proposed_by")
        .order_by("proposed_at")
    )


def targets_version(call: Call) -> int:
    """The number of the targets in force; 0 while nobody has set any (one statement)."""
    last = RuleChange.objects.filter(call=call, kind=RuleChange.Kind.TARGETS).aggregate(last=Max("version"))["last"]
    return int(last or 0)


def target_data(target: Target) -> dict[str, Any]:
    """A target in plain data, as versions and the record hold it."""
    return {
        "factor": target.factor,
        "code": target.code,
        "label": target.label,
        "values": list(target.values),
        "floor": target.floor,
        "ideal100": target.ideal100,
        "ceiling": target.ceiling,
        "priority": target.priority,
        "reason": target.reason,
    }


def limits_data(call: Call) -> dict[str, Any]:
    """The limits in force in plain data; what they start as when nobody has set any (one statement)."""
    given = SelectionRules.objects.filter(call=call).first() or SelectionRules(call=call)
    return {
        "org_cap": given.org_cap,
        "org_cap_hard": given.org_cap_hard,
        "org_max": given.org_max,
        "lottery_seed": given.lottery_seed,
    }


# ---------------------------------------------------------------- the record


@dataclass(frozen=True)
class ChangeLine:
    """One change as people read it."""

    change: RuleChange
    title: str
    words: str
    who: str
    second: str


def history_of(call: Call, names: Mapping[str, str], *kinds: str) -> list[ChangeLine]:
    """Every change of the call, newest first, those that were refused included (one statement).

    :param names: what each factor is called, from :func:`names_of`.
    """
    found = RuleChange.objects.filter(call=call).select_related("proposed_by", "settled_by")
    if kinds:
        found = found.filter(kind__in=kinds)
    return [line_of(change, names) for change in found.order_by("-proposed_at", "-version")]


def line_of(change: RuleChange, names: Mapping[str, str]) -> ChangeLine:
    title = (
        names.get(change.factor, change.factor)
        if change.kind == RuleChange.Kind.POLICY
        else str(TITLES[RuleChange.Kind(change.kind)])
    )
    return ChangeLine(change, title, what_words(change), _name(change.proposed_by), _name(change.settled_by))


def _name(user: Any) -> str:
    return user.get_full_name() if user else ""


def what_words(change: RuleChange) -> str:
    """What a change says, in words: “Monitor”, “was Outreach” or the numbers of a target."""
    if change.kind == RuleChange.Kind.PROFILE:
        return str(PROFILES.get(change.value, change.value))
    if change.kind == RuleChange.Kind.POLICY:
        now = str(POLICY_WORDS[Policy(change.value)])
        was = (change.before or {}).get("policy")
        if was and was in Policy.values:
            return _("%(now)s, before: %(was)s") % {"now": now, "was": POLICY_WORDS[Policy(was)]}
        return now
    if change.kind == RuleChange.Kind.LIMITS:
        return _("%(now)s; before: %(was)s") % {"now": _limits(change.after or {}), "was": _limits(change.before or {})}
    todo = change.after or {}
    if todo.get("do") == "preset":
        return _("All targets replaced by the ranges of the region (%(n)s)") % {"n": todo.get("count", 0)}
    before, after = change.before, todo.get("target")
    if after is None:
        return _("Removed: %(target)s") % {"target": _numbers(before or {})}
    if before is None:
        return _("New: %(target)s") % {"target": _numbers(after)}
    return _("%(after)s, before: %(before)s") % {"after": _numbers(after), "before": _numbers(before)}


def _limits(limits: Mapping[str, Any]) -> str:
    """Limits as one line: how many of one organization, how firm, and the words of the draw."""
    cap, most = limits.get("org_cap") or 0, limits.get("org_max") or 0
    words = _("no limit per organization")
    if cap:
        words = _("%(n)s from one organization at most") % {"n": cap}
        if not limits.get("org_cap_hard"):
            words = _("%(n)s from one organization, more only where a floor would be missed otherwise") % {"n": cap}
            if most:
                words = _("%(words)s, and never more than %(n)s") % {"words": words, "n": most}
    return _("%(words)s; draw: “%(seed)s”") % {"words": words, "seed": limits.get("lottery_seed", "")}


def _numbers(target: Mapping[str, Any]) -> str:
    return _("%(label)s, %(floor)s to %(ceiling)s seats, ideally %(ideal)s") % {
        "label": target.get("label", ""),
        "floor": target.get("floor", 0),
        "ceiling": target.get("ceiling", 0),
        "ideal": f"{int(target.get('ideal100', 0)) / 100:g}",
    }


RECORD_HEAD = (
    "kind",
    "factor",
    "target",
    "version",
    "state",
    "says",
    "before",
    "reason",
    "after_opening",
    "needed_second_person",
    "proposed_by",
    "proposed_at",
    "settled_by",
    "settled_at",
    "note",
    "approver",
    "counsel",
    "counsel_on",
    "counsel_until",
    "counsel_note",
)


def record_rows(call: Call) -> Iterator[dict[str, Any]]:
    """The policy record, oldest first: who approved what, when, why. Codes, numbers and reasons; no applicant."""
    found = (
        RuleChange.objects.filter(call=call)
        .select_related("proposed_by", "settled_by")
        .order_by("proposed_at", "version")
    )
    for change in found:
        yield dict(
            zip(
                RECORD_HEAD,
                (
                    change.kind,
                    change.factor,
                    change.subject,
                    change.version,
                    change.state,
                    what_words(change),
                    change.before,
                    change.reason,
                    change.after_opening,
                    change.needs_second,
                    _name(change.proposed_by),
                    change.proposed_at.isoformat(timespec="seconds"),
                    _name(change.settled_by),
                    change.settled_at.isoformat(timespec="seconds") if change.settled_at else "",
                    change.settled_note,
                    change.approver,
                    change.counsel_name,
                    change.counsel_on.isoformat() if change.counsel_on else "",
                    change.counsel_until.isoformat() if change.counsel_until else "",
                    change.counsel_note,
                ),
                strict=True,
            )
        )
