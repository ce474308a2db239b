"""Agreements: every change of words makes a new version, and the old one stays."""

from __future__ import annotations

from django.db import transaction
from django.db.models import Max
from django.utils import timezone
from django.utils.translation import gettext as _

from cohort.people import history
from cohort.people.models import Cohort, User
from cohort.people.states import NotPossible
from sessions.models import Agreement


@transaction.atomic
def adopt(*, cohort: Cohort, by: User, name: str, words: str, we_would_see: str = "") -> Agreement:
    """Put a new agreement in force, after those that are there."""
    last = Agreement.objects.filter(cohort=cohort).aggregate(last=Max("position"))["last"] or 0
    agreement = Agreement.objects.create(
        cohort=cohort, position=last + 1, name=name, words=words, we_would_see=we_would_see
    )
    history.record("agreement.adopted", agreement, actor=by, cohort=cohort)
    return agreement


@transaction.atomic
def reword(*, agreement: Agreement, by: User, name: str, words: str, we_would_see: str = "") -> Agreement:
    """A new version of an agreement in force; nothing happens when the words are the same.

    :raises NotPossible: it is no longer in force.
    """
    old = Agreement.objects.select_for_update().select_related("cohort").get(pk=agreement.pk)
    if old.retired_at:
        raise NotPossible(_("This version is no longer in force."))
    if (old.name, old.words, old.we_would_see) == (name, words, we_would_see):
        return old
    now = timezone.now()
    Agreement.objects.filter(pk=old.pk).update(retired_at=now)
    new = Agreement.objects.create(
        cohort=old.cohort,
        key=old.key,
        version=old.version + 1,
        position=old.position,
        name=name,
        words=words,
        we_would_see=we_would_see,
        in_force_from=now,
    )
    history.record("agreement.reworded", new, actor=by, cohort=old.cohort, version=new.version)
    return new


@transaction.atomic
def retire(*, agreement: Agreement, by: User) -> None:
    """Let an agreement go. It stays readable with the date."""
    if Agreement.objects.filter(pk=agreement.pk, retired_at__isnull=True).update(retired_at=timezone.now()):
        history.record("agreement.retired", agreement, actor=by, cohort=agreement.cohort)
