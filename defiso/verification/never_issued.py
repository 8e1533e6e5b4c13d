"""The proof that a body never issued a certificate of a number, as of its newest checkpoint: its map lacks the number.

A number that the map has gets no such proof, and no other word about it than any refusal: it may be confidential.
"""

from dataclasses import dataclass
from typing import Any

from defiso.core.errors import NotFoundError
from defiso.core.numbers import slug_asked
from defiso.credentials.services import did_document
from defiso.tenants.models import Tenant
from defiso.transparency.entries import certificate_key
from defiso.verification.log.signed import Signed
from defiso.verification.pack.anchors import anchor_files
from defiso.verification.pack.contents import as_json
from defiso.verification.pack.history import History, find_absence
from defiso.verification.pack.keys import key_file


class NoSuchProofError(NotFoundError):
    """There is no proof that a certificate of this number was never issued here."""

    def __init__(self) -> None:
        super().__init__("There is no proof that this body never issued a certificate with this number.")


@dataclass(frozen=True)
class NeverIssued:
    """``history`` has the proof of the absence of the number's key from the map of the body's newest checkpoint."""

    tenant: Tenant
    number: str
    history: History

    @property
    def signed(self) -> Signed:
        return self.history.body.signed

    def to_json(self) -> dict[str, Any]:
        """The proof as ``core.state_map.MapProof`` writes it, the signed note of the checkpoint, and files as of a pack
        that lead from it to the platform's key and to the blockchain: ``verify.py`` checks all of it.
        """
        return {
            "body": self.tenant.slug,
            "number": self.number,
            "key": certificate_key(self.tenant.slug, self.number).hex(),
            "says": f"{self.tenant.name} had issued no certificate with this number.",
            "as_of": self.signed.at.isoformat().replace("+00:00", "Z"),
            "map_proof": self.history.map_proof.to_json(),
            "checkpoint": self.signed.note,
            "files": {name: octets.decode() for name, octets in self._files().items()},
        }

    def _files(self) -> dict[str, bytes]:
        return {
            "key.json": as_json(key_file(self.tenant, self.history)),
            "did.json": as_json(did_document(self.tenant)),
            **self.history.notes,
            **anchor_files(self.history, None),
        }


def prove_never_issued(*, tenant: Tenant, number: str) -> NeverIssued:
    """Raises NoSuchProofError, also of what is no number; EmptyLogError; BrokenLogError if the map cannot be read."""
    slug = slug_asked(number)
    history = find_absence(tenant, certificate_key(tenant.slug, slug)) if slug else None
    if history is None:
        raise NoSuchProofError
    return NeverIssued(tenant, slug, history)
