import pytest

from defiso.tenants.errors import MalformedHostError
from defiso.tenants.hosts import Host, read_host


@pytest.mark.parametrize(
    ("header", "name"),
    [
        ("acme.localhost:8000", "acme.localhost"),
        ("ACME.LocalHost", "acme.localhost"),
        ("acme.localhost.", "acme.localhost"),
        ("acme.localhost.:8000", "acme.localhost"),
        ("localhost", "localhost"),
        ("certificates.example.org:65535", "certificates.example.org"),
        ("xn--bcher-kva.example", "xn--bcher-kva.example"),
        ("3com.example", "3com.example"),
        (".".join(["a" * 63, "b" * 63, "c" * 63, "d" * 61]), ".".join(["a" * 63, "b" * 63, "c" * 63, "d" * 61])),
    ],
)
def test_a_host_name_is_read_in_lower_case_without_port_and_final_dot(header: str, name: str) -> None:
    assert read_host(header) == Host(name, is_address=False)


@pytest.mark.parametrize(
    ("header", "name"), [("127.0.0.1", "127.0.0.1"), ("10.0.0.7:8000", "10.0.0.7"), ("[::1]:8000", "::1")]
)
def test_an_address_is_told_from_a_name(header: str, name: str) -> None:
    assert read_host(header) == Host(name, is_address=True)


@pytest.mark.parametrize(
    "header",
    [
        "",
        " ",
        ".",
        "acme.localhost,globex.localhost",  # how the server hands on two Host headers
        "acme.localhost, acme.localhost",
        "acme.localhost globex.localhost",
        " acme.localhost",
        "acme.localhost ",
        "acme.localhost\t",
        "acme.localhost\n",
        "acme.localhost\r\nX: y",
        "acme.localhost\0",
        "staff@acme.localhost",
        "staff:secret@acme.localhost",
        "http://acme.localhost",
        "acme.localhost/staff",
        "acme.localhost?",
        "acme.localhost#",
        "acme.localhost\\",
        "acme_corp.localhost",
        "-acme.localhost",
        "acme-.localhost",
        "acme..localhost",
        ".acme.localhost",
        "acme.localhost..",
        "*.localhost",
        "acmé.localhost",
        "ａｃｍｅ.localhost",
        "acme。localhost",
        "\u212a.localhost",  # the Kelvin sign folds to k
        "acme.localhost:",
        "acme.localhost:0",
        "acme.localhost:65536",
        "acme.localhost:123456",
        "acme.localhost:80:80",
        "acme.localhost:+80",
        "acme.localhost:8e1",
        "acme.localhost:٨٠",
        "a" * 64 + ".localhost",
        ".".join(["a" * 63, "b" * 63, "c" * 63, "d" * 62]),
        "127.0.0",
        "127.1",
        "2130706433",
        "0177.0.0.1",
        "256.0.0.1",
        "[::1",
        "::1",
        "[::1%eth0]",
        "[fe80::z]",
        "[:::]",
    ],
)
def test_anything_but_one_host_with_an_optional_port_is_malformed(header: str) -> None:
    with pytest.raises(MalformedHostError):
        read_host(header)
