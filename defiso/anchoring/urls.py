"""Addresses of the staff's blockchain pages, under ``/staff/blockchain/``."""

from django.urls import path, re_path

from defiso.anchoring import views

app_name = "anchoring"
urlpatterns = [
    path("", views.batches, name="batches"),
    re_path(r"^(?P<batch_id>[0-9A-Z]{26})$", views.batch, name="batch"),
]
