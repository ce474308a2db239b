# ruff: noqa: E501 - one saying a line
"""The demo's form got a second version while the call was open, and its page speaks Spanish. All invented."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable

from applications.call.page import actions as page_actions
from applications.common import call_translations
from applications.demo.apply import SLUG
from applications.form_definition import edits, translations
from applications.form_definition.edits import Definition
from applications.form_editor import actions as form_editor_actions
from applications.form_editor import queries as form_editor_queries
from applications.models import Application, Call
from cohort.outbox.models import Message, State
from cohort.people import demo
from cohort.people.models import User

DAYS_AGO = 8.2
NOTE = (
    "Three people asked what we mean by “structure”, so the first question gives an example now. Several heard of the call on the "
    "radio, so you can say that too."
)
HELP = (
    "For example who decides about money, how people are hired, or which hours a service keeps. Say what happens now, who is "
    "affected, and what you would like to be different a year from now."
)
HELP_ES = (
    "Por ejemplo, quién decide sobre el dinero, cómo se contrata a las personas o qué horario tiene un servicio. Diga qué pasa "
    "ahora, a quién afecta y qué le gustaría que fuera distinto dentro de un año."
)
RADIO = {"code": "radio", "label": "Radio, or a local newspaper"}
RADIO_ES = "La radio o un periódico local"
SPANISH = {
    "Equity in leadership: a year of practice with peers who can change things": "Equidad al dirigir: un año de práctica con colegas que pueden cambiar las cosas",
    "Leaders from health and human-service organizations meet once a month, work on something real at home, and think it through together. You bring the authority to change a rule, a budget or a team. We bring a held space, two facilitators and a plan that bends.": "Personas que dirigen organizaciones de salud y de servicios sociales se reúnen una vez al mes, trabajan en algo real en su organización y lo piensan juntas. Usted trae la autoridad para cambiar una regla, un presupuesto o un equipo. Nosotros traemos un espacio cuidado, dos facilitadores y un plan flexible.",
    "Do I need to be an executive?": "¿Tengo que ocupar un puesto directivo?",
    "No. You need some room to change things: to decide, supervise, lead a program, or be heard.": "No. Necesita algún margen para cambiar cosas: decidir, supervisar, dirigir un programa o que le escuchen.",
    "Can two people from one organization apply?": "¿Pueden presentarse dos personas de una organización?",
    "Yes. Each applies alone. Usually one is invited; a second may be, when there is room.": "Sí. Cada persona se presenta por su cuenta. Por lo general se invita a una; a veces a una segunda, si hay lugar.",
    "What does it cost?": "¿Cuánto cuesta?",
    "Nothing. Travel, ferries, child care and unpaid time can be covered. Tell us in “Access and costs”.": "Nada. Podemos cubrir viajes, transbordadores, cuidado de niños y tiempo sin sueldo. Díganoslo en «Acceso y gastos».",
    "What if I cannot write much, or not in English?": "¿Y si no puedo escribir mucho, o no en inglés?",
    "Notes are fine. Answer in Spanish, by phone, or with a short recording. Spelling does not count.": "Bastan notas. Responda en español, por teléfono o con una grabación corta. La ortografía no cuenta.",
    "Will my employer see what I write?": "¿Verá mi empleador lo que escribo?",
    "No. The person you name gets five short questions and never sees your application.": "No. La persona que usted nombre recibe cinco preguntas cortas y nunca ve su solicitud.",
    "Who sees my answers about identity?": "¿Quién ve mis respuestas sobre identidad?",
    "Nobody beside your name. They are counted in totals, after decisions are final.": "Nadie, junto a su nombre. Se cuentan solo en totales, cuando las decisiones son definitivas.",
    "Open evening online, 5:30 to 6:30: meet the facilitators and ask anything": "Tarde abierta en línea, de 5:30 a 6:30: conozca a los facilitadores y pregunte lo que quiera",
    "the third Thursday of each month, 9:00 to 12:00, by turns in Everett, Mount Vernon and online": "el tercer jueves de cada mes, de 9:00 a 12:00, por turnos en Everett, Mount Vernon y en línea",
}

Step = tuple[str, str, Callable[[Definition], Definition]]


def _steps() -> list[Step]:
    def radio(definition: Definition) -> Definition:
        options = edits.find(definition, "heard_from").question["options"]
        return edits.change_question(definition, "heard_from", {"options": [*options[:-1], RADIO, options[-1]]})

    return [
        ("question_changed", "q_change", lambda d: edits.change_question(d, "q_change", {"help": HELP})),
        ("question_changed", "heard_from", radio),
        (
            "spanish_changed",
            "reflection",
            lambda d: translations.written(d, "reflection", "es", {"q_change.help": HELP_ES}),
        ),
        (
            "spanish_changed",
            "about_you",
            lambda d: translations.written(d, "about_you", "es", {"heard_from.options.radio.label": RADIO_ES}),
        ),
    ]


def load(stage: demo.Stage) -> None:
    """Publish version 2 of the form and write the page in Spanish. Does nothing when that was done."""
    call = Call.objects.filter(slug=SLUG).select_related("cohort").first()
    actor = stage.people.get("coordinator1") or User.objects.filter(email="coordinator1@demo.example").first()
    if call is None or actor is None or call.form_versions.filter(number__gt=1).exists():
        return
    at = stage.now - dt.timedelta(days=DAYS_AGO)
    for did, thing, how in _steps():
        form_editor_actions.change(call=call, actor=actor, did=did, thing=thing, how=how, now=at)
    made = form_editor_actions.publish(
        call=call, actor=actor, note=NOTE, revision=form_editor_queries.work(call).revision, now=at
    )
    mine = Application.objects.filter(call=call)
    mine.filter(submitted_at__gt=at).exclude(state=Application.State.DRAFT).update(form_version=made)
    mail = Message.objects.filter(kind="form_changed", cohort=call.cohort)
    later = [str(pk) for pk in mine.filter(created_at__gt=at).values_list("pk", flat=True)]
    mail.filter(refs__application__in=later).delete()  # they began with the new form
    mail.update(state=State.SENT, sent_at=at, due_at=at, created_at=at)
    words = {
        text.path: SPANISH[text.english] for text in call_translations.texts(call, "es") if text.english in SPANISH
    }
    page_actions.change_words_in(call=call, actor=actor, tongue="es", changes=words)


def register() -> None:
    demo.register(17, "form", load)
