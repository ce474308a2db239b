"""The one editing rule, on the form of a cohort: two writers, a double press, an ended sign-in, an old token."""

from __future__ import annotations

import re
import threading
from datetime import date, timedelta
from html import unescape
from types import SimpleNamespace
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.utils import timezone

from cohort.people import history
from cohort.people.models import Cohort, Membership
from cohort.ui import editing
from cohort.ui.models import FormKey
from tests.conftest import join, person, signed_in

PAGE = "/cohorts/north/change/"
FIELD = re.compile(r"<(?:input|textarea|select)[^>]*\bname=\"(\w+)\"", re.S)


def opened(client: Client, path: str = PAGE) -> dict[str, str]:
    """What a browser would post of the form on a page, if nothing were changed."""
    return posted(client.get(path).content.decode())


def posted(page: str) -> dict[str, str]:
    body = page[page.rindex('<form method="post"') :].partition("</form>")[0]
    found: dict[str, str] = {}
    for tag in re.finditer(r"<input[^>]*>", body):
        name, value = re.search(r'name="(\w+)"', tag[0]), re.search(r'value="([^"]*)"', tag[0])
        if name:
            found[name[1]] = unescape(value[1]) if value else ""
    for name, text in re.findall(r"<textarea[^>]*\bname=\"(\w+)\"[^>]*>\r?\n?(.*?)</textarea>", body, re.S):
        found[name] = unescape(text)
    for name, options in re.findall(r"<select[^>]*\bname=\"(\w+)\"[^>]*>(.*?)</select>", body, re.S):
        chosen = re.search(r'value="([^"]*)"[^>]*\bselected', options)
        found[name] = unescape(chosen[1]) if chosen else ""
    found.pop("csrfmiddlewaretoken", None)
    return found


def stored(**wanted: Any) -> bool:
    row = Cohort.objects.get(slug="north")
    return {name: getattr(row, name) for name in wanted} == wanted


@pytest.fixture
def two(cast: SimpleNamespace) -> tuple[Client, Client]:
    """Two coordinators of one cohort, in two browsers."""
    Cohort.objects.filter(slug="north").update(domain="Old domain", community="Old community", outcomes=["One", "Two"])
    other = person("second")
    join(other, cast.cohort, "coordinator")
    return signed_in(cast.coordinator), signed_in(other)


# ---------------------------------------------------------------- two writers


def test_a_form_sent_back_unchanged_changes_nothing(two: tuple[Client, Client], cast: SimpleNamespace) -> None:
    assert two[0].post(PAGE, opened(two[0])).status_code == 302
    assert stored(version=1, domain="Old domain")
    assert not history.of(cast.cohort).exists()


def test_a_save_changes_only_what_its_writer_changed(two: tuple[Client, Client], cast: SimpleNamespace) -> None:
    form = opened(two[0])
    assert two[0].post(PAGE, form | {"domain": "New domain"}).status_code == 302
    assert stored(version=2, domain="New domain", community="Old community", outcomes=["One", "Two"])
    assert history.of(cast.cohort).get().details == {"fields": ["domain"]}


def test_who_saves_second_reads_both_texts_and_nothing_is_changed(two: tuple[Client, Client]) -> None:
    first, second = two
    forms = opened(first), opened(second)
    first.post(PAGE, forms[0] | {"domain": "First domain", "community": "First community"})
    answer = second.post(PAGE, forms[1] | {"domain": "Second domain\r\nin two lines"})
    page = answer.content.decode()
    assert answer.status_code == 409
    assert "Second domain<br>in two lines" in page
    assert "First domain" in page
    assert "First community" not in page  # the second writer did not touch it
    assert [page.count(f">{words}</button>") for words in ("Keep mine", "Take theirs")] == [1, 1]
    assert stored(version=2, domain="First domain", community="First community")


def test_keep_mine_leaves_what_only_the_other_changed(two: tuple[Client, Client]) -> None:
    first, second = two
    forms = opened(first), opened(second)
    first.post(PAGE, forms[0] | {"domain": "First domain", "community": "First community"})
    page = second.post(PAGE, forms[1] | {"domain": "Second domain"}).content.decode()
    assert second.post(PAGE, posted(page) | {"conflict": "mine"}).status_code == 302
    assert stored(version=3, domain="Second domain", community="First community")


def test_take_theirs_changes_nothing(two: tuple[Client, Client]) -> None:
    first, second = two
    forms = opened(first), opened(second)
    first.post(PAGE, forms[0] | {"domain": "First domain"})
    page = second.post(PAGE, forms[1] | {"domain": "Second domain"}).content.decode()
    answer = second.post(PAGE, posted(page) | {"conflict": "theirs"})
    assert (answer.status_code, answer["Location"]) == (302, PAGE)
    assert stored(version=2, domain="First domain")


def test_a_third_save_in_between_is_shown_again(two: tuple[Client, Client]) -> None:
    first, second = two
    forms = opened(first), opened(second)
    first.post(PAGE, forms[0] | {"domain": "First domain"})
    page = second.post(PAGE, forms[1] | {"domain": "Second domain"}).content.decode()
    first.post(PAGE, opened(first) | {"domain": "Third domain"})
    answer = second.post(PAGE, posted(page) | {"conflict": "mine"})
    assert (answer.status_code, "Third domain" in answer.content.decode()) == (409, True)
    assert stored(domain="Third domain")


def test_two_who_write_the_same_words_do_not_meet(two: tuple[Client, Client]) -> None:
    forms = opened(two[0]), opened(two[1])
    for client, form in zip(two, forms, strict=True):
        assert client.post(PAGE, form | {"domain": "The same"}).status_code == 302
    assert stored(version=2, domain="The same")


def test_values_that_fit_alone_and_not_together_are_refused(two: tuple[Client, Client]) -> None:
    Cohort.objects.filter(slug="north").update(starts_on=date(2026, 4, 1), ends_on=date(2027, 4, 1))
    first, second = two
    forms = opened(first), opened(second)
    first.post(PAGE, forms[0] | {"starts_on": "2027-03-01"})
    page = second.post(PAGE, forms[1] | {"ends_on": "2027-01-01"}).content.decode()
    assert second.post(PAGE, posted(page) | {"conflict": "mine"}).status_code == 200
    assert stored(starts_on=date(2027, 3, 1), ends_on=date(2027, 4, 1))


@pytest.mark.django_db(transaction=True)
def test_two_saves_at_one_moment_are_one_save_and_one_conflict(cast: SimpleNamespace) -> None:
    other = person("second")
    join(other, cast.cohort, "coordinator")
    clients = signed_in(cast.coordinator), signed_in(other)
    forms = [opened(client) for client in clients]
    together, codes = threading.Barrier(2), []

    def save(n: int) -> None:
        together.wait()
        codes.append(clients[n].post(PAGE, forms[n] | {"domain": f"Writer {n}"}).status_code)
        connection.close()

    threads = [threading.Thread(target=save, args=(n,)) for n in range(2)]
    [thread.start() for thread in threads], [thread.join() for thread in threads]
    assert sorted(codes) == [302, 409]
    assert stored(version=2)


# ---------------------------------------------------------------- one press, one write


def test_the_same_form_posted_twice_is_one_write(two: tuple[Client, Client], cast: SimpleNamespace) -> None:
    form = opened(two[0]) | {"domain": "New domain"}
    assert [two[0].post(PAGE, form).status_code for _ in range(2)] == [302, 302]
    assert stored(version=2)
    assert history.of(cast.cohort).count() == 1


def test_a_new_cohort_from_a_form_posted_twice_is_one(cast: SimpleNamespace) -> None:
    client = signed_in(cast.coordinator)
    form = opened(client, "/cohorts/new/") | {"name": "East", "seats": "15"}
    answers = [client.post("/cohorts/new/", form) for _ in range(2)]
    assert [answer["Location"] for answer in answers] == ["/cohorts/east/"] * 2
    assert Cohort.objects.filter(name="East").count() == 1
    assert Membership.objects.filter(cohort__name="East").count() == 1


@pytest.mark.django_db(transaction=True)
def test_a_double_press_at_one_moment_is_one_write(cast: SimpleNamespace) -> None:
    form = opened(signed_in(cast.coordinator), "/cohorts/new/") | {"name": "East", "seats": "15"}
    clients = [signed_in(cast.coordinator) for _ in range(2)]
    together, places = threading.Barrier(2), []

    def save(client: Client) -> None:
        together.wait()
        places.append(client.post("/cohorts/new/", form)["Location"])
        connection.close()

    threads = [threading.Thread(target=save, args=(client,)) for client in clients]
    [thread.start() for thread in threads], [thread.join() for thread in threads]
    assert places == ["/cohorts/east/"] * 2
    assert Cohort.objects.filter(name="East").count() == 1


def test_other_words_with_the_same_key_are_not_thrown_away(two: tuple[Client, Client]) -> None:
    """Back in the browser, one more sentence, Save: the page still has the key that was used."""
    form = opened(two[0])
    two[0].post(PAGE, form | {"domain": "First try"})
    answer = two[0].post(PAGE, form | {"domain": "Second try"})
    assert (answer.status_code, "Second try" in answer.content.decode()) == (409, True)


def test_old_keys_go(two: tuple[Client, Client]) -> None:
    two[0].post(PAGE, opened(two[0]) | {"domain": "New domain"})
    assert editing.forget_old_keys() == 0
    FormKey.objects.update(used_at=timezone.now() - editing.KEEP_KEYS - timedelta(minutes=1))
    assert (editing.forget_old_keys(), FormKey.objects.count()) == (1, 0)


# ---------------------------------------------------------------- what was typed survives


def test_words_outlive_the_sign_in_and_the_page_says_so(two: tuple[Client, Client], cast: SimpleNamespace) -> None:
    client = two[0]
    form = opened(client) | {"domain": "Typed for an hour"}
    client.logout()
    assert client.post(PAGE, form)["Location"] == f"/accounts/login/?next={PAGE}"
    assert stored(domain="Old domain")
    client.force_login(cast.coordinator)
    page = client.get(PAGE).content.decode()
    assert "Typed for an hour" in page
    assert "Your sign-in had ended, so this is not saved yet." in page
    assert client.post(PAGE, posted(page)).status_code == 302
    assert stored(version=2, domain="Typed for an hour")
    assert "not saved yet" not in client.get(PAGE).content.decode()


def test_what_others_saved_meanwhile_is_not_overwritten_after_the_sign_in(
    two: tuple[Client, Client], cast: SimpleNamespace
) -> None:
    first, second = two
    form = opened(first) | {"domain": "Typed for an hour"}
    first.logout()
    first.post(PAGE, form)
    second.post(PAGE, opened(second) | {"domain": "Saved meanwhile"})
    first.force_login(cast.coordinator)
    assert first.post(PAGE, opened(first)).status_code == 409
    assert stored(domain="Saved meanwhile")


def test_words_with_an_old_token_are_kept_and_the_page_says_so(cast: SimpleNamespace) -> None:
    client = Client(enforce_csrf_checks=True)
    client.force_login(cast.coordinator)
    form = opened(client) | {"domain": "Typed for an hour", "csrfmiddlewaretoken": "x" * 64}
    answer = client.post(PAGE, form, headers={"Origin": "http://testserver"})
    assert (answer.status_code, answer["Location"]) == (302, PAGE)
    page = client.get(PAGE).content.decode()
    assert "Typed for an hour" in page
    assert "You signed in or out in another window" in page
    assert stored(domain="")


def test_another_site_cannot_put_words_into_the_form(cast: SimpleNamespace) -> None:
    client = Client(enforce_csrf_checks=True)
    client.force_login(cast.coordinator)
    form = opened(client) | {"domain": "Put there"}
    assert client.post(PAGE, form, headers={"Origin": "https://elsewhere.example"}).status_code == 403
    assert "Put there" not in client.get(PAGE).content.decode()


def test_words_kept_for_one_person_open_nothing_to_another(two: tuple[Client, Client], cast: SimpleNamespace) -> None:
    client = two[0]
    form = opened(client) | {"domain": "Typed for an hour"}
    client.logout()
    client.post(PAGE, form)
    client.force_login(cast.stranger)
    assert client.get(PAGE).status_code == 404
