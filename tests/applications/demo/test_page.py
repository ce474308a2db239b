"""The demo's call: every state, nobody alike, quick, and the same each time."""

from __future__ import annotations

import time
from collections import Counter

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from applications.apply import answers as apply_answers
from applications.common import call_forms
from applications.demo import apply
from applications.form_definition.asking import clean, wanting
from applications.models import Answer, Application, Call, EmployerConfirmation, IdentityAnswer
from cohort.people import demo_people
from cohort.people.demo import PASSWORD, Stage
from cohort.people.models import User
from cohort.questions.values import posted
from tests.conftest import signed_in


@pytest.fixture
def stage(db: None) -> Stage:
    made = demo_people.make_stage(timezone.now())
    demo_people.load(made)
    apply.load(made)
    return made


def test_pool(stage: Stage) -> None:
    call = Call.objects.get()
    states = Counter(Application.objects.values_list("state", flat=True))
    assert states == {"submitted": 53, "draft": 8, "withdrawn": 3}
    sent = Application.objects.filter(state="submitted")
    assert Counter(sent.values_list("eligibility", flat=True)) == {"eligible": 48, "check": 3, "ineligible": 2}
    counties = Counter(
        Answer.objects.filter(question="primary_subarea", application__in=sent).values_list("value", flat=True)
    )
    assert counties.most_common(2)[0][0] == "snohomish"
    assert set(counties) == {"snohomish", "whatcom", "skagit", "island", "san_juan"}
    native = Answer.objects.filter(question="represents_tribe", application__in=sent).exclude(value="no").count()
    assert native >= 5
    twice = [n for n in Counter(sent.values_list("organization", flat=True)).values() if n == 2]
    assert len(twice) >= 3
    assert sorted(Application.objects.values_list("number", flat=True)) == list(range(1, 65))
    assert Counter(EmployerConfirmation.objects.values_list("state", flat=True)).keys() == {
        "asked",
        "answered",
        "declined",
    }
    assert call.takes_new(timezone.now())


def test_nobody_reads_like_another_and_every_answer_is_allowed(stage: Stage) -> None:
    for question in ("q_change", "q_authority", "q_learning", "q_peers", "q_community"):
        said = list(Answer.objects.filter(question=question).values_list("value", flat=True))
        assert len(said) >= 53
        assert len(set(said)) == len(said), question
    whole = Counter(
        tuple(sorted((a.question, str(a.value)) for a in row.answers.all() if a.question.startswith("q_")))
        for row in Application.objects.filter(state="submitted").prefetch_related("answers")
    )
    assert set(whole.values()) == {1}
    form = call_forms.form_for_call(Call.objects.get())
    for row in Application.objects.filter(state="submitted").select_related("call__cohort"):
        values = apply_answers.held(row, form)
        assert wanting(form, values) == {}
        for section in form.parts:
            data = {k: v for q in section.questions for k, v in posted(q, values.get(q.id)).items()}
            result = clean(section, data, earlier=values)
            assert result.refused == {}
            assert {q: v for q, v in values.items() if form.questions[q].section == section.id and v is not False} == {
                q: v for q, v in result.values.items() if v is not False
            }


def test_some_skip_identity_and_it_shows_as_left_blank(stage: Stage) -> None:
    sent = Application.objects.filter(state="submitted")
    skipped = sum(not IdentityAnswer.objects.filter(application=row).exclude(code="").exists() for row in sent)
    assert skipped >= 5
    assert IdentityAnswer.objects.filter(application__in=sent, missing="prefer_not").exists()
    assert set(IdentityAnswer.objects.filter(question="orientation").values_list("missing", flat=True)) == {"not_shown"}


def test_demo_people_sign_in_and_others_cannot(stage: Stage) -> None:
    one, two = stage.people["applicant1"], stage.people["applicant2"]
    assert one.check_password(PASSWORD)
    assert [u.has_usable_password() for u in (one, two)] == [True, True]
    others = [
        row.applicant
        for row in Application.objects.select_related("applicant")
        if row.applicant_id not in (one.pk, two.pk)
    ]
    assert len(others) == 62
    assert not [u for u in others if u.has_usable_password() or not u.email.endswith("@example.org")]
    page = signed_in(one).get("/")
    assert "Go on with your application" in page.content.decode()
    assert Application.objects.get(applicant=one).state == "draft"
    assert Application.objects.get(applicant=two).state == "submitted"


def test_quick_and_twice_is_once(stage: Stage) -> None:
    with CaptureQueriesContext(connection) as ran:
        apply.load(stage)
    assert len(ran) == 1
    assert Application.objects.count() == 64
    Application.objects.all().delete()
    Call.objects.all().delete()
    User.objects.filter(email__endswith="@example.org").delete()
    User.objects.filter(email__startswith="applicant").delete()
    before = time.process_time()  # of this process alone: the machine may be busy
    apply.load(stage)
    assert time.process_time() - before < 4
