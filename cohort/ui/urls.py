from __future__ import annotations

from django.urls import URLPattern, URLResolver, path

from cohort.ui import views

app_name = "ui"
urlpatterns: list[URLPattern | URLResolver] = [
    path("your-account/", views.account, name="account"),
    path("dev/ui/", views.style_guide, name="style_guide"),
]
