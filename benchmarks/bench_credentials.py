"""How long signing and checking a credential takes, and our canonicalisation against PyLD. No store, no network.

Run: .venv/bin/python -m benchmarks credentials
"""

import os
import time
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any
from unittest.mock import patch

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tests.settings")  # read by the imports below

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from benchmarks.report import Report
from defiso.core.multikeys import ed25519_multikey
from defiso.credentials import services
from defiso.credentials.canonicalisation import Statements
from defiso.credentials.models import SigningKey
from defiso.tenants.models import Tenant
from tests.credentials.contents import CREDENTIAL_ID, subject_with_sites, unsigned_document
from tests.credentials.published import canonical_by_pyld

SECONDS_EACH = 0.5
TENANT = Tenant("TENANT#acme", "METADATA", slug="acme", name="Acme", host="acme.localhost")


def milliseconds(action: Callable[[], object]) -> float:
    """CPU time of one call: the best of three runs, so that a busy machine disturbs little."""
    action()
    runs = []
    for _run in range(3):
        count, started = 0, time.process_time()
        while (spent := time.process_time() - started) < SECONDS_EACH / 3:
            action()
            count += 1
        runs.append(spent / count * 1000)
    return min(runs)


def measure(report: Report) -> None:
    report.section("Signing")
    private = Ed25519PrivateKey.generate()
    kid = ed25519_multikey(private.public_key())
    key = SigningKey(kid=kid, did="did:web:acme.localhost%3A8000", public_multikey=kid)
    head = ("sites", "sign ms", "check ms", "canonicalise ms", "PyLD ms", "ratio")
    with (
        patch.object(services, "signing_key_of", lambda _tenant: (key, private)),
        patch.object(services, "find_key", lambda _tenant, _kid: key),
    ):
        report.table(head, [row(sites) for sites in (1, 10, 150)])


def row(sites: int) -> list[str]:
    subject = subject_with_sites(sites)
    document = unsigned_document(subject)
    credential = sign(subject)
    signing = milliseconds(lambda: sign(subject))
    checking = milliseconds(lambda: check(credential))
    ours = milliseconds(lambda: Statements(document).canonical())
    theirs = milliseconds(lambda: canonical_by_pyld(document))
    return [str(sites), *(f"{value:.1f}" for value in (signing, checking, ours, theirs, theirs / ours))]


def check(credential: services.SignedCredential) -> None:
    services.forget_checked_contents()
    services.check_credential(tenant=TENANT, text=credential.text, expected_digest=credential.digest)


def sign(subject: dict[str, Any]) -> services.SignedCredential:
    return services.sign_credential(
        tenant=TENANT,
        subject=subject,
        credential_id=CREDENTIAL_ID,
        name="Certificate",
        valid_from=datetime(2026, 1, 1, tzinfo=UTC),
        valid_until=None,
        status=services.StatusEntry(1, 94567),
    )
