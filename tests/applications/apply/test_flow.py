"""An applicant from the call page to the receipt, without JavaScript."""

from __future__ import annotations

import datetime as dt
from types import SimpleNamespace

import pytest
from django.core import mail
from django.test import Client
from django.utils import timezone

from applications.apply import actions as apply_actions
from applications.common import call_forms
from applications.models import (
    AccessNeed,
    Answer,
    AnswerRevision,
    Application,
    Call,
    Consent,
    EmployerConfirmation,
    IdentityAnswer,
)
from cohort.outbox.delivery import sender
from cohort.outbox.models import Message
from cohort.people import history
from cohort.people.models import Organization
from tests.applications.apply.filled import POSTS, SECRETS, fill, open_call
from tests.conftest import person, signed_in


@pytest.fixture
def call(cast: SimpleNamespace) -> Call:
    return open_call(cast.cohort)


@pytest.fixture
def draft(cast: SimpleNamespace, call: Call) -> Application:
    return apply_actions.start(call=call, applicant=cast.applicant)


def url(application: Application, rest: str = "") -> str:
    return f"/applications/{application.pk}/{rest}"


def test_whole_way_without_javascript(cast: SimpleNamespace, call: Call) -> None:
    client = signed_in(cast.applicant)
    assert client.get("/calls/north-call/").status_code == 200
    assert client.get("/calls/north-call/questions/").status_code == 200
    assert b"Start your application" in client.get("/calls/north-call/apply/").content
    assert Application.objects.count() == 0  # looking starts nothing
    response = client.post("/calls/north-call/apply/")
    draft = Application.objects.get()
    assert response.url == url(draft)
    assert (draft.number, draft.state) == (1, "draft")
    for section in POSTS:
        assert client.get(url(draft, f"parts/{section}/")).status_code == 200
    fill(client, draft)
    assert client.get(url(draft)).context["ready"] is True
    page = client.get(url(draft, "check/"))
    assert SECRETS["reviewer"] in page.content.decode()
    assert SECRETS["identity"] not in page.content.decode()
    assert SECRETS["access"] not in page.content.decode()
    response = client.post(url(draft, "check/"))
    assert response.url == url(draft, "receipt/")
    receipt = client.get(response.url).content.decode()
    assert "0001" in receipt
    assert "lee@example.org" in receipt
    draft.refresh_from_db()
    assert (draft.state, draft.eligibility) == ("submitted", "eligible")
    assert draft.organization == Organization.objects.get(key="zq org harbor light")
    assert [e.verb for e in history.of(draft)] == ["application.started", "application.submitted"]


def test_each_answer_goes_into_its_drawer(cast: SimpleNamespace, draft: Application) -> None:
    fill(signed_in(cast.applicant), draft)
    answers = dict(Answer.objects.filter(application=draft).values_list("question", "value"))
    assert answers["org_type"] == {"codes": ["other_org"], "text": {"other_org": "Mobile clinic"}}
    assert answers["employer_confirmer"] == {
        "confirmer_name": "Lee Park",
        "confirmer_role": "Director",
        "confirmer_email": "Lee@example.org",
    }
    assert not {"race_ethnicity", "gender", "access_tools", "consent_process", "notice_ack"} & set(answers)
    rows = set(IdentityAnswer.objects.values_list("question", "code", "column", "own_words", "missing"))
    assert rows == {
        ("race_ethnicity", "hisp", "", "", ""),
        ("race_ethnicity", "self_describe", "", SECRETS["identity"], ""),
        ("tribal_affiliation", "none", "", "", ""),
        ("tribal_nation_names", "", "", "", "left_blank"),
        ("gender", "woman", "", "", ""),
        ("orientation", "", "", "", "not_shown"),
        ("disability", "", "", "", "prefer_not"),
        ("age_band", "a35", "", "", ""),
        ("languages", "es", "", "", ""),
        ("languages", "mix", "", "", ""),
        ("veteran", "", "", "", "left_blank"),
        ("lived_experience", "poverty", "self", "", ""),
        ("lived_experience", "immigrant", "self", "", ""),
        ("lived_experience", "poverty", "close", "", ""),
    }
    assert dict(AccessNeed.objects.values_list("question", "value")) == {
        "access_tools": ["captions"],
        "access_text": SECRETS["access"],
        "access_now": "no",
    }
    assert dict(Consent.objects.values_list("kind", "given")) == {
        "notice_ack": True,
        "consent_process": True,
        "consent_demographics": True,
        "consent_access": True,
        "consent_future": False,
        "consent_evaluation": False,
        "consent_public_name": False,
    }
    assert set(Consent.objects.values_list("notice_version", "locale")) == {("1.0", "en")}


def test_reviewers_door_never_holds_staff_or_selection_answers(cast: SimpleNamespace, draft: Application) -> None:
    fill(signed_in(cast.applicant), draft)
    everything = str(list(Answer.objects.filter(application=draft).values_list("value", flat=True)))
    for kind in ("staff", "selection", "reviewer"):
        assert SECRETS[kind] in everything  # the secret exists, in this very table
    assert SECRETS["staff"] in signed_in(cast.applicant).get(url(draft, "check/")).content.decode()
    seen = Answer.objects.filter(application=draft).for_reviewers()
    assert {row.visibility for row in seen} == {"reviewer"}
    words = str(list(seen.values_list("question", "value")))
    assert SECRETS["reviewer"] in words
    for kind in ("staff", "selection", "identity", "access"):
        assert SECRETS[kind] not in words
    assert "Ana" not in words


def test_strangers_and_staff_get_404_for_every_page_of_a_draft(cast: SimpleNamespace, draft: Application) -> None:
    paths = ["", "parts/reflection/", "check/", "copy/", "copy.json", "withdraw/", "fit/", "forget/identity/"]
    mine = signed_in(cast.applicant)
    assert [mine.get(url(draft, p)).status_code for p in paths] == [200] * len(paths)
    for user in (cast.stranger, cast.coordinator, cast.screener, cast.steward, cast.access, cast.superuser):
        client = signed_in(user)
        assert [client.get(url(draft, p)).status_code for p in paths] == [404] * len(paths)
        for p in ("parts/reflection/", "parts/reflection/autosave/", "check/", "withdraw/", "remind/"):
            assert client.post(url(draft, p), {"q_change": "mine now", "base": "0"}).status_code == 404
    assert Client().get(url(draft)).status_code == 302
    draft.refresh_from_db()
    assert (draft.state, draft.revision, Answer.objects.count()) == ("draft", 0, 0)


def test_colleagues_are_matched_and_stay_apart(cast: SimpleNamespace, call: Call) -> None:
    other = person("colleague")
    for user, name in ((cast.applicant, "The Harbor Light, Inc."), (other, "HARBOR  light")):
        draft = apply_actions.start(call=call, applicant=user)
        client = signed_in(user)
        fill(client, draft)
        draft.refresh_from_db()
        base = draft.sections["organization"]["revision"]
        client.post(url(draft, "parts/organization/"), {**POSTS["organization"], "org_name": name, "base": base})
        client.post(url(draft, "check/"))
    first, second = Application.objects.order_by("number")
    assert first.organization_id == second.organization_id is not None
    assert Organization.objects.count() == 1
    assert signed_in(other).get(url(first)).status_code == 404
    assert signed_in(cast.applicant).get(url(second)).status_code == 404


def test_incomplete_cannot_be_sent_and_says_what_is_wanting(cast: SimpleNamespace, draft: Application) -> None:
    client = signed_in(cast.applicant)
    fill(client, draft, skip=("reflection", "consent"))
    response = client.post(url(draft, "check/"))
    assert response.status_code == 422
    wanted = [line.question.id for _page, line in response.context["wanted"]]
    assert wanted == ["q_change", "q_authority", "q_learning", "q_peers", "q_community", "consent_process"]
    draft.refresh_from_db()
    assert (draft.state, Message.objects.count()) == ("draft", 0)


def test_sending_twice_is_once(cast: SimpleNamespace, draft: Application) -> None:
    client = signed_in(cast.applicant)
    fill(client, draft)
    first = client.post(url(draft, "check/"))
    draft.refresh_from_db()
    at = draft.submitted_at
    second = client.post(url(draft, "check/"))
    assert first.url == second.url == url(draft, "receipt/")
    draft.refresh_from_db()
    assert draft.submitted_at == at
    assert sorted(Message.objects.values_list("kind", flat=True)) == ["application_received", "employer_request"]
    assert EmployerConfirmation.objects.count() == 1


def test_unfinished_part_keeps_what_was_typed(cast: SimpleNamespace, draft: Application) -> None:
    client = signed_in(cast.applicant)
    response = client.post(url(draft, "parts/reflection/"), {"q_change": "Half a thought", "base": "0"})
    assert response.status_code == 200
    assert set(response.context["form"].errors) == {"q_authority", "q_learning", "q_peers", "q_community"}
    assert "Half a thought" in response.content.decode()
    assert Answer.objects.get().value == "Half a thought"
    draft.refresh_from_db()
    later = client.post(
        url(draft, "parts/reflection/"),
        {"q_change": "More", "base": draft.sections["reflection"]["revision"], "later": "yes"},
    )
    assert later.url == url(draft) + "?from=reflection"
    assert Answer.objects.get().value == "More"


def test_too_long_is_refused_kept_on_the_page_and_never_cut(cast: SimpleNamespace, draft: Application) -> None:
    client = signed_in(cast.applicant)
    data = {**POSTS["reflection"], "q_change": "x" * 1801, "base": "0"}
    response = client.post(url(draft, "parts/reflection/"), data)
    assert response.context["form"].errors["q_change"] == ["This is 1 character too long. You can write up to 1,800."]
    assert "x" * 1801 in response.content.decode()
    assert not Answer.objects.filter(question="q_change").exists()
    assert Answer.objects.count() == 4


@pytest.mark.parametrize(
    "data",
    [
        {"org_type": "made_up"},
        {"org_name": "a\x00b" * 200},
        {"sector_roles": ["physical"] * 1500},
        {"counties_served": [f"x{n}" for n in range(1500)]},
        {"base": "🙂"},
        {"base": "-1"},
        {"base": "9" * 30},
        {},
        {"org_type--text-other_org": "ש" * 100},
    ],
)
def test_bad_posts_store_nothing_wrong(cast: SimpleNamespace, draft: Application, data: dict[str, object]) -> None:
    client = signed_in(cast.applicant)
    response = client.post(url(draft, "parts/organization/"), {"base": "0", **data})
    assert response.status_code in (200, 302, 409)
    form = call_forms.form_of(draft.form_version_id)
    for row in Answer.objects.filter(application=draft):
        assert row.question in form.questions
        assert row.value == ["physical"]


def test_too_many_fields_is_a_clear_400(cast: SimpleNamespace, draft: Application) -> None:
    response = signed_in(cast.applicant).post(
        url(draft, "parts/organization/"), {"base": "0", "counties_served": [f"x{n}" for n in range(10_000)]}
    )
    assert response.status_code == 400
    assert Answer.objects.count() == 0


@pytest.mark.parametrize("name", ["nothing", "review", "__class__"])
def test_unknown_parts_are_404(cast: SimpleNamespace, draft: Application, name: str) -> None:
    assert signed_in(cast.applicant).get(url(draft, f"parts/{name}/")).status_code == 404


def test_gate_explains_and_lets_a_person_look(cast: SimpleNamespace, draft: Application) -> None:
    client = signed_in(cast.applicant)
    fill(client, draft)
    draft.refresh_from_db()
    base = draft.sections["eligibility"]["revision"]
    response = client.post(
        url(draft, "parts/eligibility/"),
        {"elig_org": "yes", "elig_authority": ["none", "decide"], "elig_dates": "no", "base": base},
    )
    assert response.url == url(draft, "fit/")
    page = client.get(response.url).content.decode()
    assert "Did we misunderstand?" in page
    assert "at least 8 of the 10 sessions" in page
    assert Answer.objects.get(question="elig_authority").value == ["none"]
    client.post(url(draft, "check/"))
    draft.refresh_from_db()
    assert (draft.state, draft.eligibility) == ("submitted", "check")  # never turned away by the form


def test_skip_whole_identity_section_deletes_and_marks(cast: SimpleNamespace, draft: Application) -> None:
    client = signed_in(cast.applicant)
    fill(client, draft)
    assert IdentityAnswer.objects.exclude(code="").exists()
    draft.refresh_from_db()
    client.post(url(draft, "parts/identity/"), {"skip": "yes", "base": draft.sections["identity"]["revision"]})
    assert set(IdentityAnswer.objects.values_list("missing", flat=True)) == {"left_blank", "not_shown"}
    assert IdentityAnswer.objects.exclude(code="").count() == 0
    assert [t.word for t in client.get(url(draft)).context["tasks"] if t.section.id == "identity"] == ["Skipped"]


def test_taking_consent_back_deletes_identity_answers(cast: SimpleNamespace, draft: Application) -> None:
    client = signed_in(cast.applicant)
    fill(client, draft)
    client.post(url(draft, "check/"))
    assert IdentityAnswer.objects.exclude(code="").exists()
    draft.refresh_from_db()
    base = draft.sections["consent"]["revision"]
    client.post(url(draft, "parts/consent/"), {"consent_process": "yes", "consent_access": "yes", "base": base})
    assert IdentityAnswer.objects.count() == 0
    assert AccessNeed.objects.count() == 3
    latest = Consent.objects.filter(kind="consent_demographics").order_by("-at", "-pk").values_list("given", flat=True)
    assert list(latest) == [False, True]


def test_edit_after_sending_keeps_history_and_stays_whole(cast: SimpleNamespace, draft: Application) -> None:
    client = signed_in(cast.applicant)
    fill(client, draft)
    client.post(url(draft, "check/"))
    draft.refresh_from_db()
    base = draft.sections["reflection"]["revision"]
    broken = client.post(url(draft, "parts/reflection/"), {**POSTS["reflection"], "q_change": "", "base": base})
    assert broken.status_code == 200
    assert Answer.objects.get(question="q_change").value == SECRETS["reviewer"]
    client.post(url(draft, "parts/reflection/"), {**POSTS["reflection"], "q_change": "Better words", "base": base})
    assert Answer.objects.get(question="q_change").value == "Better words"
    assert list(AnswerRevision.objects.values_list("question", "value")) == [("q_change", SECRETS["reviewer"])]
    changed = history.of(draft).last()
    assert (changed.verb, changed.details) == ("application.changed", {"questions": ["q_change"]})
    assert client.post(url(draft, "parts/reflection/autosave/"), {"q_change": "x", "base": base}).status_code == 409


def test_withdrawing_deletes_the_rows_and_keeps_a_skeleton(cast: SimpleNamespace, draft: Application) -> None:
    client = signed_in(cast.applicant)
    fill(client, draft)
    client.post(url(draft, "check/"))
    tables = (Answer, IdentityAnswer, AccessNeed, Consent, EmployerConfirmation)
    assert all(table.objects.filter(application=draft).exists() for table in tables)
    assert b"cannot be undone" in client.get(url(draft, "withdraw/")).content
    client.post(url(draft, "withdraw/"))
    client.post(url(draft, "withdraw/"))
    assert [table.objects.filter(application=draft).count() for table in (*tables, AnswerRevision)] == [0] * 6
    draft.refresh_from_db()
    assert (draft.state, draft.organization, draft.sections) == ("withdrawn", None, {})
    assert draft.submitted_at is not None
    assert set(Message.objects.values_list("state", flat=True)) == {"cancelled"}
    assert [e.verb for e in history.of(draft)].count("application.withdrawn") == 1
    assert b"You withdrew this application" in client.get(url(draft)).content
    assert client.get(url(draft, "parts/reflection/")).status_code == 404
    again = apply_actions.start(call=draft.call, applicant=cast.applicant)
    assert (again.number, again.pk != draft.pk) == (2, True)


def test_copy_holds_everything_for_me_alone(cast: SimpleNamespace, draft: Application) -> None:
    client = signed_in(cast.applicant)
    fill(client, draft)
    data = client.get(url(draft, "copy.json")).json()
    words = str(data)
    for secret in SECRETS.values():
        assert secret in words
    assert {row["kept with"] for row in data["answers"]} == {"answers", "identity", "access_needs", "consents"} - {
        "consents"
    } | {"consent"}
    page = client.get(url(draft, "copy/")).content.decode()
    for secret in SECRETS.values():
        assert secret in page


def test_deadline_and_grace(cast: SimpleNamespace, draft: Application) -> None:
    client = signed_in(cast.applicant)
    call = draft.call
    Call.objects.filter(pk=call.pk).update(closes_at=timezone.now() - dt.timedelta(minutes=14))
    in_grace = client.post(url(draft, "parts/about_you/"), {**POSTS["about_you"], "base": "0"})
    assert in_grace.status_code == 302
    assert client.post(f"/calls/{call.slug}/apply/").status_code == 302  # mine exists: goes on to it
    assert signed_in(cast.stranger).post(f"/calls/{call.slug}/apply/").url == f"/calls/{call.slug}/"
    Call.objects.filter(pk=call.pk).update(closes_at=timezone.now() - dt.timedelta(minutes=16))
    late = client.post(url(draft, "parts/reflection/"), {**POSTS["reflection"], "base": "0"})
    assert late.status_code == 409
    assert SECRETS["reviewer"] in late.content.decode()  # what was typed is shown, to be copied
    assert client.post(url(draft, "parts/reflection/autosave/"), {"q_change": "x", "base": "0"}).status_code == 410
    assert client.post(url(draft, "check/")).status_code == 409
    assert not Answer.objects.filter(question="q_change").exists()
    draft.refresh_from_db()
    assert draft.state == "draft"


def test_receipt_and_employer_mail_hold_no_private_words(cast: SimpleNamespace, draft: Application) -> None:
    client = signed_in(cast.applicant)
    fill(client, draft)
    client.post(url(draft, "check/"))
    Message.objects.update(any_hour=True)  # the tests may run at night
    sender.send_due(timezone.now() + dt.timedelta(minutes=1))
    assert sorted(m.to[0] for m in mail.outbox) == ["Applicant <applicant@example.org>", "lee@example.org"]
    for message in mail.outbox:
        everything = str(message.message())
        for secret in SECRETS.values():
            assert secret not in everything
    receipt = next(m for m in mail.outbox if "applicant@" in m.to[0])
    assert receipt.subject == "We have your application to North"
    assert "0001" in receipt.body
    asked = next(m for m in mail.outbox if m.to == ["lee@example.org"])
    link = next(word for word in asked.body.split() if "/confirm/" in word)
    page = Client().get(link[link.index("/confirm/") :])
    assert page.status_code == 200
