from __future__ import annotations

from django.urls import URLPattern, URLResolver, path
from django.views.i18n import set_language

from cohort.ui import views

app_name = "ui"
urlpatterns: list[URLPattern | URLResolver] = [
    path("language/", set_language, name="set_language"),
    path("your-account/", views.account, name="account"),
    path("dev/ui/", views.style_guide, name="style_guide"),
]
