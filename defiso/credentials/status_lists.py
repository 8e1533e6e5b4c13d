"""A body's status lists as credentials: the bits under its map, signed. Which map is the newest is for whoever asks."""

import gzip
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import NamedTuple

from defiso.core.canonical import canonical_json, sha256
from defiso.core.clock import now
from defiso.credentials.contexts import CREDENTIALS_V2
from defiso.credentials.did import did_of
from defiso.credentials.integrity import to_the_second
from defiso.credentials.keys import base64url
from defiso.credentials.signing import signed_under
from defiso.credentials.status_bits import STRETCH, Values, find_octets, read_rows, stretches_of
from defiso.credentials.status_entries import LENGTH, PURPOSES, list_address
from defiso.tenants.models import Tenant

GOOD_FOR = timedelta(minutes=15)  # so that nobody can show an older list for longer
WINDOW = timedelta(minutes=5)  # in which a list that says the same is the same to whoever has it already


class StatusList(NamedTuple):
    """``etag`` is that of the bits and the time: signed again they are the same list, though other bytes
    (RFC 9110, 8.8.1).
    """

    body: bytes
    etag: str


def list_bits(tenant: Tenant, number: int, values: Values) -> dict[int, bytes]:
    """The stretches of a list, by place, as the body's map names them; none if it names none.

    Two BatchGetItems beside what the map costs. Raises BrokenLogError.
    """
    stretches = stretches_of(number)
    named = values([stretch.key(tenant.slug) for stretch in stretches])
    used = [stretch for stretch in stretches if stretch.key(tenant.slug) in named]
    rows = read_rows(tenant.slug, used)
    return {one.place: find_octets(tenant.slug, one, rows[one], named[one.key(tenant.slug)]) for one in used}


def sign_status_list(*, tenant: Tenant, purpose: str, number: int, bits: Mapping[int, bytes]) -> StatusList:
    """A BitstringStatusListCredential of these stretches. Raises NoSigningKeyError, KeyUnavailableError.

    Source: Bitstring Status List 1.0, 2.2.
    """
    encoded, moment = _encoded(purpose, bits), now()
    until = to_the_second(_window_of(moment) + GOOD_FOR)
    address = list_address(tenant, purpose, number)
    document = {
        "@context": [CREDENTIALS_V2],
        "type": ["VerifiableCredential", "BitstringStatusListCredential"],
        "id": address,
        "issuer": did_of(tenant),
        "validFrom": to_the_second(moment),
        "validUntil": until,
        "credentialSubject": {
            "id": f"{address}#list",
            "type": "BitstringStatusList",
            "statusPurpose": purpose,
            "encodedList": encoded,
        },
    }
    etag = f'W/"{sha256(f"{encoded} {until}".encode()).hex()[:32]}"'
    return StatusList(canonical_json(signed_under((CREDENTIALS_V2,), document, tenant=tenant, at=moment)), etag)


def _window_of(moment: datetime) -> datetime:
    seconds = int(moment.timestamp())
    return datetime.fromtimestamp(seconds - seconds % int(WINDOW.total_seconds()), UTC)


def _encoded(purpose: str, bits: Mapping[int, bytes]) -> str:
    """``encodedList``. Source: Bitstring Status List 1.0, 2.2 and 3.3."""
    whole, size = bytearray(LENGTH // 8), STRETCH // 8
    at = PURPOSES.index(purpose) * size
    for place, octets in bits.items():
        whole[place * size : (place + 1) * size] = octets[at : at + size]
    return "u" + base64url(gzip.compress(bytes(whole), mtime=0))
