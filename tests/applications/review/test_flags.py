"""Who gets an application in another language, and where a question for staff and a private note are seen."""

from __future__ import annotations

from types import SimpleNamespace

import pytest
from django.urls import reverse

from applications.call.letters.compose import letter_for
from applications.decisions import actions as decisions_actions
from applications.decisions import release
from applications.decisions.queries import decisions_of
from applications.models import Call, Review
from applications.review import assign
from tests.applications.pool import make_application, make_call, make_screeners, score
from tests.conftest import join, person, signed_in

pytestmark = pytest.mark.django_db


@pytest.fixture
def call(cast: SimpleNamespace) -> Call:
    return make_call(cast.cohort)


def test_an_application_goes_to_readers_of_its_language(cast: SimpleNamespace, call: Call) -> None:
    """By what readers said of themselves and by the language of their account; without any such reader it is said."""
    tells, account, english = make_screeners(cast.cohort, 3)
    about_me = reverse("applications:about_me", args=[cast.cohort.slug])
    assert signed_in(tells).post(about_me, {"employer": "", "languages": "es"}).status_code == 302
    account.language = "es"
    account.save()
    spanish = [make_application(call, number, language="es") for number in (1, 2)]
    (other,) = [make_application(call, 3)]
    plan = assign.assign_readers(call=call, actor=cast.coordinator, each=2, due_on=None)
    assert plan.short == {}
    for application in spanish:
        assert {review.reader for review in application.reviews.all()} == {tells, account}
    assert english in {review.reader for review in other.reviews.all()}
    alone = make_application(call, 4, language="vi")
    plan = assign.assign_readers(call=call, actor=cast.coordinator, each=2, due_on=None)
    assert plan.short == {alone.pk: 2}


def test_a_question_for_staff_is_seen_by_coordinators_and_not_by_others(cast: SimpleNamespace, call: Call) -> None:
    application = make_application(call, 7)
    one, two = make_screeners(cast.cohort, 2)
    score(application, one, 4, flag="Flag-canary: in the region?", private_note="Note-canary")
    theirs = score(application, two, 4)
    staff = signed_in(cast.coordinator)
    pages = [reverse(f"applications:{name}", args=[call.slug, 7]) for name in ("decision", "reading_paper")]
    assert ["Flag-canary" in staff.get(path).content.decode() for path in pages] == [True, True]
    lists = [reverse(f"applications:{name}", args=[call.slug]) for name in ("decisions", "reading")]
    assert ["question" in staff.get(path).content.decode() for path in lists] == [True, True]
    assert "Flag-canary" not in signed_in(two).get(reverse("applications:desk", args=[theirs.pk])).content.decode()
    applicant = signed_in(application.applicant)
    assert "Flag-canary" not in applicant.get(reverse("applications:copy_json", args=[application.pk])).content.decode()


def test_a_private_note_is_read_by_its_writer_alone(cast: SimpleNamespace, call: Call) -> None:
    application = make_application(call, 7)
    one, two = make_screeners(cast.cohort, 2)
    mine = score(application, one, 4, private_note="Note-canary", shared_comment="Shared-canary")
    theirs = score(application, two, 4)
    desk = reverse("applications:desk", args=[mine.pk])
    assert "Note-canary" in signed_in(one).get(desk).content.decode()
    others = {
        two: [reverse("applications:desk", args=[theirs.pk])],
        cast.coordinator: [
            reverse(f"applications:{name}", args=[call.slug, 7])
            for name in ("decision", "reading_paper", "application_history")
        ],
        application.applicant: [reverse("applications:copy_json", args=[application.pk])],
    }
    seen = {path: client.get(path) for user, paths in others.items() for client in [signed_in(user)] for path in paths}
    assert {page.status_code for page in seen.values()} == {200}
    assert [path for path, page in seen.items() if "Note-canary" in page.content.decode()] == []
    assert "Shared-canary" in seen[reverse("applications:desk", args=[theirs.pk])].content.decode()  # after both sent
    assert Review.objects.filter(pk=mine.pk, private_note="Note-canary").exists()


def test_the_waiting_list_letter_promises_no_number_in_line(cast: SimpleNamespace, call: Call) -> None:
    """An honest place: by which rule somebody comes next, until when they hear, and why there is no number."""
    application = make_application(call, 7)
    second = person("second")
    join(second, cast.cohort, "coordinator")
    decisions_actions.decide(
        application=application,
        choice=decisions_actions.Choice("waitlist", "COHORT_FULL_EQUAL_SCORE"),
        actor=cast.coordinator,
    )
    release.approve(release=release.propose(call=call, actor=cast.coordinator), actor=second)
    words = " ".join(part.words for part in letter_for(decisions_of(call)[0][application.pk]).paragraphs)
    assert "you are on the waiting list" in words
    assert "When a place opens, we choose by the rule" in words
    assert "We cannot give you a number in line, because who comes next depends on which place opens." in words
