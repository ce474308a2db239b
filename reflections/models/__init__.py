"""What the server keeps: sealed journals it cannot open, copies that people chose to share, and commitments."""

from reflections.models.commitments import Commitment
from reflections.models.journal import Journal, JournalEvent, Link, Record, Slot
from reflections.models.sharing import SharedCopy

__all__ = ["Commitment", "Journal", "JournalEvent", "Link", "Record", "SharedCopy", "Slot"]
