"""The form that asks for a preview."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from cohort.outbox.registry.kinds import MessageKind
from cohort.people.models import Membership


class PreviewForm(forms.Form):
    """Which kind of message to read, as which person."""

    kind = forms.ChoiceField(label=_("Which message"))
    member = forms.ChoiceField(label=_("As it would reach"))

    def __init__(
        self,
        data: Any = None,
        *,
        kinds: Sequence[MessageKind],
        people: Sequence[Membership],
        initial: dict[str, Any] | None = None,
    ) -> None:
        super().__init__(data, initial=initial)
        which, who = self.fields["kind"], self.fields["member"]
        assert isinstance(which, forms.ChoiceField)
        assert isinstance(who, forms.ChoiceField)
        which.choices = [("", _("Choose one")), *((kind.name, kind.title) for kind in kinds)]
        who.choices = [("", _("Choose one")), *((str(row.pk), row.user.get_full_name()) for row in people)]
