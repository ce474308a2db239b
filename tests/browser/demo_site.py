"""The demo, gone on a little further: for tests that walk through every page."""

from __future__ import annotations

from datetime import timedelta

from django.core.management import call_command
from django.utils import timezone

from applications.call import actions as call_actions
from applications.decisions import actions as decisions_actions
from applications.decisions import release as decisions_release
from applications.decisions.information_requests import actions as information_requests_actions
from applications.form_definition import edits
from applications.form_editor import actions as form_editor_actions
from applications.models import Answer, Call, Explanation, FormDraft, Offer, Partner
from applications.offers import actions as offers_actions
from applications.representation.pool.latest import latest_proposal
from applications.representation.proposals import actions as proposals_actions
from applications.representation.proposals import scenarios
from applications.representation.proposals.tasks import run_explanation, run_proposal
from applications.representation.targets import actions as targets_actions
from cohort.people import actions as people_actions
from cohort.people.models import Organization, User
from sessions.models import Survey

#: A name of 46 letters without a space: no table may become wider than a phone by it.
LONG_NAME = "NorthwestBehavioralHealthAndHousingPartnership"


def someone(name: str) -> User:
    """A person of the demo by the first part of the address: "coordinator1"."""
    return User.objects.get(email__startswith=f"{name}@")


def begin() -> Call:
    """The demo while applications come in, with what the loaders leave to the reader: a question to an applicant, a
    form on the way to its next version, an invitation, and a survey that is open. Organizations have a long name."""
    call_command("load_demo", verbosity=0)
    Organization.objects.update(name=LONG_NAME)
    Partner.objects.filter(pk=Partner.objects.earliest("made_at").pk).update(name=LONG_NAME)
    Answer.objects.filter(question="org_name").update(value=LONG_NAME)
    call, coordinator = Call.objects.get(), someone("coordinator1")
    mine = someone("applicant2").applications.get()
    information_requests_actions.ask(
        application=mine,
        words="Which clinic is it?",
        readers="reviewer",
        actor=coordinator,
        due_on=timezone.localdate() + timedelta(days=9),
    )
    form_editor_actions.change(
        call=call,
        actor=coordinator,
        did="question_copied",
        thing="q_change",
        how=lambda old: edits.duplicate(old, "q_change", label="And then?")[0],
    )
    people_actions.invite(cohort=call.cohort, email="new.reader@example.org", role="screener", by=coordinator)
    survey = Survey.objects.order_by("-opened_at")[0]
    Survey.objects.filter(pk=survey.pk).update(
        state="open",
        closed_at=None,
        closes_at=timezone.now() + timedelta(days=2),
        invited=None,
        answered=None,
        results={},
    )
    return call


def publish(call: Call) -> None:
    """The form with its new question goes out to those who started or sent."""
    form_editor_actions.publish(
        call=call,
        actor=someone("coordinator1"),
        note="One more question",
        revision=FormDraft.objects.get(call=call).revision,
    )


def choose(call: Call) -> None:
    """The same call, closed: a proposal with reasons, what was fixed beforehand, and a comment."""
    coordinator = someone("coordinator1")
    call_actions.close_call(call=call, actor=coordinator)
    sent = list(call.applications.filter(state="submitted", eligibility="eligible").order_by("number")[:3])
    targets_actions.pin(application=sent[0], inside=True, reason="The only one from the islands", actor=coordinator)
    targets_actions.keep_apart(call=call, first=sent[1], second=sent[2], reason="They work together", actor=coordinator)
    proposal = proposals_actions.ask(call=call, actor=coordinator)
    run_proposal(str(proposal.pk))
    for pk in Explanation.objects.filter(state="asked").values_list("pk", flat=True)[:2]:
        run_explanation(str(pk))
    scenarios.comment(proposal=proposal, actor=coordinator, words="Two from one town. Is that so?")


def decide(call: Call) -> None:
    """The same call later: decided, letters sent, places offered; one accepted, one declined, the rest open."""
    first, second = someone("coordinator1"), someone("coordinator2")
    decisions_actions.draft_from_proposal(
        call=call,
        proposal=latest_proposal(call),
        actor=first,
        rest=decisions_actions.RestOfPool(
            frozenset({"A"}), "SCORE_BELOW_LINE", "SCORE_BELOW_LINE", replace_drafts=True
        ),
    )
    release = decisions_release.approve(
        release=decisions_release.propose(call=call, actor=first), actor=second, at_night=True
    )
    past = timezone.now() - timedelta(minutes=6)
    type(release).objects.filter(pk=release.pk).update(undo_until=past)
    Offer.objects.update(made_at=past)
    decisions_release.finish_due()
    yes, no = Offer.objects.select_related("application__applicant").order_by("application__number")[:2]
    offers_actions.accept(offer=yes, actor=yes.application.applicant)
    offers_actions.decline(offer=no, actor=no.application.applicant)


def offered() -> list[str]:
    """Names of those who hold an open and an accepted offer."""
    rows = Offer.objects.select_related("application__applicant").order_by("application__number")
    people = [rows.filter(state=state).first() for state in ("open", "accepted")]
    return [row.application.applicant.email.partition("@")[0] for row in people if row is not None]
