"""What belongs to an application: every table that points at it, found in the models and not kept in a list.

A new table is part of what is deleted unless it is named here as part of the books.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from django.db.models import Model

from applications.models import Application, Decision, Offer, Review

#: The books: that a decision was made and a place offered. Everything else goes with the person.
BOOKS: tuple[type[Model], ...] = (Decision, Offer)
#: What readers gave. It is kept for as long as decisions can be questioned.
SCORES: tuple[type[Model], ...] = (Review,)


def tables() -> Iterator[tuple[type[Model], str]]:
    """Every model with a field that points at an application, with the name of that field."""
    for relation in Application._meta.get_fields(include_hidden=True):
        if relation.auto_created and not relation.concrete and (relation.one_to_many or relation.one_to_one):
            yield relation.related_model, relation.field.name  # type: ignore[misc, union-attr]


def delete(application: Application, *, keep: Iterable[type[Model]] = BOOKS) -> dict[str, int]:
    """Delete what belongs to ``application``, inside the caller's transaction. The row itself stays.

    :return: how many rows went, by model name; what hangs on them is counted in.
    """
    kept = set(keep)
    gone: dict[str, int] = {}
    for model, field in tables():
        if model in kept:
            continue
        count, _by_model = model._default_manager.filter(**{field: application}).delete()
        if count:
            gone[model._meta.model_name or ""] = gone.get(model._meta.model_name or "", 0) + count
    return gone
