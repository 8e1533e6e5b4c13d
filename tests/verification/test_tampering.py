"""Every stored byte matters: each part is changed in the store behind the product's back, and the check must notice."""

from collections.abc import Callable
from datetime import timedelta

import pytest

from defiso.anchoring.checking import forget_checked_anchors
from defiso.certificates.acts.suspend import suspend_certificate
from defiso.core.clock import today
from defiso.store.connection import connection
from defiso.tenants.models import Tenant
from defiso.verification.services import verify_certificate
from defiso.verification.verdicts import Verification
from tests.anchoring.anvil import Anvil
from tests.issuing import OWNER, anchor_everything, issue
from tests.memory import forget_everything
from tests.staff import browser_at, make_tenant
from tests.verification.stored import (
    BATCH,
    DAMAGED,
    HEAD,
    LEAVES,
    NUMBER,
    PLACE,
    REVISION,
    TOP,
    Row,
    change,
    flip_digest,
    flip_hex,
    remove,
    replace_in_document,
    set_document,
    set_octets,
    set_text,
    set_whole_number,
    swap_digests,
)


@pytest.fixture
def anchored(acme: Tenant, anvil: Anvil) -> Tenant:
    issue(acme)
    issue(acme, number="ISO9001-2026-OTHER2")  # so that the path has a step
    anchor_everything()
    assert check(acme).overall == "valid"
    return acme


def check(tenant: Tenant) -> Verification:
    forget_everything()
    forget_checked_anchors()
    return verify_certificate(tenant=tenant, number=NUMBER)


@pytest.mark.parametrize(
    ("place", "edit", "verdict"),
    [
        pytest.param(REVISION, replace_in_document("grey iron", "gold"), "content", id="scope"),
        pytest.param(REVISION, replace_in_document("2015", "2016"), "content", id="edition"),
        pytest.param(REVISION, replace_in_document('proofValue":"z', 'proofValue":"z1'), "content", id="signature"),
        pytest.param(REVISION, replace_in_document("{", "{ "), "content", id="a space"),
        pytest.param(REVISION, set_document("not JSON"), "content", id="rubbish"),
        pytest.param(REVISION, set_document("[" * 5000), "content", id="deep nesting"),
        pytest.param(REVISION, set_octets(b"not deflated"), "content", id="not deflated"),
        pytest.param(REVISION, set_octets(b""), "content", id="empty"),
        pytest.param(REVISION, set_text("credential", "of another kind"), "content", id="of another kind"),
        pytest.param(HEAD, flip_hex("credential_digest"), "content", id="digest"),
        pytest.param(LEAVES, flip_digest(1), "anchor", id="another leaf"),
        pytest.param(BATCH, flip_hex("root"), "anchor", id="root"),
        pytest.param(BATCH, flip_hex("tx_hash"), "anchor", id="transaction"),
        pytest.param(BATCH, flip_hex("sender"), "anchor", id="sender"),
        pytest.param(HEAD, set_text("status", "withdrawn"), "status", id="status"),
        pytest.param(HEAD, set_text("status", "no such"), "status", id="unknown status"),
        pytest.param(HEAD, set_text("since", "2020-01-01T00:00:00.000Z"), "status", id="since"),
        pytest.param(HEAD, set_text("status_seal", "x:y"), "status", id="seal"),
        pytest.param(HEAD, lambda row: row.pop("status_seal"), "status", id="no seal"),
    ],
)
def test_a_changed_part_is_noticed(
    anchored: Tenant,
    place: tuple[str, str],
    edit: Callable[[Row], None],
    verdict: str,
) -> None:
    change(place, edit)

    verification = check(anchored)

    assert verification.verdicts[verdict].result == "fail"
    assert verification.overall == "not_genuine"


def test_a_suspended_certificate_cannot_be_made_active_in_the_store(anchored: Tenant) -> None:
    review_on = today() + timedelta(days=30)
    suspend_certificate(tenant=anchored, actor=OWNER, number=NUMBER, reason="Late", review_on=review_on)
    assert check(anchored).overall == "suspended"

    change(HEAD, set_text("status", "active"))

    assert check(anchored).overall == "not_genuine"


def test_what_is_shown_is_what_was_signed_whatever_the_list_columns_say(anchored: Tenant) -> None:
    for name in ("number", "organisation_name", "standard_title"):
        change(HEAD, set_text(name, "Something else"))

    verification = check(anchored)

    assert verification.number == NUMBER
    assert "Something else" not in str(verification)
    assert "Something else" not in browser_at(anchored).get(f"/certificates/{NUMBER}").content.decode()


def test_a_key_of_the_bodys_that_is_gone_could_not_be_checked_and_calls_nothing_false(anchored: Tenant) -> None:
    client = connection().client
    keys = client.query(
        TableName="defiso-tenants",
        KeyConditionExpression="PK = :pk AND begins_with(SK, :sk)",
        ExpressionAttributeValues={":pk": {"S": "TENANT#acme"}, ":sk": {"S": "KEY#"}},
    )["Items"]
    for key in keys:
        client.delete_item(TableName="defiso-tenants", Key={"PK": key["PK"], "SK": key["SK"]})

    verification = check(anchored)

    results = {name: verification.verdicts[name].result for name in ("issuer", "status")}
    assert results == {"issuer": "unknown", "status": "unknown"}
    assert (verification.overall, verification.subject) == ("could_not_check", {})


def test_another_bodys_document_under_this_number_is_not_genuine(anchored: Tenant) -> None:
    globex = make_tenant("globex")
    issue(globex)
    client = connection().client
    key = {"PK": {"S": "TENANT#globex"}, "SK": {"S": REVISION[1]}}
    theirs = client.get_item(TableName=REVISION[0], Key=key)["Item"]

    change(REVISION, lambda row: row.update(credential=theirs["credential"]))
    change(HEAD, lambda row: row.update(credential_digest=theirs["digest"]))

    verification = check(anchored)
    assert verification.verdicts["issuer"].result == "fail"
    assert verification.overall == "not_genuine"


def test_a_missing_document_could_not_be_checked_and_is_not_called_false(anchored: Tenant) -> None:
    remove(REVISION)

    verification = check(anchored)

    assert verification.verdicts["content"].result == "unknown"
    assert verification.overall == "could_not_check"


@pytest.mark.parametrize(
    "edit",
    [
        pytest.param(set_whole_number("index", "1"), id="another place"),
        pytest.param(set_whole_number("index", "77"), id="a place beyond the last leaf"),
    ],
)
def test_a_place_where_something_else_stands_is_no_promise_that_the_anchor_will_come(
    anchored: Tenant, edit: Callable[[Row], None]
) -> None:
    change(PLACE, edit)

    assert check(anchored).overall == "could_not_check"


def test_a_batch_that_lost_its_anchor_is_pending_and_never_wrong(anchored: Tenant) -> None:
    change(BATCH, set_text("state", "sent"))

    assert check(anchored).overall == "pending_anchor"


@pytest.mark.parametrize(
    "edit",
    [
        pytest.param(flip_digest(0), id="its leaf changed"),
        pytest.param(swap_digests, id="leaves in another order"),
        pytest.param(lambda row: row.update(digests={"B": row["digests"]["B"][:7]}), id="leaves cut short"),
    ],
)
def test_a_batch_whose_leaves_are_not_those_that_were_anchored_could_not_be_checked(
    anchored: Tenant, edit: Callable[[Row], None]
) -> None:
    change(LEAVES, edit)

    assert check(anchored).overall == "could_not_check"


def test_a_missing_place_is_pending_and_not_valid(anchored: Tenant) -> None:
    remove(PLACE)

    assert check(anchored).overall == "pending_anchor"


@pytest.mark.parametrize("place", [BATCH, TOP, LEAVES])
def test_a_missing_part_of_the_anchor_could_not_be_checked_and_is_not_called_false(
    anchored: Tenant, place: tuple[str, str]
) -> None:
    remove(place)

    verification = check(anchored)

    assert verification.verdicts["anchor"].result == "unknown"
    assert verification.overall == "could_not_check"


@pytest.mark.parametrize(
    ("place", "edit"),
    [
        pytest.param(LEAVES, lambda row: row.update(digests={"B": row["digests"]["B"] + b"x"}), id="leaves"),
        pytest.param(TOP, set_text("digests", "of another kind"), id="top"),
        pytest.param(PLACE, set_whole_number("index", "-1"), id="a place before the first"),
        pytest.param(PLACE, set_whole_number("index", "5E30"), id="a place far beyond"),
        pytest.param(PLACE, set_text("batch_id", "no such batch"), id="a batch that is not there"),
    ],
)
def test_what_no_path_can_be_read_from_could_not_be_checked(
    anchored: Tenant, place: tuple[str, str], edit: Callable[[Row], None]
) -> None:
    change(place, edit)

    assert check(anchored).overall == "could_not_check"


@pytest.mark.parametrize(("place", "name"), [(REVISION, "credential"), *((BATCH, name) for name in DAMAGED)])
def test_what_cannot_even_be_read_is_an_answer_and_no_error(
    acme: Tenant, anvil: Anvil, place: tuple[str, str], name: str
) -> None:
    issue(acme)
    anchor_everything()
    change(place, set_text(name, "~junk~"))
    forget_everything()
    browser = browser_at(acme)

    page = browser.get(f"/certificates/{NUMBER}")
    files = [browser.get(f"/certificates/{NUMBER}/{name}.json").status_code for name in ("credential", "proof")]

    assert page.status_code == 200
    assert browser.get(f"/certificates/{NUMBER}/verdict.json").json()["overall"] == "not_genuine"
    assert files == ([404, 200] if place == REVISION else [200, 404])
