"""What happens here that others act on, inside the transaction in which it happens.

A receiver that raises undoes all of it. The outbox listens; this app names nobody.
"""

from __future__ import annotations

from django.dispatch import Signal

#: Sent with ``invitation`` when somebody was invited to a role.
invited = Signal()
