"""The kind of email that tells operators that reminders stopped."""

from __future__ import annotations

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cohort.outbox.registry import kinds


def _words(name: str) -> str:
    return {
        "planner": _("The planner has not run for fifteen minutes. New reminders are not planned."),
        "sender": _("The sender has not run for fifteen minutes. No email leaves."),
        "worker": _("No worker has been alive for fifteen minutes. No email leaves, and nothing else is done."),
        "beat": _("Beat has been silent for fifteen minutes. Nothing is started on time."),
        "template": _(
            "A message could not be written, because its template or its facts are broken. The log says which."
        ),
        "plan": _("The plan of one kind of message failed, so its reminders are missing. The log says which."),
    }[name]


UNWELL = kinds.MessageKind(
    name="reminders_unwell",
    klass="F",
    title=gettext_lazy("The reminder system is unwell"),
    about=gettext_lazy("To the people who run the site, when planner, sender, worker or beat fall silent."),
    why=gettext_lazy("You get this because your address is in OPERATORS of this site."),
    template="outbox/mail/unwell",
    context=lambda message: {"words": _words(str(message.refs["name"])), "health_path": "/healthz/reminders"},
    example=lambda: {"words": _words("planner"), "health_path": "/healthz/reminders"},
    outside=True,
    can_stop=False,
    any_hour=True,
    when=gettext_lazy("when a part is silent for 15 minutes, straight to the mail server, once an hour at most"),
)
