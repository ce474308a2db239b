"""Writes: one verb per function, keyword-only arguments, one transaction each."""
