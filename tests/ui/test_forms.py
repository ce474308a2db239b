"""What the form pack draws: one label, one error, one description per field, groups with a legend."""

from __future__ import annotations

from html.parser import HTMLParser

import pytest
from crispy_forms.helper import FormHelper
from crispy_forms.layout import Fieldset, Layout, Submit
from django import forms
from django.template import Context, Template

from cohort.ui.forms import CheckChoices, DateInput, ExclusiveChoiceField, Locked, RadioChoices


class Sample(Locked, forms.Form):
    locks = {"why": "Two readers see this"}

    name = forms.CharField(label="Your name", help_text="As at work.")
    why = forms.CharField(label="Why?", widget=forms.Textarea, max_length=100, required=False)
    way = forms.ChoiceField(
        label="How",
        choices=[("room", "In the room"), ("video", "By video")],
        widget=RadioChoices(option_help={"room": "We pay for the trip."}),
        help_text="Choose one.",
    )
    lived = ExclusiveChoiceField(
        label="Lived", choices=[("a", "A"), ("b", "B"), ("none", "Not said")], exclusive=["none"]
    )
    several = forms.MultipleChoiceField(label="Several", choices=[("x", "X")], widget=CheckChoices, required=False)
    yes = forms.BooleanField(label="I agree")
    day = forms.DateField(label="Day", widget=DateInput)
    secret = forms.CharField(widget=forms.HiddenInput, required=False)


class Elements(HTMLParser):
    """All elements of a page as (name, attributes), in order."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str | None]]] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, dict(attrs)))

    def ids(self) -> list[str]:
        return [str(a["id"]) for _, a in self.found if "id" in a]

    def of(self, tag: str) -> list[dict[str, str | None]]:
        return [a for t, a in self.found if t == tag]


def draw(form: forms.Form) -> str:
    return Template("{% load crispy_forms_tags %}{{ form|crispy }}").render(Context({"form": form}))


@pytest.fixture
def wrong() -> str:
    return draw(Sample({"lived": ["a", "none"], "why": "x" * 101}))


def test_every_id_stands_once_and_every_reference_has_its_end(wrong: str) -> None:
    for html in (draw(Sample()), wrong):
        page = Elements(html)
        ids = page.ids()
        assert sorted(ids) == sorted(set(ids))
        wanted = [i for _, a in page.found for i in str(a.get("aria-describedby") or "").split()]
        wanted += [str(a["for"]) for a in page.of("label")]
        wanted += [str(a["href"])[1:] for a in page.of("a")]
        assert [i for i in wanted if i not in ids] == []


def test_a_field_with_a_mistake_has_one_error_and_is_described_by_it(wrong: str) -> None:
    page = Elements(wrong)
    assert [i for i in page.ids() if i.endswith("_error")] == [
        f"id_{name}_error" for name in ("name", "why", "way", "lived", "yes", "day")
    ]
    name = next(a for a in page.of("input") if a.get("id") == "id_name")
    assert name["aria-describedby"] == "id_name_helptext id_name_error"
    assert name["aria-invalid"] == "true"


def test_the_summary_leads_to_each_field_and_to_the_first_of_a_group(wrong: str) -> None:
    page = Elements(wrong)
    assert [a["href"] for a in page.of("a")] == [
        "#id_name",
        "#id_why",
        "#id_way_0",
        "#id_lived_0",
        "#id_yes",
        "#id_day",
    ]
    assert wrong.count('role="alert"') == 1


def test_a_form_without_mistakes_has_no_summary() -> None:
    assert "error-summary" not in draw(Sample())


def test_radios_and_checkboxes_stand_in_a_fieldset_with_a_legend() -> None:
    html = draw(Sample())
    page = Elements(html)
    groups = {a["id"]: a for a in page.of("fieldset")}
    assert list(groups) == ["id_way", "id_lived", "id_several"]
    assert groups["id_way"]["aria-describedby"] == "id_way_helptext"
    assert html.count("<legend>") == 3
    room = next(a for a in page.of("input") if a.get("value") == "room")
    assert room["aria-describedby"] == "id_way_0_help"
    assert [str(a["for"]) for a in page.of("label")].count("id_way_0") == 1


def test_a_long_text_counts_and_cuts_nothing() -> None:
    page = Elements(draw(Sample()))
    area = page.of("textarea")[0]
    assert "maxlength" not in area
    assert area["data-max"] == "100"
    assert area["aria-describedby"] == "id_why_lock"


def test_the_lock_line_stands_below_its_field() -> None:
    html = draw(Sample())
    assert html.count("Two readers see this") == 1
    assert html.index('id="id_why"') < html.index("Two readers see this") < html.index('id="id_way"')


def test_what_was_typed_stays(wrong: str) -> None:
    assert "x" * 101 in wrong
    checked = [a["value"] for a in Elements(wrong).of("input") if "checked" in a]
    assert checked == ["a", "none"]


def test_an_exclusive_answer_with_company_is_refused_without_javascript() -> None:
    form = Sample({"lived": ["a", "none"]})
    assert form.errors["lived"] == ["“Not said” cannot go with other answers. Keep it alone, or untick it."]
    alone = Sample({"lived": ["none"]})
    assert "lived" not in alone.errors
    assert "data-alone" in draw(alone)


def test_optional_is_said_only_where_something_is_required() -> None:
    assert draw(Sample()).count("(optional)") == 2

    class AllOptional(forms.Form):
        one = forms.CharField(required=False)

    assert "(optional)" not in draw(AllOptional())

    class Said(AllOptional):
        mark_optional = True

    assert draw(Said()).count("(optional)") == 1


def test_what_people_write_is_escaped() -> None:
    bad = "<script>alert(1)</script>"
    html = draw(Sample({"name": bad, "why": bad, "way": bad}))
    assert "<script" not in html
    assert "&lt;script&gt;" in html


def test_a_layout_with_groups_draws_the_same_fields() -> None:
    form = Sample({})
    form.helper = FormHelper()
    form.helper.layout = Layout(Fieldset("About you", "name", "why"), "way", "lived", "several", "yes", "day", "secret")
    form.helper.add_input(Submit("save", "Save"))
    html = Template("{% load crispy_forms_tags %}{% crispy form %}").render(Context({"form": form}))
    page = Elements(html)
    assert page.of("form")[0].get("novalidate", "missing") is None
    assert html.count("About you") == 1
    assert html.count('role="alert"') == 1
    assert sorted(page.ids()) == sorted(set(page.ids()))
    assert "Save" in html


def test_the_title_of_a_page_says_error_first() -> None:
    title = Template("{% load ui %}{% error_prefix %}Sign up")
    bad, good = Sample({}), Sample()
    assert not bad.is_valid()
    assert title.render(Context({"any_name": bad})) == "Error: Sign up"
    assert title.render(Context({"any_name": good})) == "Sign up"
