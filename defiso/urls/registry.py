"""The apex: anyone's way in to check a certificate of any body."""

from django.urls import include, path

from defiso.registry import organisations, views
from defiso.urls import COMMON

handler400 = "defiso.web.views.bad_request"
handler403 = "defiso.web.views.forbidden"
handler404 = "defiso.web.views.not_found"
handler500 = "defiso.web.views.failed"

urlpatterns = [
    *COMMON,
    path("", views.landing, name="landing"),
    path("rules", views.rules, name="rules"),
    path("certificates/", views.look_up, name="lookup"),
    path("organisations/<str:slug>", organisations.of_all_bodies, name="organisation"),
    path("", include("defiso.credentials.apex_urls")),
    path("", include("defiso.verification.log.urls")),
]
