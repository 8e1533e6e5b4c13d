"""Reading the Host header, strictly: a name, an IP address or nothing. Pure; nothing is looked up here.

Django's own check is off (``ALLOWED_HOSTS = ["*"]``) because hosts are data here and this one is stricter.
"""

import ipaddress
import re
from dataclasses import dataclass
from functools import lru_cache

from defiso.tenants.errors import MalformedHostError

LONGEST_NAME = 253  # RFC 1035, 2.3.4, as text without the final dot
_LABEL = r"[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?"
_HOST = re.compile(
    rf"(?:(?P<name>{_LABEL}(?:\.{_LABEL})*)\.?|\[(?P<ipv6>[0-9a-f:.]{{2,45}})\])(?::(?P<port>[0-9]{{1,5}}))?",
    re.ASCII,
)


@dataclass(frozen=True)
class Host:
    """``name`` in lower case without port and final dot; ``is_address`` for IPv4 and IPv6 literals."""

    name: str
    is_address: bool


@lru_cache(maxsize=1024)  # only what is well-formed is kept, so an entry is small
def read_host(header: str) -> Host:
    """The host a request was sent to. Raises MalformedHostError for anything else than one host and an optional port.

    A doubled Host header arrives from the server as ``first,second`` and so is refused too, as are names with
    characters outside ASCII: a browser sends their ``xn--`` form.
    """
    match = _HOST.fullmatch(header.lower()) if header.isascii() else None
    if match is None or not _is_port(match["port"]):
        raise MalformedHostError
    if match["ipv6"]:
        return _ipv6(match["ipv6"])
    name: str = match["name"]
    if len(name) > LONGEST_NAME:
        raise MalformedHostError
    if name.rpartition(".")[2].isdigit():  # a name never ends in a number (RFC 3696, 2): an IPv4 address or nonsense
        return _ipv4(name)
    return Host(name, is_address=False)


def _is_port(text: str | None) -> bool:
    return text is None or 1 <= int(text) <= 65535


def _ipv4(text: str) -> Host:
    try:
        return Host(str(ipaddress.IPv4Address(text)), is_address=True)
    except ValueError:
        raise MalformedHostError from None


def _ipv6(text: str) -> Host:
    try:
        return Host(str(ipaddress.IPv6Address(text)), is_address=True)
    except ValueError:
        raise MalformedHostError from None
