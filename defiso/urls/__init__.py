"""The two faces of the product: the registry on the apex, a portal on each tenant's host."""

from django.urls import path

from defiso.verification.views import healthz
from defiso.web.theme import theme

COMMON = [
    path("healthz", healthz, name="healthz"),
    path("theme.css", theme, name="theme"),
]
