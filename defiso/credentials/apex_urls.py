"""The apex's part of credentials: what our terms mean, at the address every credential names."""

from django.urls import path

from defiso.credentials import views
from defiso.credentials.contexts import TERMS_V1, TERMS_V2

app_name = "credentials"

urlpatterns = [
    path("terms/v1", views.terms, {"url": TERMS_V1}, name="terms"),
    path("terms/v2", views.terms, {"url": TERMS_V2}, name="terms_of_statements"),
]
