"""A log under ``/log``, the same on a body's host and, for the platform's own, on the apex."""

from django.urls import path

from defiso.verification.log import views

app_name = "log"
urlpatterns = [
    path("log", views.page, name="page"),
    path("log/checkpoint", views.checkpoint, name="checkpoint"),
    path("log/keys", views.keys, name="keys"),
    path("log/tile/<path:path>", views.tile, name="tile"),
    path("log/inclusion/<int:position>", views.inclusion, name="inclusion"),
    path("log/inclusion/<int:position>.json", views.inclusion_json, name="inclusion_json"),
    path("log/consistency/<int:one>/<int:another>", views.consistency, name="consistency"),
    path("log/consistency/<int:one>/<int:another>.json", views.consistency_json, name="consistency_json"),
]
