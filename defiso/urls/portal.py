"""A tenant's host: its public portal, and the staff area after log-in."""

from django.urls import include, path
from django.views.generic import RedirectView

from defiso.registry import organisations, views
from defiso.staff import dashboard
from defiso.urls import COMMON
from defiso.verification.pack.asking import ask_chain
from defiso.verification.views import status_list

handler400 = "defiso.web.views.bad_request"
handler403 = "defiso.web.views.forbidden"
handler404 = "defiso.web.views.not_found"
handler500 = "defiso.web.views.failed"

staff = (
    [
        path("", dashboard.dashboard, name="dashboard"),
    ],
    "staff",
)

portal = [
    path("", views.portal_home, name="home"),
    path("organisations/<str:slug>", organisations.of_body, name="organisation"),
]

urlpatterns = [
    path("certificates/", include("defiso.verification.urls")),
    path("", include("defiso.verification.log.urls")),  # first, because it is asked for most
    *COMMON,
    path("", include((portal, "portal"))),
    path("chain", ask_chain, name="chain"),
    path("", include("defiso.credentials.urls")),
    path("status/", include(([path("<slug:purpose>/<int:number>", status_list, name="list")], "status"))),
    path(
        "staff", RedirectView.as_view(pattern_name="staff:dashboard", http_method_names=["get", "head"]), name="staff"
    ),
    path("staff/", include(staff)),
    path("staff/", include("defiso.accounts.urls")),
    path("staff/certificates/", include("defiso.staff.paper_urls")),  # first: the other's last address matches all
    path("staff/certificates/", include("defiso.certificates.staff.urls")),
    path("staff/organisations/", include("defiso.staff.organisations.urls")),
    path("staff/transitions/", include("defiso.staff.transition_urls")),
    path("staff/audit/", include("defiso.staff.audit_urls")),
    path("staff/blockchain/", include("defiso.anchoring.urls")),
]
