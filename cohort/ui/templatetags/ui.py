"""Tags and filters of every page: `{% load ui %}`."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from functools import lru_cache
from typing import Any

import lucide
from django import template
from django.forms import BaseForm, BaseFormSet, BoundField
from django.template.base import NodeList, Parser, Token
from django.template.context import Context
from django.template.loader import render_to_string
from django.utils.html import escape, format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext

from cohort.ui import charts, nav, times

register = template.Library()


# ---------------------------------------------------------------- icons and locks


@register.simple_tag
def icon(name: str, label: str = "") -> SafeString:
    """An icon of the Lucide set, drawn inline. Decorative and hidden from screen readers, unless ``label`` names it."""
    return _drawn(str(name), str(label))


@lru_cache(maxsize=256)
def _drawn(name: str, label: str) -> SafeString:
    """The same few icons stand on every page; each is drawn once per process."""
    extra: dict[str, str] = {"role": "img", "aria_label": label} if label else {"aria_hidden": "true"}
    return mark_safe(lucide._render_icon(name, 24, **{"class": "icon", "focusable": "false", **extra}))  # noqa: S308


@register.simple_tag
def lock_line(words: str, name: str = "lock") -> SafeString:
    """Who can read this, in about six words: ``{% lock_line "Only you can open this" %}``. ``name`` is the icon."""
    return format_html('<span class="lock">{} {}</span>', icon(name), words)


# ---------------------------------------------------------------- time


@register.simple_tag
def when(moment: dt.datetime | dt.date | None, zone: times.Zone = None) -> SafeString:
    """A moment in words with its zone, as a <time> element. Without ``zone``: the reader's own."""
    if moment is None:
        return SafeString("")
    return format_html('<time datetime="{}">{}</time>', moment.isoformat(), times.when_words(moment, zone))


@register.simple_tag
def when_range(start: dt.datetime | None, end: dt.datetime | None, zone: times.Zone = None) -> SafeString:
    """From one moment to another, in words: the day once when both are on the same day."""
    if start is None:
        return when(end, zone)
    return format_html('<time datetime="{}">{}</time>', start.isoformat(), times.range_words(start, end, zone))


@register.simple_tag
def when_plain(moment: dt.datetime | dt.date | None, zone: times.Zone = None) -> str:
    """Like `when`, as plain text for mail and titles."""
    return times.when_words(moment, zone)


@register.simple_tag
def when_range_plain(start: dt.datetime | None, end: dt.datetime | None, zone: times.Zone = None) -> str:
    """Like `when_range`, as plain text for mail and titles."""
    return times.range_words(start, end, zone)


@register.simple_tag
def day(moment: dt.datetime | dt.date | None, zone: times.Zone = None, short: bool = False) -> SafeString:
    """A day in words, "Thursday 12 February 2026"; ``short=True`` leaves out weekday and year."""
    if moment is None:
        return SafeString("")
    date = times.local(moment, zone).date() if isinstance(moment, dt.datetime) else moment
    words = times.day_words(date, weekday=not short, year=not short)
    return format_html('<time datetime="{}">{}</time>', date.isoformat(), words)


@register.simple_tag
def clock(moment: dt.datetime | None, zone: times.Zone = None) -> SafeString:
    """Only hours and minutes, for agendas under a heading that names day and zone."""
    if moment is None:
        return SafeString("")
    return format_html(
        '<time datetime="{}">{}</time>', moment.isoformat(), times.clock_words(times.local(moment, zone))
    )


@register.filter
def zone_words(zone: times.Zone) -> str:
    """ "America/Los_Angeles" -> "Pacific time"."""
    return times.zone_words(zone)


# ---------------------------------------------------------------- charts

_CHARTS: dict[type, str] = {
    charts.TargetChart: "ui/charts/targets.html",
    charts.BarChart: "ui/charts/bars.html",
    charts.ColumnChart: "ui/charts/columns.html",
    charts.LineChart: "ui/charts/line.html",
    charts.SmallMultiples: "ui/charts/multiples.html",
}


@register.simple_tag
def bar_chart(chart: charts.Chart, level: int = 3) -> SafeString:
    """Draw any chart of `cohort.ui.charts`. ``level`` is the level of its heading; 0 leaves the heading out."""
    return render_to_string(_CHARTS[type(chart)], {"chart": chart, "level": level})


register.simple_tag(bar_chart, name="chart")


@register.filter
def unlocal(number: float) -> str:
    """A number as SVG reads it, with a point whatever the reader's language."""
    return f"{number:g}"


# ---------------------------------------------------------------- the frame


class WrapNode(template.Node):
    def __init__(self, element: str, attributes: str, nodelist: NodeList) -> None:
        self.element, self.attributes, self.nodelist = element, attributes, nodelist

    def render(self, context: Context) -> SafeString:
        inside = self.nodelist.render(context)
        if not inside.strip():
            return SafeString("")
        start = f"<{self.element} {self.attributes}>" if self.attributes else f"<{self.element}>"
        return mark_safe(f"{start}{inside}</{self.element}>")  # noqa: S308


@register.tag
def wrap(parser: Parser, token: Token) -> WrapNode:
    """``{% wrap p class="eyebrow" %}…{% endwrap %}``: the element, but only when something is inside."""
    _name, _space, rest = token.contents.partition(" ")
    element, _space, attributes = rest.partition(" ")
    nodelist = parser.parse(("endwrap",))
    parser.delete_first_token()
    return WrapNode(element, attributes, nodelist)


@register.simple_tag(takes_context=True)
def error_prefix(context: Context) -> str:
    """ "Error: " in front of the title while any form of the page has errors, so that a screen reader says it first."""
    for value in context.flatten().values():
        if isinstance(value, BaseForm) and value.is_bound and value._errors:  # type: ignore[attr-defined]
            return gettext("Error:") + " "
        if isinstance(value, BaseFormSet) and value.is_bound and value._errors and any(value._errors):
            return gettext("Error:") + " "
    return ""


@register.simple_tag(takes_context=True)
def menu_items(context: Context) -> list[tuple[nav.Place, str]]:
    """The places of the menu with their aria-current: "page" here, "true" for the place this page lies under."""
    request = context.get("request")
    path = request.path if request else ""
    places: Iterable[nav.Place] = context.get("menu") or []
    inside = max((p.url for p in places if p.url != "/" and path.startswith(p.url)), key=len, default="")
    return [(p, "page" if p.url == path else "true" if p.url == inside else "") for p in places]


@register.filter
def browser_words(agent: str) -> str:
    """What a person calls the browser behind a user-agent line: "Firefox on Windows"; honest when it is not clear."""
    browsers = (
        ("Edg", "Edge"),
        ("OPR", "Opera"),
        ("Firefox", "Firefox"),
        ("FxiOS", "Firefox"),
        ("CriOS", "Chrome"),
        ("Chrom", "Chrome"),
        ("Safari", "Safari"),
    )
    systems = (
        ("iPhone", "iPhone"),
        ("iPad", "iPad"),
        ("Android", "Android"),
        ("Windows", "Windows"),
        ("Mac OS", "Mac"),
        ("CrOS", "Chromebook"),
        ("Linux", "Linux"),
    )
    browser = next((name for sign, name in browsers if sign in agent), gettext("A browser we do not know"))
    system = next((name for sign, name in systems if sign in agent), "")
    return gettext("%(browser)s on %(system)s") % {"browser": browser, "system": system} if system else browser


@register.simple_tag(takes_context=True)
def page_url(context: Context, page: int, name: str = "page") -> str:
    """This address with another page number; other parameters stay."""
    query = context["request"].GET.copy()
    query[name] = str(page)
    return f"?{query.urlencode()}"


# ---------------------------------------------------------------- fields, for the form pack


@register.filter
def lock_of(field: BoundField) -> str:
    """Who can read what is written in this field: ``form.locks[name]`` or ``field.lock``; see cohort/ui/forms.py."""
    return str(getattr(field.form, "locks", {}).get(field.name) or getattr(field.field, "lock", "") or "")


@register.filter
def marked_optional(field: BoundField) -> bool:
    """Whether to say "(optional)": only in forms that also have required fields, unless ``form.mark_optional`` says."""
    if field.field.required:
        return False
    wish = getattr(field.form, "mark_optional", None)
    if wish is not None:
        return bool(wish)
    return any(f.required for f in field.form.fields.values())


@register.filter
def kind(field: BoundField) -> str:
    """How the pack draws a field: hidden, group (radios, checkboxes), tick (one checkbox), parts, area or line."""
    widget = field.field.widget
    if widget.is_hidden:
        return "hidden"
    input_type = getattr(widget, "input_type", "")
    if input_type in ("radio", "checkbox") and hasattr(widget, "optgroups"):
        return "group"
    if input_type == "checkbox":
        return "tick"
    if widget.use_fieldset:
        return "parts"
    return (
        "area"
        if type(widget).__name__.lower().endswith("textarea") or widget.template_name.endswith("textarea.html")
        else "line"
    )


@register.filter
def limit(field: BoundField) -> int | None:
    """How many characters a long text may have: ``data-max`` of the widget or ``max_length`` of the field."""
    found = field.field.widget.attrs.get("data-max") or getattr(field.field, "max_length", None)
    return int(found) if found else None


@register.simple_tag
def control(field: BoundField) -> SafeString:
    """The widget itself. Long text loses its hard ``maxlength`` (which cuts what people paste) for a counter."""
    attrs: dict[str, Any] = {}
    if kind(field) == "area":
        most = limit(field)
        attrs = {"maxlength": False, **({"data-max": most} if most else {})}
    if kind(field) == "parts" and field.aria_describedby:
        attrs["aria-describedby"] = field.aria_describedby
    if type(field.form).__module__.startswith("allauth"):
        attrs["placeholder"] = False  # allauth repeats its labels there, in grey
    if lock_of(field) and kind(field) in ("area", "line"):
        attrs["aria-describedby"] = " ".join(filter(None, [field.aria_describedby, f"{field.auto_id}_lock"]))
    return field.as_widget(attrs=attrs)


@register.filter
def option_rows(field: BoundField) -> list[tuple[str | None, list[dict[str, Any]]]]:
    """Options of radios and checkboxes by group: (group name or None, options with help and exclusiveness)."""
    widget = field.field.widget
    attrs = field.build_widget_attrs({"id": field.auto_id} if field.auto_id else {})
    attrs.pop("aria-describedby", None)  # the fieldset carries it
    attrs.pop("required", None)
    attrs.pop("aria-invalid", None)  # said once, by the error of the group
    return [(group, options) for group, options, _index in _groups(widget, field, attrs)]


def _groups(widget: Any, field: BoundField, attrs: dict[str, Any]) -> Any:
    full = widget.build_attrs(widget.attrs, attrs)
    groups = widget.optgroups(field.html_name, widget.format_value(field.value()), full)
    helps = {str(k): v for k, v in getattr(widget, "option_help", {}).items()}
    alone = {str(v) for v in getattr(widget, "exclusive", ())}
    for group, options, index in groups:
        for option in options:
            option["help"] = helps.get(str(option["value"]), "")
            option["alone"] = str(option["value"]) in alone
        yield group, options, index


@register.filter
def ready_errors(form: BaseForm) -> list[tuple[str, str, str]]:
    """Errors for the summary at the top: (id to go to, label, message); no id for errors of the whole form."""
    found = [("", "", str(message)) for message in form.non_field_errors()]
    for name in form.errors:
        if name == "__all__" or name not in form.fields:
            continue
        field = form[name]
        target = f"{field.auto_id}_0" if kind(field) in ("group", "parts") else field.id_for_label or field.auto_id
        label = "" if field.is_hidden else str(field.label).rstrip(":. ")
        if label and label[-1] not in "?!":
            label += ":"
        found += [("" if field.is_hidden else target, label, str(message)) for message in field.errors]
    return found


@register.filter
def attributes(attrs: dict[str, Any]) -> SafeString:
    """A dict as HTML attributes; True stands alone, False and None are left out."""
    parts = [
        f" {k}" if v is True else f' {k}="{escape(v)}"' for k, v in attrs.items() if v is not False and v is not None
    ]
    return mark_safe("".join(parts))  # noqa: S308
