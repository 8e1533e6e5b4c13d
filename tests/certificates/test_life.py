"""Whatever two people do and however many days pass: only legal histories exist, as a second set of rules has them."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime, time
from itertools import count
from typing import Any

import pytest
import time_machine
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test

from defiso.audit.actors import Actor
from defiso.audit.models import Event
from defiso.certificates.acts.table import ACTS
from defiso.certificates.bits_of_status import Stretches
from defiso.certificates.dictionaries import dictionary_of
from defiso.certificates.models import Certificate, Revision, revision_key
from defiso.certificates.second_person import Confirmation
from defiso.certificates.services import get_certificate, history_of
from defiso.certificates.staff.carrying_out import SERVICES
from defiso.certificates.states import Status
from defiso.core.clock import today
from defiso.core.errors import DomainError
from defiso.credentials.status_bits import Bits, with_bits
from defiso.credentials.status_entries import StatusEntry
from defiso.store.connection import counted_calls
from defiso.tenants.models import Tenant
from defiso.transparency.entries import entry_of
from tests.certificates import second_rules
from tests.certificates.making import DECIDER, ISSUER, make_certificate, make_draft
from tests.certificates.second_rules import ARROWS, Audit, Life, after, days, is_legal

FIRST_DAY = date(2026, 3, 2)
AUDITOR = Actor("01AUDITOR", "user", "Anna Auditor")
ENDS = {"refused", "withdrawn", "cancelled", "void", "transferred_out"}
VERB_OF = {str(act.action): act.verb for act in ACTS}
NUMBERS = count(1)
SITES = {one: {"name": f"Works {one}", "address": f"Street {one}", "country": "DE"} for one in (1, 2, 3)}

acts = st.tuples(st.sampled_from([True, True, True, False]), st.integers(0, 99))  # leads on, and which
offsets = st.sampled_from([-20, -1, 0, -200, -400, -1096, -1500, 1])
verified = st.sampled_from([None, None, None, None, False, 0, 190])
givens = st.fixed_dictionaries(
    {
        "who": st.sampled_from([*([DECIDER, ISSUER] * 3), AUDITOR]),
        "reason": st.sampled_from([*(["Because."] * 7), " "]),
        "review": st.sampled_from([0, 1, 150, 250]),
        "justified": st.booleans(),
        "scope": st.integers(0, 2),
        "sites": st.sampled_from([frozenset({1, 2}), frozenset({1}), frozenset({1, 2, 3}), frozenset()]),
        "audit": st.tuples(offsets, verified),
        "until": st.sampled_from([None, None, -1, 0, 1]),
    }
)


ORDINARY: dict[str, Any] = {"who": DECIDER, "reason": "Because.", "review": 1, "justified": False, "scope": 0}
ORDINARY |= {"sites": frozenset({1}), "audit": (0, None), "until": None}


class LifeOfACertificate(RuleBasedStateMachine):
    tenant: Tenant

    def __init__(self) -> None:
        super().__init__()
        self.today = FIRST_DAY
        self.clock = time_machine.travel(self.moment, tick=False)
        self.traveller = self.clock.start()
        self.signed: dict[int, tuple[bytes, bytes | None]] = {}

    @property
    def moment(self) -> datetime:
        return datetime.combine(self.today, time(12, 0, tzinfo=UTC))

    def teardown(self) -> None:
        self.clock.stop()

    @initialize(flaw=st.sampled_from([*(["none"] * 8), "gap", "late", "long", "major"]), waits=st.booleans())
    def draft(self, flaw: str, waits: bool) -> None:
        complete, late, long = flaw != "gap", int(flaw == "late"), int(flaw == "long")
        major = False if flaw == "major" else 20
        decided = self.today - days(10)
        effective = decided - days(late)
        expires = second_rules.later_by_years(effective, 3) + days(long)
        stage_2 = Audit("initial", self.today - days(230), _day(self.today - days(230), major))
        self.life = Life(decided, effective, expires, complete=complete, audits=(stage_2,))
        self.number = f"LIFE-{next(NUMBERS)}"
        make_draft(
            self.tenant,
            number=self.number,
            scope="Scope 0" if complete else None,
            sites=[SITES[1], SITES[2]],
            originalCertificationDate=None,
            decisionDate=decided.isoformat(),
            effectiveDate=effective.isoformat(),
            issueDate=decided.isoformat(),
            expiryDate=expires.isoformat(),
            audits=[{"type": "initial"} | _written(stage_2)],
        )
        for verb in () if waits else ("submit", "issue"):
            self._expect(verb, ORDINARY, self._attempt(verb, ORDINARY, self.life.version))

    @rule(number=st.sampled_from([0, 1, 30, 184, 400, 1000, 1090]))
    def days_pass(self, number: int) -> None:
        if (self.today - FIRST_DAY).days < 6000:
            self.today += days(number)
            self.traveller.move_to(self.moment)

    @rule(act=acts, given=givens)
    def somebody_acts(self, act: tuple[bool, int], given: dict[str, Any]) -> None:
        verb = self._verb(act)
        self._expect(verb, given, self._attempt(verb, given, self.life.version))

    @rule(act=acts, given=givens)
    def somebody_acts_on_an_outdated_page(self, act: tuple[bool, int], given: dict[str, Any]) -> None:
        assert not self._attempt(self._verb(act), given, self.life.version - 1)()

    @rule(first=acts, second=acts, given=givens)
    def two_act_at_once(self, first: tuple[bool, int], second: tuple[bool, int], given: dict[str, Any]) -> None:
        """On the page as both see it: of what is legal one is done, and the other finds the page outdated."""
        verbs = [self._verb(first), self._verb(second)]
        legal = [verb for verb in verbs if is_legal(self.life, verb, self._facts(verb, given), self.today)]
        with ThreadPoolExecutor(2) as people:
            done = list(
                people.map(lambda act: act(), [self._attempt(verb, given, self.life.version) for verb in verbs])
            )

        won = [verb for verb, was_done in zip(verbs, done, strict=True) if was_done]
        assert len(won) == bool(legal)
        if won:
            assert won[0] in legal
            self.life = after(self.life, won[0], self._facts(won[0], given), self.today)

    @invariant()
    def what_is_stored_is_what_the_second_rules_say(self) -> None:
        head = self.head
        stored = (head.status, int(head.revision), int(head.version), head.expires_on, str(head.status_today))
        life = self.life
        assert stored == (life.status, life.revision, life.version, life.expires.isoformat(), life.shown(self.today))

    @invariant()
    def no_issued_revision_changes(self) -> None:
        for number in range(1, self.life.revision + 1):
            row = Revision.get(self.head.PK, revision_key(self.head.slug, number))
            is_as_signed = self.signed.setdefault(number, (row.credential, row.internal))
            assert is_as_signed == (row.credential, row.internal)

    @invariant()
    def its_history_is_legal_and_replays_to_what_is_stored(self) -> None:
        head = self.head
        events = history_of(tenant=self.tenant, certificate=head)
        verbs = [VERB_OF[event.action] for event in events[1:]]
        status = "draft"
        for verb in verbs:
            sources, target = ARROWS[verb]
            assert status in sources or "expired" in sources
            status = target
        states = [event.sealed_state for event in events if event.sealed_state]
        assert status == head.status
        assert [state.previous for state in states] == ["", *(state.value.hex() for state in states)][: len(states)]
        assert not states or states[-1] == head.sealed_state

    @property
    def head(self) -> Certificate:
        return get_certificate(tenant=self.tenant, number=self.number, consistent=True)

    def _verb(self, act: tuple[bool, int]) -> str:
        """Any act, or one that leads on from where the certificate is."""
        leads_on, number = act
        verbs = [verb for verb, (sources, _) in ARROWS.items() if self.life.shown(self.today) in sources]
        going_on = [verb for verb in verbs if ARROWS[verb][1] not in ENDS]
        chosen = [*(going_on * 5), *verbs] if leads_on and verbs else list(ARROWS)
        return chosen[number % len(chosen)]

    def _expect(self, verb: str, given: dict[str, Any], act: Callable[[], bool]) -> None:
        facts = self._facts(verb, given)
        expected = is_legal(self.life, verb, facts, self.today)
        assert act() == expected, (verb, facts, self.life, self.today)
        if expected:
            self.life = after(self.life, verb, facts, self.today)

    def _facts(self, verb: str, given: dict[str, Any]) -> dict[str, Any]:
        """As the second rules have it."""
        offset, major = given["audit"]
        held = self.today + days(offset)
        latest = second_rules.latest_expiry(self.life, verb, self.today)
        return given | {
            "auditor": given["who"] is AUDITOR,
            "reason": bool(given["reason"].strip()),
            "review": self.today + days(given["review"]),
            "audit": Audit("", held, _day(held, major)),
            "until": None if given["until"] is None else latest + days(given["until"]),
        }

    def _attempt(self, verb: str, given: dict[str, Any], version: int) -> Callable[[], bool]:
        facts = self._facts(verb, given)
        values = {
            "reason": {"reason": given["reason"]},
            "review_on": {"review_on": facts["review"]},
            "justification": {"justification": "Flood." if given["justified"] else ""},
            "scope": {"scope": f"Scope {given['scope']}"},
            "sites": {"sites": [SITES[one] for one in sorted(given["sites"])]},
            "audit_date": {"audit": _written(facts["audit"])},
            "expires_on": {"expires_on": facts["until"]},
        }
        [row] = [act for act in ACTS if act.verb == verb]
        arguments: dict[str, Any] = {}
        for name in row.fields:
            arguments |= values.get(name, {})
        if row.second_person:
            arguments["confirming"] = Confirmation({}, lambda writes: None)

        def act() -> bool:
            try:
                SERVICES[verb](tenant=self.tenant, actor=given["who"], number=self.number, version=version, **arguments)
            except DomainError:
                return False
            return True

        return act


def _day(held: date, major: int | bool | None) -> date | bool | None:
    return held + days(major) if type(major) is int else major


def _written(audit: Audit) -> dict[str, Any]:
    written: dict[str, Any] = {"date": audit.day.isoformat(), "auditors": ["Auditor, Anna"]}
    if audit.major is not None:
        finding = {"grade": "major", "text": "No calibration."}
        verified_on = {"verifiedOn": audit.major.isoformat()} if isinstance(audit.major, date) else {}
        written["findings"] = [finding | verified_on, {"grade": "minor", "text": "A label was missing."}]
    return written


def test_only_legal_histories_exist(tenant: Tenant) -> None:
    machine = type("Machine", (LifeOfACertificate,), {"tenant": tenant})

    run_state_machine_as_test(
        machine,
        settings=settings(
            max_examples=60,
            stateful_step_count=30,
            deadline=None,
            suppress_health_check=list(HealthCheck),
        ),
    )


def test_a_whole_life_is_as_the_second_rules_have_it_after_each_step(tenant: Tenant) -> None:
    life = type("Machine", (LifeOfACertificate,), {"tenant": tenant})()
    life.draft("none", True)
    steps: list[tuple[int, str, dict[str, Any]]] = [
        *((0, "submit", {}), (0, "return", {}), (0, "submit", {}), (0, "issue", {})),
        *((30, "revise", {"scope": 1}), (30, "suspend", {}), (1, "reduce", {"sites": frozenset()})),
        *((30, "suspend", {"review": 250, "justified": True}), (30, "restore", {})),
        *((600, "renew", {"scope": 1}), (1500, "restore-expired", {"until": -1}), (1300, "certify-again", {})),
        *((30, "renew", {"audit": (-1, 0)}), (30, "suspend", {}), (0, "withdraw", {})),
    ]
    try:
        for wait, verb, changes in steps:
            life.days_pass(wait)
            given = ORDINARY | changes
            assert is_legal(life.life, verb, life._facts(verb, given), life.today), (verb, life.life, life.today)
            life._expect(verb, given, life._attempt(verb, given, life.life.version))
            life.what_is_stored_is_what_the_second_rules_say()
            life.no_issued_revision_changes()
            life.its_history_is_legal_and_replays_to_what_is_stored()
        assert [verb for verb in ARROWS if life._attempt(verb, ORDINARY, life.life.version)()] == []
    finally:
        life.teardown()


@pytest.mark.parametrize(
    ("verb", "status", "given"),
    [
        ("revise", Status.ACTIVE, {"reason": "Move.", "scope": "Casting"}),
        ("renew", Status.ACTIVE, {"audit": {"date": today().isoformat(), "auditors": ["Anna Auditor"]}}),
        ("reduce", Status.SUSPENDED, {"reason": "Failed.", "sites": []}),
        ("restore", Status.SUSPENDED, {"reason": "Held."}),
        ("refuse", Status.UNDER_REVIEW, {"reason": "Not ready."}),
        ("cancel", Status.ACTIVE, {"reason": "Sold."}),
    ],
)
def test_an_act_is_at_most_two_reads_and_one_transaction(
    tenant: Tenant, verb: str, status: Status, given: dict[str, Any]
) -> None:
    make_certificate(tenant, number="first, which fetches the key and places in the status lists")
    number = make_certificate(tenant, status=status).number

    with counted_calls() as calls:
        SERVICES[verb](tenant=tenant, actor=DECIDER, number=number, **given)

    assert calls in (["GetItem", "TransactWriteItems"], ["GetItem", "GetItem", "TransactWriteItems"])


def test_both_sets_of_rules_have_the_same_arrows() -> None:
    ours = {act.verb: ({str(one) for one in act.sources}, str(act.target)) for act in ACTS if act.verb != "edit"}

    assert ours == ARROWS
    assert {act.verb for act in ACTS if act.is_decision} == second_rules.DECISIONS


def test_the_place_of_a_replaced_revision_is_revoked_and_that_of_the_new_one_is_not(tenant: Tenant) -> None:
    first = make_certificate(tenant)
    revised = SERVICES["revise"](tenant=tenant, actor=DECIDER, number=first.number, reason="Move.", scope="Casting")
    events = history_of(tenant=tenant, certificate=revised)
    [issued, changed] = [entry_of(event).change for event in whole(events) if event.state]

    old, new = StatusEntry.read(first.status_entry or ""), StatusEntry.read(revised.status_entry or "")
    octets = Stretches().take([one for one in (issued, changed) if one]).octets

    assert old != new
    assert [with_bits(bits, [Bits(old, (True, False)), Bits(new, (False, False))]) for bits in octets.values()] == [
        *octets.values()
    ]
    assert any(any(bits) for bits in octets.values())


def whole(events: list[Event]) -> list[Event]:
    """With what lists of events leave out."""
    return [Event.get(event.PK, event.SK) for event in events]


def test_the_content_of_a_revision_is_what_was_decided(tenant: Tenant) -> None:
    revised = SERVICES["revise"](
        tenant=tenant, actor=DECIDER, number=make_certificate(tenant).number, reason="Move.", scope="Casting"
    )

    assert (dictionary_of(revised)["scope"], dictionary_of(revised)["revision"]) == ("Casting", 2)
