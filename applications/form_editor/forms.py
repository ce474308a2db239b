"""What a coordinator sets about one question, read from the definition and written back into it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from applications.common.translated_fields import Words
from applications.form_definition import validation
from applications.form_definition import visibility as form_definition_visibility
from applications.form_definition.definition import Form
from applications.form_definition.dialect import MANY_CHOICES, TEXTS
from applications.form_definition.edits import employer_of, is_employer
from applications.form_definition.validation import every, rows, words
from applications.form_editor import labels
from applications.form_editor.row_forms import (
    ConditionRow,
    FieldRow,
    OptionRow,
    filled,
    numbers,
    shown_options,
    written_options,
)
from applications.templatetags.form_rendering import span
from cohort.questions.definition import HARD_LIMIT
from cohort.ui.forms import RadioChoices

Definition = Mapping[str, Any]
NUMBERS = ("min_words", "max_words", "min_chars", "max_chars")
#: What a button of the page calls a list, the key of the definition that holds it, and the start of its field names.
LISTS = {
    "option": ("options", "o"),
    "column": ("columns", "c"),
    "extra": ("extra_options", "x"),
    "field": ("fields", "f"),
    "when": ("show_if", "w"),
}
MOST = {
    "option": validation.MOST_OPTIONS,
    "column": validation.MOST_OPTIONS,
    "extra": validation.MOST_OPTIONS,
    "field": validation.MOST_FIELDS,
    "when": validation.MOST_CONDITIONS,
}


class QuestionForm(forms.Form):
    """One question with everything that can be set about it.

    :param raw: the question as written, or None for a new one.
    :param how: how it stands in its part; a follow-up or a field of a group keeps its readers and its place.
    :param data: what was posted. The rows of answers, fields and conditions are read from it whatever else is wrong.
    """

    prefix = "q"
    use_required_attribute = False
    mark_optional = False  # the form engine says what is wanting
    label = Words(label=gettext_lazy("Question"), max_length=3000, required=False, lines=2)
    help = Words(label=gettext_lazy("Help below the question"), max_length=1200, required=False, lines=2)
    type = forms.ChoiceField(label=gettext_lazy("How it is answered"))
    required = forms.BooleanField(
        label=gettext_lazy("People must answer this to send their application"), required=False
    )
    one_of = forms.BooleanField(label=gettext_lazy("At least one of the fields must be filled in"), required=False)
    asked = forms.BooleanField(
        label=gettext_lazy("Ask this question"),
        required=False,
        initial=True,
        help_text=gettext_lazy("Switched off, it stays here and no applicant sees it."),
    )
    part = forms.ChoiceField(label=gettext_lazy("Part of the form"))
    min_words = forms.IntegerField(
        label=gettext_lazy("At least this many words"), required=False, min_value=1, max_value=HARD_LIMIT
    )
    max_words = forms.IntegerField(
        label=gettext_lazy("At most this many words"), required=False, min_value=1, max_value=HARD_LIMIT
    )
    min_chars = forms.IntegerField(
        label=gettext_lazy("At least this many characters"), required=False, min_value=1, max_value=HARD_LIMIT
    )
    max_chars = forms.IntegerField(
        label=gettext_lazy("At most this many characters"), required=False, min_value=1, max_value=HARD_LIMIT
    )
    max_selected = forms.IntegerField(
        label=gettext_lazy("How many can be chosen at most"),
        required=False,
        min_value=1,
        max_value=100,
        help_text=gettext_lazy("Leave empty for no limit."),
    )
    visibility = forms.ChoiceField(label=gettext_lazy("Who reads the answer"), widget=RadioChoices)
    retention = forms.ChoiceField(label=gettext_lazy("How long the answer is kept"), required=False)
    match = forms.ChoiceField(
        label=gettext_lazy("When there are several conditions"),
        required=False,
        widget=RadioChoices,
        choices=[("all", gettext_lazy("All of them must be true")), ("any", gettext_lazy("One of them is enough"))],
    )
    decides = forms.BooleanField(
        label=gettext_lazy("The answer shows whether the program fits"),
        required=False,
        help_text=gettext_lazy("It never turns anybody away by itself. It explains kindly, and a person looks at it."),
    )
    kind_words = Words(
        label=gettext_lazy("What we say when it may not fit"),
        required=False,
        max_length=1200,
        lines=3,
        help_text=gettext_lazy("Say kindly what the program needs, and that people can ask you."),
    )
    other_ways = Words(
        label=gettext_lazy("Other ways for people whom it does not fit"),
        required=False,
        max_length=1200,
        lines=3,
        help_text=gettext_lazy("One way on each line, such as a later cohort or another group. Empty shows ours."),
    )

    def __init__(
        self,
        definition: Definition,
        *,
        part: str,
        raw: Definition | None = None,
        how: str = "",
        published: Form | None = None,
        data: Any = None,
    ) -> None:
        super().__init__(data)
        self.definition, self.raw, self.how, self.published = definition, dict(raw or {}), how, published
        self.for_employers = is_employer(definition, part)
        self.kind = self._kind(data)
        self._choices(part)
        self.initial = self._initial(part)
        above = self.earlier(str(data.get("q-part") or part) if data is not None else part)
        self.options: list[OptionRow] = self._rows("option", OptionRow, data)
        self.columns: list[OptionRow] = self._rows("column", OptionRow, data)
        self.extra: list[OptionRow] = self._rows("extra", OptionRow, data)
        self.parts: list[FieldRow] = self._rows(
            "field",
            FieldRow,
            data,
            names=labels.kinds(),
            before={str(f.get("id")): f for f in rows(self.raw.get("fields"))},
        )
        self.conditions: list[ConditionRow] = (
            [] if how == "field" else self._rows("when", ConditionRow, data, earlier=above)
        )
        for name in self._left_out():
            self.fields.pop(name, None)

    @property
    def lists(self) -> dict[str, Sequence[Any]]:
        """The rows of each list, by what its buttons call it."""
        return {
            "option": self.options,
            "column": self.columns,
            "extra": self.extra,
            "field": self.parts,
            "when": self.conditions,
        }

    # ------------------------------------------------------------ what can be set

    def _kind(self, data: Any) -> str:
        allowed, self.why_kind = form_definition_visibility.kinds(self.raw, published=self.published)
        if self.for_employers:
            allowed = tuple(kind for kind in allowed if kind in form_definition_visibility.FOR_EMPLOYERS)
        if self.how:
            allowed = (str(self.raw.get("type")),)
        said = data.get("q-type") if data is not None else None
        names = labels.kinds()
        self.fields["type"].choices = [(k, names.get(k, k)) for k in allowed]  # type: ignore[attr-defined]
        self.fields["type"].help_text = self.why_kind
        label: Any = self.fields["label"]
        label.max_length = validation.LONGEST[
            "text" if said == "notice" or self.raw.get("type") == "notice" else "label"
        ]
        if self.for_employers:
            self.fields["required"].label = _("People must answer this to send the short form")
        return str(said if said in allowed else self.raw.get("type") or "textarea")

    def _choices(self, part: str) -> None:
        allowed, why = form_definition_visibility.readers({**self.raw, "type": self.kind}, published=self.published)
        who = labels.readers()
        fields: Any = self.fields
        fields["visibility"].choices = [(v, who[v]) for v in allowed]
        fields["visibility"].help_text = why
        days = self.definition.get("retention_classes")
        days = days if isinstance(days, Mapping) else {}
        kept = list(dict.fromkeys(name for v in allowed for name in form_definition_visibility.retentions(v)))
        when = {
            "not_selected": _("after decisions, for people who got no place"),
            "selected": _("after the program ends"),
            "access_needs": _("after the program ends"),
            "demographics_rows": _("after decisions; the totals stay"),
        }
        fields["retention"].choices = [
            ("", _("As long as the application itself")),
            *(
                (name, _("%(span)s %(when)s") % {"span": span(row["delete_after_days"]), "when": when[name]})
                for name in kept
                if isinstance(row := days.get(name), Mapping) and isinstance(row.get("delete_after_days"), int)
            ),
        ]
        fields["part"].choices = [
            (str(s.get("id")), words(s.get("title")) or str(s.get("id")))
            for s in rows(self.definition.get("sections"))
            if not any(q.get("type") == "submit" for q in rows(s.get("questions"))) or s.get("id") == part
        ]

    def earlier(self, part: str) -> list[tuple[str, str, list[tuple[str, str]]]]:
        """Questions with answers to choose above this one, which the same people read: id, words, answers."""
        found: list[tuple[str, str, list[tuple[str, str]]]] = []
        mine = str(self.raw.get("visibility") or "staff")
        here = self.raw.get("id")
        short = employer_of(self.definition)
        for section in [short] if self.for_employers and short else rows(self.definition.get("sections")):
            for question, how in every(section):
                if question.get("id") == here and here:
                    return found
                kind, other = str(question.get("type")), str(question.get("visibility") or "staff")
                if how == "field" or (self.raw and not form_definition_visibility.may_depend(mine, other)):
                    continue
                if form_definition_visibility.is_choice(kind):
                    options = [(str(o.get("code")), words(o.get("label"))) for o in rows(question.get("options"))]
                    found.append((str(question.get("id")), short_of(words(question.get("label"))), options))
                elif kind == "checkbox_single":
                    found.append(
                        (
                            str(question.get("id")),
                            short_of(words(question.get("label"))),
                            [("yes", _("The box is ticked"))],
                        )
                    )
            if not here and section.get("id") == part:
                return found
        return found

    def _left_out(self) -> list[str]:
        out = [] if len(self.conditions) > 1 else ["match"]
        if self.how or self.for_employers:
            out += ["visibility", "part", "retention"]
        if self.for_employers:
            out += ["decides", "kind_words", "other_ways", "one_of"]
        if self.how:
            out += ["asked"]
        if self.how == "field":
            out += ["decides", "kind_words", "other_ways", "one_of"]
        if self.raw.get("type") == "group":
            out += ["required"]
        if not self.raw:
            out += ["asked"]
        if self.raw.get("type") in ("group", "matrix_checkboxes", "submit"):
            out += [*NUMBERS, "max_selected", "decides", "kind_words", "other_ways"]
        return out

    def _initial(self, part: str) -> dict[str, Any]:
        raw = self.raw
        if not raw:
            return {
                "type": "textarea",
                "part": part,
                "visibility": "staff",
                "asked": True,
                "max_chars": 1200,
                "match": "all",
            }
        gate = raw.get("gate")
        gate = gate if isinstance(gate, Mapping) else {}
        return {
            "label": words(raw.get("label")) or words(raw.get("text")),
            "help": words(raw.get("help")),
            "type": raw.get("type"),
            "required": raw.get("required") is True,
            "one_of": raw.get("required") == "one_of",
            "asked": raw.get("enabled", raw.get("enabled_by_default", True)) is not False,
            "part": part,
            "visibility": raw.get("visibility") or "staff",
            "retention": raw.get("retention") or "",
            "match": "any" if raw.get("show_if_match") == "any" else "all",
            "decides": bool(gate),
            "kind_words": words(gate.get("kind_words")),
            "other_ways": words(gate.get("other_ways")),
            **{name: raw.get(name) for name in (*NUMBERS, "max_selected")},
        }

    # ------------------------------------------------------------ rows

    def _rows(self, name: str, form: Any, data: Any, **more: Any) -> list[Any]:
        """The rows of a list as posted, in their order, or as written."""
        key, start = LISTS[name]

        def row(place: int, n: int, **kwargs: Any) -> Any:
            first = {"first": place == 0} if name == "when" else {}
            return form(prefix=f"{start}-{n}", **kwargs, **more, **first)

        if data is not None:
            posted = numbers(data, start, list(form.base_fields))
            return [row(place, n, data=data) for place, n in enumerate(posted)]
        return [row(n, n, initial=initial) for n, initial in enumerate(self._written(name, key))]

    def _written(self, name: str, key: str) -> list[dict[str, Any]]:
        """Initial values of the rows; some empty ones to write in where there is nothing yet."""
        if name == "when":
            shown = self.raw.get("show_if")
            shown = shown if isinstance(shown, Mapping) else {}
            return [
                {"other": other, "codes": [codes] if isinstance(codes, str) else codes}
                for other, codes in shown.items()
            ] or [{}]
        new = not self.how and self.raw.get("type") not in ("group", "matrix_checkboxes")
        if name == "field":
            return [{"label": words(f.get("label")), "code": f.get("id")} for f in rows(self.raw.get(key))] or (
                [{"kind": "text"}] * 2 if new and not self.for_employers else []
            )
        return shown_options(self.raw, key, {"option": 3, "column": 2}.get(name, 0) if new else 0)

    def rearranged(self, name: str, do: str, place: int) -> QuestionForm:
        """The same form, unsaved, with the rows of one list in another order, one more, or one less.

        :param name: a key of ``LISTS``; ``do``: ``add``, ``up``, ``down`` or ``remove``.
        """
        data: Any = self.data.copy()  # type: ignore[attr-defined]
        data.setdefault("q-match", "all")  # with a second condition the choice shows, and one of the two is chosen
        start = LISTS[name][1]
        values = [{field: row[field].value() for field in row.fields} for row in self.lists[name]]
        blank = {"when": {"other": ""}}.get(name, {"label": ""})
        if do == "add" and len(values) < MOST[name]:
            values.append(dict(blank))
        elif 0 <= place < len(values):
            row = values.pop(place)
            if do != "remove":
                values.insert(max(0, place + (-1 if do == "up" else 1)), row)
        for posted in [posted for posted in data if posted.split("-")[0] == start and posted.count("-") == 2]:
            del data[posted]
        for n, row in enumerate(values):
            for field, value in row.items():
                if isinstance(value, list | tuple):
                    data.setlist(f"{start}-{n}-{field}", [str(one) for one in value])
                elif value not in (False, None, ""):
                    data[f"{start}-{n}-{field}"] = "on" if value is True else str(value)
            data.setdefault(f"{start}-{n}-{next(iter(blank))}", "")
        return QuestionForm(
            self.definition,
            part=str(data.get("q-part") or self.initial.get("part") or ""),
            raw=self.raw or None,
            how=self.how,
            published=self.published,
            data=data,
        )

    # ------------------------------------------------------------ into the definition

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        for found in self.lists.values():
            for row in found:
                row.is_valid()  # each row's messages stand in the row
        if any(row.errors for row in (*self.options, *self.columns, *self.extra)):
            self.add_error(None, _("Look at the answers to choose again."))
        if any(row.errors for row in self.parts):
            self.add_error(None, _("Look at the fields again."))
        seen: set[str] = set()
        for row in filled(self.conditions):
            if row.cleaned_data["other"] in seen:
                row.add_error("other", _("Another condition names this question already. Put the answers together."))
            seen.add(row.cleaned_data.get("other", ""))
        if any(row.errors for row in self.conditions):
            self.add_error(None, _("Look at when it is asked again."))
        return data

    def changes(self, used: frozenset[str] = frozenset()) -> dict[str, Any]:
        """As :func:`applications.form_definition.edits.change_question` takes them, from whatever could be read.

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
        if kind == "group":
            found["required"] = "one_of" if data.get("one_of") else False
        elif "required" in self.fields:
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
        return found | self._lists(kind, used) | self._when()

    def _when(self) -> dict[str, Any]:
        if self.how == "field":
            return {}
        shown = {row.cleaned_data["other"]: row.cleaned_data.get("codes") or [] for row in filled(self.conditions)}
        any_ = len(shown) > 1 and self.cleaned_data.get("match") == "any"
        return {"show_if": shown or None, "show_if_match": "any" if any_ else None}

    def _lists(self, kind: str, used: frozenset[str]) -> dict[str, Any]:
        found: dict[str, Any] = {}
        if kind == "matrix_checkboxes":
            found = {
                "options": written_options(self.raw.get("options"), self.options, used),
                "columns": written_options(self.raw.get("columns"), self.columns, frozenset()),
                "extra_options": written_options(self.raw.get("extra_options"), self.extra, used) or None,
            }
        elif kind == "group":
            found = {"fields": [row.written() for row in filled(self.parts)]}
        elif form_definition_visibility.is_choice(kind):
            found = {"options": written_options(self.raw.get("options"), self.options, used)}
        if kind != "matrix_checkboxes" and not form_definition_visibility.is_choice(kind) and self.raw.get("options"):
            found["options"] = None
        if "decides" in self.fields:
            found["gate"] = (
                self._gate(found.get("options") or []) if form_definition_visibility.is_choice(kind) else None
            )
        return found

    def _gate(self, options: Sequence[Mapping[str, Any]]) -> dict[str, Any] | None:
        if not self.cleaned_data.get("decides"):
            return None
        means = {
            o["code"]: row.cleaned_data.get("gate") or "pass"
            for o, row in zip(options, filled(self.options), strict=False)
        }
        gate: dict[str, Any] = {
            name: [code for code, m in means.items() if m == name] for name in ("pass", "check", "fail")
        }
        for name in ("kind_words", "other_ways"):
            if self.cleaned_data.get(name):
                gate[name] = self.cleaned_data[name]
        return gate

    def show_problems(self, problems: Sequence[validation.DefinitionProblem]) -> None:
        """Put what the form engine said beside the field that it is about."""
        known = {
            name: filled(found)
            for name, found in (
                ("options", self.options),
                ("columns", self.columns),
                ("extra", self.extra),
                ("fields", self.parts),
            )
        }
        for problem in problems:
            field, _dot, place = problem.field.partition(".")
            if field in known and place.isdigit():
                if int(place) < len(known[field]):
                    known[field][int(place)].add_error("label", problem.message)
                self.add_error(None, problem.message)
                continue
            about = self.raw.get("id")
            message = problem.message
            row = next((r for r in self.conditions if r.cleaned_data.get("other") == problem.about), None)
            if problem.about and row is not None and (not about or problem.question == about):
                row.add_error("codes" if field == "show_if_codes" else "other", message)
                self.add_error(None, message)
                continue
            name = {"gate": "decides", "text": "label"}.get(field, field)
            if about and problem.question and problem.question != about:
                message = f"{_title_of(self.definition, problem.question)}: {message}"
                name = ""
            self.add_error(name if name in self.fields else None, message)


def short_of(text: str) -> str:
    """The beginning of a long text."""
    return text if len(text) <= 90 else text[:88].rsplit(" ", 1)[0] + " …"


def _title_of(definition: Definition, name: str) -> str:
    found = next((q for s in rows(definition.get("sections")) for q, _how in every(s) if q.get("id") == name), {})
    return f"“{short_of(words(found.get('label')) or name)}”"
