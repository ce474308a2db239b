"""What is done on a rhythm for reflections.

Read by beat, which loads none of the apps: nothing is imported here.
"""

EVERY: dict[str, float] = {  # task → seconds between two starts
    "reflections.tasks.drop_old_links": 24 * 3600,
}
