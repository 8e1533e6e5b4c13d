import pytest

from defiso.accounts.addresses import network_of, normalise_email, read_client_address


@pytest.mark.parametrize(
    "typed", ["owner@acme.example", " Owner@ACME.example ", "ＯＷＮＥＲ@acme.example", "owner@ACME.EXAMPLE\n"]
)
def test_one_mailbox_has_one_text(typed: str) -> None:
    assert normalise_email(typed) == "owner@acme.example"


@pytest.mark.parametrize(
    ("proxies", "forwarded_for", "address"),
    [
        (0, "", "192.0.2.1"),
        (0, "203.0.113.9", "192.0.2.1"),  # nobody stands before us: the header is the sender's invention
        (1, "203.0.113.9", "203.0.113.9"),
        (1, "198.51.100.1, 203.0.113.9", "203.0.113.9"),
        (2, "198.51.100.1, 203.0.113.9", "198.51.100.1"),
        (2, "198.51.100.1,203.0.113.9", "198.51.100.1"),
        (2, "1.1.1.1, 198.51.100.1, 203.0.113.9", "198.51.100.1"),
        (3, "203.0.113.9", "203.0.113.9"),
        (1, "", "192.0.2.1"),
        (1, "not an address", "192.0.2.1"),
        (1, "2001:db8::7", "2001:db8::7"),
    ],
)
def test_only_the_hops_of_trusted_proxies_are_believed(proxies: int, forwarded_for: str, address: str) -> None:
    assert read_client_address("192.0.2.1", forwarded_for, proxies) == address


@pytest.mark.parametrize(
    ("address", "network"),
    [
        ("192.0.2.1", "192.0.2.1"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        ("2001:db8:1:2::9", "2001:db8:1:2::/64"),
        ("::ffff:192.0.2.1", "192.0.2.1"),
        ("", ""),
    ],
)
def test_failures_are_counted_by_what_one_household_is_given(address: str, network: str) -> None:
    assert network_of(address) == network
