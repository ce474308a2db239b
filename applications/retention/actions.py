"""Delete what an application holds once its time is over; hold back what a lawyer asked to keep."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from importlib import import_module

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from applications.apply import store
from applications.common import related
from applications.models import Application, Call, Decision, LegalHold, Review
from applications.retention import queries, rules
from cohort.outbox import api as outbox_api
from cohort.people import history
from cohort.people.models import User


def retain(*, now: dt.datetime | None = None) -> dict[str, int]:
    """Delete everything whose time is over, one application at a time. Safe to repeat and to run twice at once.

    A legal hold stops it. The history keeps how many of what went, per application and per call.

    :return: how many applications lost what, by the words of :mod:`applications.retention.rules`.
    """
    now = now or timezone.now()
    done: Counter[str] = Counter()
    by_call: dict[Call, Counter[str]] = {}
    for row in list(queries.due(now)):
        if not row.held and _clear(row.application, row.what):
            done[row.what] += 1
            by_call.setdefault(row.application.call, Counter())[row.what] += 1
    for call, counts in by_call.items():
        history.record("retention.run", call, actor=None, cohort=call.cohort, **counts)
    return dict(done)


def _clear(found: Application, what: str) -> bool:
    with transaction.atomic():
        row = Application.objects.select_for_update(of=("self",)).filter(pk=found.pk).first()
        if row is None or row.edited_at != found.edited_at or row.state != found.state:
            return False  # written to meanwhile: the next run looks again
        if LegalHold.objects.filter(call=row.call_id, lifted_at=None).exists():
            return False
        cohort, key = found.call.cohort, {"application": str(row.pk)}
        rows = 0
        if what == rules.DRAFT:
            outbox_api.cancel(refs=key, reason="deleted")
            outbox_api.forget(refs=key)
            history.record("retention.deleted", row, actor=None, cohort=cohort, what=what)
            row.delete()
            return True
        if what == rules.APPLICATION:
            rows = sum(related.delete(row, keep=(*related.BOOKS, *related.SCORES)).values())
            row.organization, row.sections = None, {}
            row.save(update_fields=["organization", "sections"])
        elif what == rules.SCORES:
            rows = Review.objects.filter(application=row).delete()[0]
            rows += Decision.objects.filter(application=row).exclude(note="").update(note="")
        else:
            rows = store.drop(row, what)
        history.record("retention.deleted", row, actor=None, cohort=cohort, what=what, rows=rows)
    return True


def forget_sessions() -> None:
    """Delete run-out sign-ins, and with them what somebody typed while signed out."""
    import_module(settings.SESSION_ENGINE).SessionStore.clear_expired()


def hold(*, call: Call, reason: str, actor: User | None) -> LegalHold:
    """Stop the deletion of anything of a call. Twice is the same as once; the first reason stays."""
    with transaction.atomic():
        found, made = LegalHold.objects.get_or_create(
            call=call, lifted_at=None, defaults={"reason": reason[:300], "placed_by": actor}
        )
        if made:
            history.record("retention.held", call, actor=actor, cohort=call.cohort)
    return found


def lift(*, call: Call, actor: User | None, now: dt.datetime | None = None) -> bool:
    """End the hold of a call. What is overdue goes with the next run."""
    with transaction.atomic():
        lifted = LegalHold.objects.filter(call=call, lifted_at=None).update(lifted_at=now or timezone.now())
        if lifted:
            history.record("retention.hold_lifted", call, actor=actor, cohort=call.cohort)
    return bool(lifted)
