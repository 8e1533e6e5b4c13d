"""Public documents of a tenant's host: its DID and its issuer profile."""

from django.urls import path

from defiso.credentials import views

app_name = "credentials"

urlpatterns = [
    path(".well-known/did.json", views.did, name="did"),
    path("issuer.json", views.profile, name="profile"),
]
