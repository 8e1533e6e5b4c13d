"""The page "Check in your browser" before its script does anything: whom it proposes to ask, and of what it exists."""

from typing import Any

from defiso.tenants.models import Tenant
from tests.anchoring.anvil import Anvil
from tests.issuing import anchor_everything, issue
from tests.staff import browser_at


def test_it_proposes_nodes_of_this_chain_and_of_those_that_were_anchored_on_before(
    acme: Tenant, anvil: Anvil, settings: Any
) -> None:
    issue(acme, "FM-1")
    settings.CHAIN_ID, settings.FORMER_CHAIN_RPC_URLS = 1, {11155111: ["https://a-secret-node.example/key"]}
    page = browser_at(acme).get("/certificates/FM-1/check").content.decode()

    for told in ("Ethereum, Sepolia test network", "https://ethereum-rpc.publicnode.com", "https://sepolia.drpc.org"):
        assert told in page
    assert "a-secret-node" not in page
    assert "passes the questions on" not in page


def test_it_asks_the_embedded_chain_through_the_register_and_says_so(acme: Tenant, anvil: Anvil) -> None:
    issue(acme, "FM-1")
    page = browser_at(acme).get("/certificates/FM-1/check").content.decode()

    assert "/chain</textarea>" in page
    assert "No browser reaches that chain, so this register passes the questions on" in page


def test_there_is_none_of_what_is_confidential_or_not_there(acme: Tenant, anvil: Anvil) -> None:
    issue(acme, "FM-1", confidential=True, confidentialityReason="The client asked for it.")
    anchor_everything()

    for number in ("FM-1", "FM-2"):
        assert browser_at(acme).get(f"/certificates/{number}/check").status_code == 404
