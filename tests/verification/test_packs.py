"""The proof pack: what is in it, for whom, and that the same contents are the same bytes."""

import io
import json
import zipfile

import pytest

from defiso.audit.actors import SYSTEM
from defiso.tenants.models import Tenant
from tests.anchoring.anvil import Anvil
from tests.anchoring.kit import record_alone
from tests.issuing import anchor_everything, issue
from tests.memory import forget_everything
from tests.staff import browser_at
from tests.verification.stored import NUMBER

EVERY_FILE = {
    "credential.json",
    "credential.nq",
    "proof.json",
    "did.json",
    "key.json",
    "state.json",
    "checkpoint.txt",
    "platform-checkpoint.txt",
    "batch.json",
    "transaction.json",
    "manifest.json",
    "README.txt",
    "verify.py",
}
PACK = f"/certificates/{NUMBER}/proof-pack"


@pytest.fixture
def anchored(acme: Tenant, anvil: Anvil) -> Tenant:
    issue(acme)
    anchor_everything()
    return acme


def test_the_archive_has_every_file_and_is_the_same_each_time(anchored: Tenant) -> None:
    first = browser_at(anchored).get(f"{PACK}.zip")
    forget_everything()
    second = browser_at(anchored).get(f"{PACK}.zip")

    assert first.status_code == 200
    assert set(zipfile.ZipFile(io.BytesIO(first.content)).namelist()) == EVERY_FILE
    assert first.content == second.content


def test_the_json_has_the_same_files_for_scripts_of_any_origin(anchored: Tenant) -> None:
    answer = browser_at(anchored).get(f"{PACK}.json")
    archive = zipfile.ZipFile(io.BytesIO(browser_at(anchored).get(f"{PACK}.zip").content))

    assert answer["Access-Control-Allow-Origin"] == "*"
    assert answer.json()["files"] == {name: archive.read(name).decode() for name in archive.namelist()}


@pytest.mark.parametrize("kind", ["zip", "json"])
def test_a_confidential_certificate_and_a_number_that_does_not_exist_have_none(
    acme: Tenant, anvil: Anvil, kind: str
) -> None:
    issue(acme, confidential=True, confidentialityReason="Security")
    anchor_everything()

    answers = [browser_at(acme).get(f"/certificates/{number}/proof-pack.{kind}") for number in (NUMBER, "NONE-1")]

    assert [answer.status_code for answer in answers] == [404, 404]


def test_what_happened_since_the_anchor_and_is_no_change_of_the_certificate_leaves_the_anchored_checkpoint(
    anchored: Tenant,
) -> None:
    before = files_of(anchored)
    record_alone(tenant_slug="acme", actor=SYSTEM, action="user.logged_in", target_kind="USER", target_id="1")
    anchor_everything()

    assert files_of(anchored)["checkpoint.txt"] == before["checkpoint.txt"]


def files_of(tenant: Tenant) -> dict[str, str]:
    forget_everything()
    files: dict[str, str] = json.loads(browser_at(tenant).get(f"{PACK}.json").content)["files"]
    return files
