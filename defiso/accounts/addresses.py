"""Two kinds of address: the e-mail address of an account, and the network address a request came from. Pure."""

import ipaddress
import unicodedata

LONGEST_EMAIL = 254  # RFC 5321, 4.5.3.1.3, without the angle brackets


def normalise_email(text: str) -> str:
    """One text for one mailbox: NFKC, case folded, no space around. Not a check that it is an address."""
    return unicodedata.normalize("NFKC", text).strip().casefold()


def read_client_address(remote: str, forwarded_for: str, trusted_proxies: int) -> str:
    """The address of whoever asked: of the hops nearest to us, ``trusted_proxies`` are believed, no more.

    ``forwarded_for`` is ``X-Forwarded-For`` (doubled headers joined by commas); its left part is the sender's claim.
    """
    if not forwarded_for or not trusted_proxies:
        return remote
    hops = [*(part.strip() for part in forwarded_for.split(",")), remote]
    hop = hops[-1 - min(trusted_proxies, len(hops) - 1)]
    return hop if _is_address(hop) else remote


def network_of(address: str) -> str:
    """What failed log-ins are counted by: an IPv4 address, or the /64 that one IPv6 household is given."""
    try:
        parsed = ipaddress.ip_address(address)
    except ValueError:
        return address
    if isinstance(parsed, ipaddress.IPv6Address):
        if parsed.ipv4_mapped:
            return str(parsed.ipv4_mapped)
        return str(ipaddress.IPv6Network((parsed, 64), strict=False))
    return str(parsed)


def _is_address(text: str) -> bool:
    try:
        ipaddress.ip_address(text)
    except ValueError:
        return False
    return True
