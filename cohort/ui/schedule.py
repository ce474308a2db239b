"""What is done on a rhythm for forms.

Read by beat, which loads none of the apps: nothing is imported here.
"""

EVERY: dict[str, float] = {  # task → seconds between two starts
    "ui.forget_form_keys": 24 * 3600,
}
