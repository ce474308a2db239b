"""What a coordinator sets about one question, read from the definition and written back into it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from applications import words_editor
from applications.formdef import checking, rules
from applications.formdef.checking import every, rows, words
from applications.formdef.definition import HARD_LIMIT, MANY_CHOICES, TEXTS, Form
from applications.forms.editing_small import OptionRow, Words
from applications.templatetags.apply import span
from cohort.ui.forms import CheckChoices, RadioChoices

Definition = Mapping[str, Any]
NUMBERS = ("min_words", "max_words", "min_chars", "max_chars")


class QuestionForm(forms.Form):
    """One question with everything that can be set about it.

    :param raw: the question as written, or None for a new one.
    :param how: how it stands in its part; a follow-up or a field of a group keeps its readers and its place.
    :param data: what was posted. The rows of answers are read from it whatever else is wrong.
    """

    prefix = "q"
    use_required_attribute = False
    mark_optional = False  # the form engine says what is wanting
    label = Words(label=gettext_lazy("Question"), max_length=3000, required=False, lines=2)
    help = Words(label=gettext_lazy("Help below the question"), max_length=1200, required=False, lines=2)
    type = forms.ChoiceField(label=gettext_lazy("How it is answered"))
    required = forms.BooleanField(label=gettext_lazy("People must answer this to send their application"),
                                  required=False)
    asked = forms.BooleanField(label=gettext_lazy("Ask this question"), required=False, initial=True,
                               help_text=gettext_lazy("Switched off, it stays here and no applicant sees it."))
    part = forms.ChoiceField(label=gettext_lazy("Part of the form"))
    min_words = forms.IntegerField(label=gettext_lazy("At least this many words"), required=False, min_value=1,
                                   max_value=HARD_LIMIT)
    max_words = forms.IntegerField(label=gettext_lazy("At most this many words"), required=False, min_value=1,
                                   max_value=HARD_LIMIT)
    min_chars = forms.IntegerField(label=gettext_lazy("At least this many characters"), required=False, min_value=1,
                                   max_value=HARD_LIMIT)
    max_chars = forms.IntegerField(label=gettext_lazy("At most this many characters"), required=False, min_value=1,
                                   max_value=HARD_LIMIT)
    max_selected = forms.IntegerField(label=gettext_lazy("How many can be chosen at most"), required=False, min_value=1,
                                      max_value=100, help_text=gettext_lazy("Leave empty for no limit."))
    visibility = forms.ChoiceField(label=gettext_lazy("Who reads the answer"), widget=RadioChoices)
    retention = forms.ChoiceField(label=gettext_lazy("How long the answer is kept"), required=False)
    show_if = forms.ChoiceField(label=gettext_lazy("Ask this only after a certain answer to"), required=False)
    show_if_codes = forms.MultipleChoiceField(label=gettext_lazy("Ask it when this was chosen"), required=False,
                                              widget=CheckChoices)
    decides = forms.BooleanField(
        label=gettext_lazy("The answer shows whether the program fits"), required=False, help_text=gettext_lazy(
            "It never turns anybody away by itself. It explains kindly, and a person looks at it."))
    kind_words = Words(label=gettext_lazy("What we say when it may not fit"), required=False, max_length=1200, lines=3,
                       help_text=gettext_lazy("Say kindly what the program needs, and that people can ask you."))

    def __init__(self, definition: Definition, *, part: str, raw: Definition | None = None, how: str = "",
                 published: Form | None = None, data: Any = None) -> None:
        super().__init__(data)
        self.definition, self.raw, self.how, self.published = definition, dict(raw or {}), how, published
        self.kind = self._kind(data)
        self._choices(part)
        self.initial = self._initial(part)
        self.options = self._rows("options", data)
        self.columns = self._rows("columns", data)
        self.extra = self._rows("extra_options", data)
        codes = self.condition_codes(data)
        self.fields["show_if_codes"].choices = codes  # type: ignore[attr-defined]
        for name in self._left_out(codes):
            self.fields.pop(name, None)

    # ------------------------------------------------------------ what can be set

    def _kind(self, data: Any) -> str:
        allowed, self.why_kind = rules.kinds(self.raw, published=self.published)
        if self.how:
            allowed = (str(self.raw.get("type")),)
        said = data.get("q-type") if data is not None else None
        names = words_editor.kinds()
        self.fields["type"].choices = [(k, names.get(k, k)) for k in allowed]  # type: ignore[attr-defined]
        self.fields["type"].help_text = self.why_kind
        label: Any = self.fields["label"]
        label.max_length = checking.LONGEST["text" if said == "notice" or self.raw.get("type") == "notice" else "label"]
        return str(said if said in allowed else self.raw.get("type") or "textarea")

    def _choices(self, part: str) -> None:
        allowed, why = rules.readers({**self.raw, "type": self.kind}, published=self.published)
        who = words_editor.readers()
        fields: Any = self.fields
        fields["visibility"].choices = [(v, who[v]) for v in allowed]
        fields["visibility"].help_text = why
        days = self.definition.get("retention_classes")
        days = days if isinstance(days, Mapping) else {}
        kept = list(dict.fromkeys(name for v in allowed for name in rules.retentions(v)))
        when = {"not_selected": _("after decisions, for people who got no place"),
                "selected": _("after the program ends"), "access_needs": _("after the program ends"),
                "demographics_rows": _("after decisions; the totals stay")}
        fields["retention"].choices = [("", _("As long as the application itself")), *(
            (name, _("%(span)s %(when)s") % {"span": span(row["delete_after_days"]), "when": when[name]})
            for name in kept if isinstance(row := days.get(name), Mapping)
            and isinstance(row.get("delete_after_days"), int))]
        fields["part"].choices = [(str(s.get("id")), words(s.get("title")) or str(s.get("id")))
                                  for s in rows(self.definition.get("sections"))
                                  if not any(q.get("type") == "submit" for q in rows(s.get("questions")))
                                  or s.get("id") == part]
        fields["show_if"].choices = [("", _("Always ask it")), *(
            (name, title) for name, title, _options in self.earlier(part))]

    def earlier(self, part: str) -> list[tuple[str, str, list[tuple[str, str]]]]:
        """Questions with answers to choose above this one, which the same people read: id, words, answers."""
        found: list[tuple[str, str, list[tuple[str, str]]]] = []
        mine = str(self.raw.get("visibility") or "staff")
        here = self.raw.get("id")
        for section in rows(self.definition.get("sections")):
            for question, _how in every(section):
                if question.get("id") == here and here:
                    return found
                kind, other = str(question.get("type")), str(question.get("visibility") or "staff")
                if rules.is_choice(kind) and (not self.raw or rules.may_depend(mine, other)):
                    options = [(str(o.get("code")), words(o.get("label"))) for o in rows(question.get("options"))]
                    found.append((str(question.get("id")), _short(words(question.get("label"))), options))
            if not here and section.get("id") == part:
                return found
        return found

    def condition_codes(self, data: Any) -> list[tuple[str, str]]:
        """The answers of the question that this one depends on."""
        chosen = data.get("q-show_if") if data is not None else self.initial.get("show_if")
        part = str(data.get("q-part") if data is not None else self.initial.get("part"))
        return next((options for name, _title, options in self.earlier(part) if name == chosen), [])

    def _left_out(self, codes: Sequence[Any]) -> list[str]:
        out = [] if codes else ["show_if_codes"]
        if self.how:
            out += ["visibility", "part", "asked", "retention"]
        if self.how == "field":
            out += ["show_if", "show_if_codes", "decides", "kind_words"]
        if self.raw.get("required") == "one_of":
            out += ["required"]
        if not self.raw:
            out += ["asked"]
        if self.raw.get("type") in ("group", "matrix_checkboxes", "submit"):
            out += [*NUMBERS, "max_selected", "decides", "kind_words"]
        if len(rows(self.raw.get("show_if"))) > 1 or (
                isinstance(self.raw.get("show_if"), Mapping) and len(self.raw["show_if"]) > 1):
            out += ["show_if", "show_if_codes"]  # several conditions at once are kept as they are
        return out

    def _initial(self, part: str) -> dict[str, Any]:
        raw = self.raw
        if not raw:
            return {"type": "textarea", "part": part, "visibility": "staff", "asked": True, "max_chars": 1200}
        shown = raw.get("show_if")
        other, codes = next(iter(shown.items()), ("", [])) if isinstance(shown, Mapping) else ("", [])
        gate = raw.get("gate")
        gate = gate if isinstance(gate, Mapping) else {}
        return {
            "label": words(raw.get("label")) or words(raw.get("text")), "help": words(raw.get("help")),
            "type": raw.get("type"), "required": raw.get("required") is True,
            "asked": raw.get("enabled", raw.get("enabled_by_default", True)) is not False, "part": part,
            "visibility": raw.get("visibility") or "staff", "retention": raw.get("retention") or "",
            "show_if": other, "show_if_codes": [codes] if isinstance(codes, str) else codes,
            "decides": bool(gate), "kind_words": words(gate.get("kind_words")),
            **{name: raw.get(name) for name in (*NUMBERS, "max_selected")},
        }

    # ------------------------------------------------------------ answers to choose

    def _rows(self, key: str, data: Any) -> list[OptionRow]:
        """The rows as posted, in their order, or as written."""
        start = key[0]
        if data is not None:
            posted = sorted({int(name.split("-")[1]) for name in data if _is_row(name, start)})[
                :checking.MOST_OPTIONS + 5]
            return [OptionRow(data, prefix=f"{start}-{n}") for n in posted]
        gate = self.raw.get("gate")
        gate = gate if isinstance(gate, Mapping) else {}
        return [OptionRow(prefix=f"{start}-{n}", initial={
            "label": words(o.get("label")), "code": o.get("code"), "help": words(o.get("help")),
            "text": o.get("text") is True, "exclusive": o.get("exclusive") is True,
            "gate": _means(gate, str(o.get("code"))),
        }) for n, o in enumerate(rows(self.raw.get(key)) or self._empty(key))]

    def _empty(self, key: str) -> list[dict[str, Any]]:
        """Three lines to write in for a question that has no answers to choose yet; empty ones are not answers."""
        return [{}] * 3 if key == "options" and not self.how and self.raw.get("type") != "group" else []

    def rearranged(self, do: str, place: int) -> QuestionForm:
        """The same form, unsaved, with the answers to choose in another order, one more, or one less."""
        data: Any = self.data.copy()  # type: ignore[attr-defined]
        values = [{name: row[name].value() for name in row.fields} for row in self.options]
        if do == "option-add" and len(values) < checking.MOST_OPTIONS:
            values.append({"label": ""})
        elif 0 <= place < len(values):
            row = values.pop(place)
            if do != "option-remove":
                values.insert(max(0, place + (-1 if do == "option-up" else 1)), row)
        for name in [name for name in data if _is_row(name, "o")]:
            del data[name]
        for n, row in enumerate(values):
            for name, value in row.items():
                if value not in (False, None, ""):
                    data[f"o-{n}-{name}"] = "on" if value is True else str(value)
            data.setdefault(f"o-{n}-label", "")
        return QuestionForm(self.definition, part=str(data.get("q-part", "")), raw=self.raw or None, how=self.how,
                            published=self.published, data=data)

    # ------------------------------------------------------------ into the definition

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        for row in (*self.options, *self.columns, *self.extra):
            row.is_valid()  # each row's messages stand in the row
        if any(row.errors for row in (*self.options, *self.columns, *self.extra)):
            self.add_error(None, _("Look at the answers to choose again."))
        return data

    def changes(self, used: frozenset[str] = frozenset()) -> dict[str, Any]:
        """As :func:`applications.formdef.editing.change_question` takes them, from whatever could be read.

        :param used: codes that a new answer must not take.
        """
        data = self.cleaned_data
        kind = data.get("type") or self.kind
        found: dict[str, Any] = {"type": kind}
        if kind == "notice":
            found |= {"text": data.get("label", ""), "label": None}
        else:
            found |= {"label": data.get("label", ""), "text": None if self.raw.get("text") else self.raw.get("text")}
        found["help"] = data.get("help") or None
        if "required" in self.fields:
            found["required"] = bool(data.get("required")) and kind != "notice"
        if "asked" in self.fields:
            found |= {"enabled": bool(data.get("asked")), "enabled_by_default": None}
        for name in ("visibility", "part"):
            if data.get(name):
                found[name] = data[name]
        if "retention" in self.fields:
            found["retention"] = data.get("retention") or None
        if "max_selected" in self.fields:
            if kind in TEXTS:
                found |= {name: data.get(name) for name in NUMBERS}
            elif self.raw.get("type") in TEXTS:
                found |= dict.fromkeys(NUMBERS)
            many = kind in MANY_CHOICES
            found["max_selected"] = data.get("max_selected") if many else None
        found |= self._lists(kind, used)
        if "show_if" in self.fields:
            other = data.get("show_if")
            found["show_if"] = {other: data.get("show_if_codes") or []} if other else None
        return found

    def _lists(self, kind: str, used: frozenset[str]) -> dict[str, Any]:
        found: dict[str, Any] = {}
        if kind == "matrix_checkboxes":
            found = {"options": self._written("options", self.options, used),
                     "columns": self._written("columns", self.columns, frozenset()),
                     "extra_options": self._written("extra_options", self.extra, frozenset()) or None}
        elif rules.is_choice(kind):
            found = {"options": self._written("options", self.options, used)}
        elif self.raw.get("options"):
            found = {"options": None}
        if "decides" in self.fields:
            found["gate"] = None
            if self.cleaned_data.get("decides") and rules.is_choice(kind):
                means = {o["code"]: row.cleaned_data.get("gate") or "pass"
                         for o, row in zip(found["options"], self._said(), strict=False)}
                gate: dict[str, Any] = {name: [code for code, m in means.items() if m == name]
                                        for name in ("pass", "check", "fail")}
                if self.cleaned_data.get("kind_words"):
                    gate["kind_words"] = self.cleaned_data["kind_words"]
                found["gate"] = gate
        return found

    def _said(self) -> list[OptionRow]:
        """The rows that hold something; an empty one at the end is not an answer."""
        return [row for row in self.options if row.is_valid() and (
            row.cleaned_data.get("label") or row.cleaned_data.get("code"))]

    def _written(self, key: str, forms_: Sequence[OptionRow], used: frozenset[str]) -> list[dict[str, Any]]:
        from applications.formdef.editing import new_name

        before = {str(o.get("code")): o for o in rows(self.raw.get(key))}
        taken = {*used, *before}
        found: list[dict[str, Any]] = []
        for row in self._said() if key == "options" else [r for r in forms_ if r.is_valid()]:
            data = row.cleaned_data
            code = data.get("code") or ""
            if code not in before or any(o["code"] == code for o in found):
                code = new_name(data["label"], taken, start="", most=36)
                taken.add(code)
            old = before.get(code, {})
            label: Any = data["label"]
            if isinstance(old.get("label"), Mapping):
                label = {**old["label"], "en": label}
            option = {**old, "code": code, "label": label}
            for name in ("help", "text", "exclusive"):
                if data.get(name):
                    option[name] = data[name]
                else:
                    option.pop(name, None)
            found.append(option)
        return found

    def show_problems(self, problems: Sequence[checking.Problem]) -> None:
        """Put what the form engine said beside the field that it is about."""
        for problem in problems:
            field, _dot, place = problem.field.partition(".")
            if field in ("options", "columns", "extra") and place.isdigit():
                known = {"options": self._said(), "columns": self.columns, "extra": self.extra}[field]
                if int(place) < len(known):
                    known[int(place)].add_error("label", problem.message)
                self.add_error(None, problem.message)
                continue
            name = {"gate": "decides", "text": "label"}.get(field, field)
            about = self.raw.get("id")
            message = problem.message
            if about and problem.question and problem.question != about:
                message = f"{_title_of(self.definition, problem.question)}: {message}"
                name = ""
            self.add_error(name if name in self.fields else None, message)


def _short(text: str) -> str:
    return text if len(text) <= 90 else text[:88].rsplit(" ", 1)[0] + " …"


def _title_of(definition: Definition, name: str) -> str:
    found = next((q for s in rows(definition.get("sections")) for q, _how in every(s) if q.get("id") == name), {})
    return f"“{_short(words(found.get('label')) or name)}”"


def _means(gate: Mapping[str, Any], code: str) -> str:
    """What an answer means in a gate as it is written: also the older ways of writing one."""
    def has(key: str) -> bool:
        raw = gate.get(key)
        return code in (raw if isinstance(raw, list | tuple) else [raw])

    if has("check") or (code == "unsure" and gate.get("unsure_action") == "staff_check"):
        return "check"
    return "fail" if has("fail") else "pass"


def _is_row(name: str, start: str) -> bool:
    pieces = name.split("-")
    return len(pieces) == 3 and pieces[0] == start and pieces[1].isascii() and pieces[1].isdigit() \
        and len(pieces[1]) < 4 and pieces[2] in OptionRow.base_fields


