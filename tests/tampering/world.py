"""Packs of one small register at several moments, from which parts can be put together that do not belong together."""

import json
from dataclasses import dataclass
from datetime import timedelta

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from django.test import override_settings

from defiso.anchoring.checking import forget_checked_anchors
from defiso.certificates.acts.restore import restore_certificate
from defiso.certificates.acts.suspend import suspend_certificate
from defiso.chain.client import configured_chain
from defiso.core.canonical import canonical_json, sha256
from defiso.core.clock import today
from defiso.core.multikeys import base58_text, ed25519_multikey
from defiso.credentials.keyring import signing_key_of
from defiso.outbox.hold import LEASE_NAME, Hold
from defiso.store.lease import acquire_lease
from defiso.tenants.models import Tenant
from defiso.verification.pack.contents import pack_files
from defiso.verification.pack.zipping import MANIFEST
from defiso.worker.passes import run_pass
from tests.anchoring.anvil import Anvil
from tests.anchoring.kit import RULES
from tests.issuing import OWNER, anchor_everything, issue
from tests.memory import forget_everything
from tests.staff import make_tenant
from tests.tampering.table import Change, Files, Moment

NUMBER, NEIGHBOUR = "FM-1", "FM-2"


@dataclass(frozen=True)
class World:
    """``packs`` by moment; ``key`` is the body's, which signs their manifests."""

    packs: dict[str, Files]
    key: Ed25519PrivateKey

    def tampered(self, change: Change, moment: str = "first") -> Files:
        files = dict(self.packs[moment])
        change(files)
        return self.signed_again(files)

    def put_together(self, moment: Moment) -> Files:
        files = dict(self.packs[moment.moment])
        moment.change(files, self.packs)
        return self.signed_again(files)

    def signed_again(self, files: Files) -> Files:
        """With a manifest of these files, of which only the body could make one."""
        manifest = json.loads(files[MANIFEST])
        kid = ed25519_multikey(self.key.public_key())
        listed = {name: sha256(octets).hex() for name, octets in files.items() if name != MANIFEST}
        statement = {name: manifest[name] for name in ("type", "tenant", "number")} | {"files": listed}
        signature = base58_text(self.key.sign(b"defiso statement v1\n" + canonical_json(statement)))
        return {**files, MANIFEST: canonical_json({**statement, "signature": f"{kid}:{signature}"}) + b"\n"}


def make_world() -> World:
    """On a chain of its own. The certificate is issued, suspended, restored, each time anchored."""
    with Anvil() as anvil, override_settings(CHAIN_RPC_URLS=[anvil.url]):
        configured_chain.cache_clear()
        forget_everything()
        forget_checked_anchors()
        try:
            return _make(anvil)
        finally:
            configured_chain.cache_clear()
            forget_everything()


def _make(anvil: Anvil) -> World:
    body, stranger = make_tenant("acme"), make_tenant("globex")
    packs: dict[str, Files] = {}
    for number in (NUMBER, NEIGHBOUR):
        issue(body, number)
    issue(stranger, NUMBER)
    anchor_everything()
    _take(packs, "first", body)
    in_a_week = today() + timedelta(days=7)
    suspend_certificate(tenant=body, actor=OWNER, number=NUMBER, reason="Late", review_on=in_a_week)
    _take(packs, "on its way", body)
    anchor_everything()
    _take(packs, "suspended", body)
    restore_certificate(tenant=body, actor=OWNER, number=NUMBER, reason="Closed")
    anchor_everything()
    _take(packs, "whole", body)
    _take(packs, "neighbour", body, NEIGHBOUR)
    _take(packs, "other body", stranger)
    anvil.hold_transactions()
    suspend_certificate(tenant=body, actor=OWNER, number=NUMBER, reason="Late again", review_on=in_a_week)
    pass_once()
    _take(packs, "waiting", body)
    return World(packs, signing_key_of(body)[1])


def _take(packs: dict[str, Files], name: str, tenant: Tenant, number: str = NUMBER) -> None:
    forget_everything()
    packs[name] = pack_files(tenant, number)


def pass_once() -> None:
    lease = acquire_lease(LEASE_NAME, holder="this test", seconds=600)
    assert lease
    run_pass(Hold(lease), configured_chain(), RULES)
