"""What staff see of batches, and that it is only their own."""

import pytest
from django.conf import settings

from defiso.anchoring.presentation import write_ether
from defiso.anchoring.services import anchoring_summary
from defiso.certificates.figures import read_figures
from defiso.chain.client import Chain
from defiso.core.clock import today
from defiso.store.connection import counted_calls
from defiso.tenants.services import get_tenant
from defiso.web.filters import plain_number
from defiso.worker.passes import run_pass
from tests.anchoring.anvil import Anvil
from tests.anchoring.kit import RULES, issue, issue_many, shares_of, the_batch, work
from tests.staff import log_in_as, make_user

BATCHES = "/staff/blockchain/"


@pytest.fixture
def browsers(hold, tenants):
    bodies = [get_tenant(slug) for slug in tenants]
    return [log_in_as(make_user(body), body) for body in bodies]


def page_of(batch) -> str:
    return f"{BATCHES}{batch.id}"


def test_an_anchored_batch_shows_its_transaction_block_gas_and_fee(anvil, chain, hold, browsers):
    issue("acme", "FM-1")
    work(hold, chain)
    anvil.mine(2)
    batch = the_batch()

    page = browsers[0].get(page_of(batch)).content.decode()

    assert "Anchored" in page
    for fact in (batch.tx_hash, f"0x{batch.root}", chain.address, write_ether(batch.fee), plain_number(batch.gas_used)):
        assert fact in page
    assert "hx-get" not in page
    assert "FM 1" in page


def test_the_list_is_one_query_and_a_count_of_what_was_set_aside(anvil, chain, hold, browsers):
    issue("acme", "FM-1")
    work(hold, chain)
    browsers[0].get(BATCHES)

    with counted_calls() as calls:
        page = browsers[0].get(BATCHES)

    assert page.content.decode().count("Anchored") == 1
    assert calls.count("Query") == 2


def test_another_bodys_batch_does_not_exist_for_it(anvil, chain, hold, browsers):
    issue("acme", "FM-1")
    work(hold, chain)

    assert browsers[1].get(page_of(the_batch())).status_code == 404
    assert "No batches yet" in browsers[1].get(BATCHES).content.decode()


def test_of_a_shared_batch_each_body_sees_only_its_own_certificates(anvil, chain, hold, browsers):
    issue("acme", "ACME-1")
    issue("globex", "GLOBEX-1")
    work(hold, chain)

    pages = [browser.get(page_of(the_batch())).content.decode() for browser in browsers]

    assert ["ACME 1" in page for page in pages] == [True, False]
    assert ["GLOBEX 1" in page for page in pages] == [False, True]
    assert all("1 of the 2 in this batch" in page for page in pages)


def test_a_large_batch_is_listed_fifty_at_a_time(anvil, chain, hold, browsers):
    issue_many("acme", 120)
    work(hold, chain)
    address, seen = page_of(the_batch()), 0

    for cursor in ("", "?cursor=50", "?cursor=100"):
        seen += browsers[0].get(address + cursor).content.decode().count('class="cover"')

    assert seen == 120
    assert browsers[0].get(address + "?cursor=x").status_code == 422
    assert browsers[0].get(address + "?cursor=9999999").status_code == 422


def test_an_unfinished_batch_asks_again_by_itself_and_says_what_comes_next(anvil, chain, hold, browsers):
    issue("acme", "FM-1")
    anvil.hold_transactions()
    work(hold, chain)
    address = page_of(the_batch())

    full = browsers[0].get(address).content.decode()
    part = browsers[0].get(address, headers={"HX-Request": "true"}).content.decode()
    listed = browsers[0].get(BATCHES, headers={"HX-Request": "true"}).content.decode()
    anvil.release_transactions()
    work(hold, chain)
    finished = browsers[0].get(address, headers={"HX-Request": "true"}).content.decode()

    assert "waiting for a block" in full
    assert "None" not in full
    assert "<html" not in part
    assert "hx-get" in part
    assert "hx-get" in listed
    assert "hx-get" not in finished


def test_a_batch_that_does_not_get_on_says_why(anvil, chain, hold, browsers):
    issue("acme", "FM-1")
    anvil.rpc("anvil_setBalance", chain.address, "0x0")
    work(hold, chain)

    assert "too little ether" in browsers[0].get(page_of(the_batch())).content.decode()


def test_no_page_of_batches_asks_the_chain(anvil, chain, hold, browsers, monkeypatch):
    issue("acme", "FM-1")
    work(hold, chain)
    asked = []
    monkeypatch.setattr(Chain, "head", lambda chain: asked.append(chain))
    monkeypatch.setattr(Chain, "evidence", lambda chain, tx_hash: asked.append(tx_hash))

    page = browsers[0].get(page_of(the_batch()))
    browsers[0].get(BATCHES)

    assert page.status_code == 200
    assert asked == []
    assert f"{settings.CONFIRMATIONS} or more<" in page.content.decode()


def test_a_look_at_what_is_unfinished_is_one_read_besides_the_sessions(anvil, chain, hold, browsers):
    issue("acme", "FM-1")
    anvil.hold_transactions()
    work(hold, chain)
    reads = []

    browsers[0].get("/staff/sessions/")  # which tenant it is, is known from now on
    for address in (page_of(the_batch()), BATCHES):
        with counted_calls() as calls:
            browsers[0].get(address, headers={"HX-Request": "true"})
        reads.append(calls)

    assert reads == [["BatchGetItem", "BatchGetItem"], ["BatchGetItem", "Query"]]


@pytest.mark.parametrize("batch_id", ["0" * 26, "x", "0" * 3000, "BATCH"])
def test_an_unknown_batch_is_not_found(browsers, batch_id):
    assert browsers[0].get(BATCHES + batch_id).status_code == 404


def summary_of(tenant):
    figures = read_figures(tenant=tenant, today=today(), expiring_days=90)
    return anchoring_summary(tenant=tenant, handled_to=figures.as_of)


def test_the_summary_counts_what_waits_wherever_it_waits(anvil, chain, hold):
    tenant = get_tenant("acme")
    issue("acme", "FM-1")
    issue("globex", "FM-1")
    in_outbox = summary_of(tenant)
    anvil.hold_transactions()
    run_pass(hold, chain, RULES)
    issue("acme", "FM-2")
    in_both = summary_of(tenant)
    anvil.release_transactions()
    work(hold, chain)
    finished = summary_of(tenant)

    assert (in_outbox.pending.number, in_outbox.last_anchored_at) == (1, None)
    assert in_both.pending.number == 2
    assert finished.pending.number == 0
    assert finished.last_anchored_at == max(share.anchored_at for share in shares_of("acme"))


@pytest.mark.parametrize(
    ("wei", "text"),
    [
        (0, "under 0.00000001 ETH"),
        (44_560_000_000_000, "0.00004456 ETH"),
        (10**18, "1 ETH"),
        (10**20, "100 ETH"),
        (1, "under 0.00000001 ETH"),
    ],
)
def test_fees_are_written_in_ether(wei, text):
    assert write_ether(wei) == text


def test_a_batch_on_a_chain_that_people_look_things_up_on_links_to_its_transaction_there(hold, browsers):
    with Anvil(chain_id=1) as anvil:
        issue("acme", "FM-1")
        work(hold, anvil.chain())
    batch = the_batch()

    page = browsers[0].get(page_of(batch)).content.decode()

    assert f'<a href="https://etherscan.io/tx/{batch.tx_hash}">' in page
    assert "Ethereum" in page


def test_a_batch_on_the_embedded_chain_links_nowhere(anvil, chain, hold, browsers):
    issue("acme", "FM-1")
    work(hold, chain)

    page = browsers[0].get(page_of(the_batch())).content.decode()

    assert "embedded test chain" in page
    assert "/tx/" not in page
