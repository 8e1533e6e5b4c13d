"""Address of the audit log, under ``/staff/audit/``."""

from django.urls import path

from defiso.staff import audit_views

app_name = "audit"
urlpatterns = [path("", audit_views.events, name="list")]
