"""The row of a proposal, and how it stands now: open, lapsed, or void since the certificate has changed."""

import hmac
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from pynamodb.attributes import JSONAttribute, UnicodeAttribute

from defiso.audit.actors import Actor
from defiso.audit.authentic import code_over
from defiso.certificates.acts.table import ACTS, Act
from defiso.certificates.models import Certificate
from defiso.core import clock
from defiso.core.canonical import canonical_json
from defiso.core.dates import read_when, write_day
from defiso.core.names import readings_of_person
from defiso.store.errors import DamagedRowError
from defiso.store.items import CertificatesItem, Octets, WholeNumber

STANDS_FOR = timedelta(days=7)


class Proposal(CertificatesItem):
    """``PK TENANT#<slug>, SK PROPOSAL#<slug of number>``, with what a list shows of the certificate.

    ``version`` and ``generation`` are those of the head it was made for, ``given`` the values of the act's form,
    ``proposer`` the id and label of an actor. ``code`` shows that this registry wrote it.
    """

    slug = UnicodeAttribute()
    number = UnicodeAttribute()
    organisation_name = UnicodeAttribute()
    country = UnicodeAttribute(null=True)
    verb = UnicodeAttribute()
    version = WholeNumber()
    generation = UnicodeAttribute(attr_name="gen")
    given = JSONAttribute()
    proposer = JSONAttribute()
    at = UnicodeAttribute()
    code = Octets()

    @property
    def act(self) -> Act:
        """Raises DamagedRowError for an act that there is not."""
        found = next((act for act in ACTS if act.verb == self.verb and act.second_person), None)
        if found is None:
            raise DamagedRowError("proposal", "act")
        return found

    @property
    def lapses_at(self) -> datetime:
        at = read_when(self.at)
        if not isinstance(at, datetime):
            raise DamagedRowError("proposal", "time")
        return at + STANDS_FOR


class State(StrEnum):
    OPEN = "open"
    LAPSED = "lapsed"
    VOID = "void"


@dataclass(frozen=True)
class Standing:
    """A proposal and how it stands now."""

    proposal: Proposal
    state: State

    @property
    def words(self) -> str:
        if self.state is State.VOID:
            return "Void: the certificate has changed since."
        day = write_day(self.proposal.lapses_at)
        return f"Lapsed on {day}." if self.state is State.LAPSED else f"Open until {day}."


def proposal_key(slug: str) -> str:
    return f"PROPOSAL#{slug}"


def state_of(proposal: Proposal, head: Certificate | None) -> State:
    if head is None or (head.generation, int(head.version)) != (proposal.generation, int(proposal.version)):
        return State.VOID
    if head.status_today not in proposal.act.sources:
        return State.VOID
    return State.LAPSED if clock.now() >= proposal.lapses_at else State.OPEN


def is_same_person(proposal: Proposal, actor: Actor) -> bool:
    """By user id, and by name: two accounts of one person are not two people."""
    same_name = not readings_of_person(proposal.proposer["label"]).isdisjoint(readings_of_person(actor.label))
    return bool(proposal.proposer["id"] == actor.id) or same_name


def require_authentic(proposal: Proposal) -> None:
    if not is_authentic(proposal):
        raise DamagedRowError("proposal", "proposer")


def is_authentic(proposal: Proposal) -> bool:
    try:
        return hmac.compare_digest(bytes(proposal.code), code_of_proposal(proposal))
    except TypeError:  # a value that no JSON of ours has
        return False


def code_of_proposal(proposal: Proposal) -> bytes:
    """Over all that a confirmation rests on: who can write rows, but has no key, makes no second person."""
    shown = [proposal.number, proposal.organisation_name, proposal.country]
    bound = [proposal.PK, proposal.SK, proposal.verb, int(proposal.version), proposal.generation]
    return code_over(canonical_json([shown, bound, proposal.given, proposal.proposer, proposal.at]), "proposal")
