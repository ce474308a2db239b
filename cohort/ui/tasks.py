"""Work on a rhythm for the ground floor's forms."""

from __future__ import annotations

from celery import shared_task

from cohort.ui import editing


@shared_task(name="ui.forget_form_keys")
def forget_form_keys() -> None:
    editing.forget_old_keys()
