"""Cohort: software for running an equity leadership community of practice."""

from cohort.celery import app as celery_app

__all__ = ["celery_app"]
