"""Whose transactions count as our anchors: the account of the settings and the former ones, by their public side."""

from datetime import date
from typing import Any

import pytest
from eth_account import Account as EthAccount

from defiso.chain.accounts import (
    account_of_private_key,
    current_account,
    our_addresses,
    read_account,
    read_former_accounts,
)
from tests.anchoring.anvil import ADDRESS, CHAIN_ID, KEY, OTHER_KEY

MULTIKEY = str(account_of_private_key(KEY).multikey)
FORMER = f"5:{ADDRESS}:{MULTIKEY}:2024-01-31:2026-02-28"


def test_the_current_account_is_that_of_the_private_key(settings: Any) -> None:
    assert current_account().address == EthAccount.from_key(settings.CHAIN_ACCOUNT_KEY).address.lower()
    settings.CHAIN_ACCOUNT_KEY = OTHER_KEY
    assert current_account().address == EthAccount.from_key(OTHER_KEY).address.lower()


def test_without_a_private_key_the_account_is_known_by_its_address_or_its_multikey(settings: Any) -> None:
    settings.CHAIN_ACCOUNT_KEY = ""
    settings.CHAIN_ACCOUNT = ADDRESS.upper().replace("0X", "0x")
    by_address = current_account()
    settings.CHAIN_ACCOUNT = MULTIKEY

    assert (by_address.address, by_address.multikey) == (ADDRESS, None)
    assert current_account() == account_of_private_key(KEY)


def test_a_former_account_is_read_with_its_key_its_chain_and_its_days() -> None:
    [former] = read_former_accounts(f" {FORMER}, ")

    assert (former.chain_id, former.since, former.until) == (5, date(2024, 1, 31), date(2026, 2, 28))
    assert former.account == account_of_private_key(KEY)


@pytest.mark.parametrize(
    "text",
    [
        FORMER.replace("f39f", "f39e"),
        FORMER.replace(":5", ":x").replace("5:", "five:"),
        FORMER.replace("5:", "0:", 1),
        FORMER.replace("2024", "2027"),
        FORMER.replace("-31", "-32"),
        FORMER.replace(MULTIKEY, ""),
        FORMER.replace(MULTIKEY, "z6MkhaXgBZDvotDkL5257faiztiGiC2QtKLGpbnnEGta2doK"),
        FORMER.replace(MULTIKEY[-4:], "1111"),
        FORMER + ":more",
        "0x12",
    ],
)
def test_a_former_account_that_does_not_hold_together_is_refused(text: str) -> None:
    with pytest.raises(ValueError):
        read_former_accounts(text)


@pytest.mark.parametrize("text", ["", "0x", ADDRESS[:-1], ADDRESS + "0", "zQ3s", MULTIKEY[:-1], "u" + MULTIKEY[1:]])
def test_what_is_neither_address_nor_key_is_no_account(text: str) -> None:
    with pytest.raises(ValueError):
        read_account(text)


def test_a_former_account_is_ours_on_its_own_chain_alone(settings: Any) -> None:
    settings.CHAIN_ACCOUNT_KEY = OTHER_KEY
    settings.FORMER_CHAIN_ACCOUNTS = read_former_accounts(FORMER)
    ours = account_of_private_key(OTHER_KEY).address

    assert our_addresses(5) == {ADDRESS}
    assert our_addresses(CHAIN_ID) == {ours}
    assert our_addresses(7) == set()
