"""Telling: two people, a preview that is the letter, five minutes to call back, letters without scores or secrets."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from django.core import mail
from django.urls import reverse
from django.utils import timezone

from applications.call.letters.compose import letter_for, reply_by
from applications.decisions import actions as decisions_actions
from applications.decisions import release as decisions_release
from applications.decisions.actions import Choice
from applications.decisions.told import told
from applications.models import Call, Decision, Offer, Release
from applications.review import actions as review_actions
from cohort.outbox.models import Message
from cohort.outbox.models import State as Mail
from cohort.outbox.registry import kinds
from cohort.outbox.rendering import render
from cohort.people import history
from tests.applications.pool import SECRETS, fill, make_application, make_applications, make_call, make_screeners, score
from tests.conftest import join, person, signed_in

pytestmark = pytest.mark.django_db
OVER = timedelta(minutes=5, seconds=1)

CHOICES = [
    Choice("invite", "IN_PROPOSAL"),
    Choice("waitlist", "COHORT_FULL_EQUAL_SCORE"),
    Choice("decline", "SCORE_BELOW_LINE"),
    Choice("not_eligible", "INELIGIBLE"),
    Choice("needs_information", "ASK_APPLICANT"),
]


@pytest.fixture
def call(cast):
    cast.second = person("second")
    join(cast.second, cast.cohort, "coordinator")
    return make_call(cast.cohort)


@pytest.fixture
def decided(cast, call):
    """Five applications, one with each decision."""
    applications = make_applications(call, 5)
    for application, choice in zip(applications, CHOICES, strict=True):
        decisions_actions.decide(application=application, choice=choice, actor=cast.coordinator)
    return applications


def letters_out():
    """Mail to applicants; the second person's is another matter (tests of reading mail)."""
    return Message.objects.exclude(kind="release_waits")


def propose(cast, call):
    return decisions_release.propose(call=call, actor=cast.coordinator)


def approve(cast, release):
    return decisions_release.approve(release=release, actor=cast.second)


def later(release, by=OVER):
    """As if ``by`` had passed since approval."""
    Release.objects.filter(pk=release.pk).update(undo_until=timezone.now() - timedelta(seconds=1))
    Offer.objects.filter(decision__release=release).update(made_at=timezone.now() - timedelta(seconds=1))
    release.refresh_from_db()


def test_deciding_and_proposing_tell_nobody(cast, call, decided):
    propose(cast, call)
    assert [told(application) for application in decided] == [None] * 5
    assert (letters_out().count(), Offer.objects.count()) == (0, 0)


def test_the_second_person_must_be_another(cast, call, decided):
    release = propose(cast, call)
    with pytest.raises(decisions_release.NotPossible):
        decisions_release.approve(release=release, actor=cast.coordinator)
    assert letters_out().count() == 0
    approve(cast, release)
    release.refresh_from_db()
    assert (release.state, release.proposed_by, release.approved_by) == ("approved", cast.coordinator, cast.second)


def test_one_person_is_enough_when_the_call_says_so(cast, call, decided):
    Call.objects.update(release_needs_two=False)
    response = signed_in(cast.coordinator).post(reverse("applications:release_new", args=[call.slug]))
    assert response.status_code == 302
    assert Release.objects.get().state == "approved"


def test_letters_wait_for_the_undo_time(cast, call, decided):
    release = approve(cast, propose(cast, call))
    rows = {m.key: (m.kind, m.state, m.due_at) for m in letters_out().all()}
    assert rows == {
        f"app_decision:{a.pk}:1": ("application_decision", Mail.PLANNED, release.undo_until) for a in decided[:4]
    }
    assert [told(application) for application in decided] == [None] * 5
    offer = Offer.objects.get()
    assert (offer.application, offer.state, offer.made_at) == (decided[0], "open", release.undo_until)
    assert signed_in(decided[0].applicant).get(reverse("applications:offer", args=[offer.pk])).status_code == 404


def test_after_the_undo_time_each_sees_what_was_told(cast, call, decided):
    release = approve(cast, propose(cast, call))
    later(release)
    found = [told(application) for application in decided]
    assert [t and t.value for t in found] == ["invite", "waitlist", "decline", "not_eligible", None]
    assert (
        signed_in(decided[0].applicant).get(reverse("applications:offer", args=[Offer.objects.get().pk])).status_code
        == 200
    )
    decisions_actions.decide(
        application=decided[2], choice=Choice("invite", "COMMITTEE_CHOICE", "We erred"), actor=cast.coordinator
    )
    assert told(decided[2]).value == "decline"  # decided anew, not told yet


def test_reply_by_is_the_end_of_a_day_in_the_cohorts_zone(cast, call, decided):
    release = approve(cast, propose(cast, call))
    local = Offer.objects.get().reply_by.astimezone(cast.cohort.zone)
    day = release.undo_until.astimezone(cast.cohort.zone).date() + timedelta(days=call.accept_days)
    assert (local.date(), local.hour, local.minute) == (day, 23, 59)


def test_calling_back_undoes_everything(cast, call, decided):
    release = approve(cast, propose(cast, call))
    decisions_release.call_back(release=release, actor=cast.coordinator)
    assert set(letters_out().values_list("state", flat=True)) == {Mail.CANCELLED}
    assert (Offer.objects.count(), Decision.objects.filter(release__isnull=False).count()) == (0, 0)
    assert [told(application) for application in decided] == [None] * 5
    assert [e.verb for e in history.of(release)] == ["release.proposed", "release.approved", "release.cancelled"]
    again = approve(cast, propose(cast, call))
    assert letters_out().filter(state=Mail.PLANNED).count() == 4  # new keys, so the letters do go out
    assert again.number == 2


def test_too_late_to_call_back(cast, call, decided):
    release = approve(cast, propose(cast, call))
    later(release)
    with pytest.raises(decisions_release.NotPossible):
        decisions_release.call_back(release=release, actor=cast.coordinator)


def test_a_decision_on_its_way_cannot_change(cast, call, decided):
    release = propose(cast, call)
    for _stage in (1, 2):
        with pytest.raises(decisions_actions.NotPossible):
            decisions_actions.decide(application=decided[0], choice=Choice("decline", "LATE"), actor=cast.coordinator)
        if release.state == "proposed":
            release = approve(cast, release)


def test_a_told_decision_changes_only_with_a_note_and_two_people(cast, call, decided):
    Call.objects.update(release_needs_two=False)
    call.refresh_from_db()
    later(decisions_release.approve(release=propose(cast, call), actor=cast.coordinator))
    with pytest.raises(decisions_actions.NotPossible):
        decisions_actions.decide(application=decided[2], choice=Choice("waitlist", "ORG_LIMIT"), actor=cast.coordinator)
    decisions_actions.decide(
        application=decided[2], choice=Choice("waitlist", "ORG_LIMIT", "A step was missed"), actor=cast.coordinator
    )
    release = propose(cast, call)
    with pytest.raises(decisions_release.NotPossible):
        decisions_release.approve(release=release, actor=cast.coordinator)
    approve(cast, release)


def test_more_invitations_than_seats_cannot_be_released(cast, call):
    cast.cohort.seats = 2  # one participant is in the cast already
    cast.cohort.save()
    for application in make_applications(call, 2):
        decisions_actions.decide(application=application, choice=CHOICES[0], actor=cast.coordinator)
    with pytest.raises(decisions_release.NotPossible, match="one more invitation"):
        propose(cast, call)


def test_seats_are_counted_again_at_approval(cast, call):
    cast.cohort.seats = 2
    cast.cohort.save()
    (application,) = make_applications(call, 1)
    decisions_actions.decide(application=application, choice=CHOICES[0], actor=cast.coordinator)
    release = propose(cast, call)
    join(cast.stranger, cast.cohort, "participant")
    with pytest.raises(decisions_release.NotPossible):
        approve(cast, release)


def test_withdrawn_meanwhile_is_left_out(cast, call, decided):
    release = propose(cast, call)
    decided[0].state = "withdrawn"
    decided[0].save()
    approve(cast, release)
    assert (Offer.objects.count(), letters_out().count()) == (0, 3)


def test_one_release_waits_at_a_time_and_nothing_is_not_released(cast, call, decided):
    with pytest.raises(decisions_release.NotPossible):
        decisions_release.propose(call=make_call(cast.cohort, "empty"), actor=cast.coordinator)
    propose(cast, call)
    with pytest.raises(decisions_release.NotPossible):
        propose(cast, call)


def test_finishing_is_for_the_record_and_closes_the_call(cast, call, decided):
    release = approve(cast, propose(cast, call))
    assert decisions_release.finish_due() == 0
    later(release)
    assert (decisions_release.finish_due(), decisions_release.finish_due()) == (1, 0)
    release.refresh_from_db()
    call.refresh_from_db()
    assert (release.state, call.state) == ("sent", "closed")  # one application still has no outcome
    decisions_actions.decide(application=decided[4], choice=Choice("decline", "LATE"), actor=cast.coordinator)
    later(approve(cast, propose(cast, call)))
    decisions_release.finish_due()
    call.refresh_from_db()
    assert call.state == "decided"


# ---------------------------------------------------------------- letters


def rendered(message):
    return render(message, kinds.get(message.kind))


def test_each_letter_says_the_outcome_first_and_how_to_reach_a_person(cast, call, decided):
    cast.cohort.contact_phone = "360-555-0100"
    cast.cohort.save()
    call.refresh_from_db()
    approve(cast, propose(cast, call))
    first = {m.refs["application"]: rendered(m).text.split("\n\n") for m in letters_out().all()}
    assert [first[str(a.pk)][1] for a in decided[:4]] == [
        "We are glad to offer you a place in North.",
        "We could not offer you a place yet; you are on the waiting list.",
        "Thank you for applying; we are not able to offer you a place this time.",
        "We cannot offer you a place: from your answers, North does not look like a fit right now.",
    ]
    for paragraphs in first.values():
        assert paragraphs[-1] == "Questions? Write or call Dana Reyes: dana@example.org, 360-555-0100."
    assert "Other applications matched the criteria more closely this time." in " ".join(first[str(decided[2].pk)])


def test_the_preview_is_the_letter(cast, call, decided):
    release = approve(cast, propose(cast, call))
    client = signed_in(cast.second)
    for message in letters_out().all():
        decision = Decision.objects.get(pk=message.refs["decision"])
        page = client.get(reverse("applications:letter", args=[call.slug, decision.pk])).content.decode()
        shown = re.search(r'<div class="letter">(.*?)</div>', page, re.S)[1]
        import html

        assert html.unescape(shown).split() == rendered(message).text.split()
        for paragraph in letter_for(decision).paragraphs:
            assert html.escape(paragraph.words) in rendered(message).html
    assert release.decisions.count() == 4


def test_no_letter_holds_a_score_a_comment_or_a_secret(cast, call):
    (reader,) = make_screeners(cast.cohort, 1)
    for number, choice in enumerate(CHOICES[:4], start=1):
        application = make_application(call, number, organization=SECRETS["org_name"])
        fill(application)
        score(application, reader, [3, 4, 2, 4, 3, 5], shared_comment="comment-canary", private_note="note-canary")
        decisions_actions.decide(
            application=application,
            choice=Choice(choice.value, choice.reason_code, "decision-note-canary"),
            actor=cast.coordinator,
        )
    approve(cast, propose(cast, call))
    private = [*SECRETS.values(), "canary", "band", "points", "score", "58", "Reader1"]
    for message in letters_out().all():
        part = rendered(message)
        said = "\n".join([part.subject, part.text, part.html])
        said = re.sub(r"[0-9a-f]{8}-[0-9a-f-]{27}", "", said)  # ids in links
        assert [word for word in private if word in said] == []
        assert set(message.refs) == {"decision", "release", "application"}


def test_a_letter_called_back_or_changed_is_not_sent(cast, call, decided):
    release = approve(cast, propose(cast, call))
    message = letters_out().get(refs__application=str(decided[2].pk))
    needed = kinds.get("application_decision").still_needed
    assert needed(message) is None
    decisions_release.call_back(release=release, actor=cast.coordinator)
    assert needed(message) == "called_back"
    decisions_actions.decide(application=decided[2], choice=Choice("decline", "LATE"), actor=cast.coordinator)
    assert needed(message) == "changed"


def test_letters_really_go_out_once(cast, call, decided, settings):
    from cohort.outbox.delivery import sender

    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
    release = decisions_release.approve(release=propose(cast, call), actor=cast.second, at_night=True)
    later(release)
    letters_out().update(due_at=timezone.now(), next_at=timezone.now())
    sender.send_due()
    sender.send_due()
    assert sorted(m.to[0] for m in mail.outbox) == [f"Applicant{n} <applicant{n}@example.org>" for n in range(1, 5)]
    page = (
        signed_in(cast.coordinator).get(reverse("applications:release", args=[call.slug, release.pk])).content.decode()
    )
    assert "4 of 4 messages have left." in page


# ---------------------------------------------------------------- pages


def test_release_pages(cast, call, decided):
    first, second = signed_in(cast.coordinator), signed_in(cast.second)
    new = reverse("applications:release_new", args=[call.slug])
    assert "Ask a second person to approve" in first.get(new).content.decode()
    path = first.post(new)["Location"]
    assert "A second coordinator must approve" in first.get(path).content.decode()
    assert "Approve and release" in second.get(path).content.decode()
    assert "Release" in second.post(path + "approve/", follow=True).content.decode()
    assert "Call them back" in first.get(path).content.decode()
    assert first.post(path + "call-back/").status_code == 302
    assert "Called back." in first.get(path).content.decode()


def test_letters_of_others_calls_and_of_recused_stay_closed(cast, call, decided):
    decision = Decision.objects.filter(application=decided[0]).get()
    path = reverse("applications:letter", args=[call.slug, decision.pk])
    assert {
        who: signed_in(getattr(cast, who)).get(path).status_code
        for who in ("coordinator", "second", "screener", "applicant", "other_coordinator", "superuser")
    } == {
        "coordinator": 200,
        "second": 200,
        "screener": 403,
        "applicant": 404,
        "other_coordinator": 404,
        "superuser": 404,
    }
    from applications.review.actions import step_aside

    step_aside(application=decided[0], person=cast.second, kind="family", by=cast.second)
    assert signed_in(cast.second).get(path).status_code == 404
    with pytest.raises(decisions_actions.NotPossible):
        decisions_actions.decide(application=decided[0], choice=Choice("decline", "LATE"), actor=cast.second)


def test_the_day_to_answer_ends_where_the_applicant_lives(cast, call, decided):
    person_ = decided[0].applicant
    person_.time_zone = "Pacific/Honolulu"
    person_.save()
    until = reply_by(call, timezone.now(), person_)
    assert (str(until.tzinfo), until.time().isoformat()) == ("Pacific/Honolulu", "23:59:59")
    release = decisions_release.propose(call=call, actor=cast.coordinator)
    decisions_release.approve(release=release, actor=cast.second)
    offer = Offer.objects.get(application=decided[0])
    assert offer.reply_by.astimezone(until.tzinfo).time().isoformat() == "23:59:59"


def test_comments_stand_in_the_letter_only_while_the_call_shares_them(cast, call):
    (reader,) = make_screeners(cast.cohort, 1)
    application = make_application(call, 77)
    score(application, reader, 2, shared_comment="Shared-canary: name the first step.", private_note="Private-canary")
    decision = decisions_actions.decide(application=application, choice=CHOICES[2], actor=cast.coordinator)
    client = signed_in(cast.coordinator)
    path = reverse("applications:letter", args=[call.slug, decision.pk])
    assert "Shared-canary" not in client.get(path).content.decode()
    client.post(reverse("applications:share_comments", args=[call.slug]), {"then": "on"})
    shown = client.get(path).content.decode()
    assert "Shared-canary" in shown
    assert "Private-canary" not in shown
    assert reader.called not in shown
    review_actions.step_aside(application=application, person=reader, kind="family", by=reader)
    assert "Shared-canary" not in client.get(path).content.decode()
    client.post(reverse("applications:share_comments", args=[call.slug]), {"then": "off"})
    call.refresh_from_db()
    assert not call.facts["share_comments"]
