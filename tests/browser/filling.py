"""``python -m tests.browser.filling``: two tenants with a certificate for every kind of page, on a running copy.

Made through the services; only what is meant to be damaged is changed in the store itself.
"""

import django

SLUG = "harbour"
STANDARD_14001 = {
    "code": "14001",
    "edition": "2015",
    "title": "ISO 14001:2015",
    "name": "Environmental management systems",
}
JAPANESE = {
    "organisation": {
        "legalName": "佐藤情報有限会社",
        "legalIds": [],
        "address": "東京都千代田区丸の内1-1-1",
        "country": "JP",
    },
    "scope": "ポンプおよび弁の設計・製造・保守サービス",
    "scopeLanguage": "ja",
    "sites": [],
}
SITES = [
    {
        "name": "" if index % 3 else f"Works {index}",
        "address": f"Hafenweg {index}, Dortmund",
        "country": "DE",
        "main": index == 0,
    }
    for index in range(30)
]


def fill() -> None:
    from defiso.audit.actors import SYSTEM
    from defiso.certificates.acts.record_audit import record_audit
    from defiso.certificates.acts.revise import revise_certificate
    from defiso.certificates.acts.table import VOID, WITHDRAW
    from defiso.certificates.proposals import propose_act
    from defiso.certificates.states import Status
    from defiso.core.clock import today
    from defiso.organisations.merging import merge_clients
    from defiso.organisations.services import make_client
    from defiso.tenants.services import get_tenant
    from tests.certificates.making import DECIDER, ISSUER, make_certificate, make_draft, make_expired

    harbour, summit = get_tenant(SLUG), get_tenant("summit")
    for tenant in (harbour, summit):
        make_certificate(tenant, number="FM 12345/A")
    for status in (Status.SUSPENDED, Status.WITHDRAWN):
        make_certificate(harbour, number=f"{status.value} 1", status=status)
    make_certificate(harbour, number="unaccredited 1", accreditation={"accredited": False})
    make_certificate(harbour, number="sites 1", sites=SITES)
    make_certificate(harbour, number="scope 1", scope="Design, manufacture and servicing of pumps and valves. " * 36)
    make_certificate(harbour, number="japanese 1", **JAPANESE)
    make_certificate(
        harbour, number="confidential 1", confidential=True, confidentialityReason="Supplier to the police."
    )
    make_certificate(harbour, number="damaged 1")
    make_certificate(harbour, number="failing 1")
    make_certificate(harbour, number="proposed 1")
    reason = {"reason": "Three major findings are open since March."}
    propose_act(WITHDRAW, tenant=harbour, actor=DECIDER, number="proposed 1", given=reason)
    make_certificate(harbour, number="proposed 2")
    propose_act(VOID, tenant=harbour, actor=DECIDER, number="proposed 2", given=reason)
    make_certificate(harbour, number="revised 1", sites=SITES[:3])
    changes = {"scope": "Casting, machining and repair of grey and ductile iron", "sites": SITES[1:4]}
    revise_certificate(tenant=harbour, actor=DECIDER, number="revised 1", reason="Repair was added.", **changes)
    finding = {"grade": "major", "text": "Scales in the yard are not calibrated.", "clause": "7.1.5"}
    audit = {"type": "surveillance", "date": today().isoformat(), "auditors": ["Ana Vale"], "findings": [finding]}
    record_audit(tenant=harbour, actor=ISSUER, number="revised 1", audit=audit)
    make_certificate(harbour, number="review 1", status=Status.UNDER_REVIEW)
    make_expired(harbour, 30, number="expired 1")
    make_expired(harbour, 300, number="lapsed 1")
    scopes = [{"language": "de", "text": "Gießen und Bearbeiten von Grauguss"}, {"language": "ja", "text": "鋳造"}]
    make_draft(harbour, number="draft 1", scopes=scopes, integratedWith=["draft 2"])
    make_draft(harbour, number="draft 3", sites=[*SITES, {"name": "Lager", "address": "Am Hafen"}], audits=None)
    make_draft(harbour, number="draft 2", scope=None, expiryDate=None, standard=STANDARD_14001)
    clients = {name: make_client(harbour, SYSTEM, name=name, country="GB") for name in ("Client Ltd", "Client Limited")}
    make_draft(harbour, number="draft 4", client="client-limited", organisation__legalName="Client")
    merge_clients(
        tenant=harbour,
        actor=SYSTEM,
        source="client-limited",
        target="client-ltd",
        versions=(1, clients["Client Ltd"].version),
    )
    _damage("REV#DAMAGED-1#0001", "credential")
    _damage("CERT#FAILING-1", "content")


def _damage(sk: str, attribute: str) -> None:
    """Past every rule of the product: what is there becomes text that means nothing."""
    from defiso.certificates.models import Certificate
    from defiso.store.connection import connection

    connection().client.update_item(
        TableName=Certificate.Meta.table_name,
        Key={"PK": {"S": f"TENANT#{SLUG}"}, "SK": {"S": sk}},
        UpdateExpression="SET #name = :damage",
        ExpressionAttributeNames={"#name": attribute},
        ExpressionAttributeValues={":damage": {"S": "{damaged"}},
    )


if __name__ == "__main__":
    django.setup()
    fill()
