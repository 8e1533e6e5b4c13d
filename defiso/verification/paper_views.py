"""The printed certificate of the public page. No account, no limit."""

from django.http import HttpResponse
from django.utils.cache import get_conditional_response
from django.utils.http import content_disposition_header
from django.views.decorators.http import require_safe

from defiso.documents.keeping import document_of
from defiso.documents.sheet import Sheet
from defiso.tenants.requests import TenantRequest
from defiso.verification.paper import file_name, public_sheet
from defiso.web.open_to_all import open_to_all


@require_safe
def certificate_pdf(request: TenantRequest, number: str, revision: int | None = None) -> HttpResponse:
    """``certificate.pdf``, or ``?paper=letter``; whoever has it as it is now is not sent it again."""
    sheet = public_sheet(tenant=request.tenant, number=number, revision=revision, paper=request.GET.get("paper", ""))
    etag = f'"{sheet.digest[:32]}"'
    unchanged = get_conditional_response(request, etag=etag) if "HTTP_IF_NONE_MATCH" in request.META else None
    answer = unchanged or pdf_response(sheet, document_of(sheet))
    answer.headers["ETag"] = etag
    return open_to_all(answer, cache_control="no-cache")  # it may be suspended at any moment


def pdf_response(sheet: Sheet, document: bytes) -> HttpResponse:
    answer = HttpResponse(document, content_type="application/pdf")
    answer["Content-Disposition"] = content_disposition_header(False, file_name(sheet)) or "inline"
    return answer
