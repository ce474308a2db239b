"""Whether all templates have the form that djangofmt gives them: `python -m cohort.local.template_check`.

Beside that, a line is longer than 120 characters only where one translated text fills it: a text cannot be broken.
"""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

from cohort.local.places import BASE

FOLDERS = ("templates", "tests/outbox/templates")
SETTINGS = ("pyproject.toml", ".editorconfig")
LONGEST = 120


def too_long(template: str) -> Iterator[int]:
    """The numbers of lines, from one, that are too long and are not filled by one translated text."""
    for number, line in enumerate(template.splitlines(), 1):
        if len(line) > LONGEST and len(re.findall(r"{% (?:blocktranslate|translate)\b", line)) != 1:
            yield number


def reformatted() -> list[str]:
    """The templates that djangofmt would write differently. It formats a copy: it has no way of only looking.

    :raises subprocess.CalledProcessError: a template cannot be read by it.
    """
    with tempfile.TemporaryDirectory() as there:
        copy = Path(there)
        for name in SETTINGS:
            shutil.copy(BASE / name, copy / name)
        for folder in FOLDERS:
            shutil.copytree(BASE / folder, copy / folder)
        program = Path(sys.executable).with_name("djangofmt")
        subprocess.run([program, "--quiet", *FOLDERS], cwd=copy, check=True)
        return [
            str(path.relative_to(BASE))
            for folder in FOLDERS
            for path in sorted((BASE / folder).rglob("*.html"))
            if path.read_bytes() != (copy / path.relative_to(BASE)).read_bytes()
        ]


def main() -> int:
    """Print what is wrong; returns 0 when nothing is, else 1."""
    found = [f"{name}: djangofmt would change it" for name in reformatted()]
    for folder in FOLDERS:
        for path in sorted((BASE / folder).rglob("*.html")):
            name = path.relative_to(BASE)
            found += [f"{name}:{number}: longer than {LONGEST}" for number in too_long(path.read_text("utf-8"))]
    for line in found:
        sys.stdout.write(f"{line}\n")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
