"""Acts that one person proposed and another confirms or declines: one row a certificate, bound to its head's version.

A proposal lapses after a week, by the clock, and is void once the certificate has changed. Its row then stays until
somebody dismisses it or proposes anew, so that both are said in words.
"""

from typing import Any

from pynamodb.expressions.condition import Condition

from defiso.audit.actions import Action
from defiso.audit.actors import Actor
from defiso.audit.services import record_event
from defiso.certificates.acts.changing import changed, read_head, unchanged
from defiso.certificates.acts.table import Act
from defiso.certificates.errors import NoProposalError, ProposalRefusedError
from defiso.certificates.guards import require_reason
from defiso.certificates.models import Certificate, certificate_key
from defiso.certificates.proposal_rows import (
    Proposal,
    Standing,
    State,
    code_of_proposal,
    is_authentic,
    is_same_person,
    proposal_key,
    require_authentic,
    state_of,
)
from defiso.certificates.second_person import Confirmation
from defiso.core import clock
from defiso.core.clock import iso
from defiso.core.numbers import slug_asked
from defiso.store.items import find_all, readable
from defiso.store.keys import tenant_key
from defiso.store.transactions import Writes, transaction
from defiso.tenants.models import Tenant

MOST_LISTED = 25


def propose_act(
    act: Act, *, tenant: Tenant, actor: Actor, number: str, given: dict[str, Any], version: int | None = None
) -> Proposal:
    """Keep what somebody else is to confirm; the certificate stays as it is. ``given`` has the ``reason``.

    Raises NotFoundError, TransitionRefusedError, InvalidError, ProposalRefusedError if another one stands,
    ChangedMeanwhileError.
    """
    head = read_head(act, tenant=tenant, number=number, version=version)
    given = given | {"reason": require_reason(given["reason"])}
    before = Proposal.find(head.PK, proposal_key(head.slug), consistent=True)
    if before and state_of(before, head) is State.OPEN:
        raise ProposalRefusedError(f"{before.proposer['label']} has proposed already: {before.act.button.lower()}.")
    proposal = Proposal(
        head.PK,
        proposal_key(head.slug),
        slug=head.slug,
        number=head.number,
        organisation_name=head.organisation_name,
        country=head.country,
        verb=act.verb,
        version=head.version,
        generation=head.generation,
        given=given,
        proposer={"id": actor.id, "label": actor.label},
        at=iso(clock.now()),
    )
    proposal.code = code_of_proposal(proposal)
    with transaction() as writes:
        writes.check(Certificate, head.PK, head.SK, given=unchanged(head), otherwise=changed(head))
        writes.put(proposal, given=_as_read(before), otherwise=_overtaken(head.number))
        action = Action.CERTIFICATE_PROPOSED
        _record(writes, tenant, actor, action, proposal, after={"act": act.verb}, reason=given["reason"])
    return proposal


def find_proposal(*, tenant: Tenant, number: str) -> Standing:
    """The proposal for this certificate and how it stands: one BatchGetItem. Raises NoProposalError."""
    pk, slug = tenant_key(tenant.slug), slug_asked(number)
    keys = [(Proposal, pk, proposal_key(slug)), (Certificate, pk, certificate_key(slug))]
    proposal, head = find_all(keys, consistent=True) if slug else (None, None)
    if not isinstance(proposal, Proposal):
        raise NoProposalError(number)
    require_authentic(proposal)
    return Standing(proposal, state_of(proposal, head if isinstance(head, Certificate) else None))


def confirm(act: Act, *, tenant: Tenant, actor: Actor, number: str, proposed_at: str) -> tuple[Proposal, Confirmation]:
    """What the service of the act is given, if this person may confirm the proposal made at that moment.

    Raises NoProposalError, ProposalRefusedError, DamagedRowError.
    """
    standing = find_proposal(tenant=tenant, number=number)
    proposal = standing.proposal
    if proposal.verb != act.verb or proposal.at != proposed_at:
        raise NoProposalError(number)
    if standing.state is not State.OPEN:
        raise ProposalRefusedError(f"This proposal can no longer be confirmed. {standing.words} Propose it anew.")
    if is_same_person(proposal, actor):
        raise ProposalRefusedError(f"You proposed to {act.verb} {proposal.number}; somebody else must confirm it.")
    who = {"proposed_by": proposal.proposer["label"], "proposed_by_user": proposal.proposer["id"]}
    return proposal, Confirmation(who | {"proposed_at": proposal.at}, lambda writes: _take_away(writes, proposal))


def decline_proposal(*, tenant: Tenant, actor: Actor, number: str, proposed_at: str, reason: str) -> Proposal:
    """Drop a proposal, one's own too; with a reason unless it has lapsed or is void.

    Raises NoProposalError, InvalidError, ChangedMeanwhileError.
    """
    standing = find_proposal(tenant=tenant, number=number)
    proposal = standing.proposal
    if proposal.at != proposed_at:
        raise NoProposalError(number)
    if standing.state is State.OPEN or reason.strip():
        reason = require_reason(reason)
    after = {"act": proposal.verb, "proposed_by": proposal.proposer["label"], "proposal": standing.state.value}
    with transaction() as writes:
        _take_away(writes, proposal)
        action = Action.CERTIFICATE_PROPOSAL_DECLINED
        _record(writes, tenant, actor, action, proposal, after=after, reason=reason.strip())
    return proposal


def proposal_on(head: Certificate) -> Standing | None:
    """The proposal for this certificate, if there is one that can be read: one GetItem."""
    proposal = Proposal.find(head.PK, proposal_key(head.slug))
    return Standing(proposal, state_of(proposal, head)) if proposal and is_authentic(proposal) else None


def list_proposals(*, tenant: Tenant, most: int = MOST_LISTED) -> list[Standing]:
    """Those of the tenant with how each stands: one query, and one BatchGetItem if there are any."""
    found = Proposal.query(tenant_key(tenant.slug), Proposal.SK.startswith(proposal_key("")), limit=most)
    proposals = [proposal for proposal in readable(found) if is_authentic(proposal)]
    if not proposals:
        return []
    heads = find_all([(Certificate, proposal.PK, certificate_key(proposal.slug)) for proposal in proposals])
    return [
        Standing(proposal, state_of(proposal, head if isinstance(head, Certificate) else None))
        for proposal, head in zip(proposals, heads, strict=True)
    ]


def _take_away(writes: Writes, proposal: Proposal) -> None:
    writes.delete(proposal, given=_as_read(proposal), otherwise=_overtaken(proposal.number))


def _as_read(proposal: Proposal | None) -> Condition:
    condition: Condition = Proposal.at == proposal.at if proposal else Proposal.PK.does_not_exist()
    return condition


def _overtaken(number: str) -> ProposalRefusedError:
    return ProposalRefusedError(f"Somebody else dealt with the proposal for {number} meanwhile.")


def _record(
    writes: Writes,
    tenant: Tenant,
    actor: Actor,
    action: Action,
    proposal: Proposal,
    *,
    after: dict[str, Any],
    reason: str,
) -> None:
    record_event(
        writes,
        tenant_slug=tenant.slug,
        actor=actor,
        action=action,
        target_kind="CERT",
        target_id=proposal.slug,
        after=after,
        reason=reason,
        generation=proposal.generation,
    )
