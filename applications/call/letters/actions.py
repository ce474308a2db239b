"""Coordinators change the words of letters. A change is a new version; what was approved keeps the one it had."""

from __future__ import annotations

from django.db import transaction
from django.utils import timezone

from applications.call.letters.templates import KINDS, LetterTemplate
from applications.models import Call, LetterText
from cohort.people import history
from cohort.people.models import User


def change_letter(
    *, call: Call, name: str, language: str, text: LetterTemplate | None, actor: User
) -> LetterText | None:
    """Keep ``text`` as the newest version of a letter; None goes back to the standard letter.

    The call is locked while the moment is taken, as it is when a release is approved, so that no letter can fall
    between two versions.

    :return: the version, or None when it says what stood there already.
    :raises LookupError: there is no such letter.
    """
    KINDS[name]
    subject, body = (text.subject, text.body) if text else ("", "")
    with transaction.atomic():
        Call.objects.select_for_update().get(pk=call.pk)
        rows = LetterText.objects.filter(call=call, name=name, language=language)
        newest = rows.order_by("-made_at").first()
        if (newest.subject, newest.body) == (subject, body) if newest else not body:
            return None
        made = LetterText.objects.create(
            call=call, name=name, language=language, subject=subject, body=body, made_by=actor, made_at=timezone.now()
        )
        history.record(
            "call.letter_changed",
            call,
            actor=actor,
            cohort=call.cohort,
            letter=name,
            language=language,
            what="changed" if body else "standard",
        )
    return made
