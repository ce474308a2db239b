from __future__ import annotations

from django.urls import URLPattern, URLResolver

app_name = "program_sessions"
urlpatterns: list[URLPattern | URLResolver] = []
