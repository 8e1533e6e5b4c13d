"""Which status sets which bit of the status lists: by the states of certificates alone, in the order of their chain.

Not the moments of events decide, nor the order in which they came: a list says what the map says.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from typing import Self

from defiso.certificates.states import FINAL, Status
from defiso.core.canonical import sha256
from defiso.credentials.services import Bits, StatusEntry, set_bits
from defiso.credentials.status_bits import EMPTY, Stretch, Values, with_bits
from defiso.transparency.entries import Change

SUPERSEDED = (True, False)


def bits_of(status: Status) -> tuple[bool, bool]:
    """Revoked, suspended: in the order of the purposes of the lists. What is final is revoked, for good."""
    return status in FINAL, status is Status.SUSPENDED


def derive_status_lists(slug: str, following: Sequence[Change], values: Values) -> dict[bytes, bytes]:
    """Set the bits that follow from these changes of a body's map; what the map is to have of them.

    Raises BrokenLogError, LogMovedError.
    """
    newest = {bits.entry: bits for change in following for bits in _bits_in(change)}
    return set_bits(slug, newest.values(), values)


class Stretches:
    """The same computed from nothing: what the lists have to be, by all changes of a map from the first on."""

    def __init__(self) -> None:
        self._octets: defaultdict[Stretch, bytes] = defaultdict(lambda: EMPTY)

    def take(self, following: Iterable[Change]) -> Self:
        for change in following:
            for bits in _bits_in(change):
                stretch = Stretch.of(bits.entry)
                self._octets[stretch] = with_bits(self._octets[stretch], [bits])
        return self

    @property
    def octets(self) -> dict[Stretch, bytes]:
        return dict(self._octets)

    def digests(self, slug: str) -> dict[bytes, bytes]:
        """What the body's map has of them, by key."""
        return {stretch.key(slug): sha256(octets) for stretch, octets in self._octets.items()}


def _bits_in(change: Change) -> Iterator[Bits]:
    """Nothing for what sets no bit and never did: the first state of a certificate that is in force.

    The place of a revision that another took the place of is revoked, for good: its document says what is so no more.
    """
    if not change.place:
        return
    place, *replaced = change.place.split()
    values = bits_of(Status(change.status))
    if change.previous or any(values):
        yield Bits(StatusEntry.read(place), values)
    for one in replaced:
        yield Bits(StatusEntry.read(one), SUPERSEDED)
