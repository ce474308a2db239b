"""Which release withdrew an offer is a column, no longer looked up in the history."""

import django.db.models.deletion
from django.db import migrations, models

FILL = """
UPDATE applications_offer AS offer
SET withdrawn_by_id = release.id
FROM people_historyentry AS entry
JOIN applications_release AS release ON release.id::text = entry.details ->> 'release'
WHERE entry.verb = 'offer.withdrawn' AND entry.object_id = offer.id::text AND offer.state = 'withdrawn'
"""


class Migration(migrations.Migration):
    dependencies = [
        ("applications", "0004_triggers"),
        ("people", "0002_history_is_append_only"),
    ]

    operations = [
        migrations.AddField(
            model_name="offer",
            name="withdrawn_by",
            field=models.ForeignKey(
                blank=True,
                help_text="Cancelling it reopens this",
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="withdrew",
                to="applications.release",
            ),
        ),
        migrations.RunSQL(FILL, migrations.RunSQL.noop),
    ]
