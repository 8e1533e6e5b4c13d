"""The registry's own pages: the landing page with its one box, and each body's home."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_safe

from defiso.core.numbers import slug_asked
from defiso.registry.services import Found, find_bodies
from defiso.tenants.services import origin_of_host
from defiso.web.http import TenantRequest


@require_safe
def landing(request: HttpRequest) -> HttpResponse:
    return render(request, "registry/landing.html", {"number": ""})


@require_safe
def look_up(request: HttpRequest) -> HttpResponse:
    """A number typed on the registry: to its page, to a choice of bodies, or to what its absence may mean."""
    number = request.GET.get("number", "").strip()
    if not slug_asked(number):
        context = {"number": number[:60], "error": "Type the number as printed on the certificate."}
        return render(request, "registry/landing.html", context, status=422)
    bodies = find_bodies(number=number)
    if not bodies:
        return render(request, "verification/not_found.html", {"number": number[:60]}, status=404)
    if len(bodies) == 1:
        return redirect(_address_of(bodies[0]))
    choices = [{"body": body, "url": _address_of(body)} for body in bodies]
    return render(request, "registry/choose.html", {"number": number[:60], "choices": choices})


@require_safe
def portal_home(request: TenantRequest) -> HttpResponse:
    return render(request, "registry/portal.html")


def _address_of(found: Found) -> str:
    path = reverse("verification:certificate", args=[found.slug], urlconf="defiso.urls.portal")
    return origin_of_host(found.tenant_host) + path
