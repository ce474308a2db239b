"""What representation is measured by: factors with their policy, targets, and the ranges a region suggests.

Identity questions never appear here: a factor counts only if its question is one that the balance tool may read.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.db.models import CharField, OuterRef, QuerySet, Subquery, Value
from django.db.models.functions import Coalesce
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from applications.common import call_forms
from applications.form_definition.definition import FormQuestion
from applications.form_definition.dialect import ONE_CHOICE
from applications.models import Call, FactorPolicy, Target, Visibility
from applications.representation.targets.region import area

BALANCE = frozenset({Visibility.REVIEWER.value, Visibility.SELECTION.value})
FACTOR_NAMES = {
    "organization_type": gettext_lazy("Kind of organization"),
    "sector": gettext_lazy("Areas of work"),
    "organization_size": gettext_lazy("Size of the organization"),
    "geography": gettext_lazy("Where the work is"),
    "geography_served": gettext_lazy("Counties served"),
    "rurality": gettext_lazy("Kind of place"),
    "tribal_government_representation": gettext_lazy("Tribal Nations and Native-led organizations"),
    "race_ethnicity": gettext_lazy("Race and ethnicity"),
    "tribal_affiliation_personal": gettext_lazy("Personal Tribal affiliation"),
    "gender": gettext_lazy("Gender"),
    "sexual_orientation": gettext_lazy("Sexual orientation"),
    "disability": gettext_lazy("Disability"),
    "age": gettext_lazy("Age"),
    "language": gettext_lazy("Languages"),
    "veteran": gettext_lazy("Veterans"),
    "lived_experience_checklist": gettext_lazy("Lived experience"),
}


@dataclass(frozen=True)
class Factor:
    """One factor of the form. ``chooses`` says whether the balance tool may read its question at all."""

    id: str
    question: FormQuestion

    @property
    def name(self) -> str:
        return str(FACTOR_NAMES.get(self.id, self.question.label))

    @property
    def chooses(self) -> bool:
        return self.question.visibility in BALANCE and bool(self.question.options)

    @property
    def sealed(self) -> bool:
        """Whether this is an identity question, which only :mod:`applications.representation.pool.identity` reads."""
        return self.question.visibility == "equity_data" and bool(self.question.options)

    @property
    def one_value(self) -> bool:
        return self.question.type in ONE_CHOICE

    @property
    def options(self) -> list[tuple[str, str]]:
        return [(option.code, option.label) for option in self.question.options]


def factors(call: Call) -> dict[str, Factor]:
    """Every factor that the call's form asks about, in the form's order (one statement).

    Where two questions name one factor, the first with options counts.
    """
    found: dict[str, Factor] = {}
    for question in call_forms.form_for_call(call).questions.values():
        if question.factor and question.options and question.factor not in found:
            found[question.factor] = Factor(question.factor, question)
    return found


def default_policies(call: Call) -> dict[str, str]:
    """The policy that the form gives each factor; ``not_used`` where it says nothing.

    A factor that the balance tool may not read never gets ``selection``, whatever the form says.
    """
    version = call.form_versions.order_by("-number").first()
    definition = version.definition if version else call_forms.definition_in_work(call)
    said: dict[str, str] = {}
    for section in definition.get("sections", []):
        for question in section.get("questions", []):
            if isinstance(question, Mapping) and question.get("factor") and question.get("default_policy"):
                said.setdefault(str(question["factor"]), str(question["default_policy"]))
    policies = {}
    for factor in factors(call).values():
        policy = said.get(factor.id, FactorPolicy.Policy.NOT_USED.value)
        if policy not in FactorPolicy.Policy.values or (policy == FactorPolicy.Policy.SELECTION and not factor.chooses):
            policy = FactorPolicy.Policy.NOT_USED.value
        policies[factor.id] = policy
    return policies


def with_policy(call: Call) -> QuerySet[Target]:
    """The call's targets in order, each with ``policy``: that of its factor, ``not_used`` when nobody set one."""
    policy = FactorPolicy.objects.filter(call_id=call.pk, factor=OuterRef("factor")).values("policy")[:1]
    return (
        Target.objects.filter(call=call)
        .annotate(
            policy=Coalesce(Subquery(policy, output_field=CharField()), Value(FactorPolicy.Policy.NOT_USED.value))
        )
        .order_by("position", "factor", "code")
    )


def usable(call: Call, known: Mapping[str, Factor]) -> list[Target]:
    """Targets that a proposal may use: policy ``selection``, and a question that the balance tool may read.

    This is the only way in for targets; whatever else the tables hold stays outside (one statement).
    """
    may = with_policy(call).filter(policy=FactorPolicy.Policy.SELECTION)  # type: ignore[misc]  # the annotation
    return [target for target in may if target.factor in known and known[target.factor].chooses]


# ---------------------------------------------------------------- what a region suggests


@dataclass(frozen=True)
class TargetSuggestion:
    """One suggested target, as fields of a :class:`Target`."""

    factor: str
    code: str
    label: str
    values: tuple[str, ...]
    floor: int
    ideal100: int
    ceiling: int
    priority: int
    reason: str


@dataclass
class Preset:
    """What a region suggests: targets, and how many people of one organization."""

    name: str
    targets: list[TargetSuggestion] = field(default_factory=list)
    org_cap: int | None = None
    org_cap_hard: bool = False
    org_max: int | None = None


_PRIORITY = {"geography": 1, "tribal_government_representation": 1, "organization_size": 3}
_GROUPS = {
    ("rurality", "rural"): gettext_lazy("Rural areas, small towns, islands and reservations"),
    ("tribal_government_representation", "nation"): gettext_lazy("Tribal Nations and Native-led organizations"),
    ("organization_type", "cbo_social"): gettext_lazy("Community groups, housing, food and faith"),
    ("organization_type", "hospital"): gettext_lazy("Health care, behavioral health, EMS and aging services"),
    ("organization_type", "public_health"): gettext_lazy("Public health, government, schools and justice"),
    ("organization_size", "s0"): gettext_lazy("Fewer than 50 paid staff"),
}


def preset(call: Call, known: Mapping[str, Factor], also: Iterable[Factor] = ()) -> Preset | None:
    """The ranges that ``facts/regions.yaml`` suggests for the cohort's region, scaled to its seats; None without any.

    Only rules for factors of the form that may be used for choosing; of the identity factors those in ``also``, which
    are approved for this call.
    """
    region = call_forms.region(call.cohort.region)
    if not region:
        return None
    found = Preset(name=str(region.get("name", call.cohort.place)))
    scale = call.cohort.seats / int(region.get("cohort_size", call.cohort.seats))
    for rule in region.get("balance_rules", []):
        if rule.get("type") == "max_per_value" and rule.get("factor") == "organization":
            found.org_cap = int(rule.get("soft_max", rule["max"]))
            found.org_cap_hard = "soft_max" not in rule
            found.org_max = int(rule["max"]) if "soft_max" in rule else None
        elif rule.get("factor") in known and known[rule["factor"]].chooses:
            found.targets += _from_rule(rule, known[rule["factor"]], region, scale, call.cohort.seats)
    for factor in also:
        ranges = region.get("illustrative_ranges_only_if_policy_is_selection", {}).get(f"{factor.id}_any")
        if ranges:
            found.targets += _from_ranges(factor, ranges, region, scale, call.cohort.seats)
    if not found.targets and "geography" in known:
        found.targets = _by_share(region, known["geography"], call.cohort.seats)
    return found if found.targets else None


def _from_rule(
    rule: Mapping[str, Any], factor: Factor, region: Mapping[str, Any], scale: float, seats: int
) -> Iterable[TargetSuggestion]:
    labels = dict(factor.options)
    priority = _PRIORITY.get(factor.id, 2)
    note = str(rule.get("note", ""))
    kind = rule.get("type")
    if kind == "group_range":
        values = tuple(code for code in rule["group"] if code in labels)
        if values:
            low, high = _scaled(rule["range"], scale, seats)
            name = str(_GROUPS.get((factor.id, values[0])) or ", ".join(labels[code] for code in values))[:160]
            reason = note or _("A starting range for %(region)s.") % {"region": region["name"]}
            code, ideal = "_".join(values)[:60], 50 * (low + high)
            yield TargetSuggestion(factor.id, code, name, values, low, ideal, high, priority, reason)
        return
    for code, wanted in rule.get("values", {}).items():
        if code not in labels:
            continue
        if kind == "floor_any":
            low = _scaled([wanted, wanted], scale, seats)[0]
            ideal, high = min(100 * (low + 1), 100 * seats), seats
            reason = note or _("A floor for %(region)s. People may work in several areas.") % {"region": region["name"]}
        else:
            low, high = _scaled(wanted, scale, seats)
            share = area(region, code) if factor.id == "geography" else None
            ideal = 50 * (low + high) if share is None else round(min(max(100 * share * seats, 100 * low), 100 * high))
            reason = note or _place_reason(region, share, low, seats)
        yield TargetSuggestion(factor.id, str(code), labels[code], (str(code),), low, ideal, high, priority, reason)


def _from_ranges(
    factor: Factor, ranges: Mapping[str, Any], region: Mapping[str, Any], scale: float, seats: int
) -> Iterable[TargetSuggestion]:
    """The ranges of an identity factor; ``a_or_b`` is a group of answers that count together."""
    labels = dict(factor.options)
    for name, limits in ranges.items():
        values = (name,) if name in labels else tuple(code for code in name.split("_or_") if code in labels)
        if values:
            low, high = _scaled(limits, scale, seats)
            label = _(" or ").join(labels[code] for code in values)[:160]
            reason = _("A starting range for %(region)s.") % {"region": region["name"]}
            yield TargetSuggestion(
                factor.id, "_".join(values)[:60], label, values, low, 50 * (low + high), high, 1, reason
            )


def _place_reason(region: Mapping[str, Any], share: float | None, low: int, seats: int) -> str:
    if share is None:
        return _("A starting range for %(region)s.") % {"region": region["name"]}
    words = _("%(percent)s percent of adults here live there, which would be %(seats)s of %(all)s seats.") % {
        "percent": f"{100 * share:.0f}" if share >= 0.02 else f"{100 * share:.1f}",
        "seats": f"{share * seats:.1f}",
        "all": seats,
    }
    if low > share * seats:
        words += " " + _("The floor is higher, so that a small place is not left out.")
    return words


def _by_share(region: Mapping[str, Any], factor: Factor, seats: int) -> list[TargetSuggestion]:
    """Where the file has no ranges: the share of people, rounded down and up."""
    labels = dict(factor.options)
    rows = []
    for place in region.get("subareas", []):
        share = area(region, place["code"])
        if share is not None and place["code"] in labels:
            low, high = math.floor(share * seats), math.ceil(share * seats)
            code, reason = str(place["code"]), _place_reason(region, share, low, seats)
            ideal = round(100 * share * seats)
            rows.append(TargetSuggestion("geography", code, labels[code], (code,), low, ideal, high, 1, reason))
    return rows


def _scaled(limits: Iterable[int], scale: float, seats: int) -> tuple[int, int]:
    """A range for another number of seats: the floor down, the ceiling up, so that it never gets tighter."""
    low, high = limits
    low, high = (low, high) if scale == 1 else (math.floor(low * scale), math.ceil(high * scale))
    return min(low, seats), min(max(high, low), seats)
