"""Which counts of the pool coordinators see, and when: one rule for the board, proposals, and who is still missing.

1. **Identity** (race, gender, age, disability, lived experience, a personal Tribal tie …): never, to no coordinator, at
   no time. Those totals are the steward's, in two windows, down the ladder of small numbers (``queries.totals``;
   docs/facts.md, 4.2 and 4.5). Nothing that this rule governs can read them.
2. **While people can still apply**: practical factors (place, kind and size of organization, area of work) in words,
   and in numbers only where every group of a factor passes the small-number rule, as of last midnight. Exact counts
   that move through the day would let somebody watch one application arrive and read off its answers, and nothing is
   decided before the deadline that would need them: so there is no proposal yet either (``queries.outreach``).
3. **After the deadline**: exact totals of practical factors. They are what the committee chooses by (their policy is
   ``selection``), a floor of one seat is met by one person, and a hidden count would make a gap or a swap impossible to
   explain (docs/facts.md, 4.3; docs/selection.md, “Who sees what”).
"""

from __future__ import annotations

from datetime import datetime

from applications.models import Call


def exact(call: Call, now: datetime) -> bool:
    """Whether coordinators see exact totals of practical factors at ``now``; before the deadline they do not."""
    return not call.takes_new(now)
