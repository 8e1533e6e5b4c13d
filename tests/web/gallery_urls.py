"""The URL names the shared templates link to, for drawing them without any domain."""

from django.http import HttpRequest, HttpResponse
from django.urls import include, path


def nothing(request: HttpRequest, **parts: str) -> HttpResponse:
    return HttpResponse("")


def names(app: str, **paths: str) -> tuple[list[object], str]:
    return [path(address, nothing, name=name) for name, address in paths.items()], app


urlpatterns = [
    path("", include(names("portal", home=""))),
    path("staff/", include(names("staff", dashboard=""))),
    path(
        "staff/", include(names("accounts", login="login", logout="logout", sessions="sessions", password="password"))
    ),
    path("staff/certificates/", include(names("certificates", list="", new="new"))),
    path("staff/organisations/", include(names("organisations", list=""))),
    path("staff/audit/", include(names("audit", list=""))),
    path("staff/blockchain/", include(names("anchoring", batches=""))),
]
