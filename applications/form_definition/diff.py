"""What is different between two versions of a form, in words that a coordinator and an applicant can read."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from django.utils.translation import gettext as _

from applications.form_definition.definition import Form, FormQuestion, Section
from applications.form_definition.dialect import SILENT, load
from applications.form_definition.translations import TONGUES


@dataclass(frozen=True)
class QuestionChange:
    """One question that is asked differently. ``substance``: it matters to what people answer, not to words alone."""

    question: FormQuestion
    words: tuple[str, ...]
    substance: bool


@dataclass(frozen=True)
class Changes:
    """All differences. Questions that are switched off count as not asked."""

    added: tuple[FormQuestion, ...] = ()
    removed: tuple[FormQuestion, ...] = ()
    changed: tuple[QuestionChange, ...] = ()
    parts: tuple[str, ...] = ()
    newly_required: tuple[FormQuestion, ...] = ()
    unfit: tuple[tuple[FormQuestion, FormQuestion], ...] = field(default=())
    """Questions (as before, as now) some of whose earlier answers may not fit any more."""

    @property
    def any(self) -> bool:
        return bool(self.added or self.removed or self.changed or self.parts)

    @property
    def of_substance(self) -> bool:
        """Whether somebody who is filling in the form should know. New order and help texts alone are not."""
        return bool(self.added or self.removed or any(change.substance for change in self.changed))

    @property
    def asks_again(self) -> bool:
        """Whether people who sent their application have something new that they must answer."""
        return bool(self.newly_required)


def compare_written(old: Mapping[str, Any], new: Mapping[str, Any]) -> Changes:
    """The differences between two definitions, words in other languages included."""
    return compare(
        load(old), load(new), {tongue: (load(old, locale=tongue), load(new, locale=tongue)) for tongue in TONGUES}
    )


def compare(old: Form, new: Form, spoken: Mapping[str, tuple[Form, Form]] | None = None) -> Changes:
    """The differences from ``old`` to ``new``, both in one language.

    :param spoken: the same two forms in other languages; words that changed in these alone are a line of their own.
    """
    before, after = _asked(old), _asked(new)
    changed, unfit = [], [(before[name], before[name]) for name in before if name not in after]
    for name, question in after.items():
        if name not in before:
            continue
        heavy, light, loses = _differences(before[name], question)
        if heavy or light:
            changed.append(QuestionChange(question, (*heavy, *light), bool(heavy)))
        if loses:
            unfit.append((before[name], question))
    must = [q for name, q in after.items() if _must(q) and not (name in before and _must(before[name]))]
    return Changes(
        added=tuple(q for name, q in after.items() if name not in before),
        removed=tuple(q for name, q in before.items() if name not in after),
        changed=tuple(changed),
        parts=(
            *_parts(old, new, before, after),
            *_employer(old.employer, new.employer),
            *_spoken(old, new, spoken or {}),
        ),
        newly_required=tuple(must),
        unfit=tuple(unfit),
    )


def _asked(form: Form) -> dict[str, FormQuestion]:
    return {q.id: q for q in form.questions.values() if q.enabled and q.type != "submit"}


def _must(question: FormQuestion) -> bool:
    return (question.required or question.one_of) and question.type not in SILENT


def _codes(codes: Iterable[str], question: FormQuestion) -> str:
    return ", ".join(f"“{question.label_of(code)}”" for code in codes)


def _differences(old: FormQuestion, new: FormQuestion) -> tuple[list[str], list[str], bool]:
    """Words for what matters, words for what does not, and whether some answers may not fit any more."""
    heavy: list[str] = []
    light: list[str] = []
    loses = False
    if (old.label, old.text) != (new.label, new.text):
        heavy.append(_("It used to read: “%(old)s”") % {"old": old.text or old.label})
    if old.help != new.help:
        light.append(_("The help below it is new.") if new.help else _("The help below it is gone."))
    if old.type != new.type:
        heavy.append(_("It is answered in another way."))
        loses = True
    if _must(old) != _must(new):
        heavy.append(_("It must be answered now.") if _must(new) else _("It may be left blank now."))
    gone = [code for code in old.by_code if code not in new.by_code]
    fresh = [code for code in new.by_code if code not in old.by_code]
    other = [code for code in new.by_code if code in old.by_code and old.label_of(code) != new.label_of(code)]
    if fresh:
        heavy.append(_("New answers to choose: %(codes)s.") % {"codes": _codes(fresh, new)})
    if gone:
        heavy.append(_("No longer to choose: %(codes)s.") % {"codes": _codes(gone, old)})
        loses = True
    for code in other:
        heavy.append(
            _("The answer “%(old)s” reads “%(new)s” now.") % {"old": old.label_of(code), "new": new.label_of(code)}
        )
    if old.options != new.options and not (gone or fresh or other):
        light.append(_("The answers to choose stand in another order, or have other help."))
    limits = (old.limit, old.min_chars, old.min_words, old.max_words, old.max_selected)
    if limits != (new.limit, new.min_chars, new.min_words, new.max_words, new.max_selected):
        heavy += _limits(old, new)
        loses = (
            loses
            or new.limit < old.limit
            or _less(new.max_words, old.max_words)
            or _less(new.max_selected, old.max_selected)
        )
    if _asked_when(old) != _asked_when(new):
        heavy.append(_("When it is asked has changed."))
    if old.gate != new.gate:
        heavy.append(_("What its answers mean for taking part has changed."))
    if old.visibility != new.visibility:
        heavy.append(_("Who can read the answer has changed."))
    if old.retention != new.retention:
        heavy.append(_("How long the answer is kept has changed."))
    if old.columns != new.columns:
        heavy.append(_("The columns are other ones."))
        loses = loses or bool({c.code for c in old.columns} - {c.code for c in new.columns})
    if old.section != new.section:
        light.append(_("It stands in another part."))
    if old.one_of != new.one_of and new.type == "group" and _must(old) == _must(new):
        heavy.append(_("What must be filled in has changed."))
    if old.fields != new.fields:
        before, after = {f.id: f for f in old.fields}, {f.id: f for f in new.fields}
        fresh_, gone_ = (
            [f.label for name, f in these.items() if name not in others]
            for these, others in ((after, before), (before, after))
        )
        if fresh_:
            heavy.append(_("New fields: %(names)s.") % {"names": ", ".join(f"“{label}”" for label in fresh_)})
        if gone_:
            heavy.append(_("Fields taken out: %(names)s.") % {"names": ", ".join(f"“{label}”" for label in gone_)})
            loses = True
        if not (fresh_ or gone_) and list(before) != list(after):
            light.append(_("The fields stand in another order."))
        inner = [
            _differences(replace(a, section=""), replace(b, section=""))
            for a in old.fields
            for b in new.fields
            if a.id == b.id
        ]
        for words, quiet, less in inner:
            heavy += words
            light += quiet
            loses = loses or less
    return heavy, light, loses


def _asked_when(question: FormQuestion) -> tuple[object, ...]:
    """When a question is asked. All or any is one thing while there is one condition at most."""
    return question.show_if, question.show_if_setting, question.show_any and len(question.show_if) > 1


def _employer(old: Section | None, new: Section | None) -> list[str]:
    """What is different in the short form for employers, one line for each question."""
    was = {q.id: q for q in old.questions if q.enabled} if old else {}
    now = {q.id: q for q in new.questions if q.enabled} if new else {}
    rows = [
        _("The short form for employers has a new question: “%(question)s”") % {"question": q.text or q.label}
        for name, q in now.items()
        if name not in was
    ]
    rows += [
        _("The short form for employers no longer asks: “%(question)s”") % {"question": q.text or q.label}
        for name, q in was.items()
        if name not in now
    ]
    for name, question in now.items():
        if name in was:
            heavy, light, _loses = _differences(was[name], question)
            if heavy or light:
                rows.append(
                    _("The short form for employers asks in another way: “%(question)s”")
                    % {"question": question.text or question.label}
                    + " "
                    + " ".join((*heavy, *light))
                )
    if (old.intro if old else ()) != (new.intro if new else ()):
        rows.append(_("The words at the top of the short form for employers are new."))
    if not rows and list(was) != list(now):
        rows.append(_("The short form for employers has another order."))
    return rows


def _spoken(old: Form, new: Form, spoken: Mapping[str, tuple[Form, Form]]) -> list[str]:
    before, after = _words_of(old), _words_of(new)
    lines = {"es": _("Words in Spanish are new.")}
    found = []
    for tongue, (was, now) in spoken.items():
        first, second = _words_of(was), _words_of(now)
        if any(first.get(path) != second.get(path) for path, text in after.items() if before.get(path) == text):
            found.append(lines[tongue])
    return found


def _words_of(form: Form) -> dict[tuple[str, ...], str]:
    """Every text that somebody reads, by where it stands."""
    found: dict[tuple[str, ...], str] = {}
    for section in (*form.sections, *([form.employer] if form.employer else [])):
        found |= {
            (section.id, "title"): section.title,
            (section.id, "help"): section.help,
            (section.id, "formats"): section.other_formats,
        }
        found |= {(section.id, "intro", str(n)): text for n, text in enumerate(section.intro)}
        for outer in section.questions:
            for q in (outer, *outer.fields):
                found |= {(q.id, "label"): q.label, (q.id, "help"): q.help, (q.id, "text"): q.text}
                for option in (*q.options, *q.columns, *q.extra):
                    found |= {(q.id, option.code, "label"): option.label, (q.id, option.code, "help"): option.help}
                if q.gate:
                    found |= {(q.id, "kind"): q.gate.kind_words, (q.id, "ways"): "\n".join(q.gate.other_ways)}
    return found


def _limits(old: FormQuestion, new: FormQuestion) -> list[str]:
    """Each limit that is different, as it is now and as it was."""
    none = _("no limit")
    names = (
        ("limit", _("At most this many characters: %(new)s (before: %(old)s).")),
        ("min_chars", _("At least this many characters: %(new)s (before: %(old)s).")),
        ("max_words", _("At most this many words: %(new)s (before: %(old)s).")),
        ("min_words", _("At least this many words: %(new)s (before: %(old)s).")),
        ("max_selected", _("At most this many answers: %(new)s (before: %(old)s).")),
    )
    rows = [(words, getattr(new, name), getattr(old, name)) for name, words in names]
    return [
        words % {"new": f"{now:,}" if now else none, "old": f"{was:,}" if was else none}
        for words, now, was in rows
        if now != was
    ]


def _less(new: int, old: int) -> bool:
    """Whether a limit became tighter, where 0 means none."""
    return bool(new) and (not old or new < old)


def _parts(old: Form, new: Form, before: dict[str, FormQuestion], after: dict[str, FormQuestion]) -> list[str]:
    was, now = {s.id: s for s in old.sections}, {s.id: s for s in new.sections}
    rows = [_("New part: “%(title)s”.") % {"title": s.title} for s in new.sections if s.id not in was]
    rows += [_("Part taken out: “%(title)s”.") % {"title": s.title} for s in old.sections if s.id not in now]
    for name, section in now.items():
        earlier = was.get(name)
        if earlier is None:
            continue
        if earlier.title != section.title:
            rows.append(_("The part “%(old)s” is called “%(new)s” now.") % {"old": earlier.title, "new": section.title})
        if (earlier.intro, earlier.help, earlier.other_formats) != (section.intro, section.help, section.other_formats):
            rows.append(_("The words at the top of “%(title)s” are new.") % {"title": section.title})
    common = [name for name in before if name in after]
    if [s.id for s in old.sections if s.id in now] != [s.id for s in new.sections if s.id in was] or [
        name for name in after if name in before
    ] != common:
        rows.append(_("The order is new."))
    return rows
