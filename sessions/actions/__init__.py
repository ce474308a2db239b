"""Writes: one verb per function, one transaction each. Import the module that means what you do."""
