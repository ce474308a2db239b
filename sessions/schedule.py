"""What is done on a rhythm for sessions.

Read by beat, which loads none of the apps: nothing is imported here.
"""

EVERY: dict[str, float] = {  # task → seconds between two starts
    "sessions.tend_surveys": 60,
}
