"""What one request needs of a call's form: asked once in the view, and passed on."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from uuid import UUID

from applications.common import call_forms, placeholders
from applications.form_definition.definition import Form
from applications.models import Application, Call


@dataclass(frozen=True, eq=False)
class FormContext:
    """A form in one language, with the settings and the placeholder values of its call.

    A view makes one and passes it to actions, queries and templates. It lives as long as the request; two requests
    share nothing of it. ``settings`` and ``facts`` are worked out when they are first needed and then kept here: a
    save that ends in a redirect fills no placeholder, and a receipt asks no question.
    """

    call: Call
    form: Form
    language: str

    @cached_property
    def settings(self) -> frozenset[str]:
        """Names of switched-on settings that questions may depend on (one statement at most)."""
        return call_forms.settings_of(self.call)

    @cached_property
    def facts(self) -> dict[str, str]:
        """Values for the ``{placeholders}`` of the form, in the language that is active now. Not to be changed."""
        return placeholders.facts_for(self.call)


def of_version(call: Call, version: UUID, language: str = "en") -> FormContext:
    """One frozen version of the form of ``call``."""
    return FormContext(call, call_forms.form_of(version, language), language)


def of_application(application: Application, language: str = "en") -> FormContext:
    """The form that an application was made against."""
    return of_version(application.call, application.form_version_id, language)


def of_call(call: Call, language: str = "en") -> FormContext:
    """The form that a new application would get (one statement, and another while none is frozen)."""
    return FormContext(call, call_forms.form_for_call(call, language), language)
