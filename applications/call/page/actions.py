"""What coordinators write on the call page. History keeps what was changed by whom; the words stand on the page."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any

from django.db import transaction
from django.db.models import Max
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from applications.call.page import queries
from applications.call.page.queries import CONTACT, TEXTS
from applications.common import call_translations
from applications.models import Call, PageItem
from cohort.people import history
from cohort.people.models import User
from cohort.people.states import NotPossible

MOST_LINES = 60


def _lock(call: Call) -> Call:
    return Call.objects.select_for_update(of=("self",)).select_related("cohort").get(pk=call.pk)


def _note(call: Call, actor: User, part: str, what: str, **more: Any) -> None:
    history.record("call.page_changed", call, actor=actor, cohort=call.cohort, part=part, what=what, **more)


def change_texts(*, call: Call, actor: User, **fields: str) -> Call:
    """Change the words of the page (``TEXTS``) and the contact of the call (``CONTACT``; empty takes the cohort's)."""
    with transaction.atomic():
        locked = _lock(call)
        changed = [name for name in TEXTS if name in fields and getattr(locked, name) != fields[name]]
        for name in changed:
            setattr(locked, name, fields[name])
        facts = dict(locked.facts)
        for name in CONTACT:
            if name in fields and facts.get(name, "") != fields[name]:
                changed.append(name)
                facts[name] = fields[name]
                if not fields[name]:
                    del facts[name]
        if changed:
            locked.facts = facts
            locked.save(update_fields=[*TEXTS, "facts"])
            _note(locked, actor, "texts", "changed", fields=changed)
    return locked


def change_words_in(*, call: Call, actor: User, tongue: str, changes: Mapping[str, str]) -> int:
    """Write the page in another language: words by the paths of :func:`applications.common.call_translations.texts`.

    Empty words leave readers with the English. Says how many texts changed; a line that is gone is passed over.
    """
    with transaction.atomic():
        locked = _lock(call)
        known = {text.path: text for text in call_translations.texts(locked, tongue)}
        wanted = {path: words for path, words in changes.items() if path in known}
        items: dict[str, dict[str, dict[str, str]]] = {}
        for path, words in wanted.items():
            row, _slash, key = path.rpartition("/")
            entry = {tongue: words, f"{tongue}_for": known[path].english}
            if row:
                items.setdefault(row, {})[key] = entry
            else:
                locked.other_words = {**locked.other_words, key: {**locked.other_words.get(key, {}), **entry}}
        for item in PageItem.objects.filter(call=locked, pk__in=items):
            for key, entry in items[str(item.pk)].items():
                item.other_words = {**item.other_words, key: {**item.other_words.get(key, {}), **entry}}
            item.save(update_fields=["other_words"])
        if wanted:
            locked.save(update_fields=["other_words"])
            _note(locked, actor, "spanish", "changed", texts=len(wanted))
    return len(wanted)


def change_dates(*, call: Call, actor: User, facts: dict[str, str], **fields: Any) -> Call:
    """Change dates, numbers and the facts about sessions. History keeps dates and numbers as they were and are.

    :raises NotPossible: a field is fixed because the call is open.
    """
    fixed = {"opens_at", "closes_at", "readers_per_application"} & set(fields)
    with transaction.atomic():
        locked = _lock(call)
        if fixed and locked.state != Call.State.DRAFT:
            raise NotPossible(_("The call is open by now. Its times and readers cannot be changed here any more."))
        changed = {
            name: [str(getattr(locked, name) or ""), str(value)]
            for name, value in fields.items()
            if getattr(locked, name) != value
        }
        words = [name for name, value in facts.items() if locked.facts.get(name, "") != value]
        for name, value in fields.items():
            setattr(locked, name, value)
        locked.facts = {**locked.facts, **facts}
        if changed or words:
            locked.save(update_fields=[*fields, "facts"])
            _note(locked, actor, "dates", "changed", fields=[*changed, *words], values=changed)
    return locked


def make_own(*, call: Call, part: str, actor: User) -> Call:
    """Turn the standard lines of a part into lines of this call. Does nothing when they are already."""
    with transaction.atomic():
        locked = _lock(call)
        if part not in locked.own_parts:
            with translation.override("en"):  # the words of a line are English; others stand beside them
                lines = queries.standard(locked, part)
            PageItem.objects.bulk_create(
                [
                    PageItem(call=locked, part=part, place=place, title=line.title[:300], words=line.words, on=line.on)
                    for place, line in enumerate(lines, 1)
                ]
            )
            locked.own_parts = [*locked.own_parts, part]
            locked.save(update_fields=["own_parts"])
            _note(locked, actor, part, "own")
    call.own_parts = locked.own_parts
    return locked


def add_line(*, call: Call, part: str, actor: User, title: str, words: str = "", on: dt.date | None = None) -> PageItem:
    """A new line at the end of a part.

    :raises NotPossible: the part is as long as a page can bear.
    """
    with transaction.atomic():
        locked = make_own(call=call, part=part, actor=actor)
        rows = PageItem.objects.filter(call=locked, part=part)
        if rows.filter(removed_at__isnull=True).count() >= MOST_LINES:
            raise NotPossible(_("This list is full. Remove a line first."))
        last = rows.aggregate(last=Max("place"))["last"] or 0
        item = PageItem.objects.create(call=locked, part=part, place=last + 1, title=title, words=words, on=on)
        _note(locked, actor, part, "added", line=str(item.pk))
    return item


def change_line(*, item: PageItem, actor: User, title: str, words: str = "", on: dt.date | None = None) -> PageItem:
    """Change the words of a line."""
    with transaction.atomic():
        call = _lock(item.call)
        item.title, item.words, item.on = title, words, on
        item.save(update_fields=["title", "words", "on"])
        _note(call, actor, item.part, "changed", line=str(item.pk))
    return item


def move_line(*, item: PageItem, up: bool, actor: User) -> bool:
    """Swap a line with its neighbor. False when it is at the end already."""
    with transaction.atomic():
        call = _lock(item.call)
        item.refresh_from_db()
        others = PageItem.objects.filter(call=call, part=item.part, removed_at__isnull=True)
        other = (
            others.filter(place__lt=item.place).order_by("-place")
            if up
            else others.filter(place__gt=item.place).order_by("place")
        ).first()
        if other is None or item.removed_at:
            return False
        item.place, other.place = other.place, item.place
        item.save(update_fields=["place"])
        other.save(update_fields=["place"])
        _note(call, actor, item.part, "moved", line=str(item.pk))
    return True


def remove_line(*, item: PageItem, actor: User) -> None:
    """Take a line off the page. It can be put back for a while."""
    with transaction.atomic():
        call = _lock(item.call)
        if PageItem.objects.filter(pk=item.pk, removed_at__isnull=True).update(removed_at=timezone.now()):
            _note(call, actor, item.part, "removed", line=str(item.pk))


def put_back(*, item: PageItem, actor: User) -> None:
    """Put a removed line back where it was."""
    with transaction.atomic():
        call = _lock(item.call)
        if PageItem.objects.filter(pk=item.pk, removed_at__isnull=False).update(removed_at=None):
            _note(call, actor, item.part, "put_back", line=str(item.pk))


def clear_removed(*, now: dt.datetime | None = None) -> int:
    """Delete lines that were removed long ago. Returns how many."""
    before = (now or timezone.now()) - dt.timedelta(days=queries.PUT_BACK_DAYS)
    return PageItem.objects.filter(removed_at__lt=before).delete()[0]
