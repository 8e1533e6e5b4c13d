"""Address of the audit log, under ``/staff/audit/``."""

from django.urls import path

from defiso.audit import views

app_name = "audit"
urlpatterns = [path("", views.events, name="list")]
