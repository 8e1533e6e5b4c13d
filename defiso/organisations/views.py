"""The staff's pages of clients. What is public of an organisation is in ``registry``."""

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from defiso.accounts.requests import StaffRequest
from defiso.core.permissions import Permission
from defiso.organisations.search import find_clients
from defiso.web.access import requires


@require_safe
@requires(Permission.VIEW)
def pick(request: StaffRequest) -> HttpResponse:
    """The choices under a field in which a name is being typed, for htmx."""
    text = request.GET.get("client_search", "")[:300]
    return render(request, "organisations/_choices.html", {"text": text, "found": find_clients(request.tenant, text)})
