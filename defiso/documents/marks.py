"""Marks on a certificate, kept in Django's storage under their digest: a body's own, and one it has a licence to use.

Unlike the documents they cannot be made again. Whose mark one is, and by which licence, is in the row that names it.
"""

import base64
import json

import typst
from django.core.files.base import ContentFile
from django.core.files.storage import storages

from defiso.core.canonical import sha256
from defiso.documents.errors import InvalidMarkError, MarkMissingError

MOST_BYTES = 300_000
MOST_PIXELS = 3000  # each way: 300 dpi of a quarter of a metre
PNG = b"\x89PNG\r\n\x1a\n"
_SIDES = slice(16, 24)  # of the IHDR chunk, which comes first (PNG, third edition, 11.2.1)
_ALONE = b"#image(bytes(json(bytes(sys.inputs.octets))))"


def keep_mark(octets: bytes) -> str:
    """Keep a PNG; its digest in hex. Raises InvalidMarkError."""
    _refuse_unless_drawable(octets)
    digest = sha256(octets).hex()
    storages["documents"].save(_name_of(digest), ContentFile(octets))
    return digest


def mark_as_svg(digest: str) -> str:
    """The kept PNG within an SVG, which is text and so can be given to the drawing. Raises MarkMissingError."""
    try:
        with storages["documents"].open(_name_of(digest)) as file:
            octets: bytes = file.read()
    except FileNotFoundError:
        raise MarkMissingError from None
    if sha256(octets).hex() != digest:
        raise MarkMissingError
    width, height = _sides(octets)
    data = base64.b64encode(octets).decode()
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}">'
        f'<image width="{width}" height="{height}" href="data:image/png;base64,{data}"/></svg>'
    )


def _refuse_unless_drawable(octets: bytes) -> None:
    if not octets.startswith(PNG) or len(octets) > MOST_BYTES:
        raise InvalidMarkError(f"A mark is a PNG of at most {MOST_BYTES // 1000} KB.")
    if not all(0 < side <= MOST_PIXELS for side in _sides(octets)):
        raise InvalidMarkError(f"A mark has at most {MOST_PIXELS} pixels each way.")
    try:
        typst.compile(_ALONE, sys_inputs={"octets": json.dumps(list(octets))}, format="svg", ignore_system_fonts=True)
    except typst.TypstError as error:
        raise InvalidMarkError("This PNG cannot be read.") from error


def _sides(octets: bytes) -> tuple[int, int]:
    sides = octets[_SIDES]
    return int.from_bytes(sides[:4]), int.from_bytes(sides[4:])


def _name_of(digest: str) -> str:
    return f"marks/{digest}.png"
