"""The registry's own pages: the landing page with its one box, and each body's home."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe

from defiso.certificates.acts.table import ACTS
from defiso.certificates.rules.table import RULES
from defiso.core.numbers import slug_asked
from defiso.registry.services import IssuingBody, find_bodies
from defiso.tenants.requests import TenantRequest
from defiso.tenants.services import origin_of_host


@require_safe
def landing(request: HttpRequest) -> HttpResponse:
    return render(request, "registry/landing.html", {"number": ""})


@require_safe
def rules(request: HttpRequest) -> HttpResponse:
    """What this registry refuses, and why: the tables of rules and of acts."""
    return render(request, "registry/rules.html", {"rules": RULES, "acts": ACTS})


@require_safe
def look_up(request: HttpRequest) -> HttpResponse:
    """A number typed on the registry: to its page, to a choice of bodies, or to what its absence may mean.

    The one body's page is on another host, where ``form-action`` lets no form be redirected: the answer is a page with
    the link, which browsers leave for it at once by the Refresh header (HTML Standard, 15.2.6).
    """
    number = request.GET.get("number", "").strip()
    if not slug_asked(number):
        context = {"number": number[:60], "error": "Type the number as printed on the certificate."}
        return render(request, "registry/landing.html", context, status=422)
    bodies = find_bodies(number=number)
    if not bodies:
        return render(request, "verification/not_found.html", {"number": number[:60]}, status=404)
    choices = [{"body": body, "url": _address_of(body)} for body in bodies]
    if len(choices) > 1:
        return render(request, "registry/choose.html", {"number": number[:60], "choices": choices})
    response = render(request, "registry/found.html", choices[0])
    response["Refresh"] = f"0; url={choices[0]['url']}"
    return response


@require_safe
def portal_home(request: TenantRequest) -> HttpResponse:
    return render(request, "registry/portal.html")


def _address_of(found: IssuingBody) -> str:
    path = reverse("verification:certificate", args=[found.slug], urlconf="defiso.urls.portal")
    return origin_of_host(found.tenant_host) + path
