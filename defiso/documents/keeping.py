"""Documents made on demand and kept in Django's storage ``documents`` under the digest of what is printed.

A kept one may be deleted at any time: it is made again, with the same bytes. One that was changed is not believed.
"""

import hmac
import logging
import threading
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import suppress

from django.core.files.base import ContentFile
from django.core.files.storage import storages
from django.utils.crypto import salted_hmac

from defiso.documents.drawing import draw_pdf
from defiso.documents.errors import DocumentUnavailableError
from defiso.documents.sheet import Sheet

DRAWN_AT_ONCE = 1  # by one process: drawing leaves Python's lock alone, and so takes a core of its own
WAITING_AT_ONCE = 2  # requests of one process, which has four threads for them
PATIENCE = 6.0  # seconds; the drawing goes on, and whoever asks again finds it kept
SEAL_BYTES = 32

log = logging.getLogger(__name__)
_drawers = ThreadPoolExecutor(DRAWN_AT_ONCE, thread_name_prefix="drawing")
_seats = threading.BoundedSemaphore(WAITING_AT_ONCE)
_underway: dict[str, Future[bytes]] = {}
_lock = threading.Lock()  # over what is under way


def document_of(sheet: Sheet, *, in_turn: bool = False) -> bytes:
    """The PDF of this sheet, kept or made now; two who ask at once have it made once.

    ``in_turn``: one of many for the same person, made in the thread that asks, since none of them may be left out.
    Raises UnprintableError, MarkMissingError, DocumentUnavailableError.
    """
    digest = sheet.digest
    if kept := _read(digest):
        return kept
    return _make_and_keep(digest, sheet) if in_turn else made_once(digest, lambda: _make_and_keep(digest, sheet))


def made_once(key: str, make: Callable[[], bytes]) -> bytes:
    """What ``make`` returns, made beside the requests that wait for it, of which there are few and not for long."""
    if not _seats.acquire(blocking=False):
        raise DocumentUnavailableError("others are being made.", retry_after=2)
    try:
        with _lock:
            future = _underway.get(key) or _begin(key, make)
        return future.result(timeout=PATIENCE)
    except TimeoutError:
        raise DocumentUnavailableError("it takes long to make.", retry_after=10) from None
    finally:
        _seats.release()


def _begin(key: str, make: Callable[[], bytes]) -> Future[bytes]:
    if len(_underway) >= WAITING_AT_ONCE:
        raise DocumentUnavailableError("others are being made.", retry_after=5)
    future = _underway[key] = _drawers.submit(_made, key, make)
    return future


def _made(key: str, make: Callable[[], bytes]) -> bytes:
    try:
        return make()
    finally:
        with _lock:
            del _underway[key]


def _make_and_keep(digest: str, sheet: Sheet) -> bytes:
    document, name = draw_pdf(sheet), _name_of(digest)
    try:
        storages["documents"].save(name, ContentFile(document + _seal_of(digest, document)))
    except OSError as error:
        log.error("a document could not be kept: %s", error)
        with suppress(OSError):
            storages["documents"].delete(name)
        raise DocumentUnavailableError("it cannot be kept; the disk may be full.", retry_after=60) from error
    return document


def _read(digest: str) -> bytes | None:
    """None where there is none, or one that is not as it was kept: cut short, or changed by who has no key."""
    try:
        with storages["documents"].open(_name_of(digest)) as file:
            kept: bytes = file.read()
    except FileNotFoundError:
        return None
    except OSError as error:
        log.error("a document could not be read: %s", error)
        raise DocumentUnavailableError("the place where it is kept cannot be read.", retry_after=60) from error
    document, seal = kept[:-SEAL_BYTES], kept[-SEAL_BYTES:]
    return document if hmac.compare_digest(seal, _seal_of(digest, document)) else None


def _seal_of(digest: str, document: bytes) -> bytes:
    return salted_hmac("defiso.documents", digest.encode() + document, algorithm="sha256").digest()


def _name_of(digest: str) -> str:
    return f"{digest[:2]}/{digest}.pdf"
