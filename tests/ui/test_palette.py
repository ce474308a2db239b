"""The colours: every pair that meets on a page has the contrast that WCAG 2.2 AA asks for, in light and in dark."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from django.conf import settings

CSS = Path(settings.BASE_DIR) / "static" / "css"
TOKENS = (CSS / "tokens.css").read_text()
PAIR = re.compile(r"--([\w-]+): light-dark\((#[0-9a-f]{3,6}), (#[0-9a-f]{3,6})\)")
PLAIN = re.compile(r"--([\w-]+): (#[0-9a-f]{3,6});")

PALETTE = {
    scheme: {name: (light, dark)[i] for name, light, dark in PAIR.findall(TOKENS)}
    for i, scheme in enumerate(("light", "dark"))
}
TEXT = [  # (text, what it stands on), at least 4.5 : 1
    *[(text, ground) for text in ("ink", "ink-soft", "accent", "clay", "danger") for ground in ("ground", "paper")],
    ("ink", "sunk"),
    ("ink-soft", "sunk"),
    ("accent", "accent-wash"),
    ("ink", "accent-wash"),
    ("clay", "clay-wash"),
    ("ink", "clay-wash"),
    ("ink-soft", "accent-wash"),
    ("danger", "danger-wash"),
    ("ink", "danger-wash"),
    ("accent-ink", "accent"),
    ("danger-ink", "danger"),
]
SHAPES = [  # borders of fields, focus, marks and bars of charts, at least 3 : 1 (SC 1.4.11)
    *[("rule-strong", ground) for ground in ("ground", "paper", "sunk")],
    *[("focus", ground) for ground in ("ground", "paper", "sunk", "accent-wash", "clay-wash", "danger-wash")],
    ("accent", "sunk"),
    ("clay", "sunk"),
    ("ink", "sunk"),
]


def luminance(colour: str) -> float:
    """Relative luminance of #rgb or #rrggbb, WCAG 2.2."""
    digits = colour.lstrip("#")
    digits = "".join(c * 2 for c in digits) if len(digits) == 3 else digits
    parts = [int(digits[i : i + 2], 16) / 255 for i in (0, 2, 4)]
    red, green, blue = (p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    bright, dim = sorted((luminance(one), luminance(other)), reverse=True)
    return (bright + 0.05) / (dim + 0.05)


def test_the_measure_is_right() -> None:
    assert round(contrast("#000", "#ffffff"), 2) == 21
    assert round(contrast("#777777", "#ffffff"), 2) == 4.48


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_text_has_contrast(scheme: str) -> None:
    colours = PALETTE[scheme]
    weak = {pair: round(found, 2) for pair in TEXT if (found := contrast(colours[pair[0]], colours[pair[1]])) < 4.5}
    assert weak == {}


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_shapes_have_contrast(scheme: str) -> None:
    colours = PALETTE[scheme]
    weak = {pair: round(found, 2) for pair in SHAPES if (found := contrast(colours[pair[0]], colours[pair[1]])) < 3}
    assert weak == {}


def test_old_browsers_get_the_light_colours() -> None:
    assert dict(PLAIN.findall(TOKENS)) == PALETTE["light"]
    assert len(PALETTE["light"]) == 16


def test_no_other_file_names_a_colour() -> None:
    """Tokens only, so that dark mode reaches everything. The exception is a QR code: black on white."""
    named = {}
    for path in CSS.glob("*.css"):
        if path.name in ("tokens.css", "print.css"):
            continue
        text = re.sub(r"/\*.*?\*/", "", path.read_text(), flags=re.S).partition("@media print")[0]
        found = [c for c in re.findall(r"#[0-9a-fA-F]{3,8}\b(?=[;\s,)}])", text) if c.lower() not in ("#fff", "#000")]
        if found:
            named[path.name] = found
    assert named == {}


def test_every_file_stands_in_layers() -> None:
    loose = []
    for path in CSS.glob("*.css"):
        text = re.sub(r"/\*.*?\*/", "", path.read_text(), flags=re.S).strip()
        if not text.startswith("@layer"):
            loose.append(path.name)
    assert loose == []
