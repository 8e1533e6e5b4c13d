"""Acts of two people: one proposes, another confirms or declines; nobody is both, and nothing happens twice."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
import time_machine
from django.core.management import CommandError, call_command
from django.test import Client

from defiso.accounts.models import User
from defiso.audit.actors import Actor
from defiso.audit.services import PLATFORM, list_events
from defiso.certificates.acts.suspend import suspend_certificate
from defiso.certificates.acts.table import VOID, WITHDRAW
from defiso.certificates.acts.void import void_certificate
from defiso.certificates.acts.withdraw import withdraw_certificate
from defiso.certificates.errors import NoProposalError, ProposalRefusedError, SecondPersonNeededError
from defiso.certificates.models import Certificate
from defiso.certificates.proposal_rows import Proposal, proposal_key
from defiso.certificates.proposals import confirm, decline_proposal, find_proposal, list_proposals, propose_act
from defiso.certificates.services import get_certificate, history_of
from defiso.core.clock import now
from defiso.core.errors import ChangedMeanwhileError, DomainError, InvalidError, RefusedError
from defiso.core.permissions import Role
from defiso.store.connection import counted_calls
from defiso.store.errors import DamagedRowError
from defiso.store.transactions import transaction
from defiso.tenants.models import Tenant
from defiso.tenants.services import forget_cached_tenants, get_tenant
from tests.certificates.making import DECIDER, ISSUER, actions_on, counts_of, in_days, make_certificate
from tests.certificates.pages import field_errors, form_of
from tests.conftest import every_row
from tests.issuing import drain_events
from tests.staff import log_in_as, make_tenant, make_user

ANNA = Actor("01ANNA", "user", "Anna Lindqvist")
BEN = Actor("01BEN", "user", "Ben Okafor")
PAGE = "/staff/certificates/FM-1"


@pytest.fixture
def careful(tenant: Tenant) -> Tenant:
    """A body that withdraws by two people."""
    call_command("set_policy", tenant.slug, "--two-persons", "withdraw")
    forget_cached_tenants()
    return get_tenant(tenant.slug)


@pytest.fixture
def certificate(careful: Tenant) -> Certificate:
    return make_certificate(careful, number="FM-1")


def propose(tenant: Tenant, actor: Actor = ANNA, reason: str = "Not corrected.") -> Proposal:
    return propose_act(WITHDRAW, tenant=tenant, actor=actor, number="FM-1", given={"reason": reason})


def confirmed(tenant: Tenant, actor: Actor = BEN, at: str = "") -> Certificate:
    """What a confirmation does, as the page of it."""
    at = at or find_proposal(tenant=tenant, number="FM-1").proposal.at
    proposal, confirmation = confirm(WITHDRAW, tenant=tenant, actor=actor, number="FM-1", proposed_at=at)
    who = {"tenant": tenant, "actor": actor, "number": "FM-1", "reason": proposal.given["reason"]}
    return withdraw_certificate(**who, version=int(proposal.version), confirming=confirmation)


def test_where_the_body_wants_two_people_nobody_withdraws_alone(careful: Tenant, certificate: Certificate) -> None:
    before = every_row()

    with pytest.raises(SecondPersonNeededError, match="withdrawn by two people"):
        withdraw_certificate(tenant=careful, actor=ANNA, number="FM-1", reason="Not corrected.")

    assert every_row() == before


def test_a_proposal_changes_nothing_until_somebody_else_confirms_it(careful: Tenant, certificate: Certificate) -> None:
    propose(careful)
    head = get_certificate(tenant=careful, number="FM-1")
    assert (head.status, int(head.version)) == ("active", int(certificate.version))

    assert confirmed(careful).status == "withdrawn"
    assert list_proposals(tenant=careful) == []
    assert actions_on(careful, certificate)[3:] == ["certificate.proposed", "certificate.withdrawn"]


def test_both_people_are_in_the_history(careful: Tenant, certificate: Certificate) -> None:
    propose(careful)
    confirmed(careful)

    event = history_of(tenant=careful, certificate=certificate)[-1]
    page = log_in_as(make_user(careful), careful).get(f"{PAGE}?tab=history").content.decode()

    assert event.actor["id"] == BEN.id
    assert (event.after["proposed_by"], event.after["proposed_by_user"]) == (ANNA.label, ANNA.id)
    assert "Ben Okafor · proposed by Anna Lindqvist" in page


@pytest.mark.parametrize("actor", [ANNA, Actor("01ANOTHER", "user", "Dr LINDQVIST, Anna")])
def test_who_proposed_cannot_confirm_with_another_account_either(
    careful: Tenant, certificate: Certificate, actor: Actor
) -> None:
    propose(careful)
    before = every_row()

    with pytest.raises(ProposalRefusedError, match="somebody else must confirm"):
        confirmed(careful, actor)

    assert every_row() == before


def test_a_changed_certificate_voids_the_proposal_and_it_is_said(careful: Tenant, certificate: Certificate) -> None:
    propose(careful)
    suspend_certificate(tenant=careful, actor=ISSUER, number="FM-1", reason="Late.", review_on=in_days(30))
    before = every_row()

    with pytest.raises(ProposalRefusedError, match="Void: the certificate has changed since"):
        confirmed(careful)

    assert every_row() == before
    page = log_in_as(make_user(careful), careful).get("/staff/").content.decode()
    assert "Void: the certificate has changed since." in page


def test_a_change_between_reading_and_writing_voids_it_too(careful: Tenant, certificate: Certificate) -> None:
    at = propose(careful).at
    proposal, confirmation = confirm(WITHDRAW, tenant=careful, actor=BEN, number="FM-1", proposed_at=at)
    suspend_certificate(tenant=careful, actor=ISSUER, number="FM-1", reason="Late.", review_on=in_days(30))

    with pytest.raises(ChangedMeanwhileError):
        withdraw_certificate(
            tenant=careful, actor=BEN, number="FM-1", reason="x", version=int(proposal.version), confirming=confirmation
        )

    assert get_certificate(tenant=careful, number="FM-1").status == "suspended"


def test_a_proposal_lapses_after_seven_days(careful: Tenant, certificate: Certificate) -> None:
    propose(careful)

    with time_machine.travel(now() + timedelta(days=7, seconds=-30)):
        assert find_proposal(tenant=careful, number="FM-1").state == "open"
    with time_machine.travel(now() + timedelta(days=7)):
        with pytest.raises(ProposalRefusedError, match="Lapsed on"):
            confirmed(careful)
        again = propose(careful, BEN)
        assert confirmed(careful, ANNA, again.at).status == "withdrawn"


def test_only_one_proposal_stands_at_a_time(careful: Tenant, certificate: Certificate) -> None:
    propose(careful)
    before = every_row()

    with pytest.raises(ProposalRefusedError, match="Anna Lindqvist has proposed already"):
        propose(careful, BEN)

    assert every_row() == before


def test_of_many_who_confirm_at_once_one_does_and_nothing_is_doubled(careful: Tenant, certificate: Certificate) -> None:
    at = propose(careful).at
    people = [
        Actor(f"01P{number}", "user", name) for number, name in enumerate(("Bo Ek", "Cy Ford", "Di Gale", "Ed Hu"))
    ]

    def attempt(actor: Actor) -> str:
        try:
            return str(confirmed(careful, actor, at).status)
        except DomainError as refusal:
            return refusal.code

    with ThreadPoolExecutor(4) as pool:
        outcomes = list(pool.map(attempt, people))
    drain_events()

    assert outcomes.count("withdrawn") == 1
    assert set(outcomes) <= {"withdrawn", "changed_meanwhile", "proposal_refused", "no_proposal", "transition_refused"}
    assert actions_on(careful, certificate).count("certificate.withdrawn") == 1
    assert counts_of(careful) == {"withdrawn": 1}


def test_one_confirms_and_one_declines_at_once_and_one_of_them_wins(careful: Tenant, certificate: Certificate) -> None:
    at = propose(careful).at
    proposal, confirmation = confirm(WITHDRAW, tenant=careful, actor=BEN, number="FM-1", proposed_at=at)
    decline_proposal(tenant=careful, actor=DECIDER, number="FM-1", proposed_at=at, reason="It is corrected.")

    with pytest.raises(ProposalRefusedError, match="Somebody else dealt with the proposal"):
        withdraw_certificate(
            tenant=careful, actor=BEN, number="FM-1", reason="x", version=int(proposal.version), confirming=confirmation
        )

    assert get_certificate(tenant=careful, number="FM-1").status == "active"
    assert actions_on(careful, certificate)[3:] == ["certificate.proposed", "certificate.proposal_declined"]


def test_a_proposal_is_declined_with_a_reason(careful: Tenant, certificate: Certificate) -> None:
    at = propose(careful).at
    before = every_row()

    with pytest.raises(InvalidError, match="Give a reason"):
        decline_proposal(tenant=careful, actor=BEN, number="FM-1", proposed_at=at, reason=" ")
    assert every_row() == before

    decline_proposal(tenant=careful, actor=BEN, number="FM-1", proposed_at=at, reason="It is corrected.")
    event = history_of(tenant=careful, certificate=certificate)[-1]
    assert (event.reason, event.after["proposed_by"]) == ("It is corrected.", ANNA.label)
    with pytest.raises(NoProposalError):
        find_proposal(tenant=careful, number="FM-1")


def test_a_page_of_an_older_proposal_confirms_no_newer_one(careful: Tenant, certificate: Certificate) -> None:
    with time_machine.travel(now() - timedelta(minutes=1)):
        shown = propose(careful).at
        decline_proposal(tenant=careful, actor=BEN, number="FM-1", proposed_at=shown, reason="Another reason is meant.")
    propose(careful, reason="Ceased trading.")

    with pytest.raises(NoProposalError):
        confirmed(careful, BEN, shown)


def test_proposing_and_confirming_are_one_transaction_each_after_two_reads(
    careful: Tenant, certificate: Certificate
) -> None:
    with counted_calls() as proposing:
        at = propose(careful).at
    with counted_calls() as confirming:
        confirmed(careful, BEN, at)

    assert proposing == ["GetItem", "GetItem", "TransactWriteItems"]
    assert confirming == ["BatchGetItem", "GetItem", "TransactWriteItems"]


@pytest.mark.parametrize(
    "planted", [{"proposer": {"id": "01X", "label": "Nobody"}}, {"verb": "withdraw", "version": 9}]
)
def test_who_can_write_rows_but_has_no_key_makes_no_second_person(
    careful: Tenant, certificate: Certificate, planted: dict[str, object]
) -> None:
    at = propose(careful).at
    row = Proposal(certificate.PK, proposal_key("FM-1"))
    changes = [getattr(Proposal, name).set(value) for name, value in planted.items()]
    with transaction() as writes:
        writes.update(row, changes, given=Proposal.PK.exists(), otherwise=RefusedError(""))

    with pytest.raises(DamagedRowError):
        confirmed(careful, BEN, at)

    assert list_proposals(tenant=careful) == []
    assert get_certificate(tenant=careful, number="FM-1").status == "active"


class TestScreens:
    @pytest.fixture
    def one(self, careful: Tenant, certificate: Certificate) -> Client:
        return log_in_as(make_user(careful, Role.DECISION_MAKER), careful)

    @pytest.fixture
    def another(self, careful: Tenant) -> User:
        return make_user(careful, Role.OWNER)

    def test_two_people_withdraw_a_certificate_without_javascript(
        self, one: Client, another: User, careful: Tenant
    ) -> None:
        asked = one.get(f"{PAGE}/withdraw").content.decode()
        assert "Nothing changes until somebody else confirms it" in asked
        typed = form_of(asked) | {"reason": "Not corrected.", "confirmation": "FM-1"}
        one.post(f"{PAGE}/withdraw", typed)

        own = one.get(f"{PAGE}/withdraw/confirm").content.decode()
        assert "You proposed this, so somebody else confirms it." in own
        assert "Confirm: withdraw" not in own

        owner = log_in_as(another, careful)
        assert "To confirm by a second person" in owner.get("/staff/").content.decode()
        page = owner.get(f"{PAGE}/withdraw/confirm").content.decode()
        assert "Withdrawal is final" in page
        owner.post(f"{PAGE}/withdraw/confirm", {"proposed_at": form_of(page)["proposed_at"]})

        assert get_certificate(tenant=careful, number="FM-1").status == "withdrawn"
        assert "To confirm by a second person" not in owner.get("/staff/").content.decode()

    def test_declining_without_a_reason_says_so_beside_the_field(
        self, one: Client, another: User, careful: Tenant
    ) -> None:
        at = propose(careful).at

        answer = log_in_as(another, careful).post(f"{PAGE}/withdraw/decline", {"proposed_at": at, "reason": ""})

        assert answer.status_code == 422
        assert field_errors(answer.content.decode()) == {
            "reason": "Give a reason; it is kept in the history (ISO/IEC 17021-1:2015, 9.9.2)."
        }

    def test_the_proposers_own_confirmation_by_a_forged_form_is_refused(
        self, careful: Tenant, certificate: Certificate
    ) -> None:
        user = make_user(careful, Role.DECISION_MAKER)
        at = propose(careful, Actor(user.id, "user", user.name)).at

        answer = log_in_as(user, careful).post(f"{PAGE}/withdraw/confirm", {"proposed_at": at})

        assert answer.status_code == 409
        assert get_certificate(tenant=careful, number="FM-1").status == "active"


def test_declaring_void_needs_two_people_whatever_the_body_has_chosen(tenant: Tenant) -> None:
    certificate = make_certificate(tenant, number="FM-1")
    alone = {"tenant": tenant, "number": "FM-1", "reason": "Issued to the wrong client."}
    with pytest.raises(SecondPersonNeededError):
        void_certificate(actor=ANNA, **alone)

    at = propose_act(VOID, tenant=tenant, actor=ANNA, number="FM-1", given={"reason": alone["reason"]}).at
    _proposal, confirmation = confirm(VOID, tenant=tenant, actor=BEN, number="FM-1", proposed_at=at)

    assert void_certificate(actor=BEN, **alone, confirming=confirmation).status == "void"
    assert history_of(tenant=tenant, certificate=certificate)[-1].after["proposed_by"] == ANNA.label


def test_a_body_withdraws_alone_again_once_it_has_chosen_so(careful: Tenant, certificate: Certificate) -> None:
    call_command("set_policy", careful.slug, "--two-persons")
    alone = get_tenant(careful.slug)

    withdraw_certificate(tenant=alone, actor=ANNA, number="FM-1", reason="Not corrected.")

    events = [event for event in list_events(tenant_slug=PLATFORM).items if event.action == "tenant.policy_set"]
    assert [event.after for event in events] == [{"two_persons": []}, {"two_persons": ["withdraw"]}]


def test_the_paper_of_printed_certificates_is_chosen_in_the_same_way(careful: Tenant) -> None:
    call_command("set_policy", careful.slug, "--paper", "letter")

    chosen = get_tenant(careful.slug)
    assert (chosen.paper_size, chosen.two_persons) == ("letter", ["withdraw"])


def test_a_policy_is_of_one_body_and_of_acts_that_there_are(careful: Tenant) -> None:
    other = make_tenant("globex")
    make_certificate(other, number="FM-1")
    before = every_row()

    for arguments in (["--two-persons", "issue"], []):
        with pytest.raises(CommandError):
            call_command("set_policy", careful.slug, *arguments)
    with pytest.raises(CommandError, match="nobody"):
        call_command("set_policy", "nobody", "--two-persons", "withdraw")

    assert every_row() == before
    assert withdraw_certificate(tenant=other, actor=ANNA, number="FM-1", reason="Over.").status == "withdrawn"
