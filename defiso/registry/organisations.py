"""Public pages of an organisation: certificates by the name they print, of one body or of all. One query.

The index holds issued, public certificates of bodies that may be browsed, and nothing else. Whether equal names are one
company nobody here knows: each name is shown with the country and identifiers that were printed beside it.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe

from defiso.certificates.models import NEVER_LISTED, Certificate
from defiso.certificates.states import Status
from defiso.organisations.models import client_key, name_slug
from defiso.registry.errors import OrganisationNotListedError
from defiso.store.keys import tenant_key
from defiso.store.pages import Page, fetch_page
from defiso.tenants.errors import UnknownTenantError
from defiso.tenants.models import Tenant
from defiso.tenants.requests import TenantRequest
from defiso.tenants.services import apex_origin, get_tenant, origin_of


@dataclass(frozen=True)
class Shown:
    """A certificate of a list."""

    number: str
    url: str
    body: str
    standard_title: str
    status: Status
    expires_on: str | None


@dataclass
class Organisation:
    """A name as printed, with what was printed beside it, and the certificates that print exactly so."""

    name: str
    country: str
    identifiers: str
    certificates: list[Shown]


@require_safe
def of_all_bodies(request: HttpRequest, slug: str) -> HttpResponse:
    return _show(request, slug, None)


@require_safe
def of_body(request: TenantRequest, slug: str) -> HttpResponse:
    if not request.tenant.is_browsable:
        raise OrganisationNotListedError
    return _show(request, slug, request.tenant)


def find_certificates(slug: str, *, tenant: Tenant | None = None, cursor: str | None = None) -> Page[Certificate]:
    """Public certificates that print a name of this slug, by number: one query, and one more for each body unknown yet.

    ``tenant``: its own alone. A body that has just chosen to show exact numbers only is left out, whatever the keys.
    """
    page: Page[Certificate] = fetch_page(
        Certificate.GSI1,
        client_key(slug),
        scope=f"organisation:{tenant.slug if tenant else ''}:{slug}",
        cursor=cursor,
        filter_condition=Certificate.PK.is_in(tenant_key(tenant.slug)) if tenant else None,
    )
    return Page([head for head in page.items if _is_public(head)], page.next_cursor)


def _is_public(head: Certificate) -> bool:
    body = _body_of(head)
    return body is not None and body.is_browsable and not head.confidential and head.status not in NEVER_LISTED


def _body_of(head: Certificate) -> Tenant | None:
    try:
        return get_tenant(head.PK.removeprefix(tenant_key("")))
    except UnknownTenantError:
        return None


def _show(request: HttpRequest, asked: str, tenant: Tenant | None) -> HttpResponse:
    slug = name_slug(asked[:300])
    page = find_certificates(slug, tenant=tenant, cursor=request.GET.get("cursor")) if slug else None
    organisations = _by_name(page.items) if page else []
    if page is None or not (organisations or page.next_cursor):
        raise OrganisationNotListedError
    names = {organisation.name for organisation in organisations}
    context = {
        "page": page,
        "organisations": organisations,
        "title": min(names, default=asked),
        "everywhere": f"{apex_origin()}{reverse('organisation', args=[slug], urlconf='defiso.urls.registry')}",
    }
    return render(request, "registry/organisation.html", context)


def _by_name(heads: Iterable[Certificate]) -> list[Organisation]:
    found: dict[tuple[str, str, str], Organisation] = {}
    for head in heads:
        key = (head.organisation_name, head.country or "", head.identifiers or "")
        found.setdefault(key, Organisation(*key, [])).certificates.append(_shown(head))
    return [found[key] for key in sorted(found)]


def _shown(head: Certificate) -> Shown:
    body = _body_of(head)
    path = reverse("verification:certificate", args=[head.slug], urlconf="defiso.urls.portal")
    return Shown(
        number=head.number,
        url=f"{origin_of(body)}{path}" if body else "",
        body=body.name if body else "",
        standard_title=head.standard_title,
        status=head.status_today,
        expires_on=head.expires_on,
    )
