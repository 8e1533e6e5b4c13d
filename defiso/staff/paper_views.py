"""Printed certificates for staff, under ``/staff/certificates/``: a preview, and many as an archive."""

from django.http import HttpResponse, StreamingHttpResponse
from django.views.decorators.http import require_POST, require_safe

from defiso.accounts.requests import StaffRequest
from defiso.certificates.staff.views import filters_of
from defiso.core.permissions import Permission
from defiso.staff import paper
from defiso.verification.paper_views import pdf_response
from defiso.web.access import requires
from defiso.web.compression import compress


@require_safe
@requires(Permission.VIEW)
def preview_pdf(request: StaffRequest, number: str) -> HttpResponse:
    """The document as it is, or of a draft as it will be; ``?paper=letter``."""
    sheet = paper.sheet_for_staff(tenant=request.tenant, number=number, paper=request.GET.get("paper", ""))
    return pdf_response(sheet, paper.document_for_staff(sheet))


@require_safe
@requires(Permission.VIEW)
def preview_page(request: StaffRequest, number: str) -> HttpResponse:
    """One page of the same as SVG, to look at within a page of ours: ``?page=2``, the first unless asked."""
    sheet = paper.sheet_for_staff(tenant=request.tenant, number=number)
    asked = request.GET.get("page", "1")
    drawn = paper.page_for_staff(sheet, int(asked) if asked.isdecimal() and len(asked) < 4 else 1)
    answer = HttpResponse(drawn, content_type="image/svg+xml")
    compress(request, answer)  # a picture of one certificate tells no secret by its size
    return answer


@require_POST
@requires(Permission.VIEW)
def archive(request: StaffRequest) -> StreamingHttpResponse:
    """``documents.zip``: of the certificates named by ``number``, else of all that the filters in the address find."""
    numbers = request.POST.getlist("number") or paper.numbers_of(tenant=request.tenant, filters=filters_of(request))
    parts = paper.archive_of(tenant=request.tenant, actor=request.actor, numbers=numbers)
    answer = StreamingHttpResponse(parts, content_type="application/zip")
    answer["Content-Disposition"] = 'attachment; filename="documents.zip"'
    return answer
