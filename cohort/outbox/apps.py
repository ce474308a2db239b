from django.apps import AppConfig


class OutboxConfig(AppConfig):
    name = "cohort.outbox"
    label = "outbox"

    def ready(self) -> None:
        """Register the outbox's own kinds and its rhythm, and let workers say that they live."""
        from cohort.celery import every
        from cohort.outbox import heartbeat, messages, places, providers, steady

        messages.register()
        places.register()
        heartbeat.connect()
        steady.install()
        providers.connect()
        every(60, "outbox.send")
        every(300, "outbox.plan")
        every(24 * 3600, "outbox.tidy")
