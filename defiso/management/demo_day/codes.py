"""Reading the QR code on a printed certificate, with packages that only tests need."""

import io

import pypdfium2  # type: ignore[import-untyped]  # it has no annotations to rely on
import zxingcpp

DOTS_PER_POINT = 3


def read_code(pdf: bytes) -> str:
    """The text of the one code on the first page. Raises ValueError if there is not one."""
    document = pypdfium2.PdfDocument(io.BytesIO(pdf))
    try:
        picture = document[0].render(scale=DOTS_PER_POINT).to_pil()
    finally:
        document.close()
    (code,) = zxingcpp.read_barcodes(picture)
    return str(code.text)
