"""Reading facts/activities.yaml: what a template must be before we take it. No Django in here.

The refusal rules stand at the head of the file itself: steps add up to the minutes, minutes are in range,
every prompt starts with a reader on its own ladder, and nothing comes without its credit.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from typing import Any

#: What a template may hold besides the plain fields; kept together in ``Activity.extras``.
EXTRAS = ("starter_touchstones", "question_bank", "checker_rules")
NEEDED = ("slug", "name", "credit", "purpose", "phase", "group", "minutes", "protected", "steps")


def problems(template: Mapping[str, Any], *, readers: Iterable[str], phases: Iterable[str]) -> list[str]:
    """Why ``template`` cannot be taken; an empty list when it can. Each line names what is wrong."""
    missing = [name for name in NEEDED if name not in template]
    if missing:
        return [f"missing: {', '.join(missing)}"]
    found: list[str] = []
    if not str(template["credit"]).strip():
        found.append("credit is empty")
    if template["phase"] not in set(phases):
        found.append(f"phase {template['phase']!r} is not known")
    minutes = template["minutes"]
    if not 1 <= minutes["min"] <= minutes["default"] <= minutes["max"]:
        found.append("minutes are not min <= default <= max")
    total = sum(step["minutes"] for step in template["steps"])
    if total != minutes["default"]:
        found.append(f"steps add up to {total} minutes, not {minutes['default']}")
    known = set(readers)
    keys: set[str] = set()
    for prompt in template.get("prompts", []):
        ladder = prompt["may_share_to"]
        if prompt["default_visibility"] not in ladder:
            found.append(f"prompt {prompt['key']}: {prompt['default_visibility']} is not in its ladder")
        if not set(ladder) <= known:
            found.append(f"prompt {prompt['key']}: ladder names an unknown reader")
        if prompt["key"] in keys:
            found.append(f"prompt {prompt['key']}: the key is used twice")
        keys.add(prompt["key"])
    return found


def digest(template: Mapping[str, Any]) -> str:
    """SHA-256 of everything in the template, in a fixed order: changes when any word changes."""
    text = json.dumps(template, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


def fields(template: Mapping[str, Any], position: int) -> dict[str, Any]:
    """The columns of an ``Activity`` for a template without problems."""
    return {
        "name": template["name"],
        "purpose": template["purpose"],
        "credit": template["credit"],
        "seeds": template.get("seeds", []),
        "phase": template["phase"],
        "group": template["group"],
        "frameworks": template.get("frameworks", []),
        "minutes": template["minutes"]["default"],
        "min_minutes": template["minutes"]["min"],
        "max_minutes": template["minutes"]["max"],
        "protected": template["protected"],
        "materials": template.get("materials", []),
        "steps": template["steps"],
        "prompts": template.get("prompts", []),
        "outputs": template.get("outputs", []),
        "host_notes": template.get("host_notes", []),
        "compress": template.get("compress", ""),
        "extras": {name: template[name] for name in EXTRAS if name in template},
        "position": position,
    }
