"""The public pages of one certificate, its evidence as files, and the health of this copy. No account, no limit."""

from datetime import date, datetime
from functools import partial
from typing import Any

import orjson
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.cache import get_conditional_response, patch_vary_headers
from django.views.decorators.http import require_safe

from defiso.core import clock
from defiso.core.errors import InvalidError
from defiso.core.numbers import slug_asked
from defiso.documents.qr import draw_qr
from defiso.tenants.models import Tenant
from defiso.tenants.requests import TenantRequest
from defiso.verification.answers import TIME_OF_CHECK, Answer, answer_of, respond
from defiso.verification.errors import UnknownCertificateError
from defiso.verification.health import is_well, read_health
from defiso.verification.history import Entry, present_history, read_history
from defiso.verification.languages import languages_of
from defiso.verification.never_issued import prove_never_issued
from defiso.verification.presentation import (
    organisation_page,
    page_address,
    present_certificate,
    present_check,
    present_evidence,
    present_proof,
    present_subject,
    present_verdicts,
    present_verification,
)
from defiso.verification.revisions import PastRevision, find_revision
from defiso.verification.services import (
    find_records,
    read_credential_text,
    read_proof,
    verify_records,
)
from defiso.verification.statements import make_statement
from defiso.verification.status_lists import KEPT_SECONDS, read_status_list
from defiso.verification.verdicts import Verification
from defiso.web.filters import moment
from defiso.web.open_to_all import open_to_all


@require_safe
def look_up(request: TenantRequest) -> HttpResponse:
    """The body's own box: a typed number leads to its page, found or not."""
    number = request.GET.get("number", "").strip()
    slug = slug_asked(number)
    if slug:
        return redirect("verification:certificate", slug)
    error = "Type the number as printed on the certificate." if "number" in request.GET else ""
    return render(
        request, "verification/look_up.html", {"number": number, "error": error}, status=422 if error else 200
    )


@require_safe
def certificate(request: TenantRequest, number: str) -> HttpResponse:
    """The public certificate page; 404 with an explanation when there is none to show."""
    slug = slug_asked(number)
    if slug and slug != number:
        asked = f"?{query}" if (query := request.GET.urlencode()) else ""
        return redirect(reverse("verification:certificate", args=[slug]) + asked)
    on = _day_asked(request)
    try:
        records = find_records(tenant=request.tenant, number=number)
    except UnknownCertificateError:
        found_not = {"number": number[:60], "proof_address": _proof_address(slug)}
        return render(request, "verification/not_found.html", found_not, status=404)
    if not request.htmx and on is None:
        draw = partial(_draw, request, "verification/certificate.html", checked_at=TIME_OF_CHECK)
        page = answer_of(f"page {' '.join(languages_of(request))}", tenant=request.tenant, records=records, make=draw)
        return _by_language(respond(request, page, write_time=moment, content_type="text/html; charset=utf-8"))
    verification = verify_records(tenant=request.tenant, records=records, on=on)
    if request.htmx and verification.pending:
        return HttpResponse(status=204)  # nothing new: the page keeps what it shows and looks again
    template = "verification/_verdict.html" if request.htmx else "verification/certificate.html"
    drawn = _draw(request, template, verification, checked_at=verification.checked_at, on=on)
    return _by_language(HttpResponse(drawn))


@require_safe
def past_revision(request: TenantRequest, number: str, revision: int) -> HttpResponse:
    """What an older revision said and which one replaced it; the newest one is the certificate's own page."""
    found = find_revision(tenant=request.tenant, number=number, revision=revision)
    if not isinstance(found, PastRevision):
        return redirect("verification:certificate", found.slug)
    said = present_subject(found.evidence.subject, revision, languages_of(request))
    context = {
        "certificate": said | {"slug": found.certificate.slug},
        "number": found.certificate.number,
        "past": found,
        "verdicts": [present_check(name, check) for name, check in found.verdicts.items()],
        "history": [],  # is told on the certificate's own page
    }
    return _by_language(render(request, "verification/revision.html", context))


@require_safe
def verdict(request: TenantRequest, number: str) -> HttpResponse:
    """``verdict.json``: the overall answer, the four verdicts, the accreditation and the anchor."""
    on = _day_asked(request)
    records = find_records(tenant=request.tenant, number=number)
    if on is None:
        made = answer_of("verdict", tenant=request.tenant, records=records, make=_write_verdict)
    else:
        made = Answer.of(_write_verdict(verify_records(tenant=request.tenant, records=records, on=on)))
    return _public(respond(request, made, content_type="application/json"))


@require_safe
def credential(request: TenantRequest, number: str) -> HttpResponse:
    """``credential.json``: the signed W3C credential, with the Merkle proof beside the signature once anchored."""
    text = read_credential_text(tenant=request.tenant, number=number)
    return _public(HttpResponse(text, content_type="application/vc; charset=utf-8"))


@require_safe
def proof(request: TenantRequest, number: str) -> HttpResponse:
    """``proof.json``: the path from this credential to the transaction, or that there is none yet."""
    return _public_json(present_proof(read_proof(tenant=request.tenant, number=number)))


@require_safe
def never_issued(request: TenantRequest, number: str) -> HttpResponse:
    """``never-issued.json``: that the body had issued no certificate of this number, proven by its map."""
    return _public_json(prove_never_issued(tenant=request.tenant, number=number).to_json())


@require_safe
def statement(request: TenantRequest, number: str) -> HttpResponse:
    """``statement.json?on=2026-03-01``: how it stood on a day, or stands today, signed by the body and proven."""
    return _public_json(make_statement(tenant=request.tenant, number=number, on=_day_asked(request)))


@require_safe
def status_list(request: TenantRequest, purpose: str, number: int) -> HttpResponse:
    """A status list as a signed credential; an unchanged one is not sent twice."""
    found = read_status_list(tenant=request.tenant, purpose=purpose, number=number)
    response = HttpResponse(found.body, content_type="application/vc; charset=utf-8", headers={"ETag": found.etag})
    answer = get_conditional_response(request, etag=found.etag, response=response)
    return open_to_all(answer or response, cache_control=f"public, max-age={KEPT_SECONDS}")


@require_safe
def qr(request: TenantRequest, number: str) -> HttpResponse:
    """``qr.svg``: the address of the page as a QR code, for its printed form. It never changes."""
    records = find_records(tenant=request.tenant, number=number)
    response = HttpResponse(draw_qr(page_address(request.tenant, records.slug)), content_type="image/svg+xml")
    response["Cache-Control"] = "public, max-age=86400"
    return response


@require_safe
def healthz(request: HttpRequest) -> HttpResponse:
    """``{"dynamodb", "chain", "worker"}``, each ``ok`` or the reason; 200 or 503. ``chain_nodes`` if any is odd."""
    health = read_health()
    status = 200 if is_well(health) else 503
    response = JsonResponse(health, status=status)
    response["Cache-Control"] = "no-store"
    return response


def _draw(
    request: TenantRequest,
    template: str,
    verification: Verification,
    *,
    checked_at: datetime | str,
    on: date | None = None,
) -> bytes:
    """The same for every visitor: no account, cookie or message changes a public page."""
    context = {
        "certificate": present_certificate(verification, languages_of(request)),
        "organisation_page": organisation_page(verification, request.tenant),
        "verification": present_verification(verification) | {"checked_at": checked_at},
        "history": _history(request.tenant, verification),
        "evidence": present_evidence(verification, request.tenant),
        "on": on,
    }
    return render_to_string(template, context, request).encode()


def _history(tenant: Tenant, verification: Verification) -> list[dict[str, Any]]:
    """What the public page lists, newest first, with the way to each revision that was replaced."""
    if verification.state is None:
        return []
    entries = present_history(read_history(tenant=tenant, newest=verification.state, reason=verification.reason))
    return [entry._asdict() | _way_to_replaced(verification.slug, entry) for entry in entries]


def _way_to_replaced(slug: str, entry: Entry) -> dict[str, str]:
    if not entry.replaced:
        return {}
    href = reverse("verification:revision", args=[slug, entry.replaced])
    return {"href": href, "link": f"Revision {entry.replaced} as it was"}


def _write_verdict(verification: Verification) -> bytes:
    return orjson.dumps(present_verdicts(verification, checked_at=TIME_OF_CHECK), option=orjson.OPT_INDENT_2)


def _proof_address(slug: str) -> str:
    """Where the proof is that a number was never issued; none of what is no number."""
    return reverse("verification:never_issued", args=[slug]) if slug else ""


def _day_asked(request: HttpRequest) -> date | None:
    """``?on=2026-03-01``: a past day to judge the status by; None for now."""
    text = request.GET.get("on", "")
    if not text:
        return None
    try:
        day = date.fromisoformat(text)
    except ValueError:
        raise InvalidError("The date must look like 2026-03-01.") from None
    if day > clock.today():
        raise InvalidError("A certificate can be checked for today or a past day, not for the future.")
    return None if day == clock.today() else day


def _by_language(response: HttpResponse) -> HttpResponse:
    """The scope is shown in the visitor's language where it was signed in it."""
    patch_vary_headers(response, ["Accept-Language"])
    return response


def _public_json(body: dict[str, Any]) -> HttpResponse:
    return _public(JsonResponse(body, json_dumps_params={"indent": 2, "ensure_ascii": False}))


def _public(response: HttpResponse) -> HttpResponse:
    """Evidence is for anybody's page to fetch: no cookie decides what it says."""
    response["Access-Control-Allow-Origin"] = "*"
    response["Cross-Origin-Resource-Policy"] = "cross-origin"
    return response
