"""HTTP in and out: the sealed journal, shared copies, commitments."""
