"""Credential subjects for tests: one ordinary certificate, many sites, and anything hypothesis can think of."""

import copy
from typing import Any

from hypothesis import strategies as st

from defiso.credentials.contexts import OUR_TYPES, contexts_of
from defiso.credentials.subject import AUDIT_TYPES, SUBJECT, Kind

ORDINARY: dict[str, Any] = {
    "number": "ISO9001-2026-ABC123",
    "revision": 1,
    "organisation": {
        "legalName": "Gießerei Müller GmbH & Co. KG",
        "legalIds": [{"scheme": "VAT", "value": "DE123456789"}, {"scheme": "LEI", "value": "5299000J2N45DDNE4Y28"}],
        "address": "Hüttenstraße 1, 44135 Dortmund",
        "country": "DE",
    },
    "sites": [
        {"name": "Headquarters", "address": "Hüttenstraße 1", "country": "DE", "main": True},
        {"name": "Works 2", "address": "Hafenweg 5", "country": "DE", "scope": "Casting only", "main": False},
    ],
    "standard": {"code": "9001", "edition": "2015", "title": "ISO 9001:2015", "name": "Quality management systems"},
    "scope": 'Casting of "grey" iron\nand machining (\\5 axes)',
    "scopeLanguage": "en",
    "iafCodes": ["17", "18"],
    "naceCodes": ["24.51"],
    "certificationType": "Management system",
    "accreditation": {"accredited": True, "body": "UKAS", "number": "0123", "arrangement": "IAF MLA"},
    "originalCertificationDate": "2020-03-02",
    "decisionDate": "2026-03-01",
    "effectiveDate": "2026-03-02",
    "issueDate": "2026-03-03",
    "expiryDate": "2029-03-01",
    "audits": [{"type": "recertification", "date": "2026-02-10", "auditors": ["Lead auditor", "Technical expert"]}],
    "decidedBy": "Decision-maker at Acme",
    "confidential": False,
}

CREDENTIAL_ID = "http://acme.localhost:8000/certificates/ISO9001-2026-ABC123?revision=1"


def subject_with_sites(count: int, *, all_alike: bool = False) -> dict[str, Any]:
    subject = copy.deepcopy(ORDINARY)
    subject["sites"] = [
        {"name": f"Works {0 if all_alike else position}", "address": "Hafenweg 5", "country": "DE", "main": False}
        for position in range(count)
    ]
    return subject


def unsigned_document(subject: dict[str, Any]) -> dict[str, Any]:
    return {
        "@context": contexts_of(subject),
        "type": OUR_TYPES,
        "id": CREDENTIAL_ID,
        "issuer": "did:web:acme.localhost%3A8000",
        "name": "Certificate ISO9001-2026-ABC123",
        "validFrom": "2026-03-02T00:00:00Z",
        "validUntil": "2029-03-01T23:59:59Z",
        "credentialStatus": [
            {
                "id": f"http://acme.localhost:8000/status/{purpose}/1#94567",
                "type": "BitstringStatusListEntry",
                "statusPurpose": purpose,
                "statusListIndex": "94567",
                "statusListCredential": f"http://acme.localhost:8000/status/{purpose}/1",
            }
            for purpose in ("revocation", "suspension")
        ],
        "credentialSubject": subject,
    }


plain_texts = st.text(st.characters(codec="utf-8", exclude_categories=["Cc", "Cs", "Cn"]) | st.just("\n"), max_size=20)
short_texts = plain_texts | st.sampled_from(
    ["", "@id", "@type", "_:b0", "http://example.org/", "9001", "\\", '"', "\n"]
)
dates = st.dates().map(lambda day: f"{day.year:04d}-{day.month:02d}-{day.day:02d}")

_LEAVES = {
    Kind.TEXT: short_texts,
    Kind.TEXTS: st.lists(short_texts, max_size=4),
    Kind.FLAG: st.booleans(),
    Kind.WHOLE: st.integers(0, 2**53 - 1),
    Kind.DATE: dates,
    Kind.AUDIT_TYPE: st.sampled_from(AUDIT_TYPES),
}


def _fitting(shape: Any) -> st.SearchStrategy[Any]:
    if isinstance(shape, Kind):
        return _LEAVES[shape]
    if isinstance(shape, list):
        one = _fitting(shape[0])
        return st.lists(one, max_size=4) | one.map(lambda part: [part, copy.deepcopy(part)])  # twins are the hard case
    return st.fixed_dictionaries({}, optional={key: _fitting(part) for key, part in shape.items()})


subjects: st.SearchStrategy[dict[str, Any]] = _fitting(SUBJECT)
