"""Documents are made once, kept, and made again when what is kept is gone or changed; nobody waits without end."""

import errno
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from django.core.files.storage import FileSystemStorage

from defiso.documents import keeping
from defiso.documents.drawing import draw_pdf
from defiso.documents.errors import DocumentUnavailableError
from defiso.documents.keeping import WAITING_AT_ONCE, document_of, made_once
from defiso.documents.sheet import Sheet
from tests.documents.sheets import sheet
from tests.waiting import wait_until


@pytest.fixture
def folder(tmp_path: Path, settings) -> Path:
    options = {"location": tmp_path, "allow_overwrite": True}
    backend = "django.core.files.storage.FileSystemStorage"
    settings.STORAGES = {**settings.STORAGES, "documents": {"BACKEND": backend, "OPTIONS": options}}
    return tmp_path


@pytest.fixture
def drawn(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The digest of each sheet that was drawn."""
    digests: list[str] = []

    def draw(drawn_sheet: Sheet) -> bytes:
        digests.append(drawn_sheet.digest)
        return draw_pdf(drawn_sheet)

    monkeypatch.setattr(keeping, "draw_pdf", draw)
    return digests


@pytest.fixture
def gate() -> Iterator[threading.Event]:
    """Opened at the end, so that nothing stays under way."""
    gate = threading.Event()
    yield gate
    gate.set()
    for future in list(keeping._underway.values()):
        future.result(timeout=10)


def kept_file(folder: Path) -> Path:
    (file,) = folder.rglob("*.pdf")
    return file


def test_a_document_is_made_once_and_then_read(folder: Path, drawn: list[str]) -> None:
    assert document_of(sheet()) == document_of(sheet()) == draw_pdf(sheet())

    assert drawn == [sheet().digest]
    assert kept_file(folder).stem == sheet().digest


def test_one_that_was_deleted_is_made_again(folder: Path, drawn: list[str]) -> None:
    first = document_of(sheet())
    kept_file(folder).unlink()

    assert document_of(sheet()) == first
    assert len(drawn) == 2


@pytest.mark.parametrize("damage", [lambda octets: octets[:-1], lambda octets: b"", lambda octets: b"%PDF" + octets])
def test_one_that_was_changed_or_cut_short_is_not_believed(folder: Path, drawn: list[str], damage) -> None:
    first = document_of(sheet())
    kept_file(folder).write_bytes(damage(kept_file(folder).read_bytes()))

    assert document_of(sheet()) == first
    assert len(drawn) == 2


def test_another_certificates_document_put_in_its_place_is_not_believed(folder: Path, drawn: list[str]) -> None:
    document_of(sheet())
    file = kept_file(folder)
    another = document_of(sheet(scope="Another scope"))
    (other_file,) = set(folder.rglob("*.pdf")) - {file}
    file.write_bytes(other_file.read_bytes())

    assert document_of(sheet()) != another


def test_two_who_ask_at_once_have_it_made_once(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    drawn = []
    both_wait = threading.Barrier(2)

    def draw(drawn_sheet: Sheet) -> bytes:
        drawn.append(drawn_sheet)
        both_wait.wait(timeout=10)  # until the second has begun to wait as well
        return draw_pdf(drawn_sheet)

    monkeypatch.setattr(keeping, "draw_pdf", draw)
    with ThreadPoolExecutor(2) as people:
        asked = [people.submit(document_of, sheet()) for _ in range(2)]
        wait_until(lambda: not keeping._seats._value, "the two do not wait")
        both_wait.wait(timeout=10)
        answers = [future.result(timeout=10) for future in asked]

    assert answers[0] == answers[1]
    assert len(drawn) == 1


def test_a_slow_drawing_keeps_nobody_and_goes_on(folder: Path, monkeypatch, gate: threading.Event) -> None:
    def draw(drawn_sheet: Sheet) -> bytes:
        gate.wait(timeout=10)
        return draw_pdf(drawn_sheet)

    monkeypatch.setattr(keeping, "draw_pdf", draw)
    monkeypatch.setattr(keeping, "PATIENCE", 0.01)

    with pytest.raises(DocumentUnavailableError, match="takes long to make") as refusal:
        document_of(sheet())
    gate.set()
    for future in list(keeping._underway.values()):
        future.result(timeout=10)

    assert refusal.value.status == 503
    assert refusal.value.retry_after == 10
    assert document_of(sheet()) == draw_pdf(sheet())


def test_no_more_wait_at_once_than_leave_threads_for_others(monkeypatch, gate: threading.Event) -> None:
    def make() -> bytes:
        gate.wait(timeout=10)
        return b"made"

    with ThreadPoolExecutor(WAITING_AT_ONCE) as people:
        waiting = [people.submit(made_once, f"one {n}", make) for n in range(WAITING_AT_ONCE)]
        wait_until(lambda: not keeping._seats._value, "nobody waits")
        with pytest.raises(DocumentUnavailableError, match="others are being made") as refusal:
            made_once("another", make)
        gate.set()

        assert [future.result(timeout=10) for future in waiting] == [b"made"] * WAITING_AT_ONCE
    assert refusal.value.retry_after == 2
    assert made_once("another", lambda: b"now") == b"now"


def test_a_full_disk_is_a_clear_refusal_and_leaves_no_part(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def save(storage: FileSystemStorage, name: str, content, max_length=None) -> str:
        path = Path(storage.path(name))
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(b"%PDF-1.7 a part")
        raise OSError(errno.ENOSPC, "No space left on device")

    with monkeypatch.context() as full:
        full.setattr(FileSystemStorage, "save", save)
        with pytest.raises(DocumentUnavailableError, match="the disk may be full") as refusal:
            document_of(sheet())

    assert refusal.value.status == 503
    assert list(folder.rglob("*.pdf")) == []
    assert document_of(sheet()) == draw_pdf(sheet())


def test_what_fails_once_is_not_remembered() -> None:
    def fail() -> bytes:
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        made_once("one", fail)

    assert made_once("one", lambda: b"made") == b"made"
