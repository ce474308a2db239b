"""A call's form, rubric and settings."""

from __future__ import annotations

import json
from functools import lru_cache
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db.models import TextField
from django.db.models.functions import Cast

from applications.form_definition import freeze
from applications.form_definition.definition import Form
from applications.form_definition.dialect import load
from applications.models import (
    Application,
    Call,
    FactorPolicy,
    FormDraft,
    FormVersion,
    RubricVersion,
    RuleChange,
)
from cohort.people import facts
from cohort.people.models import Cohort


@lru_cache(maxsize=8)
def facts_file(name: str) -> Any:
    """One YAML file of ``facts/``, read once."""
    return facts.read(settings.FACTS_DIR / name)


def region(region_id: str) -> dict[str, Any]:
    """One region of ``facts/regions.yaml``; empty when it is not known."""
    found = [row for row in facts_file("regions.yaml")["regions"] if row["id"] == region_id]
    return found[0] if found else {}


def default_definition(cohort: Cohort) -> dict[str, Any]:
    """The default form for a cohort's region, ready to be frozen, with its words in Spanish beside it. A new copy."""
    return dict(json.loads(_default_text(cohort.region)))


@lru_cache(maxsize=16)
def _default_text(region_id: str) -> str:
    """The default form of a region as JSON: worked out once per process, since reading JSON is far quicker."""
    here = region(region_id)
    frozen = freeze.freeze(facts_file("application_form.yaml"), here)
    own_names = {row["label"]: row["label"] for row in here.get("tribal_nations", [])}  # as Nations write themselves
    return json.dumps({**frozen, "translations": {"es": own_names | facts_file("application_form.es.yaml")["words"]}})


def default_rubric() -> dict[str, Any]:
    return dict(json.loads(_rubric_text()))


@lru_cache(maxsize=1)
def _rubric_text() -> str:
    return json.dumps(freeze.freeze(facts_file("rubric.yaml"), None))


@lru_cache(maxsize=32)
def _form_of_text(text: str, locale: str) -> Form:
    """The form of a definition in JSON. Calls with the same words share it."""
    return load(json.loads(text), locale=locale)


@lru_cache(maxsize=64)
def form_of(version_id: UUID, locale: str = "en") -> Form:
    """The form of one frozen version. A version never changes, so it is read once per process."""
    written = FormVersion.objects.annotate(text=Cast("definition", TextField()))
    return _form_of_text(written.values_list("text", flat=True).get(pk=version_id), locale)


def versions_in_use() -> list[UUID]:
    """The form versions that some application was made against (one statement)."""
    return list(
        FormVersion.objects.filter(pk__in=Application.objects.values("form_version")).values_list("pk", flat=True)
    )


def form_for_call(call: Call, locale: str = "en") -> Form:
    """The form that a new application would get: the newest frozen one, or what is being prepared for the first."""
    newest = call.form_versions.order_by("-number").values_list("pk", flat=True).first()
    if newest:
        return form_of(newest, locale)
    draft = _draft(call)
    return _form_of_text(_default_text(call.cohort.region), locale) if draft is None else load(draft, locale=locale)


def definition_in_work(call: Call) -> dict[str, Any]:
    """What a coordinator made of the form so far, or else the default form."""
    draft = _draft(call)
    return draft if draft is not None else default_definition(call.cohort)


def _draft(call: Call) -> dict[str, Any] | None:
    return FormDraft.objects.filter(call=call).values_list("definition", flat=True).first()


def rubric_for_call(call: Call) -> dict[str, Any]:
    newest: RubricVersion | None = call.rubric_versions.order_by("-number").first()
    return newest.definition if newest else default_rubric()


def identity_that_chooses(call: Call, form: Form) -> list[str]:
    """Identity questions whose answers this call's policies allow to be used when choosing (one statement).

    Empty under every profile but one that a lawyer approved; pages that promise otherwise ask here first.
    """
    asked = {q.factor: q.label for q in form.questions.values() if q.visibility == "equity_data" and q.factor}
    chosen = FactorPolicy.objects.filter(call=call, policy=FactorPolicy.Policy.SELECTION, factor__in=list(asked))
    return [asked[factor] for factor in chosen.order_by("factor").values_list("factor", flat=True)]


def settings_of(call: Call) -> frozenset[str]:
    """Names of switched-on settings that questions may depend on."""
    if call.policy_profile in {"wa_public_agency", "ca_public_agency"}:
        return frozenset({"operator_is_public_agency"})
    return frozenset({"identity_may_choose"} if _identity_may_choose(call) else ())


def _identity_may_choose(call: Call) -> bool:
    """Whether some identity factor is approved for choosing (one statement, none under the other profiles)."""
    if call.policy_profile != "counsel_approved":
        return False
    now = FactorPolicy.objects.filter(call=call, policy=FactorPolicy.Policy.SELECTION).values("factor")
    return RuleChange.objects.filter(
        call=call,
        kind=RuleChange.Kind.POLICY,
        state=RuleChange.State.IN_FORCE,
        identity=True,
        value=FactorPolicy.Policy.SELECTION,
        factor__in=now,
    ).exists()
