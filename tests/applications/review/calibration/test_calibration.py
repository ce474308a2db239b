"""Reading the same examples first: closed queues, independent levels, the spread, a note; real ones stay blind."""

from __future__ import annotations

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse

from applications.models import Calibration, Example, ExampleReading, Review
from applications.review import actions as review_actions
from applications.review.actions import Mark, Reading
from applications.review.calibration import actions as calibration_actions
from applications.review.calibration import queries as calibration_queries
from applications.review.queries import rubric_definition, scores
from cohort.people.models import HistoryEntry
from cohort.people.states import NotPossible
from tests.applications.pool import CRITERIA, SECRETS, fill, make_application, make_call, make_screeners, score
from tests.conftest import join, person, signed_in

pytestmark = pytest.mark.django_db
KEYS = ["even_middle", "uneven"]


@pytest.fixture
def call(cast):
    return make_call(cast.cohort)


@pytest.fixture
def begun(cast, call):
    return calibration_actions.start(call=call, keys=KEYS, actor=cast.coordinator)


def levels(value: int = 3) -> Reading:
    return Reading(marks={key: Mark(level=value, comment="Points to the text.") for key in CRITERIA})


def send_all(calibration: Calibration, reader, value: int = 3) -> None:
    for example in calibration.examples.all():
        calibration_actions.send(example=example, reader=reader, reading=levels(value))


def post(value: int = 3) -> dict[str, str]:
    return {f"level_{key}": str(value) for key in CRITERIA} | {f"comment_{key}": "Points to it." for key in CRITERIA}


def test_every_invented_example_fits_the_default_form_and_rubric(cast, begun):
    form_questions = {q for item in rubric_definition(begun.call)["criteria"] for q in item["read"]} - {"employer_form"}
    for example in begun.examples.all():
        paper = calibration_queries.paper_of(example)
        shown = {row.question for part in paper.parts for row in part.answers}
        assert shown == set(calibration_queries.invented()[example.key]["answers"])
        assert all(row.text or row.lines for part in paper.parts for row in part.answers)
        assert shown >= form_questions - {"q_anything"}


def test_started_on_the_page_and_scored_in_the_browser(cast, call):
    coordinator, reader = signed_in(cast.coordinator), signed_in(cast.screener)
    page = reverse("applications:calibration", args=[call.slug])
    assert "Give the examples to all readers" in coordinator.get(page).content.decode()
    assert coordinator.post(page, {"examples": KEYS}).status_code == 302
    first, _second = Example.objects.all()
    queue = reader.get(reverse("applications:screening")).content.decode()
    assert "Read Example A" in queue
    address = reverse("applications:example", args=[first.pk])
    assert "intake takes place by phone" in reader.get(address).content.decode()
    lacking = reader.post(address, {"level_authority": "3", "then": "send"}).content.decode()
    assert "Not sent yet. Your levels are saved." in lacking
    assert ExampleReading.objects.get().marks["authority"]["level"] == 3
    assert reader.post(address, {**post(), "then": "send"}).status_code == 302
    done = reader.get(address).content.decode()
    assert "How many readers chose each level" in done
    assert "Next: Example B" in done
    assert reader.post(reverse("applications:save_example", args=[first.pk]), post(1)).status_code == 409


def test_my_list_is_closed_until_my_examples_are_in_and_the_talk_is_over(cast, call):
    review = Review.objects.create(application=make_application(call, 1), reader=cast.screener)
    client, desk = signed_in(cast.screener), reverse("applications:desk", args=[review.pk])
    assert client.get(desk).status_code == 200  # it exists, and is mine
    begun = calibration_actions.start(call=call, keys=KEYS, actor=cast.coordinator)
    routes = [
        desk,
        *(
            reverse(f"applications:{name}", args=[review.pk])
            for name in ("save_reading", "take_back_reading", "step_aside")
        ),
    ]
    assert {client.post(route, post()).status_code for route in routes} == {404}
    send_all(begun, cast.screener)
    assert client.get(desk).status_code == 404
    calibration_actions.finish(calibration=begun, note="A plan counts.", actor=cast.coordinator)
    assert client.get(desk).status_code == 200
    assert "A plan counts." in client.get(desk).content.decode()
    (late,) = make_screeners(cast.cohort, 1)
    theirs = Review.objects.create(application=review.application, reader=late)
    assert signed_in(late).get(reverse("applications:desk", args=[theirs.pk])).status_code == 404
    send_all(begun, late)
    assert signed_in(late).get(reverse("applications:desk", args=[theirs.pk])).status_code == 200


def test_a_sent_reading_stays_open_to_its_reader(cast, call):
    review = score(make_application(call, 1), cast.screener, 3)
    calibration_actions.start(call=call, keys=KEYS, actor=cast.coordinator)
    assert signed_in(cast.screener).get(reverse("applications:desk", args=[review.pk])).status_code == 200


def test_nobody_sees_what_others_gave_before_sending_their_own(cast, begun):
    first = begun.examples.first()
    (other,) = make_screeners(cast.cohort, 1)
    calibration_actions.send(example=first, reader=other, reading=levels(5))
    join(cast.coordinator, cast.cohort, "screener")
    page = reverse("applications:calibration", args=[begun.call.slug])
    seen_by_both_roles = signed_in(cast.coordinator).get(page).content.decode()
    assert "You see what others gave after you have sent your own levels." in seen_by_both_roles
    assert "How many readers chose each level" not in seen_by_both_roles
    mine = signed_in(cast.screener).get(reverse("applications:example", args=[first.pk])).content.decode()
    assert "How many readers chose each level" not in mine
    second = person("second")
    join(second, cast.cohort, "coordinator")
    assert "How many readers chose each level" in signed_in(second).get(page).content.decode()


def test_spread_counts_levels_without_names(cast, begun):
    first = begun.examples.first()
    (other,) = make_screeners(cast.cohort, 1)
    calibration_actions.send(example=first, reader=cast.screener, reading=levels(2))
    calibration_actions.send(example=first, reader=other, reading=levels(5))
    row = calibration_queries.spread(first, rubric_definition(begun.call), cast.screener)[0]
    assert (row.counts, row.own, row.apart) == ([(1, 0), (2, 1), (3, 0), (4, 0), (5, 1)], 2, 3)
    page = signed_in(cast.screener).get(reverse("applications:example", args=[first.pk])).content.decode()
    assert "far apart" in page
    assert other.called not in page


def test_examples_never_count_for_anybody(cast, call, begun):
    real = make_application(call, 7)
    example = calibration_actions.add_real(calibration=begun, application=real, actor=cast.coordinator)
    calibration_actions.send(example=example, reader=cast.screener, reading=levels(5))
    assert scores(call) == {}
    assert Review.objects.count() == 0


def test_a_real_example_is_blind_and_closed_to_people_with_a_tie(cast, call, begun):
    writer = person("zephyrina.quillfeather", preferred_name="Zephy")
    real = make_application(call, 7, applicant=writer, organization=SECRETS["org_name"])
    fill(real)
    example = calibration_actions.add_real(calibration=begun, application=real, actor=cast.coordinator)
    address, client = reverse("applications:example", args=[example.pk]), signed_in(cast.screener)
    shown = client.get(address).content.decode()
    assert "Our intake line closes at four." in shown
    assert [s for s in SECRETS.values() if len(s) > 4 and s in shown] == []
    review_actions.step_aside(application=real, person=cast.screener, kind="family", by=cast.screener)
    assert (client.get(address).status_code, client.post(address, post()).status_code) == (404, 404)
    send_all_invented = [e for e in begun.examples.all() if e.key]
    for one in send_all_invented:
        calibration_actions.send(example=one, reader=cast.screener, reading=levels())
    assert calibration_queries.starts(cast.screener)[call.pk].sent_all


def test_a_withdrawn_real_example_is_gone(cast, call, begun):
    real = make_application(call, 7)
    example = calibration_actions.add_real(calibration=begun, application=real, actor=cast.coordinator)
    real.state = "withdrawn"
    real.save()
    assert signed_in(cast.screener).get(reverse("applications:example", args=[example.pk])).status_code == 404
    assert calibration_queries.overview(begun).readers[0].asked == 2


@pytest.mark.parametrize("name", ["coordinator", "participant", "other_screener", "stranger", "superuser", "applicant"])
def test_only_screeners_of_the_cohort_open_an_example(cast, begun, name):
    address = reverse("applications:example", args=[begun.examples.first().pk])
    assert signed_in(cast.screener).get(address).status_code == 200
    assert signed_in(getattr(cast, name)).get(address).status_code == 404


@pytest.mark.parametrize(
    ("name", "status"),
    [
        ("coordinator", 200),
        ("screener", 403),
        ("steward", 403),
        ("other_coordinator", 404),
        ("stranger", 404),
        ("superuser", 404),
    ],
)
def test_calibration_page_matrix(cast, begun, name, status):
    page = reverse("applications:calibration", args=[begun.call.slug])
    assert signed_in(getattr(cast, name)).get(page).status_code == status


def test_the_note_is_needed_and_the_talk_can_be_opened_again(cast, begun):
    with pytest.raises(NotPossible):
        calibration_actions.finish(calibration=begun, note="Something", actor=cast.coordinator)  # nobody sent anything
    send_all(begun, cast.screener)
    with pytest.raises(NotPossible):
        calibration_actions.finish(calibration=begun, note="  ", actor=cast.coordinator)
    client, page = signed_in(cast.coordinator), reverse("applications:calibration", args=[begun.call.slug])
    client.post(page, {"note": "A plan counts.", "then": "finish"})
    begun.refresh_from_db()
    assert (begun.state, begun.note) == ("over", "A plan counts.")
    client.post(page, {"then": "reopen"})
    begun.refresh_from_db()
    assert begun.state == "running"
    verbs = HistoryEntry.objects.filter(object_id=str(begun.pk)).order_by("at").values_list("verb", flat=True)
    assert list(verbs) == ["calibration.started", "calibration.over", "calibration.running"]


def test_once_per_call_and_never_an_unknown_example(cast, call, begun):
    with pytest.raises(NotPossible):
        calibration_actions.start(call=call, keys=KEYS, actor=cast.coordinator)
    begun.delete()
    for keys in ([], ["nonsense"], ["uneven", "nonsense"]):
        with pytest.raises(NotPossible):
            calibration_actions.start(call=call, keys=keys, actor=cast.coordinator)


def test_the_database_keeps_an_example_invented_or_real(cast, call, begun):
    for fields in ({"key": ""}, {"key": "x", "application": make_application(call, 9)}):
        with pytest.raises(IntegrityError), transaction.atomic():
            Example.objects.create(calibration=begun, position=9, **fields)


def test_statements_do_not_grow(cast, call, begun, django_assert_max_num_queries):
    client, coordinator = signed_in(cast.screener), signed_in(cast.coordinator)
    for number in range(1, 21):
        Review.objects.create(application=make_application(call, number), reader=cast.screener)
    for reader in make_screeners(cast.cohort, 10):
        send_all(begun, reader)
    with django_assert_max_num_queries(11):  # with session and user
        client.get(reverse("applications:screening"))
    with django_assert_max_num_queries(13):
        coordinator.get(reverse("applications:calibration", args=[call.slug]))
