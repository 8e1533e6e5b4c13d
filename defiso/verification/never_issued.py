"""The proof that a body never issued a certificate of a number, as of its newest checkpoint: its map lacks the number.

A number that the map has gets no such proof, and no other word about it than any refusal: it may be confidential.
"""

from dataclasses import dataclass
from functools import partial
from typing import Any

from defiso.core.errors import NotFoundError
from defiso.core.numbers import slug_asked
from defiso.core.state_map import BrokenMapError, MapProof, prove, root_from, value_in
from defiso.tenants.models import Tenant
from defiso.transparency.entries import certificate_key
from defiso.transparency.errors import BrokenLogError
from defiso.transparency.map_rows import read_nodes
from defiso.verification.log.signed import Log, Signed, newest_checkpoint


class NoSuchProofError(NotFoundError):
    """There is no proof that a certificate of this number was never issued here."""

    def __init__(self) -> None:
        super().__init__("There is no proof that this body never issued a certificate with this number.")


@dataclass(frozen=True)
class NeverIssued:
    """``proof`` is of the absence of ``key`` from the map of the checkpoint."""

    tenant: Tenant
    number: str
    signed: Signed
    proof: MapProof

    @property
    def key(self) -> bytes:
        return certificate_key(self.tenant.slug, self.number)

    @property
    def holds(self) -> bool:
        is_under_root = root_from(self.proof, self.key) == self.signed.checkpoint.map_root
        return is_under_root and value_in(self.proof, self.key) is None

    def to_json(self) -> dict[str, Any]:
        """With the proof as ``core.state_map.MapProof`` writes it, and the signed note of the checkpoint."""
        return {
            "body": self.tenant.slug,
            "number": self.number,
            "key": self.key.hex(),
            "says": f"{self.tenant.name} had issued no certificate with this number.",
            "as_of": self.signed.at.isoformat().replace("+00:00", "Z"),
            "map_proof": self.proof.to_json(),
            "checkpoint": self.signed.note,
        }


def prove_never_issued(*, tenant: Tenant, number: str) -> NeverIssued:
    """Raises NoSuchProofError, also of what is no number; EmptyLogError; BrokenLogError if the map cannot be read."""
    slug = slug_asked(number)
    if not slug:
        raise NoSuchProofError
    key = certificate_key(tenant.slug, slug)
    for consistent in (False, True):  # the worker may go on between two reads
        signed = newest_checkpoint(Log(tenant))
        try:
            proof = prove(partial(read_nodes, tenant.slug, consistent=consistent), signed.checkpoint.map_root, key)
        except BrokenMapError as error:
            broken = error
            continue
        found = NeverIssued(tenant, slug, signed, proof)
        if not found.holds:
            raise NoSuchProofError
        return found
    raise BrokenLogError(tenant.slug, str(broken)) from broken
