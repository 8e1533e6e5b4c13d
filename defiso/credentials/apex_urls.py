"""The apex's part of credentials: what our terms mean, at the address every credential names."""

from django.urls import path

from defiso.credentials import views

app_name = "credentials"

urlpatterns = [path("terms/v1", views.terms, name="terms")]
