"""Ed25519 signatures that hold, and what a lenient program takes for one: RFC 8032, 7.1, and made from its first."""

from typing import NamedTuple

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

ORDER = 2**252 + 27742317777372353535851937790883648493
PRIME = 2**255 - 19
NOTHING = "01" + "00" * 31  # the neutral point: as a key it signs everything with itself and zero


class SignatureCase(NamedTuple):
    """All in hexadecimal."""

    name: str
    key: str
    message: str
    signature: str
    holds: bool


def _made(name: str, secret: str, message: str, holds_as: str = "") -> SignatureCase:
    private = Ed25519PrivateKey.from_private_bytes(bytes.fromhex(secret))
    key, signature = private.public_key().public_bytes_raw().hex(), private.sign(bytes.fromhex(message)).hex()
    assert signature.startswith(holds_as)
    return SignatureCase(name, key, message, signature, True)


def _beyond_the_order(case: SignatureCase) -> SignatureCase:
    scalar = int.from_bytes(bytes.fromhex(case.signature[64:]), "little") + ORDER
    return case._replace(
        name="a scalar beyond the order",
        signature=case.signature[:64] + scalar.to_bytes(32, "little").hex(),
        holds=False,
    )


def _octets(number: int) -> str:
    return number.to_bytes(32, "little").hex()


FIRST = _made(
    "RFC 8032, test 1", "9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60", "", "e5564300c360ac72"
)
SIGNATURES = [
    FIRST,
    _made(
        "RFC 8032, test 2", "4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb", "72", "92a009a9f0d4cab8"
    ),
    _made(
        "RFC 8032, test 3",
        "c5aa8df43f9f837bedb7442f31dcb7b166d38535076f094b85ce3a2e0b4458f7",
        "af82",
        "6291d657deec2402",
    ),
    _made("a long message", "f5e5767cf153319517630f226876b86c8160cc583bc013744c6bf255f5cc0ee5", "ab" * 1023),
    FIRST._replace(name="another message", message="00", holds=False),
    FIRST._replace(name="another point", signature="e4" + FIRST.signature[2:], holds=False),
    FIRST._replace(name="too short", signature=FIRST.signature[:-2], holds=False),
    FIRST._replace(name="a key too long", key=FIRST.key + "00", holds=False),
    _beyond_the_order(FIRST),
    SignatureCase("a key that signs everything", NOTHING, "00", NOTHING + "00" * 32, False),
    SignatureCase("a key that signs everything, of order two", _octets(PRIME - 1), "00", NOTHING + "00" * 32, False),
    SignatureCase("the same key written otherwise", _octets(PRIME + 1), "00", NOTHING + "00" * 32, False),
    SignatureCase("a key of order four", "00" * 32, "00", "00" * 64, False),
    SignatureCase(
        "a key of order eight",
        "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a",
        "00",
        NOTHING + "00" * 32,
        False,
    ),
    SignatureCase("a key beyond the prime", _octets(PRIME + 3), "00", FIRST.signature, False),
    SignatureCase("a key that is no point", "02" + "00" * 31, "00", FIRST.signature, False),
]
