"""Drafts and confidential entries: on no public address, in no form, and no different from what does not exist."""

from collections.abc import Callable

import pytest

from defiso.certificates.acts.draft import draft_certificate
from defiso.store.connection import connection
from defiso.tenants.models import Tenant
from tests.anchoring.anvil import Anvil
from tests.certificates.making import content
from tests.issuing import OWNER, anchor_everything, issue
from tests.staff import browser_at

NUMBER = "ISO9001-2026-ABC123"
ADDRESSES = ["", "/verdict.json", "/credential.json", "/proof.json"]
SECRETS = ("Müller", "Gie", "grey iron", "National security")


def nothing(tenant: Tenant) -> None:
    pass


def a_draft(tenant: Tenant) -> None:
    draft_certificate(tenant=tenant, actor=OWNER, content=content(number=NUMBER))


def a_confidential_one(tenant: Tenant) -> None:
    issue(tenant, confidential=True, confidentialityReason="National security")
    anchor_everything()


@pytest.mark.parametrize("address", ADDRESSES)
@pytest.mark.parametrize("make", [nothing, a_draft, a_confidential_one])
def test_it_answers_as_if_there_were_none(
    acme: Tenant, anvil: Anvil, make: Callable[[Tenant], None], address: str
) -> None:
    bare = browser_at(acme).get(f"/certificates/{NUMBER}{address}")
    make(acme)

    answer = browser_at(acme).get(f"/certificates/{NUMBER}{address}")

    assert answer.status_code == bare.status_code == 404
    assert answer.content == bare.content
    assert not [secret for secret in SECRETS if secret in answer.content.decode()]


def test_a_confidential_one_is_in_no_look_up(acme: Tenant, anvil: Anvil) -> None:
    a_confidential_one(acme)

    keys = {"TableName": "defiso-lookups", "KeyConditionExpression": "PK = :pk"}
    rows = connection().client.query(**keys, ExpressionAttributeValues={":pk": {"S": f"CODE#{NUMBER}"}})["Items"]
    assert rows == []


@pytest.mark.parametrize("address", [*ADDRESSES, "?on=2026-11-20", "/certificate.pdf"])
def test_the_document_of_a_confidential_one_put_in_the_place_of_another_is_shown_nowhere(
    acme: Tenant, anvil: Anvil, address: str
) -> None:
    issue(acme, "SECRET-1", confidential=True, confidentialityReason="National security", scope="Hidden foundry work")
    issue(acme, NUMBER)
    anchor_everything()
    client, pk = connection().client, {"S": "TENANT#acme"}
    keys = [{"PK": pk, "SK": {"S": f"REV#{number}#0001"}} for number in ("SECRET-1", NUMBER)]
    secret = client.get_item(TableName="defiso-certificates", Key=keys[0])["Item"]
    client.put_item(TableName="defiso-certificates", Item={**secret, **keys[1]})

    answer = browser_at(acme).get(f"/certificates/{NUMBER}{address}")

    assert "Hidden foundry work" not in answer.content.decode(errors="replace")
