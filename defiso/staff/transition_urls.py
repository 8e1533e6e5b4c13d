"""Addresses of the transitions between editions, under ``/staff/transitions/``."""

from django.urls import path

from defiso.staff import transitions

app_name = "transitions"
urlpatterns = [
    path("", transitions.overview, name="list"),
    path("<slug:code>/<slug:year>", transitions.transition, name="one"),
]
