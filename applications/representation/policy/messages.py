"""Mail to the other coordinators when a change of what people are chosen by waits for one of them."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from applications.call.letters import samples as letters_samples
from applications.common.addresses import full_address
from applications.models import RuleChange
from applications.representation.policy import queries
from applications.representation.targets.queries import factors
from cohort.outbox.models import Message
from cohort.outbox.previews import samples as previews_samples
from cohort.outbox.registry import kinds
from cohort.people.access import roles_in
from cohort.people.models import Role


def _change(message: Message) -> RuleChange | None:
    found = RuleChange.objects.filter(pk=message.refs.get("change"))
    return found.select_related("call__cohort", "proposed_by", "settled_by").first()


def _needed(message: Message) -> str | None:
    """Only while the change waits, and only to somebody who may agree to it: another coordinator."""
    change, reader = _change(message), message.recipient
    if change is None or change.state != RuleChange.State.WAITING:
        return "done"
    if reader is None or reader.pk == change.proposed_by_id:
        return "no_role"
    return None if Role.COORDINATOR in roles_in(reader, change.call.cohort_id) else "no_role"


def _context(message: Message) -> dict[str, Any]:
    change = _change(message)
    assert change is not None
    line = queries.line_of(change, {factor.id: factor.name for factor in factors(change.call).values()})
    return {
        "call": change.call,
        "who": line.who,
        "title": line.title,
        "url": full_address("rule_change", change.call.slug, change.pk),
    }


def _example() -> dict[str, Any]:
    found = letters_samples.call()
    url = previews_samples.address("applications:policy", found.slug)
    return {"call": found, "who": "Sam Okafor", "title": gettext("Targets"), "url": url}


def register() -> None:
    """The kind of this module."""
    kinds.register(
        kinds.MessageKind(
            name="rule_change_waits",
            klass="F",
            title=_("A change of the rules waits for a second person"),
            template="applications/representation/policy/mail/rule_waits",
            context=_context,
            still_needed=_needed,
            example=_example,
            on_unknown="resend",
            members_only=True,
            can_stop=False,
            about=_("Another coordinator wants to change what people are chosen by, and asks you whether you agree."),
            when=_("When the change is asked for"),
            expires=_("When it is agreed, refused or taken back"),
        )
    )
