"""Forms as nobody fills them in: each is answered at once with a sentence, and keeps no thread or disk busy."""

import time
from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from defiso.tenants.models import Tenant
from tests.staff import log_in_as, make_user

NEW = "/staff/certificates/new"
DRAFT = {"legal_name": "Gießerei Müller", "standard": "9001:2015"}


@pytest.fixture
def browser(tenant: Tenant) -> Client:
    return log_in_as(make_user(tenant), tenant)


@pytest.mark.parametrize(
    ("page", "typed"),
    [
        ("standard", {"standard": "9001:2015", "nace_codes": "1 " * 500_000}),
        ("standard", {"standard": "9001:2015", "iaf_codes": "1," * 500_000}),
        ("audits", {"audits-count": "1", "audits-0-type": "initial", "audits-0-auditors": "a\n" * 500_000}),
        ("sites/paste", {"pasted": "a\t" * 500_000}),
    ],
    ids=["nace", "iaf", "auditors", "pasted"],
)
def test_a_list_of_half_a_million_parts_is_too_long_at_once(browser: Client, page: str, typed: dict[str, str]) -> None:
    address = browser.post(NEW, DRAFT)["Location"]
    started = time.process_time()
    response = browser.post(f"{address}/edit/{page}", typed | {"version": "1"})

    assert response.status_code == 422
    assert "characters; this has" in response.content.decode()
    assert time.process_time() - started < 2


@pytest.mark.parametrize("pasted", ['a\t"\n' * 50_000, "\t" * 200_000, "\n" * 200_000, '"\n' * 100_000])
def test_a_paste_of_nothing_but_marks_is_read_at_once_and_refused(browser: Client, pasted: str) -> None:
    address = browser.post(NEW, DRAFT)["Location"]
    started = time.process_time()
    response = browser.post(f"{address}/edit/sites/paste", {"version": "1", "pasted": pasted})

    assert response.status_code == 422
    assert "rows were read. Paste one to 150" in response.content.decode()
    assert time.process_time() - started < 2


def test_the_number_of_a_row_to_remove_is_not_read_if_it_is_none(browser: Client) -> None:
    address = browser.post(NEW, DRAFT)["Location"]

    response = browser.post(f"{address}/edit/audits", {"version": "1", "remove": "audits-" + "9" * 5000})

    assert response.status_code == 302


def test_a_file_that_no_form_asks_for_is_never_kept(
    browser: Client, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    kept: list[str] = []
    monkeypatch.setattr("django.core.files.uploadedfile.TemporaryUploadedFile.__init__", lambda *a, **k: kept.append(1))

    response = browser.post(NEW, DRAFT | {"file": SimpleUploadedFile("big", b"x" * 5_000_000)})

    assert response.status_code == 302
    assert kept == []
