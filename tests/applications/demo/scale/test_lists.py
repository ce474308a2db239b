"""The coordinator's list of applications: every row once, in order; found by name; cheap at any size; blind where it
must be."""

from __future__ import annotations

import json
import re
import secrets
from dataclasses import replace
from io import StringIO
from types import SimpleNamespace
from typing import Any

import pytest
from django.core.management import call_command
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from applications.common import call_forms, paging
from applications.models import Answer, Application, Call, Decision, EmployerConfirmation, Review
from applications.records.applications import queries as applications_queries
from applications.review import actions as review_actions
from cohort.people.models import User
from cohort.people.words import words_in
from tests.applications.pool import make_application, make_applications, make_call
from tests.conftest import join, person, signed_in
from tests.pages import flat

pytestmark = pytest.mark.django_db


@pytest.fixture
def call(cast: SimpleNamespace) -> Call:
    return make_call(cast.cohort)


def address(call: Call, **query: Any) -> str:
    return reverse("applications:applications_of", args=[call.slug], query=query)


def listed(client: Client, path: str) -> list[int]:
    """The numbers on a page."""
    response = client.get(path)
    assert response.status_code == 200
    return [int(n) for n in re.findall(r'<th scope="row">(?:<a[^>]*>)?(\d{4,})', flat(response.content.decode()))]


def link(client: Client, path: str, which: str) -> str:
    found = re.search(rf'rel="{which}" href="([^"]+)"', flat(client.get(path).content.decode()))
    return path.partition("?")[0] + found[1].replace("&amp;", "&") if found else ""


def walked(client: Client, path: str, which: str = "next") -> list[list[int]]:
    pages = []
    while path:
        pages.append(listed(client, path))
        path = link(client, path, which)
    return pages


# ---------------------------------------------------------------- paging


@pytest.mark.parametrize("order", ["", "new"])
def test_every_application_stands_once_forwards_and_backwards(cast, call, monkeypatch, order) -> None:
    monkeypatch.setattr(paging, "PER_PAGE", 4)
    make_applications(call, 10)
    make_application(call, 11, state="draft")
    client = signed_in(cast.coordinator)
    numbers = sorted(range(1, 11), reverse=order == "new")
    pages = [numbers[:4], numbers[4:8], numbers[8:]]
    start = address(call, order=order)
    assert walked(client, start) == pages
    last = link(client, link(client, start, "next"), "next")
    assert walked(client, last, "prev") == [pages[2], pages[1], pages[0]]
    assert link(client, start, "prev") == link(client, last, "next") == ""


def test_nobody_is_missed_or_doubled_when_others_come_and_go(cast, call, monkeypatch) -> None:
    monkeypatch.setattr(paging, "PER_PAGE", 3)
    rows = make_applications(call, 8)
    client = signed_in(cast.coordinator)
    assert listed(client, address(call)) == [1, 2, 3]
    following = link(client, address(call), "next")
    Application.objects.filter(pk__in=[rows[0].pk, rows[2].pk]).update(state="withdrawn")
    assert listed(client, following) == [4, 5, 6]


@pytest.mark.parametrize(
    "query",
    [
        {"after": "x"},
        {"after": "99999999999999"},
        {"before": "-1"},
        {"status": "nobody"},
        {"order": "a"},
        {"q": "\x00"},
        {"q": "' & | ! :* \\"},
        {"q": "9" * 60},
        {"decision": "x" * 900},
        {"by_org_type": "none"},
        {"q": "a" * 5000},
        {"q": "<->:*"},
        {"q": "²"},
        {"q": "٣"},
    ],
)
def test_what_is_not_understood_breaks_nothing(cast, call, query) -> None:
    make_applications(call, 2)
    assert signed_in(cast.coordinator).get(address(call, **query)).status_code == 200


# ---------------------------------------------------------------- looking for one


@pytest.fixture
def people(call: Call) -> dict[str, Application]:
    names = {"Maya Castañeda": "Harbor Clinic", "Peter O’Brien-Olsen": "Casteel Housing", "Linh Trần": "Harbor Housing"}
    found = {}
    for number, (name, place) in enumerate(names.items(), 1):
        user = person(f"who{number}", preferred_name="Minnie" if number == 3 else "")
        User.objects.filter(pk=user.pk).update(name=name)
        found[name] = make_application(call, number * 10, applicant=user, organization=place)
    return found


@pytest.mark.parametrize(
    ("words", "numbers"),
    [
        ("castaneda", [10]),
        ("CAST", [10, 20]),
        ("maya cast", [10]),
        ("cast maya", [10]),
        ("casta", [10]),
        ("obrien", []),
        ("o'brien", [20]),
        ("olsen", [20]),
        ("trân", [30]),
        ("minnie", [30]),
        ("harbor", [10, 30]),
        ("harbor hous", [30]),
        ("20", [20]),
        ("0030", [30]),
        ("21", []),
        ("who1@EXAMPLE.org", [10]),
        ("who1@", []),
        ("nobody", []),
        ("maya harbor", []),
        ("!!!", []),
    ],
)
def test_people_are_found_by_the_beginnings_of_words(cast, call, people, words, numbers) -> None:
    assert listed(signed_in(cast.coordinator), address(call, q=words)) == numbers


def test_words_are_folded_here_as_in_the_database() -> None:
    from cohort.people.words import Words

    for name in ("Núñez-Ávila O’Neil", "Ærø Straße", "İstanbul", "ﬁnance №5", "山田 太郎", "Ngũgĩ wa Thiong'o"):
        user = User.objects.create(email=f"{abs(hash(name))}@example.org", name=name)
        held = set(
            re.findall(
                r"'((?:[^']|'')*)'",
                str(
                    User.objects.annotate(words=Words("name", "preferred_name"))
                    .values_list("words", flat=True)
                    .get(pk=user.pk)
                ),
            )
        )
        missed = [word for word in words_in(name) if not any(one.startswith(word) for one in held)]
        assert missed == [], (name, held)


def test_withdrawn_ones_are_numbers_and_nobody_finds_them_by_name(cast, call, people) -> None:
    client = signed_in(cast.coordinator)
    assert listed(client, address(call, q="maya")) == [10]
    Application.objects.filter(number=10).update(state="withdrawn")
    assert listed(client, address(call, q="maya")) == listed(client, address(call, q="maya", status="withdrawn")) == []
    page = client.get(address(call, status="withdrawn")).content.decode()
    assert "0010" in page
    assert "Castañeda" not in page
    assert "Harbor Clinic" not in page
    assert listed(client, address(call, status="withdrawn", q="10")) == [10]


def test_filters_alone_and_together(cast, call) -> None:
    rows = make_applications(call, 8)
    for n, row in enumerate(rows):
        Answer.objects.create(
            application=row,
            question="org_type",
            visibility="selection",
            value="fqhc" if n < 5 else {"codes": ["other_org"], "text": {"other_org": "A library"}},
        )
        Answer.objects.create(
            application=row, question="primary_subarea", visibility="selection", value="whatcom" if n % 2 else "skagit"
        )
    Application.objects.filter(number__in=[2, 3]).update(eligibility="check")
    Review.objects.create(application=rows[0], reader=cast.screener, flag="Is it theirs?")
    Review.objects.create(application=rows[1], reader=cast.screener, flag="Taken back", state="removed")
    for n, state in ((0, "asked"), (1, "lapsed"), (2, "answered"), (3, "declined")):
        EmployerConfirmation.objects.create(
            application=rows[n], email="a@b.example", state=state, expires_at=timezone.now()
        )
    Decision.objects.create(application=rows[4], value="invite", reason_code="X", superseded_at=timezone.now())
    Decision.objects.create(application=rows[4], value="decline", reason_code="X")
    client = signed_in(cast.coordinator)
    expected: dict[tuple[tuple[str, str], ...], list[int]] = {
        (("by_org_type", "fqhc"),): [1, 2, 3, 4, 5],
        (("by_org_type", "other_org"),): [6, 7, 8],
        (("by_primary_subarea", "whatcom"),): [2, 4, 6, 8],
        (("by_org_type", "fqhc"), ("by_primary_subarea", "whatcom")): [2, 4],
        (("status", "check"),): [2, 3],
        (("status", "eligible"), ("by_org_type", "fqhc")): [1, 4, 5],
        (("flagged", "1"),): [1],
        (("employer", "missing"),): [1, 2],
        (("employer", "answered"),): [3],
        (("employer", "declined"),): [4],
        (("employer", "nobody"),): [5, 6, 7, 8],
        (("decision", "decline"),): [5],
        (("decision", "invite"),): [],
        (("decision", "none"),): [1, 2, 3, 4, 6, 7, 8],
        (("q", "applicant3"), ("status", "check")): [3],
        (("q", "3"), ("status", "eligible")): [],
    }
    assert {query: listed(client, address(call, **dict(query))) for query in expected} == expected
    page = client.get(address(call, by_org_type="other_org")).content.decode()
    assert '<option value="other_org" selected>' in page
    assert '<details class="more" open>' in page


def test_own_words_of_any_length_fit_beside_the_index(cast, call) -> None:
    """A row of an index holds 2,704 bytes; an answer may be longer, also to a question that a form asks in words."""
    said, written = make_applications(call, 2)
    long = "".join(secrets.token_hex(1) + chr(0x4E00 + n) for n in range(3000))
    Answer.objects.create(
        application=said,
        question="org_type",
        visibility="selection",
        value={"codes": ["other_org"], "text": {"other_org": long}},
    )
    Answer.objects.create(application=written, question="org_type", visibility="selection", value=long)
    assert listed(signed_in(cast.coordinator), address(call, by_org_type="other_org")) == [1]


# ---------------------------------------------------------------- who may see what


def test_only_coordinators_of_the_cohort_open_it(cast, call, people) -> None:
    assert "Castañeda" in signed_in(cast.coordinator).get(address(call)).content.decode()
    status = {
        role: signed_in(getattr(cast, role)).get(address(call)).status_code
        for role in ("screener", "steward", "access", "facilitator", "stranger", "other_coordinator", "superuser")
    }
    assert status == {
        "screener": 403,
        "steward": 403,
        "access": 403,
        "facilitator": 403,
        "stranger": 404,
        "other_coordinator": 404,
        "superuser": 404,
    }
    assert Client().get(address(call)).status_code == 302


def test_who_also_reads_sees_numbers_alone(cast, call, people) -> None:
    Answer.objects.create(
        application=people["Maya Castañeda"], question="org_type", visibility="selection", value="fqhc"
    )
    client = signed_in(cast.coordinator)
    seen = client.get(address(call)).content.decode()
    secrets = ("Castañeda", "Harbor Clinic", "Community health center (FQHC) or rural")
    assert [word for word in secrets if word not in seen] == []
    join(cast.coordinator, cast.cohort, "screener")
    seen = client.get(address(call)).content.decode()
    assert [word for word in secrets if word in seen] == []
    assert listed(client, address(call)) == [10, 20, 30]
    assert listed(client, address(call, q="maya")) == listed(client, address(call, q="who1@example.org")) == []
    assert listed(client, address(call, q="20")) == [20]
    assert listed(client, address(call, by_org_type="fqhc")) == [10, 20, 30]  # not a question that is heard
    assert listed(client, address(call, employer="nobody")) == [10, 20, 30]


def test_a_tie_leaves_the_number_and_nothing_tells_about_it(cast, call, people) -> None:
    client = signed_in(cast.coordinator)
    assert listed(client, address(call, q="maya")) == [10]
    review_actions.step_aside(
        application=people["Maya Castañeda"], person=cast.coordinator, kind="family", by=cast.coordinator
    )
    page = client.get(address(call)).content.decode()
    assert listed(client, address(call)) == [10, 20, 30]
    assert "Castañeda" not in page
    assert "recused" in page
    for query in (
        {"q": "maya"},
        {"q": "10"},
        {"q": "harbor"},
        {"status": "eligible"},
        {"decision": "none"},
        {"employer": "nobody"},
    ):
        assert 10 not in listed(client, address(call, **query)), query
    mine = make_application(call, 40, applicant=cast.coordinator)
    assert listed(client, address(call, q=str(mine.number))) == []


def test_drafts_are_never_listed(cast, call) -> None:
    make_application(call, 1, state="draft")
    client = signed_in(cast.coordinator)
    assert listed(client, address(call)) == listed(client, address(call, q="1")) == []
    assert "Nothing has been sent yet" in client.get(address(call)).content.decode()


# ---------------------------------------------------------------- cost

QUESTIONS: list[dict[str, Any]] = [
    {},
    {"order": "new"},
    {"after": 120},
    {"before": 120},
    {"q": "150"},
    {"q": "mar"},
    {"q": "alder clinic"},
    {"q": "zzzz"},
    {"status": "check"},
    {"status": "withdrawn"},
    {"by_org_type": "fqhc"},
    {"by_primary_subarea": "island"},
    {"flagged": "1"},
    {"employer": "missing"},
    {"employer": "nobody"},
    {"decision": "decline"},
    {"decision": "none"},
    {"by_org_type": "fqhc", "decision": "none"},
]


def seed(n: int) -> tuple[Call, User]:
    call_command("seed_scale", applications=n, stdout=StringIO(), yes=True)
    call = Call.objects.get(slug="scale")
    return call, User.objects.get(email="coordinator@scale.example")


def rows_read(sql: str) -> float:
    """How many rows a statement touched, in all parts of its plan, those thrown away included."""

    def counted(node: dict[str, Any]) -> float:
        own = node["Actual Rows"] + node.get("Rows Removed by Filter", 0) + node.get("Rows Removed by Index Recheck", 0)
        return node["Actual Loops"] * own + sum(map(counted, node.get("Plans", [])))

    with connection.cursor() as cursor:
        # As PostgreSQL does it with many rows: with few it rather reads the whole of a small table.
        for way in ("seqscan", "hashjoin", "mergejoin"):
            cursor.execute(f"SET LOCAL enable_{way} = off")
        cursor.execute("EXPLAIN (ANALYZE, FORMAT JSON) " + sql)
        (found,) = cursor.fetchone()
    plan = found if isinstance(found, list) else json.loads(found)
    return counted(plan[0]["Plan"])


def cost(client: Client, call: Call) -> tuple[dict[str, int], dict[str, float]]:
    statements, touched = {}, {}
    for query in QUESTIONS:
        path = address(call, **query)
        client.get(path)
        with CaptureQueriesContext(connection) as ran:
            assert client.get(path).status_code == 200
        selects = [q["sql"] for q in ran if '"applications_application"' in q["sql"]]
        statements[str(query)], touched[str(query)] = len(ran), sum(map(rows_read, selects))
    return statements, touched


def test_ten_statements_and_as_few_rows_whatever_the_length(cast) -> None:
    found = []
    for n in (200, 2000):
        call_command("seed_scale", "--remove", stdout=StringIO(), yes=True)
        call, coordinator = seed(n)
        found.append(cost(signed_in(coordinator), call))
    (few, few_rows), (many, many_rows) = found
    assert {query: pair for query in few if max(pair := (few[query], many[query])) > 10} == {}
    # A page is 50 rows with eight look-ups each; a search looks through a thousand numbers at most, one look-up for
    # each filter; what is rare comes from an index. A list that reads everything would take twenty times as much.
    assert {query: rows for query, rows in many_rows.items() if rows > few_rows[query] + 3500} == {}
    assert many_rows["{}"] <= few_rows["{}"] + 200


@pytest.mark.parametrize("order", ["", "new"])
def test_a_search_finds_what_is_far_and_pages_through_it_both_ways(cast, call, monkeypatch, order) -> None:
    """The same numbers whether they are looked through one by one or found by an index, and across that border."""
    rows = make_applications(call, 24)
    Application.objects.filter(number__in=range(5, 25, 2)).update(eligibility="check")
    Decision.objects.bulk_create(
        Decision(application=row, value="decline", reason_code="X") for row in rows if row.number % 3 == 0
    )
    User.objects.filter(pk__in=[row.applicant_id for row in rows if row.number % 4 < 2]).update(name="Maya Castillo")
    monkeypatch.setattr(paging, "PER_PAGE", 2)
    form = call_forms.form_for_call(call)

    def walk(wanted: applications_queries.Wanted, where: paging.Cut) -> list[int]:
        found = []
        while True:
            page = applications_queries.page(call, wanted, where, form, hidden=(), by_name=True)
            numbers = [row.number for row in page.rows]
            found = numbers + found if where.before is not None else found + numbers
            if not (page.earlier if where.before is not None else page.later):
                return found
            where = replace(where, **({"before": numbers[0]} if where.before is not None else {"after": numbers[-1]}))

    for wanted, numbers in (
        (applications_queries.Wanted(status="check", decision="decline"), [9, 15, 21]),
        (applications_queries.Wanted(decision="none"), [n for n in range(1, 25) if n % 3]),
        (applications_queries.Wanted(words="cast", decision="decline"), [9, 12, 21, 24]),
        (applications_queries.Wanted(words="cast"), [n for n in range(1, 25) if n % 4 < 2]),
    ):
        numbers.sort(reverse=order == "new")
        for near in (1, 7, 1000):
            monkeypatch.setattr(applications_queries, "NEAR", near)
            monkeypatch.setattr(applications_queries, "NEAR_BY_NAME", near)
            new = order == "new"
            assert walk(wanted, paging.Cut(newest=new)) == numbers, (wanted, near)
            assert walk(wanted, paging.Cut(before=numbers[-1], newest=new)) == numbers[:-1], (wanted, near)


def test_the_manage_page_leads_to_it(cast, call) -> None:
    page = signed_in(cast.coordinator).get(reverse("applications:call_manage", args=[call.slug])).content.decode()
    assert f'href="{address(call)}"' in page
    assert call_forms.form_for_call(call).questions["org_type"] in applications_queries.questions(
        call_forms.form_for_call(call)
    )
