"""A log under ``/log``, the same on a body's host and, for the platform's own, on the apex."""

from django.urls import path

from defiso.verification.log import views

app_name = "log"
urlpatterns = [
    path("log/checkpoint", views.checkpoint, name="checkpoint"),
    path("log/keys", views.keys, name="keys"),
    path("log/tile/<path:path>", views.tile, name="tile"),
]
