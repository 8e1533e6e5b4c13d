"""The staff's pages of clients, under ``/staff/organisations/``."""

from django.urls import path

from defiso.organisations import views

app_name = "organisations"

urlpatterns = [
    path("pick", views.pick, name="pick"),
]
