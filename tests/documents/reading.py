"""A PDF read by somebody else's library: its words, its attachments, and what it says it is."""

import io

from pypdf import PdfReader


def read(document: bytes) -> PdfReader:
    return PdfReader(io.BytesIO(document))


def pages_of(document: bytes) -> list[str]:
    """The words of each page; runs of white space as one space."""
    return [" ".join(page.extract_text().split()) for page in read(document).pages]


def words_of(document: bytes) -> str:
    return " ".join(pages_of(document))
