"""What the eligibility answers mean. A gate never turns anybody away by itself: people look first."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from applications.form_definition.definition import Form, FormQuestion
from cohort.questions.values import Value, codes_of

PASS, CHECK, FAIL, UNKNOWN = "pass", "check", "fail", "unknown"


@dataclass(frozen=True)
class Verdict:
    """``result`` over all gates, and the questions whose answers need a look (``check``) or do not fit (``fail``)."""

    result: str
    check: tuple[FormQuestion, ...] = ()
    fail: tuple[FormQuestion, ...] = ()

    @property
    def other_ways(self) -> tuple[str, ...]:
        """What the form says that people can do instead, each way once."""
        return tuple(dict.fromkeys(way for q in self.fail if q.gate for way in q.gate.other_ways))


def of(question: FormQuestion, value: Value) -> str:
    """The result of one gate for one stored value."""
    gate, codes = question.gate, set(codes_of(value))
    if gate is None:
        return PASS
    if not codes:
        return UNKNOWN
    if codes & gate.passes:
        return PASS
    if codes & gate.check:
        return CHECK
    return FAIL if codes & gate.fails or gate.passes else PASS


def verdict(form: Form, values: Mapping[str, Value], section: str = "") -> Verdict:
    """All gates together: one that does not fit decides, then one to look at, then one not answered."""
    asked = [q for q in form.questions.values() if q.gate is not None and (not section or q.section == section)]
    results = {q: of(q, values.get(q.id)) for q in asked}
    check = tuple(q for q, result in results.items() if result == CHECK)
    fail = tuple(q for q, result in results.items() if result == FAIL)
    if fail:
        return Verdict(FAIL, check, fail)
    if UNKNOWN in results.values():
        return Verdict(UNKNOWN, check)
    return Verdict(CHECK if check else PASS, check)
