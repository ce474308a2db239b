"""What a coordinator asks a list for. It comes by GET; what is not understood is as if it had not been said."""

from __future__ import annotations

from django import forms

from applications.common.paging import HIGHEST, Cut


class PlaceForm(forms.Form):
    """Where a page begins: after or before a number."""

    after = forms.IntegerField(min_value=0, max_value=HIGHEST, required=False)
    before = forms.IntegerField(min_value=0, max_value=HIGHEST, required=False)

    def cut(self) -> Cut:
        self.is_valid()
        said = self.cleaned_data
        return Cut(after=said.get("after"), before=said.get("before"), newest=said.get("order") == "new")
