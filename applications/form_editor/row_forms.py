"""The rows of the question editor: an answer to choose, a field of a group, a condition; and lists of them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from applications.common.translated_fields import Words
from applications.form_definition import validation, visibility
from applications.form_definition.dialect import MANY_CHOICES, ONE_CHOICE
from applications.form_definition.edits import new_name
from applications.form_definition.validation import rows, words
from cohort.ui.forms import CheckChoices

Earlier = Sequence[tuple[str, str, list[tuple[str, str]]]]  # id, words and answers of questions above


class OptionRow(forms.Form):
    """One answer to choose."""

    use_required_attribute = False
    mark_optional = False
    label = Words(label=_("Answer"), max_length=300, required=False)
    code = forms.CharField(max_length=40, required=False, widget=forms.HiddenInput)
    help = Words(label=_("Help for this answer"), max_length=300, required=False)
    text = forms.BooleanField(label=_("People can add their own words"), required=False)
    exclusive = forms.BooleanField(label=_("Stands alone: nothing else can go with it"), required=False)
    gate = forms.ChoiceField(
        label=_("What this answer means"),
        required=False,
        choices=[
            ("pass", _("Fits")),
            ("check", _("A person looks at it together with them")),
            ("fail", _("Does not fit")),
        ],
    )

    @property
    def empty(self) -> bool:
        """Whether nothing was written: such a row is not an answer."""
        return not (self.cleaned_data.get("label") or self.cleaned_data.get("code"))


class FieldRow(forms.Form):
    """One field of a group. What else can be set about it stands on a page of its own, once it is there."""

    use_required_attribute = False
    mark_optional = False
    label = Words(label=_("Field"), max_length=300, required=False)
    code = forms.CharField(max_length=60, required=False, widget=forms.HiddenInput)
    kind = forms.ChoiceField(label=_("How this field is answered"), required=False)
    choices = Words(label=_("Answers to choose, one on each line"), required=False, max_length=6000, lines=3)

    def __init__(self, *args: Any, before: Mapping[str, Any], names: Mapping[str, str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.before = before
        self.fields["kind"].choices = [(k, names.get(k, k)) for k in visibility.IN_A_GROUP]  # type: ignore[attr-defined]
        if self.there:
            del self.fields["kind"], self.fields["choices"]

    @property
    def there(self) -> str:
        """The id of a field that the group has already."""
        code = str(self["code"].value() or "")
        return code if code in self.before else ""

    @property
    def kind_now(self) -> str:
        return str(self.before[self.there].get("type")) if self.there else str(self["kind"].value() or "text")

    @property
    def empty(self) -> bool:
        return not (self.cleaned_data.get("label") or self.there)

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if data.get("label") and data.get("kind") in ONE_CHOICE | MANY_CHOICES and not data.get("choices"):
            self.add_error("choices", _("Add at least one answer to choose."))
        return data

    def written(self) -> dict[str, Any]:
        """The field for the definition; a new one has no id yet."""
        data = self.cleaned_data
        if self.there:
            return {**self.before[self.there], "label": data["label"]}
        kind = data.get("kind") or "text"
        made: dict[str, Any] = {"label": data["label"], "type": kind}
        if kind in ONE_CHOICE | MANY_CHOICES:
            taken: set[str] = set()
            made["options"] = []
            for line in filter(None, (line.strip() for line in data.get("choices", "").splitlines())):
                code = new_name(line, taken, start="", most=36)
                taken.add(code)
                made["options"].append({"code": code, "label": line})
        return made


class ConditionRow(forms.Form):
    """One condition: another question, and which of its answers ask this one."""

    use_required_attribute = False
    mark_optional = False
    other = forms.ChoiceField(label=_("Ask this only after a certain answer to"), required=False)
    codes = forms.MultipleChoiceField(label=_("Ask it when this was chosen"), required=False, widget=CheckChoices)

    def __init__(self, *args: Any, earlier: Earlier, first: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        fields: Any = self.fields
        if not first:
            fields["other"].label = _("Another question")  # before the field is bound, which reads it once
        fields["other"].choices = [
            ("", _("Always ask it") if first else _("No other question")),
            *((name, title) for name, title, _options in earlier),
        ]
        chosen = self["other"].value()
        fields["codes"].choices = next((options for name, _title, options in earlier if name == chosen), [])

    @property
    def empty(self) -> bool:
        return not self.cleaned_data.get("other")


def numbers(data: Any, start: str, names: Sequence[str]) -> list[int]:
    """The numbers of the rows that were posted under ``start``, in order; no more than anybody needs."""
    found = set()
    for name in data:
        pieces = name.split("-")
        if (
            len(pieces) == 3
            and pieces[0] == start
            and pieces[1].isascii()
            and pieces[1].isdigit()
            and len(pieces[1]) < 4
            and pieces[2] in names
        ):
            found.add(int(pieces[1]))
    return sorted(found)[: validation.MOST_OPTIONS + 5]


def filled(found: Sequence[Any]) -> list[Any]:
    """The rows that hold something; an empty one at the end is none."""
    return [row for row in found if row.is_valid() and not row.empty]


def written_options(before: object, found: Sequence[OptionRow], used: frozenset[str]) -> list[dict[str, Any]]:
    """Answers to choose for the definition. Codes stay; a new answer gets one that none here has or had.

    :param before: the answers as they were written.
    :param used: codes that answers had in earlier versions.
    """
    old_ones = {str(o.get("code")): o for o in rows(before)}
    taken = {*used, *old_ones}
    made: list[dict[str, Any]] = []
    for row in filled(found):
        data = row.cleaned_data
        code = data.get("code") or ""
        if code not in old_ones or any(o["code"] == code for o in made):
            code = new_name(data["label"], taken, start="", most=36)
            taken.add(code)
        old = old_ones.get(code, {})
        option = {**old, "code": code, "label": data["label"]}
        for name in ("help", "text", "exclusive"):
            if data.get(name):
                option[name] = data[name]
            else:
                option.pop(name, None)
        made.append(option)
    return made


def shown_options(raw: Mapping[str, Any], key: str, empty: int) -> list[dict[str, Any]]:
    """What the rows of a list say, as initial values; ``empty`` rows to write in when there is nothing yet."""
    gate = raw.get("gate")
    gate = gate if isinstance(gate, Mapping) else {}
    return [
        {
            "label": words(o.get("label")),
            "code": o.get("code"),
            "help": words(o.get("help")),
            "text": o.get("text") is True,
            "exclusive": o.get("exclusive") is True,
            "gate": means(gate, str(o.get("code"))),
        }
        for o in rows(raw.get(key)) or [{}] * empty
    ]


def means(gate: Mapping[str, Any], code: str) -> str:
    """What an answer means in a gate as it is written: also the older ways of writing one."""

    def has(key: str) -> bool:
        raw = gate.get(key)
        return code in (raw if isinstance(raw, list | tuple) else [raw])

    if has("check") or (code == "unsure" and gate.get("unsure_action") == "staff_check"):
        return "check"
    return "fail" if has("fail") else "pass"
