"""Who may ever read an answer, and how long it may be kept: what a form's writer cannot change, and why."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _

from applications.form_definition.definition import Form
from applications.form_definition.dialect import MANY_CHOICES, ONE_CHOICE, TEXTS

READERS = ("reviewer", "selection", "staff", "access", "equity_data")
NAMES_THE_PERSON = frozenset({"name", "given-name", "family-name", "nickname", "email", "tel", "organization"})
RETENTION = {"access": ("access_needs",), "equity_data": ("demographics_rows",)}
ANSWERS_KEPT = ("not_selected", "selected")

# Kinds that may follow each other while answers exist: what was written or chosen still means the same.
ALIKE = (frozenset({"text", "textarea"}), ONE_CHOICE | MANY_CHOICES)
MADE_HERE = (
    "text",
    "textarea",
    "email",
    "tel",
    "radio",
    "checkboxes",
    "select_with_text",
    "checkbox_single",
    "notice",
    "matrix_checkboxes",
    "group",
)
IN_A_GROUP = ("text", "textarea", "email", "tel", "radio", "checkboxes", "checkbox_single")
FOR_EMPLOYERS = tuple(kind for kind in MADE_HERE if kind != "group")


def readers(raw: Mapping[str, Any], *, published: Form | None) -> tuple[tuple[str, ...], str]:
    """The visibilities that a question may have, and why not the others, in words.

    An answer is never shown to more people than its question was made for: identity and access answers have drawers of
    their own, staff answers were promised to staff, and once people may have answered, the promise is fixed.

    :param raw: the question as it is in the draft; ``made_for`` is the visibility it began with.
    :param published: the newest frozen form, or None while there is none.
    """
    name, kind = raw.get("id"), raw.get("type")
    asked = published.questions.get(name) if published and isinstance(name, str) else None
    if asked is not None:
        return (asked.visibility,), _(
            "People may have answered this already, and were told who reads it. To change that, take this question "
            "out and add a new one."
        )
    if not raw.get("made_for"):  # it is new
        found: tuple[str, ...] = READERS
        why = ""
    else:
        made = str(raw["made_for"])
        found = {"reviewer": ("reviewer", "selection", "staff"), "selection": ("selection", "staff")}.get(made, (made,))
        why = {
            "equity_data": _(
                "Questions about identity are never shown to people who score or choose: an answer must "
                "not be able to help or hurt anybody. Totals are all that anybody sees."
            ),
            "access": _(
                "What a person needs to take part is for the access coordinator alone. It must not be able to "
                "count against anybody."
            ),
            "staff": _(
                "This was made for staff alone. People who score read without knowing who wrote, so it cannot "
                "be opened to them."
            ),
            "selection": _("This was made for staff and the balance tool. People who score read without it."),
        }.get(made, "")
    if kind in {"email", "tel"} or raw.get("autocomplete") in NAMES_THE_PERSON:
        found = tuple(v for v in found if v != "reviewer") or ("staff",)
        why = why or _("This says who the person is. People who score must not know it.")
    if kind == "group":
        found = tuple(v for v in found if v != "equity_data")
    return found, why


def retentions(visibility: str) -> tuple[str, ...]:
    """The classes of keeping that an answer of this visibility may have."""
    return RETENTION.get(visibility, ANSWERS_KEPT)


def kinds(raw: Mapping[str, Any], *, published: Form | None) -> tuple[tuple[str, ...], str]:
    """The types that a question may change to, and why not the others."""
    kind = str(raw.get("type") or "")
    if kind in {"group", "matrix_checkboxes", "submit"}:
        return (kind,), _("This kind of question stays what it is.")
    asked = published.asked.get(str(raw.get("id"))) if published else None
    if asked is not None:
        alike = next((group for group in ALIKE if asked.type in group), frozenset({asked.type}))
        found = tuple(k for k in dict.fromkeys((*MADE_HERE, asked.type)) if k in alike)
        return found, _("People may have answered this already. Their answers must still mean the same.")
    return tuple(dict.fromkeys((*MADE_HERE, *([kind] if kind else [])))), ""


def may_depend(question: str, on: str) -> bool:
    """Whether a question of one visibility may be asked depending on an answer of another.

    Whoever reads the first learns something of the second: that it was asked at all.
    """
    return on in {
        "reviewer": {"reviewer"},
        "selection": {"reviewer", "selection"},
        "staff": {"reviewer", "selection", "staff"},
        "access": {"reviewer", "selection", "staff", "access"},
        "equity_data": {"reviewer", "selection", "staff", "equity_data"},
    }.get(question, set())


def is_choice(kind: str) -> bool:
    return kind in ONE_CHOICE | MANY_CHOICES


def is_text(kind: str) -> bool:
    return kind in TEXTS
