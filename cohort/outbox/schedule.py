"""What is done on a rhythm for mail.

Read by beat, which loads none of the apps: nothing is imported here.
"""

EVERY: dict[str, float] = {  # task → seconds between two starts
    "outbox.send": 60,
    "outbox.plan": 300,
    "outbox.tidy": 24 * 3600,
}
