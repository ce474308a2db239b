"""What is done on a rhythm for calls, applications and decisions.

Read by beat, which loads none of the apps: nothing is imported here.
"""

EVERY: dict[str, float] = {  # task → seconds between two starts
    "applications.erase": 3600,
    "applications.retain": 6 * 3600,
    "applications.lapse_confirmations": 3600,
    "applications.sweep_board": 60,
    "applications.tidy_calls": 24 * 3600,
    "applications.finish_releases": 60,
    "applications.lapse_offers": 300,
}
