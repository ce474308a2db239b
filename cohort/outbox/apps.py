from django.apps import AppConfig


class OutboxConfig(AppConfig):
    name = "cohort.outbox"
    label = "outbox"

    def ready(self) -> None:
        """Register the outbox's own kinds, and let workers say that they live."""
        from cohort.outbox import home, invitations, own_kinds
        from cohort.outbox.delivery import webhooks
        from cohort.outbox.monitoring import heartbeat, kombu_fix

        own_kinds.register()
        invitations.register()
        home.register()
        heartbeat.connect()
        kombu_fix.install()
        webhooks.connect()
