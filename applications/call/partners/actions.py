"""Partners who share a call: their links, and how often those were opened."""

from __future__ import annotations

import datetime as dt
import secrets

from django.db import IntegrityError, transaction
from django.db.models import F
from django.utils import timezone
from django.utils.translation import gettext as _

from applications.models import Application, Call, Partner, PartnerVisits, Source
from cohort.people import history
from cohort.people.models import User
from cohort.people.states import NotPossible

_LETTERS = "abcdefghjkmnpqrstuvwxyz23456789"  # none that look alike
CODE_LENGTH = 8
MOST_PARTNERS = 200


def add_partner(*, call: Call, name: str, actor: User) -> Partner:
    """A new partner with a link of its own.

    :raises NotPossible: the name is taken in this call, or the list is full.
    """
    if call.partners.count() >= MOST_PARTNERS:
        raise NotPossible(_("There are as many partners as this page can bear."))
    try:
        with transaction.atomic():
            code = "".join(secrets.choice(_LETTERS) for _n in range(CODE_LENGTH))
            made = Partner.objects.create(call=call, name=name, code=code, made_by=actor)
            history.record("partner.added", made, actor=actor, cohort=call.cohort)
    except IntegrityError as error:
        raise NotPossible(_("A partner with this name has a link already.")) from error
    return made


def end_partner(*, partner: Partner, actor: User, ended: bool) -> None:
    """Stop counting a partner's link, or count it again. The link leads to the call either way."""
    with transaction.atomic():
        rows = Partner.objects.filter(pk=partner.pk, ended_at__isnull=ended)
        if rows.update(ended_at=timezone.now() if ended else None):
            history.record(
                "partner.ended" if ended else "partner.back", partner, actor=actor, cohort=partner.call.cohort
            )


def count_visit(*, partner: Partner, day: dt.date) -> None:
    """Add one to the number of visits of that day. Nothing about the visitor is kept."""
    PartnerVisits.objects.bulk_create([PartnerVisits(partner=partner, day=day, count=0)], ignore_conflicts=True)
    PartnerVisits.objects.filter(partner=partner, day=day).update(count=F("count") + 1)


def remember_source(*, application: Application, code: str) -> Source | None:
    """Keep by which partner's link an application began. The first one stays; unknown codes are left alone."""
    partner = Partner.objects.filter(code=code, call_id=application.call_id, ended_at__isnull=True).first()
    if partner is None:
        return None
    return Source.objects.get_or_create(application=application, defaults={"partner": partner})[0]
