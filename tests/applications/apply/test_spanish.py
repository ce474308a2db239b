"""Spanish on the applicant's way: every word of it, the form, the mail, and the switch that mail follows."""

from __future__ import annotations

import ast
import gettext
import re
from io import BytesIO
from pathlib import Path
from types import SimpleNamespace

import pytest
import yaml
from allauth.account.models import EmailAddress
from django.conf import settings
from django.test import Client
from django.utils import translation
from django.utils.translation.template import templatize

from applications.apply import actions as apply_actions
from applications.common import call_forms
from applications.form_definition.dialect import load
from applications.models import Application, Call
from cohort.outbox.models import Message
from cohort.outbox.registry import kinds
from cohort.outbox.rendering import render
from cohort.people.models import User
from tests.applications.apply.filled import POSTS, fill, open_call
from tests.conftest import signed_in

ROOT = settings.BASE_DIR
LOCALE = ROOT / "locale" / "es" / "LC_MESSAGES"
CATALOGUE = gettext.GNUTranslations(BytesIO((LOCALE / "django.mo").read_bytes()))
TEMPLATES, APPS = ROOT / "templates", ROOT / "applications"
#: What an applicant meets, from the call to the first session: whole rooms, so that a new file counts by itself.
WHOLE = [
    APPS / "apply",
    APPS / "call" / "inbox",
    APPS / "decisions" / "information_requests",
    APPS / "offers",
    APPS / "retention",
    TEMPLATES / "account",
    TEMPLATES / "applications" / "apply",
    TEMPLATES / "applications" / "call" / "inbox",
    TEMPLATES / "applications" / "call" / "mail",
    TEMPLATES / "applications" / "common",
    TEMPLATES / "applications" / "decisions" / "information_requests",
    TEMPLATES / "applications" / "form_editor" / "mail",
    TEMPLATES / "applications" / "offers",
    TEMPLATES / "applications" / "retention",
    TEMPLATES / "cohort_ui",
    TEMPLATES / "questions",
]
#: Files of those rooms that only staff meet.
STAFF = {
    "applications/call/inbox/actions.py",
    "applications/call/inbox/forms.py",
    "applications/call/inbox/views.py",
    "applications/offers/views.py",
    "applications/offers/waitlist.py",
    "templates/applications/call/inbox/entry.html",
    "templates/applications/call/inbox/inbox.html",
    "templates/applications/call/inbox/question.html",
    "templates/applications/call/mail/waiting.html",
    "templates/applications/call/mail/waiting.subject.txt",
    "templates/applications/call/mail/waiting.txt",
    "templates/applications/common/_missing.html",
    "templates/applications/common/_pager.html",
    "templates/applications/common/_selection_tabs.html",
    "templates/applications/common/_tally.html",
    "templates/applications/common/_tongue_rows.html",
    "templates/applications/decisions/information_requests/ask.html",
    "templates/applications/offers/list.html",
    "templates/applications/offers/onboarding/needs.html",
    "templates/applications/offers/onboarding/needs_index.html",
    "templates/applications/offers/replace.html",
}
#: Files of other rooms that applicants meet.
SINGLE = [
    *(f"templates/applications/call/{name}.html" for name in ("call", "check", "list", "notice", "questions")),
    "templates/applications/call/questions.txt",
    "templates/applications/representation/policy/chosen_by.html",
    *(f"templates/{name}.html" for name in ("base", "403", "403_csrf", "404", "ui/_bar", "ui/_you", "ui/_foot")),
    *(f"templates/{name}.html" for name in ("ui/confirm", "ui/home")),
    "templates/outbox/mail/base.html",
    "applications/call/messages.py",
    "applications/call/queries.py",
    "applications/common/form_rendering.py",
    "applications/common/inquiries.py",
    "applications/common/placeholders.py",
    "applications/decisions/messages.py",
    "applications/form_definition/diff.py",
    "applications/models/application.py",
    "applications/models/call.py",
    "applications/models/decision.py",
    "applications/models/onboarding.py",
    "applications/templatetags/form_rendering.py",
    "cohort/outbox/rendering.py",
    "cohort/questions/fields.py",
    "cohort/questions/labels.py",
    "cohort/ui/times.py",
]


def named(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def met() -> list[Path]:
    """The files whose words an applicant reads."""
    found = [path for room in WHOLE for path in sorted(room.rglob("*")) if path.suffix in {".py", ".html", ".txt"}]
    return [*(path for path in found if named(path) not in STAFF), *(ROOT / name for name in SINGLE)]


@pytest.fixture(autouse=True)
def _english() -> object:
    """A request in Spanish leaves its language behind in the thread."""
    with translation.override("en"):
        yield


def template_words(path: Path) -> list[str]:
    """The English words that a template marks for translation, as Django's own extraction finds them."""
    marked = templatize(path.read_text(encoding="utf-8"), origin=str(path))
    found = []
    for call in re.finditer(r"\b(?:gettext|ngettext|pgettext|npgettext)\(", marked):
        depth, end = 1, call.end()
        text = marked[call.end() :]
        for match in re.finditer(r"u?'(?:[^'\\]|\\.)*'|u?\"(?:[^\"\\]|\\.)*\"|[()]", text):
            if match[0] in "()":
                depth += 1 if match[0] == "(" else -1
                if depth == 0:
                    end = call.end() + match.end()
                    break
        strings = re.findall(r"u?('(?:[^'\\]|\\.)*'|\"(?:[^\"\\]|\\.)*\")", marked[call.start() : end])
        words = [ast.literal_eval(s) for s in strings]
        found.append(words[1] if "pgettext" in call[0] else words[0])
    return found


def module_words(path: Path) -> list[str]:
    """The English words that a module marks for translation."""
    names = {"_", "gettext", "gettext_lazy", "ngettext", "ngettext_lazy"}
    return [
        node.args[0].value
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Name)
        and node.func.id in names
        and node.args
        and isinstance(node.args[0], ast.Constant)
        and isinstance(node.args[0].value, str)
    ]


def known(words: str) -> bool:
    return words in CATALOGUE._catalog or (words, 0) in CATALOGUE._catalog  # type: ignore[attr-defined]


def untranslated(path: Path) -> list[str]:
    words = module_words(path) if path.suffix == ".py" else template_words(path)
    return [w for w in words if not known(w)]


def test_every_word_has_spanish() -> None:
    assert {named(path): words for path in met() if (words := untranslated(path))} == {}


def test_no_file_is_left_out_without_need() -> None:
    """A file of the list for staff is there, and holds English; otherwise the list would hide what comes later."""
    assert [name for name in sorted(STAFF) if not (ROOT / name).is_file() or not untranslated(ROOT / name)] == []


def test_extraction_finds_words_at_all() -> None:
    assert "Save and go on" in template_words(ROOT / "templates/applications/apply/part.html")
    assert "Choose one answer." in module_words(ROOT / "cohort/questions/labels.py")
    assert not known("No such words")


def test_compiled_words_are_those_of_the_source() -> None:
    """The compiled file stands in the repository, so that a new copy speaks Spanish without gettext tools."""
    text = (LOCALE / "django.po").read_text(encoding="utf-8")

    def joined(block: str) -> str:
        return "".join(ast.literal_eval(line) for line in re.findall(r'"(?:[^"\\]|\\.)*"', block))

    string = r'((?:"(?:[^"\\]|\\.)*"\n?)+)'
    said = re.findall(rf'(?<!msgctxt "the time zone"\n)^msgid {string}msgstr {string}', text, flags=re.MULTILINE)
    source = {joined(a): joined(b) for a, b in said if joined(a) and joined(b)}
    assert len(source) > 600
    assert {k: CATALOGUE._catalog.get(k) for k in source} == source  # type: ignore[attr-defined]


# ---------------------------------------------------------------- the form


def _asked(form: object) -> list[str]:
    words = []
    for section in [*form.sections, form.employer]:  # type: ignore[attr-defined]
        words += [section.title, section.help, section.other_formats, *section.intro]
        for question in section.questions:
            for one in (question, *question.fields):
                words += [one.label, one.help, one.text]
                words += [w for o in (*one.options, *one.columns, *one.extra) for w in (o.label, o.help)]
    return [w for w in words if w]


@pytest.mark.django_db
@pytest.mark.parametrize("region", [row["id"] for row in call_forms.facts_file("regions.yaml")["regions"]])
def test_every_sentence_of_the_default_form_has_spanish(cast: SimpleNamespace, region: str) -> None:
    cast.cohort.region = region
    definition = call_forms.default_definition(cast.cohort)
    spanish = definition["translations"]["es"]
    nations = {row["label"] for row in call_forms.region(cast.cohort.region).get("tribal_nations", [])}
    kept = {"employer_confirmation", "public_records_note", *nations}  # names of things without words, and of Nations
    english = _asked(load(definition))
    assert {row["label"] for row in call_forms.region(region)["subareas"]} <= set(english)  # it is this region's form
    assert [w for w in english if w not in spanish and w not in kept] == []
    drawn = _asked(load(definition, locale="es"))
    assert len(drawn) == len(english)
    assert drawn != english


def test_public_reasons_have_spanish() -> None:
    rows = call_forms.facts_file("application_form.yaml")["decline_reason_codes"]
    words = call_forms.facts_file("application_form.es.yaml")["words"]
    assert [row["public"] for row in rows if row["public"] not in words] == []


def test_spanish_form_holds_the_same_placeholders() -> None:
    words = yaml.safe_load((ROOT / "facts" / "application_form.es.yaml").read_text(encoding="utf-8"))["words"]
    wrong = [en for en, es in words.items() if sorted(re.findall(r"\{\w+\}", en)) != sorted(re.findall(r"\{\w+\}", es))]
    assert wrong == []
    assert [es for es in words.values() if re.search(r"\b(tú|tu|tus|vosotros|puedes|tienes)\b", es)] == []


def test_an_edited_sentence_stays_as_it_was_written() -> None:
    words = {"es": {"Your name": "Su nombre", "Bad": 7}, "fr": []}
    section = {"id": "a", "title": "Your name", "questions": [{"id": "q", "type": "text", "label": "Your first name"}]}
    form = load({"sections": [section], "translations": words}, locale="es-us")
    assert (form.sections[0].title, form.sections[0].questions[0].label) == ("Su nombre", "Your first name")
    for broken in (None, [], {"es": None}, {"es": [1]}, {"es": {1: 2}}):
        assert load({"sections": [section], "translations": broken}, locale="es").sections[0].title == "Your name"


# ---------------------------------------------------------------- the switch


@pytest.fixture
def call(cast: SimpleNamespace) -> Call:
    return open_call(cast.cohort)


@pytest.fixture
def draft(cast: SimpleNamespace, call: Call) -> Application:
    return apply_actions.start(call=call, applicant=cast.applicant)


def test_a_visitor_switches_without_javascript(call: Call) -> None:
    client = Client()
    page = client.get(f"/calls/{call.slug}/").content.decode()
    assert '<html lang="en">' in page
    assert 'action="/language/"' in page
    response = client.post("/language/", {"language": "es", "next": f"/calls/{call.slug}/"})
    assert response.url == f"/calls/{call.slug}/"
    page = client.get(f"/calls/{call.slug}/").content.decode()
    assert '<html lang="es">' in page
    assert "Vea si es para usted" in page


def test_a_browser_in_spanish_is_answered_in_spanish(call: Call) -> None:
    page = Client(headers={"Accept-Language": "es-MX,es;q=0.9,en;q=0.5"}).get(f"/calls/{call.slug}/").content.decode()
    assert '<html lang="es">' in page


def test_the_choice_is_kept_with_the_account_and_mail_follows(cast: SimpleNamespace, draft: Application) -> None:
    client = signed_in(cast.applicant)
    client.post("/language/", {"language": "es", "next": "/"})
    cast.applicant.refresh_from_db()
    assert cast.applicant.language == "es"
    elsewhere = signed_in(cast.applicant)  # another device: no cookie
    page = elsewhere.get(f"/applications/{draft.pk}/parts/reflection/").content.decode()
    assert '<html lang="es">' in page
    assert "Lo que usted piensa" in page
    assert "Guardar y seguir" in page
    elsewhere.post(f"/applications/{draft.pk}/link/")
    message = Message.objects.get(kind="application_link")
    message.recipient = cast.applicant
    written = render(message, kinds.get("application_link"))
    assert "Siga donde se quedó" in written.text
    assert "Siga donde se quedó" in written.html


def test_other_codes_change_nothing(cast: SimpleNamespace) -> None:
    client = signed_in(cast.applicant)
    for code in ("xx", "", "es; DROP", "en-gb"):
        client.post("/language/", {"language": code, "next": "/"})
    assert User.objects.get(pk=cast.applicant.pk).language == "en"
    client.get("/language/", {"language": "es"})
    assert User.objects.get(pk=cast.applicant.pk).language == "en"


def test_who_chose_as_a_visitor_keeps_it_when_signing_in(cast: SimpleNamespace) -> None:
    client = Client()
    client.post("/language/", {"language": "es", "next": "/"})
    client.force_login(cast.applicant)  # a request without cookies: nothing is taken along
    assert User.objects.get(pk=cast.applicant.pk).language == "en"
    EmailAddress.objects.create(user=cast.applicant, email=cast.applicant.email, verified=True, primary=True)
    visitor = Client()
    visitor.post("/language/", {"language": "es", "next": "/"})
    visitor.post("/accounts/login/", {"login": cast.applicant.email, "password": "pass-phrase-1"})
    assert User.objects.get(pk=cast.applicant.pk).language == "es"


def test_the_whole_way_in_spanish(cast: SimpleNamespace, draft: Application) -> None:
    client = signed_in(cast.applicant)
    client.post("/language/", {"language": "es", "next": "/"})
    wrong = client.post(f"/applications/{draft.pk}/parts/about_you/", {"base": "0", "email": "x"})
    assert "Escriba una dirección de correo electrónico completa" in wrong.content.decode()
    fill(client, draft)
    for path, words in {
        "": "Su solicitud",
        "check/": "Revise sus respuestas",
        "copy/": "Todo lo que tenemos",
        "withdraw/": "¿Retirar su solicitud?",
        "fit/": "Parece que es para usted",
    }.items():
        page = client.get(f"/applications/{draft.pk}/{path}").content.decode()
        assert words in page
        for english in ("Save and", "Your application", "Go back", "Only you", "Left blank"):
            assert english not in page
    client.post(f"/applications/{draft.pk}/check/")
    assert "Tenemos su solicitud" in client.get(f"/applications/{draft.pk}/receipt/").content.decode()


def test_mail_speaks_as_the_form_was_answered(cast: SimpleNamespace, draft: Application) -> None:
    """“Language for emails from us” decides, whatever the pages were read in."""
    client = signed_in(cast.applicant)
    fill(client, draft, skip=("about_you",))
    draft.refresh_from_db()
    client.post(
        f"/applications/{draft.pk}/parts/about_you/", {**POSTS["about_you"], "contact_language": "es", "base": "0"}
    )
    client.post(f"/applications/{draft.pk}/check/")
    assert User.objects.get(pk=cast.applicant.pk).language == "es"
