"""Moments that rooms above act on, inside the transaction that makes them."""

from __future__ import annotations

from django.dispatch import Signal

#: Two organizations of a call became one. Arguments: ``call``, ``source`` (the one that goes) and ``target``.
#: A receiver returns how many people it kept away from an application because of it.
organizations_merged = Signal()
