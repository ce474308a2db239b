"""The one rule for editing what several people may edit.

* Every edited model is :class:`~cohort.ui.models.Versioned`; its form is an :class:`EditingForm`.
* A save changes only what its writer changed: the form remembers, as short hashes, what its writer was shown.
* A save from a form that is behind changes nothing. It answers 409 with a page of both texts and two buttons.
* The same form with the same words posted twice is one write.
* What was typed survives an ended sign-in and a new token (``cohort.ui.rescue``), and a lost network
  (``static/js/ui-editing.js``); a line says which it was, and that it is not saved yet.

A view has three lines of this: see :func:`edit_page`, and ``cohort.people.views.change`` as the example.
"""

from __future__ import annotations

import hashlib
import json
import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Generic, TypeVar, cast

from django import forms
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.core.serializers.json import DjangoJSONEncoder
from django.db import transaction
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, QueryDict
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cohort.ui import rescue
from cohort.ui.models import FormKey, Versioned

M = TypeVar("M", bound=Versioned)

KEEP_KEYS = timedelta(days=30)  # far longer than a page stays open and a browser sends a form again
HIDDEN = ("version", "form_key", "shown")


class StaleError(Exception):
    """Somebody else saved first. Nothing was changed. ``current`` is what stands now, ``changes`` what was wanted."""

    def __init__(self, current: Versioned, changes: Mapping[str, Any]) -> None:
        super().__init__("stale")
        self.current, self.changes = current, changes


@dataclass(frozen=True)
class Saved(Generic[M]):
    """What a save did. ``again``: this form was saved before, and nothing was done now."""

    obj: M
    fields: tuple[str, ...] = ()
    again: bool = False


class EditingForm(forms.ModelForm):
    """A form of a versioned model. It carries the version that its writer saw, a key of its own, and short hashes of
    what its writer was shown."""

    version = forms.IntegerField(widget=forms.HiddenInput, required=False, min_value=0)
    form_key = forms.UUIDField(widget=forms.HiddenInput, required=False)
    shown = forms.CharField(widget=forms.HiddenInput, required=False, max_length=20_000)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        adding = self.instance._state.adding
        self.initial["version"] = 0 if adding else self.instance.version
        self.initial["form_key"] = uuid.uuid4()
        self.initial["shown"] = "" if adding else json.dumps(self._hashes())

    def _hashes(self) -> dict[str, str]:
        return {name: self.hash_of(name, self.get_initial_for_field(self.fields[name], name)) for name in self.edited}

    @property
    def edited(self) -> list[str]:
        """Names of the fields that people fill in."""
        return [name for name in self.fields if name not in HIDDEN]

    def hash_of(self, name: str, value: Any) -> str:
        """A short hash of a value of a field, the same for the value in the database and for it posted unchanged."""
        field = self.fields[name]
        value = field.to_python(field.prepare_value(value))
        text = json.dumps("" if value is None else value, cls=DjangoJSONEncoder, sort_keys=True)
        return hashlib.sha256(text.replace("\\r\\n", "\\n").encode()).hexdigest()[:16]

    def values(self) -> dict[str, Any]:
        """The clean values without what the rule itself needs, for an action that makes a new object."""
        return {name: value for name, value in self.cleaned_data.items() if name not in HIDDEN}

    def changes(self) -> dict[str, Any]:
        """The clean values that are not what the writer was shown.

        A form that does not say what was shown (an old page) counts as changed throughout.
        """
        try:
            shown = json.loads(self.cleaned_data.get("shown") or "{}")
        except ValueError:
            shown = {}
        known = shown if isinstance(shown, dict) else {}
        return {
            name: self.cleaned_data[name]
            for name in self.edited
            if known.get(name) != self.hash_of(name, self.cleaned_data[name])
        }


def _claim(form: EditingForm, user_id: Any) -> FormKey | None:
    """Take the form's key and contents for this transaction; None when they were saved. A second press at the same
    moment waits here until the first is done. A form without a key (made by hand) is never taken for another."""
    key = form.cleaned_data.get("form_key") or uuid.uuid4()
    row, made = FormKey.objects.get_or_create(user_id=user_id, key=key, digest=_digest(form))
    return row if made else None


def _used(form: EditingForm, user_id: Any) -> str:
    mine = FormKey.objects.filter(user_id=user_id, key=form.cleaned_data["form_key"], digest=_digest(form))
    return mine.values_list("object_id", flat=True).get()


def _digest(form: EditingForm) -> str:
    """What was posted, in short. Somebody who goes back in the browser and writes on posts the same key again, with
    other words: that is another write."""
    posted = sorted(
        (name, texts) for name, texts in cast(QueryDict, form.data).lists() if name != "csrfmiddlewaretoken"
    )
    return hashlib.sha256(json.dumps(posted).encode()).hexdigest()


@transaction.atomic
def save_new(*, form: EditingForm, user_id: Any, make: Callable[[dict[str, Any]], M]) -> Saved[M]:
    """Make the object of a valid form with ``make(values)``, once for each form that was opened."""
    key = _claim(form, user_id)
    if key is None:
        model = cast(type[M], form._meta.model)
        return Saved(model._default_manager.get(pk=_used(form, user_id)), again=True)
    made = make(form.values())
    FormKey.objects.filter(pk=key.pk).update(object_id=str(made.pk))
    return Saved(made, tuple(form.edited))


@transaction.atomic
def save_edit(*, form: EditingForm, user_id: Any, write: Callable[[M, dict[str, Any]], object]) -> Saved[M]:
    """Save what the writer of a valid form changed, with ``write(obj, changes)``: the action that also writes history.

    :raises StaleError: somebody else saved after this form was opened, and the two differ.
    :raises ValidationError: together with what somebody else changed, the values do not fit.
    """
    model = cast(type[M], form._meta.model)
    current = model._default_manager.select_for_update().get(pk=form.instance.pk)
    key = _claim(form, user_id)
    if key is None:
        return Saved(current, again=True)
    stands = form.__class__(instance=current)
    changes = {
        name: value
        for name, value in form.changes().items()
        if form.hash_of(name, value) != stands.hash_of(name, getattr(current, name))
    }
    if changes and form.cleaned_data.get("version") != current.version:
        raise StaleError(current, changes)
    if changes:
        _fits(current, changes)
        write(current, changes)
        current.version += 1
        current.save(update_fields=["version"])
    FormKey.objects.filter(pk=key.pk).update(object_id=str(current.pk))
    return Saved(current, tuple(changes))


def _fits(current: M, changes: Mapping[str, Any]) -> None:
    """Judge the values together: the form judged its own, before it knew what others changed.

    :raises ValidationError: they do not fit.
    """
    together = type(current)._default_manager.get(pk=current.pk)
    for name, value in changes.items():
        setattr(together, name, value)
    together.validate_constraints()


def forget_old_keys() -> int:
    """Remove form keys that nobody sends again. Returns how many."""
    return FormKey.objects.filter(used_at__lt=timezone.now() - KEEP_KEYS).delete()[0]


# ---------------------------------------------------------------- pages

#: Why what was typed is in the form but not in the database.
NOT_SAVED = {
    "signed_out": gettext_lazy(
        "Your sign-in had ended, so this is not saved yet. What you typed is below. Check it, then save."
    ),
    "old_token": gettext_lazy(
        "You signed in or out in another window, so this is not saved yet. "
        "What you typed is below. Check it, then save."
    ),
}


def edit_page(
    request: HttpRequest,
    form_class: type[EditingForm],
    *,
    obj: M | None,
    write: Callable[[M, dict[str, Any]], object] | None = None,
    make: Callable[[dict[str, Any]], M] | None = None,
    then: Callable[[M], str],
    template: str,
    context: Mapping[str, Any] | None = None,
    said: Callable[[M], str] = lambda obj: _("Saved."),
) -> HttpResponse:
    """The whole page of one form under the rule. The view checks access and is wrapped in `rescue.keeps_typing`.

    :param obj: what is edited; None to make a new one with ``make``.
    :param write: the action ``(object, changed values)`` for an object that is there.
    :param make: the action ``values -> object`` for a new one.
    :param then: object -> the address to go to once it is saved.
    :param template: shows ``form``, within ``<form data-editing …>`` with ``ui/_editing.html`` in it.
    :param said: object -> what the next page says.
    """
    around = dict(context or {})
    if request.method != "POST":
        waiting = rescue.kept(request)
        form = form_class(_query(waiting) if waiting else None, instance=obj)
        return render(request, template, {**around, "form": form, "not_saved": _why(request)})
    form = form_class(request.POST, instance=obj)
    if request.POST.get("conflict") == "theirs":
        rescue.forget(request)
        return HttpResponseRedirect(request.path)
    if form.is_valid():
        user_id = request.user.pk
        try:
            saved: Saved[M]
            if obj is None:
                assert make is not None
                saved = save_new(form=form, user_id=user_id, make=make)
            else:
                assert write is not None
                saved = save_edit(form=form, user_id=user_id, write=write)
        except StaleError as stale:
            return _conflict(request, form, stale, around)
        except ValidationError as trouble:
            form.add_error(None, trouble)
        else:
            rescue.forget(request)
            messages.success(request, said(saved.obj))
            return redirect(then(saved.obj))
    return render(request, template, {**around, "form": form, "not_saved": ""})


def _query(data: Mapping[str, list[str]]) -> QueryDict:
    found = QueryDict(mutable=True)
    for name, strings in data.items():
        found.setlist(name, strings)
    return found


def _why(request: HttpRequest) -> str:
    why = rescue.why_kept(request)
    return str(NOT_SAVED[why]) if why else ""


@dataclass(frozen=True)
class BothTexts:
    """One field that both changed, as people read it."""

    label: str
    mine: str
    theirs: str


def _conflict(request: HttpRequest, form: EditingForm, stale: StaleError, around: dict[str, Any]) -> HttpResponse:
    """Both texts and two buttons. The form goes along whole, with the version that stands now and a new key; what its
    writer was shown stays as it was, so that only their own changes are saved over the others'."""
    stands = form.__class__(instance=stale.current)
    rows = [
        BothTexts(str(form[name].label), _words(form, name, value), _words(form, name, getattr(stale.current, name)))
        for name, value in stale.changes.items()
    ]
    passed = {"version": [str(stale.current.version)], "form_key": [str(stands.initial["form_key"])]}
    hidden = [
        (name, text)
        for name, texts in cast(QueryDict, form.data).lists()
        if name not in ("csrfmiddlewaretoken", "conflict")
        for text in passed.get(name, texts)
    ]
    return render(request, "ui/conflict.html", {**around, "rows": rows, "hidden": hidden}, status=409)


def _words(form: EditingForm, name: str, value: Any) -> str:
    """A value as people read it: the words of a choice, else what stands in the field."""
    field = form.fields[name]
    if isinstance(field, forms.ChoiceField):
        return str(dict(field.choices).get(value, value))  # type: ignore[arg-type,call-overload]
    shown = field.prepare_value(value)
    return "" if shown is None else str(shown)
