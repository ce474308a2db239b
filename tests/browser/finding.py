"""Every address of the project, read from the resolver, and who of the demo's people is shown a page there.

An address that gives nobody a page stands in ``UNSEEN`` with the reason: a new page is looked at by being there.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Iterator
from typing import Any, NamedTuple

from django.db import transaction
from django.db.models import QuerySet
from django.http import HttpResponseBase
from django.test import Client
from django.urls import NoReverseMatch, reverse
from django.utils import timezone

from applications.common import access
from applications.models import (
    Application,
    CallQuestion,
    Decision,
    EmployerConfirmation,
    Example,
    KeepApart,
    Offer,
    PageItem,
    Partner,
    Pin,
    ProposalComment,
    Release,
    Review,
    RuleChange,
    Target,
)
from cohort.outbox.models import Message
from cohort.people import actions as people_actions
from cohort.people.models import Invitation, Membership
from reflections.models import Commitment, SharedCopy
from sessions.models import Agreement, Block, Session, Survey
from sessions.surveys import access as surveys_access
from tests.applications.walk import patterns
from tests.browser import demo_site
from tests.conftest import signed_in

VISITOR = ""
#: Who is asked to open an address, in this order, until somebody is shown a page.
PEOPLE = (
    "coordinator1",
    "facilitator1",
    "participant1",
    "applicant1",
    "applicant2",
    "screener1",
    "steward1",
    "access1",
    "coordinator2",
    VISITOR,
)
#: Stands for those who are offered a place, whoever they are.
HOLDERS = "holders of an offer"
#: What others see under an address is another page.
ALSO: dict[str, tuple[str, ...]] = {
    "home": ("facilitator1", "participant1", "applicant1", "screener1", "steward1", "access1", VISITOR),
    "applications:call": (VISITOR,),
    "program_sessions:index": ("participant1",),
    "program_sessions:session": ("participant1",),
    "program_sessions:agreements": ("participant1",),
}
#: Under these, each address is another page.
EVERY = frozenset({"applications:application_part", "program_sessions:session", "program_sessions:tables"})
#: Addresses where nobody of the demo is shown a page, and why.
_SIGNING_IN = "a step of signing in: test_ui_signin.py"
_ONLY_ONE = "leads on to the only cohort there is"
_MACHINE = "not on a public site: test_outbox.py"
_OUTBOX = "needs a message, a link or an address that went wrong or was made: test_outbox.py, test_mail_people.py"
UNSEEN: dict[str, str] = {
    "account_complete_password_reset": _SIGNING_IN,
    "account_confirm_login_code": _SIGNING_IN,
    "account_confirm_password_reset_code": _SIGNING_IN,
    "account_email_verification_sent": _SIGNING_IN,
    "account_set_password": "only for an account without a password",
    "applications:decisions_index": _ONLY_ONE,
    "applications:needs_index": _ONLY_ONE,
    "applications:reading_index": _ONLY_ONE,
    "applications:from_partner": "counts the visit and leads on to the call",
    "applications:organization_merge": "needs two names in its address: test_policy.py",
    "applications:factor_policy": "leads on to the guided step",
    "applications:settle_tie": "takes a press",
    "program_sessions:rule_remove": "takes a press",
    "applications:welcome_do": "takes a press and leads back",
    "outbox:healthz": "for machines: test_health.py",
    "outbox:calendar_feed": "a file for calendar programs",
    "outbox:calendar_renew": _OUTBOX,
    "outbox:calendar_stop": _OUTBOX,
    "outbox:send_again": _OUTBOX,
    "outbox:stop": _OUTBOX,
    "outbox:mail_report": "for the mail service",
    "outbox:machine": _MACHINE,
    "outbox:machine_html": _MACHINE,
    "outbox:machine_mail": _MACHINE,
    "outbox:machine_piece": _MACHINE,
    "program_sessions:check_in": "needs the code of an open room: test_session_room.py",
    "program_sessions:stream": "never ends: test_session_room.py",
    "program_sessions:survey_link": "remembers the phone and leads on to the survey",
    "reflections:api_record": "for the journal's script",
    "reflections:api_records": "for the journal's script",
    "reflections:api_reset": "for the journal's script",
    "reflections:api_rotation": "for the journal's script",
    "people:set_language": "takes a press",
    "ui:style_guide": "test_ui_frame.py, in light and dark",
}


def ids() -> dict[str, list[Any]]:
    """What stands for a parameter of an address: by "name of the address.parameter", else by parameter."""

    def some(rows: QuerySet[Any], most: int = 2) -> list[Any]:
        return list(rows.values_list("pk", flat=True)[:most])

    mine = Application.objects.filter(applicant__in=[demo_site.someone("applicant1"), demo_site.someone("applicant2")])
    call, target = mine[0].call, Target.objects.order_by("factor")[0]
    confirmation = EmployerConfirmation.objects.filter(state="asked", expires_at__gt=timezone.now()).first()
    survey = Survey.objects.order_by("-opened_at").first()
    assert survey is not None
    assert confirmation is not None
    guest = Membership.objects.filter(user__email__startswith="participant", cohort=survey.session.cohort)[0]
    found: dict[str, list[Any]] = {
        "slug": [call.cohort.slug],
        "program_sessions:*.slug": [survey.session.cohort.slug],
        "number": [1],
        "applications:needs.slug": [call.cohort.slug],
        "applications:call_create.slug": [call.cohort.slug],
        "section_id": [
            "before_you_start",
            "eligibility",
            "about_you",
            "organization",
            "reflection",
            "commitment",
            "access_needs",
            "identity",
            "consent",
        ],
        "purpose": ["decisions"],
        "form": ["csv"],
        "factor": [target.factor],
        "what": ["identity"],
        "member": some(Membership.objects.filter(cohort=call.cohort, role="screener")),
        "release": some(Release.objects.all()),
        "decision": some(Decision.objects.filter(superseded_at=None)),
        "offer": [
            pk
            for state in ("open", "accepted", "declined")
            for pk in some(Offer.objects.filter(state=state).order_by("application__number"), 1)
        ],
        "review": some(Review.objects.filter(reader=demo_site.someone("screener1")), 4),
        "example": some(Example.objects.all()),
        "block": some(Block.objects.filter(session__state="published")),
        "asked": [1],
        "key": ["alternatives"],
        "group": [1],
        "place": [1],
        "code": [survey.code],
        "kind": ["application_decision"],
        "name": ["invite"],
        "part": ["reflection"],
        "applications:page_line_new.part": ["question"],
        "applications:about_me.slug": [call.cohort.slug],
        "token": ["nothing"],
        "pk": some(mine, 4),
        "applications:*.slug": [call.slug],
        "program_sessions:activity.slug": ["triz"],
        "applications:form_question.name": ["q_change"],
        "applications:form_question_remove.name": ["q_change"],
        "applications:employer.token": [access.confirmation_token(confirmation)],
        "applications:employer_decline.token": [access.confirmation_token(confirmation)],
        "applications:resume.token": [access.resume_token(mine[0].pk)],
        "people:invitation.token": [people_actions.invitation_token(row) for row in Invitation.objects.all()[:1]],
        "program_sessions:survey_link.token": [surveys_access.link_token(survey, guest)],
    }
    for prefix, rows in {
        "page_line": PageItem.objects.all(),
        "inbox": CallQuestion.objects.order_by("-state"),
        "partner": Partner.objects.all(),
        "target": Target.objects.filter(factor=target.factor),
        "rule_": RuleChange.objects.all(),
        "unpin": Pin.objects.all(),
        "let_together": KeepApart.objects.all(),
        "comment_": ProposalComment.objects.all(),
    }.items():
        found[f"applications:{prefix}*.pk"] = some(rows, 6)
    found |= {
        "program_sessions:agreement*.pk": some(Agreement.objects.all()),
        "program_sessions:*.pk": [
            *some(Session.objects.filter(state="published")),
            *some(Session.objects.filter(state="ended").order_by("-starts_at"), 3),
        ],
        "reflections:copy*.pk": some(SharedCopy.objects.all()),
        "reflections:withdraw*.pk": some(SharedCopy.objects.all(), 9),
        "reflections:*.pk": some(Commitment.objects.all(), 8),
        "outbox:*.pk": some(Message.objects.filter(cohort=call.cohort).order_by("kind", "pk").distinct("kind"), 99),
        "people:revoke*.pk": some(Invitation.objects.all()),
        "people:*.pk": some(Membership.objects.filter(cohort=call.cohort).order_by("user__email")),
    }
    return found


def choices(known: dict[str, list[Any]], name: str, parameters: Iterable[str]) -> Iterator[str]:
    """Every address that can be written for ``name``."""

    def of(parameter: str) -> list[Any]:
        exact = known.get(f"{name}.{parameter}")
        if exact is not None:
            return exact
        for key, values in known.items():
            start, star, end = key.partition("*.")
            if star and end == parameter and name.startswith(start):
                return values
        return known.get(parameter, ["nothing"])

    wanted = list(parameters)
    for row in itertools.product(*map(of, wanted)):
        try:
            yield reverse(name, kwargs=dict(zip(wanted, row, strict=True)))
        except NoReverseMatch:
            continue


def is_page(answer: HttpResponseBase) -> bool:
    """Whether this is a whole page of ours: no file, no piece for a script, no message set as a mail."""
    return (
        answer.status_code == 200
        and answer.headers["Content-Type"].startswith("text/html")
        and not answer.has_header("Content-Disposition")
        and not answer.streaming
        and b'<main id="main"' in answer.content  # type: ignore[attr-defined]
    )


class Seen(NamedTuple):
    """A page that somebody is shown."""

    person: str  # the first part of the address; empty for a visitor
    name: str
    path: str


class Walk:
    """Who is shown which page, found with plain requests before the browser is asked."""

    def __init__(self) -> None:
        self.clients: dict[str, Client] = {}
        self.seen: list[Seen] = []
        self.reached: set[str] = set()
        self.others: dict[str, set[int]] = {}  # name -> what was answered instead

    def client(self, person: str) -> Client:
        if person not in self.clients:
            self.clients[person] = signed_in(demo_site.someone(person)) if person else Client()
        return self.clients[person]

    def ask(self, person: str, name: str, path: str) -> int:
        """The status of the answer; 0 for one that is no page."""
        client = self.client(person)  # before: the sign-in is not to be rolled back
        with transaction.atomic():
            answer = client.get(path)
            transaction.set_rollback(True)
        if is_page(answer):
            self.seen.append(Seen(person, name, path))
            self.reached.add(name)
            return 200
        self.others.setdefault(name, set()).add(answer.status_code)
        return 0 if answer.status_code == 200 else answer.status_code

    def find(self, persons: Iterable[str]) -> None:
        known = ids()
        for name, converters in patterns():
            if name in self.reached or name in UNSEEN:
                continue
            paths = list(choices(known, name, converters))
            for person in persons:
                shown, status = None, 404
                for path in paths:
                    status = self.ask(person, name, path)
                    shown = path if status == 200 else None
                    if status not in (404, 302) or not person:  # shown, or the wrong person, or no page at all
                        break
                if shown is not None or status in (0, 405):
                    break
            if shown is not None:
                if name in EVERY:
                    for path in paths[paths.index(shown) + 1 :]:
                        self.ask(person, name, path)
                for person in ALSO.get(name, ()):
                    self.ask(person, name, shown)
