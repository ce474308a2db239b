"""What the database refuses by itself: editing what was settled, frozen forms, and letters that once stood."""

from __future__ import annotations

from types import SimpleNamespace

import pytest
from django.db import DatabaseError, transaction

from applications.models import FormVersion, LetterText
from applications.models.rule_change import RuleChange
from tests.applications.pool import make_call

pytestmark = pytest.mark.django_db


def test_a_settled_change_is_never_edited_and_outlives_its_people(cast: SimpleNamespace) -> None:
    change = RuleChange.objects.create(
        call=make_call(cast.cohort),
        kind="policy",
        factor="age",
        value="monitor",
        reason="Totals only",
        approver="Board",
        proposed_by=cast.coordinator,
    )
    RuleChange.objects.filter(pk=change.pk).update(state="taken_back", settled_by=cast.coordinator)
    with pytest.raises(DatabaseError, match="never edited"), transaction.atomic():
        RuleChange.objects.filter(pk=change.pk).update(reason="Another")
    with pytest.raises(DatabaseError, match="never edited"), transaction.atomic():
        RuleChange.objects.filter(pk=change.pk).update(state="waiting")
    RuleChange.objects.filter(pk=change.pk).update(proposed_by=None, settled_by=None)
    change.refresh_from_db()
    assert (change.reason, change.state, change.proposed_by) == ("Totals only", "taken_back", None)


def test_a_frozen_form_stays_frozen(cast: SimpleNamespace) -> None:
    version = FormVersion.objects.get(call=make_call(cast.cohort))
    with pytest.raises(DatabaseError, match="never changes"), transaction.atomic():
        FormVersion.objects.filter(pk=version.pk).update(definition={})
    FormVersion.objects.filter(pk=version.pk).update(made_by=None)


def test_a_version_of_a_letter_stays_as_it_was_written(cast: SimpleNamespace) -> None:
    call = make_call(cast.cohort)
    text = LetterText.objects.create(
        call=call, name="invite", subject="A place for you", body="Dear {name}", made_by=cast.coordinator
    )
    with pytest.raises(DatabaseError, match="every version"), transaction.atomic():
        LetterText.objects.filter(pk=text.pk).update(body="Dear all")
    LetterText.objects.filter(pk=text.pk).update(made_by=None)
    text.refresh_from_db()
    assert (text.body, text.made_by) == ("Dear {name}", None)
