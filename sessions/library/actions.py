"""Load the activity library from the fact file."""

from __future__ import annotations

from pathlib import Path

from django.conf import settings
from django.db import transaction

from cohort.people import facts
from sessions.library import facts as library_facts
from sessions.models import Activity


class Refused(Exception):  # noqa: N818  a finding about the file, shown to the person who loads it
    """The file holds templates that break a rule. Nothing was loaded. One line per problem."""

    def __init__(self, lines: list[str]) -> None:
        super().__init__("\n".join(lines))
        self.lines = lines


def load_activities(*, path: Path | None = None) -> dict[str, int]:
    """Bring the library in line with the file; gives how many were ``added``, ``changed``, ``same`` and ``retired``.

    A template whose words changed rises by one version. One that left the file is retired, never deleted,
    because agendas remember it.

    :raises Refused: any template breaks a rule; then nothing at all is loaded.
    """
    source = facts.read(path or settings.FACTS_DIR / "activities.yaml")
    templates = source["templates"]
    lines = [
        f"{template.get('slug', '?')}: {problem}"
        for template in templates
        for problem in library_facts.problems(template, readers=source["visibility"], phases=source["phases"])
    ]
    slugs = [template.get("slug") for template in templates]
    lines += [f"{slug}: used twice" for slug in sorted({slug for slug in slugs if slugs.count(slug) > 1})]
    if lines:
        raise Refused(lines)
    counts = {"added": 0, "changed": 0, "same": 0, "retired": 0}
    with transaction.atomic():
        known = {activity.slug: activity for activity in Activity.objects.select_for_update()}
        added: list[Activity] = []
        for position, template in enumerate(templates, start=1):
            digest, values = library_facts.digest(template), library_facts.fields(template, position)
            activity = known.pop(template["slug"], None)
            if activity is None:
                added.append(Activity(slug=template["slug"], digest=digest, **values))
                continue
            if activity.digest == digest and not activity.retired and activity.position == position:
                counts["same"] += 1
                continue
            changed = activity.digest != digest
            for name, value in {**values, "digest": digest, "retired": False}.items():
                setattr(activity, name, value)
            activity.version += changed
            activity.save()
            counts["changed" if changed else "same"] += 1
        counts["added"] = len(Activity.objects.bulk_create(added))
        counts["retired"] = Activity.objects.filter(pk__in=[a.pk for a in known.values()], retired=False).update(
            retired=True
        )
    return counts
