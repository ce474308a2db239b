"""Cohort: software for running an equity leadership community of practice."""
