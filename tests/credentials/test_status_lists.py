"""Status lists: no two credentials share a place, and the signed list shows what a certificate has become."""

import base64
import gzip
import json
from collections import Counter
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.test import Client

from defiso.certificates.models import Certificate
from defiso.certificates.services import get_certificate
from defiso.certificates.states import Status
from defiso.core.multikeys import ed25519_key
from defiso.credentials import status_entries
from defiso.credentials.canonicalisation import canonical_under
from defiso.credentials.contexts import CREDENTIALS_V2, definitions_of
from defiso.credentials.integrity import proof_holds
from defiso.credentials.status_entries import BLOCK, LENGTH, StatusEntry, claim_entry, forget_claimed_entries
from defiso.credentials.status_lists import forget_status_lists
from defiso.store.connection import counted_calls
from defiso.tenants.models import Tenant
from tests.certificates.making import make_certificate
from tests.credentials.published import canonical_by_pyld
from tests.credentials.signing import stored_keys
from tests.issuing import drain_events
from tests.staff import make_tenant


def list_of(tenant: Tenant, purpose: str, number: int = 1) -> dict[str, object]:
    forget_status_lists()
    response = Client(headers={"host": f"{tenant.host}:8000"}).get(f"/status/{purpose}/{number}")
    assert response.status_code == 200
    return json.loads(response.content)


def set_in(document: dict[str, object]) -> list[int]:
    """The indexes whose bit is 1, read as the specification says and not as we write."""
    encoded = document["credentialSubject"]["encodedList"]
    assert encoded[0] == "u"
    bits = gzip.decompress(base64.urlsafe_b64decode(encoded[1:] + "=" * (-len(encoded[1:]) % 4)))
    assert len(bits) * 8 == LENGTH
    return [8 * at + bit for at, byte in enumerate(bits) if byte for bit in range(8) if byte >> (7 - bit) & 1]


def place_of(certificate: Certificate) -> int:
    return StatusEntry.read(certificate.status_entry).index


def test_no_two_places_are_the_same_and_their_order_tells_nothing(tenant: Tenant) -> None:
    with counted_calls() as calls:
        entries = [claim_entry(tenant) for _ in range(3 * BLOCK)]

    assert len(set(entries)) == 3 * BLOCK
    assert Counter(calls)["TransactWriteItems"] == 3
    indexes = [entry.index for entry in entries[:BLOCK]]
    assert sorted(indexes) != indexes
    assert max(indexes) - min(indexes) == BLOCK - 1


def test_processes_that_claim_at_once_share_no_place(tenant: Tenant) -> None:
    with ThreadPoolExecutor(8) as processes:
        blocks = list(processes.map(lambda _: status_entries._claim_block(tenant), range(16)))

    assert len({entry for block in blocks for entry in block}) == 16 * BLOCK


def test_the_places_of_two_bodies_have_nothing_to_do_with_each_other(tenant: Tenant) -> None:
    other = make_tenant("globex")

    claim_entry(tenant), claim_entry(other)

    assert len({entry.number for entry in (claim_entry(tenant), claim_entry(other))}) == 1
    assert status_entries.list_exists(tenant, 1)
    assert not status_entries.list_exists(make_tenant("third-body"), 1)


def test_a_block_lost_in_a_crash_is_never_used_again(tenant: Tenant) -> None:
    lost = {claim_entry(tenant)}
    forget_claimed_entries()

    later = {claim_entry(tenant) for _ in range(BLOCK)}

    assert not {entry.index // BLOCK for entry in lost} & {entry.index // BLOCK for entry in later}


def test_a_full_list_is_followed_by_another(tenant: Tenant, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(status_entries, "LENGTH", 8 * BLOCK)

    entries = [claim_entry(tenant) for _ in range(9 * BLOCK)]

    assert Counter(entry.number for entry in entries) == {1: 8 * BLOCK, 2: BLOCK}


def test_every_credential_names_its_place_in_both_lists(tenant: Tenant, client: Client) -> None:
    certificate = make_certificate(tenant)

    document = json.loads(
        client.get(f"/certificates/{certificate.slug}/credential.json", headers={"host": "acme.localhost:8000"}).content
    )

    index = place_of(certificate)
    assert document["credentialStatus"] == [
        {
            "id": f"http://acme.localhost:8000/status/{purpose}/1#{index}",
            "type": "BitstringStatusListEntry",
            "statusPurpose": purpose,
            "statusListIndex": str(index),
            "statusListCredential": f"http://acme.localhost:8000/status/{purpose}/1",
        }
        for purpose in ("revocation", "suspension")
    ]


def test_the_lists_show_what_is_suspended_and_what_has_ended(tenant: Tenant) -> None:
    made = {
        status: make_certificate(tenant, status=status, number=f"FM {status}")
        for status in (Status.ACTIVE, Status.SUSPENDED, Status.WITHDRAWN)
    }

    drain_events()

    assert set_in(list_of(tenant, "revocation")) == [place_of(made[Status.WITHDRAWN])]
    assert set_in(list_of(tenant, "suspension")) == [place_of(made[Status.SUSPENDED])]


def test_what_is_restored_is_suspended_no_more(tenant: Tenant) -> None:
    from defiso.certificates.acts.restore import restore_certificate
    from tests.certificates.making import DECIDER

    suspended = make_certificate(tenant, status=Status.SUSPENDED)
    drain_events()
    before = set_in(list_of(tenant, "suspension"))

    restore_certificate(tenant=tenant, actor=DECIDER, number=suspended.number, reason="Audit held.")
    drain_events()

    assert before == [place_of(get_certificate(tenant=tenant, number=suspended.number))]
    assert set_in(list_of(tenant, "suspension")) == []


def test_a_list_is_a_credential_signed_by_the_body_as_others_canonicalise_it(tenant: Tenant) -> None:
    claim_entry(tenant)

    document = list_of(tenant, "revocation")

    proof = document.pop("proof")
    canonical = canonical_under(definitions_of(CREDENTIALS_V2), document)
    assert canonical == canonical_by_pyld(document)
    assert proof_holds(canonical, proof, ed25519_key(stored_keys(tenant)[0].kid))
    assert document["type"] == ["VerifiableCredential", "BitstringStatusListCredential"]
    assert document["id"] == "http://acme.localhost:8000/status/revocation/1"
    assert document["issuer"] == "did:web:acme.localhost%3A8000"


def test_an_unchanged_list_is_not_sent_twice(tenant: Tenant, client: Client) -> None:
    claim_entry(tenant)
    host = {"host": "acme.localhost:8000"}
    first = client.get("/status/revocation/1", headers=host)

    again = client.get("/status/revocation/1", headers=host | {"if-none-match": first["ETag"]})

    assert (again.status_code, again.content) == (304, b"")
    assert first["Access-Control-Allow-Origin"] == "*"


@pytest.mark.parametrize("address", ["revocation/1", "revocation/2", "deletion/1", "revocation/0"])
def test_a_list_that_nobody_has_a_place_in_is_not_found(tenant: Tenant, client: Client, address: str) -> None:
    assert client.get(f"/status/{address}", headers={"host": "acme.localhost:8000"}).status_code == 404


@pytest.mark.parametrize("text", ["", "1", "1#", "#1", "0#1", "1#-1", f"1#{LENGTH}", "01#1", "1#1#1", "one#two"])
def test_a_damaged_place_is_not_read(text: str) -> None:
    with pytest.raises(ValueError):
        StatusEntry.read(text)
