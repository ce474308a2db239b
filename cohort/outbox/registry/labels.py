"""Words of the groups of kinds."""

from __future__ import annotations

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

Words = str | Promise


GROUPS: dict[str, Words] = {
    "B": _("For the whole group"),
    "C": _("Only for you"),
    "F": _("For facilitators"),
}
