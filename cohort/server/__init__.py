"""How pages are served: fixed threads, limits, warm start, and what is said when a part is away."""
