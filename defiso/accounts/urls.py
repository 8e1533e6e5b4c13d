"""Addresses of log-in and of one's own account, under ``/staff/``."""

from django.urls import path

from defiso.accounts import views

app_name = "accounts"
urlpatterns = [
    path("login", views.log_in, name="login"),
    path("logout", views.log_out, name="logout"),
    path("password", views.change_password, name="password"),
    path("sessions", views.list_sessions, name="sessions"),
    path("sessions/others/revoke", views.revoke_others, name="revoke_others"),
    path("sessions/<slug:key>/revoke", views.revoke_session, name="revoke"),
]
