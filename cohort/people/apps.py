from django.apps import AppConfig


class PeopleConfig(AppConfig):
    name = "cohort.people"
    label = "people"
