"""What the cache keeps in the database while Valkey is away."""

from __future__ import annotations

from django.db import models


class CacheRow(models.Model):
    """One value of the cache, in the columns that Django's database cache reads. Rows run out by themselves."""

    cache_key = models.CharField(max_length=255, primary_key=True)
    value = models.TextField()
    expires = models.DateTimeField(db_index=True)

    class Meta:
        db_table = "server_cache"
