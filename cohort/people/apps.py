from django.apps import AppConfig


class PeopleConfig(AppConfig):
    name = "cohort.people"
    label = "people"

    def ready(self) -> None:
        """Register our menu places, home cards and the demo's people."""
        from cohort.people import demo_people, languages, places

        places.register()
        demo_people.register()
        languages.register()
