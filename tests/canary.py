"""A cohort in which every private field holds a word that stands nowhere else, and the ids from which mail is made.

A new kind of message is covered by itself as long as it reads ids by names that :class:`World` knows. One that reads
another id fails with a hint to this file: add the thing, put canaries into what is private about it, name its id.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from datetime import date, timedelta
from types import SimpleNamespace
from typing import Any

from django.db import connection
from django.utils import timezone

from applications.decisions import actions as decisions_actions
from applications.decisions import release
from applications.decisions.actions import Choice
from applications.models import (
    AccessNeed,
    Answer,
    Application,
    CallQuestion,
    CriterionScore,
    Decision,
    EmployerConfirmation,
    IdentityAnswer,
    Inquiry,
    Offer,
    Redaction,
    Review,
    RuleChange,
)
from applications.retention import rules as retention_rules
from cohort.outbox import addresses
from cohort.outbox.models import Message
from cohort.outbox.registry.kinds import MessageKind
from cohort.people import actions as people_actions
from cohort.people.models import Membership, Role
from reflections.commitments import actions as commitments_actions
from reflections.models import Commitment, SharedCopy
from sessions.attendance import actions as attendance_actions
from sessions.models import HeardNote, SealedAnswer, Session, Survey, SurveyAnswer, SurveyTicket
from tests.applications.pool import make_application, make_call, score
from tests.conftest import join, person
from tests.sessions import season

#: Where a canary sits, and the word. "other" are the names of other participants.
CANARIES = {
    name: f"zq-canary-{name.replace(' ', '-')}"
    for name in (
        "commitment what",
        "commitment cue",
        "commitment learned",
        "copy title",
        "copy body",
        "survey answer",
        "sealed answer",
        "session title",
        "session result",
        "session theme",
        "objective",
        "block title",
        "block notes",
        "identity words",
        "access need",
        "answer reviewer",
        "answer staff",
        "private note",
        "flag",
        "score comment",
        "decision note",
        "redaction",
        "employer comment",
        "other name",
        "other address",
    )
}
C = CANARIES


class Ids(dict[str, Any]):
    """The ids of a message; a name that nobody gave says what to do."""

    def __missing__(self, name: str) -> Any:
        raise LookupError(f"a message reads the id {name!r}: teach tests/canary.py to make one")

    def get(self, name: str, default: Any = None) -> Any:
        return self[name]


class World:
    """Everything that mail is made from."""

    def __init__(self, cast: SimpleNamespace, library: dict[str, Any]) -> None:
        self.cast, self.cohort = cast, cast.cohort
        self.other = person("other", preferred_name=C["other name"])
        self.other.name, self.other.email = C["other name"], f"{C['other address']}@example.org"
        self.other.save()
        join(self.other, self.cohort, Role.PARTICIPANT)
        self._session(library)
        self._survey()
        self._reflections()
        self._application()
        self.readers = [getattr(cast, role) for role in Role.values] + [cast.applicant, cast.stranger]

    # ------------------------------------------------------------ what there is

    def _session(self, library: dict[str, Any]) -> None:
        self.session = season.published(
            self.cast,
            library,
            title=C["session title"],
            result=C["session result"],
            thread=C["session theme"],
            objectives=[C["objective"]],
            prework="Read.",
            ask_needs=True,
            remind_soon=True,
            link="https://meet.example/x",
            access_notes="Ramp.",
            bring="A pen.",
        )
        self.session.blocks.update(title=C["block title"], facilitator_notes=C["block notes"])
        season.held(self.session, self.cast, {self.cast.participant: "absent", self.other: "present"})
        attendance_actions.offer_catching_up(
            session=self.session, by=self.cast.facilitator, words="Watch.", until=date(2027, 3, 5)
        )
        self.session.refresh_from_db()
        with season.clock_at(season.PUBLISHED):
            self.invitation = people_actions.invite(
                cohort=self.cohort, email="new@example.org", role="participant", by=self.cast.coordinator
            )

    def _survey(self) -> None:
        now = timezone.now()
        self.survey = Survey.objects.filter(session=self.session).first() or Survey.objects.create(
            session=self.session, closes_at=now + timedelta(days=7)
        )
        for member in Membership.objects.current().filter(cohort=self.cohort, role="participant"):
            SurveyTicket.objects.get_or_create(survey=self.survey, membership=member)
        SurveyAnswer.objects.create(survey=self.survey, payload={"comment": C["survey answer"]})
        SealedAnswer.objects.create(survey=self.survey, payload={"comment": C["sealed answer"]})
        self.note = HeardNote.objects.create(survey=self.survey, heard="More breaks.", written_by=self.cast.facilitator)

    def _reflections(self) -> None:
        self.commitment = commitments_actions.commit(
            author=self.cast.participant,
            cohort=self.cohort,
            kind="listen",
            what=C["commitment what"],
            cue=C["commitment cue"],
            look_back_on=date(2027, 2, 20),
        )
        Commitment.objects.filter(pk=self.commitment.pk).update(
            learned=C["commitment learned"], made_at=season.at(18, 11)
        )
        SharedCopy.objects.create(
            author=self.other,
            cohort=self.cohort,
            audience="cohort",
            title=C["copy title"],
            body=C["copy body"],
            shared_at=season.at(19),
        )

    def _application(self) -> None:
        second = person("second")
        join(second, self.cohort, Role.COORDINATOR)
        self.call = make_call(self.cohort)
        self.application = make_application(self.call, 1, applicant=self.cast.applicant)
        self.draft = make_application(
            self.call, 2, applicant=person("drafting"), state=Application.State.DRAFT, remind=True
        )
        for visibility in ("reviewer", "staff"):
            Answer.objects.create(
                application=self.application,
                question=f"q_{visibility}",
                value=C[f"answer {visibility}"],
                visibility=visibility,
            )
        IdentityAnswer.objects.create(
            application=self.application, question="gender", code="self_describe", own_words=C["identity words"]
        )
        AccessNeed.objects.create(application=self.application, question="access_text", value=C["access need"])
        self.confirmation = EmployerConfirmation.objects.create(
            application=self.application,
            name="Lee Park",
            email="lee@example.org",
            expires_at=timezone.now() + timedelta(days=9),
            answers={"emp_comment": C["employer comment"]},
        )
        review = score(
            self.application,
            self.cast.screener,
            4,
            private_note=C["private note"],
            flag=C["flag"],
            due_on=timezone.localdate() + timedelta(days=1),
        )
        CriterionScore.objects.filter(review=review).update(comment=C["score comment"])
        Review.objects.filter(pk=review.pk).update(state=Review.State.STARTED, submitted_at=None)
        Redaction.objects.create(application=self.application, question="q_reviewer", text=C["redaction"])
        decisions_actions.decide(
            application=self.application, choice=Choice("invite", "IN_PROPOSAL"), actor=self.cast.coordinator
        )
        Decision.objects.update(note=C["decision note"])
        self.release = release.propose(call=self.call, actor=self.cast.coordinator)
        release.approve(release=self.release, actor=second)
        self.decision, self.offer = Decision.objects.get(), Offer.objects.get()
        self.question = CallQuestion.objects.create(
            call=self.call,
            asker=self.cast.applicant,
            words="May I bring a child?",
            answer="Yes.",
            state="answered",
            answered_at=timezone.now(),
            answered_by=self.cast.coordinator,
        )
        self.change = RuleChange.objects.create(
            call=self.call,
            kind="policy",
            factor="age",
            value="not_used",
            reason="We will not look.",
            needs_second=True,
            proposed_by=self.cast.coordinator,
        )
        self.inquiry = Inquiry.objects.create(
            application=self.application,
            number=1,
            words="Which dates?",
            readers="staff",
            due_on=timezone.localdate() + timedelta(days=5),
            asked_by=self.cast.coordinator,
        )

    # ------------------------------------------------------------ what messages are made from

    def message(self, kind: MessageKind, reader: Any) -> Message:
        """An unsaved message of ``kind`` to ``reader``."""
        one = uuid.uuid4()
        return Message(
            id=one,
            key=f"canary:{one}",
            kind=kind.name,
            klass=kind.klass,
            cohort=self.cohort,
            due_at=season.at(22),
            recipient=None if kind.outside else reader,
            email="lee@example.org" if kind.outside else "",
            refs=self.ids(kind, reader),
            message_id=f"<{one}@example.org>",
            created_at=timezone.now(),
        )

    def ids(self, kind: MessageKind, reader: Any) -> Ids:
        held = Membership.objects.filter(cohort=self.cohort, user=reader).first()
        member = held or Membership.objects.get(cohort=self.cohort, user=self.cast.participant)
        general = {
            "session": self.session.pk,
            "meeting": self.session.pk,
            "member": member.pk,
            "membership": member.pk,
            "survey": self.survey.pk,
            "note": self.note.pk,
            "commitment": self.commitment.pk,
            "application": self.application.pk,
            "call": self.call.pk,
            "confirmation": self.confirmation.pk,
            "decision": self.decision.pk,
            "release": self.release.pk,
            "proposed": self.release.pk,
            "offer": self.offer.pk,
            "change": self.change.pk,
            "question": self.question.pk,
            "inquiry": self.inquiry.pk,
            "invitation": self.invitation.pk,
            "address": addresses.address_hash(self.other.email),
            "name": "planner",
        }
        return Ids(
            {name: str(value) for name, value in general.items()}
            | {
                "version": 1,
                "sequence": 0,
                "day": "2027-02-18",
                "part": "",
                "closes": 0,
                "language": "en",
                "what": "passphrase",
            }
            | self._special(kind.name)
        )

    def _special(self, name: str) -> dict[str, Any]:
        """Names that mean something else in one kind."""
        if name == "form_changed":
            return {"version": str(self.application.form_version_id)}
        if name == "retention_notice":
            return {"application": str(self.draft.pk), "what": retention_rules.DRAFT, "on": "20270401"}
        return {}


def holders(words: str) -> Iterator[str]:
    """The tables that hold ``words`` in any column."""
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor):
            cursor.execute(f'SELECT EXISTS (SELECT 1 FROM "{table}" AS t WHERE t::text LIKE %s)', [f"%{words}%"])
            if cursor.fetchone()[0]:
                yield table


__all__ = ["CANARIES", "Ids", "Session", "World", "holders"]
