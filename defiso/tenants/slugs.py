"""Which slugs a tenant may have: a DNS label that is not taken for a part of the platform, nor read as one. Pure."""

import re
from functools import cache

from defiso.core.names import look_of, readings_of

BRAND = "defiso"
LONGEST = 63  # RFC 1035, 2.3.4
_LABEL = re.compile(r"[a-z0-9](?:[a-z0-9-]*[a-z0-9])?")
_NUMBERED = re.compile(r"(?:www|ns|mx|dns|ftp|mail|smtp)\d+")

_WORDS = """
    about abuse accounts account admin administrator anchor apex api app apps assets auth autoconfig autodiscover
    billing blockchain blog broadcasthost cdn certificates chain checkout contact dashboard data dev dns docs
    download downloads email example files ftp git healthz help hostmaster imap info internal isatap lists localdomain
    localhost log-in login mail media metrics mta-sts mx news noc none ns null oauth openpgpkey operator payment
    payments platform pop pop3 postmaster private public register registry root search secure security server sftp shop
    sign-up signup smtp ssh ssl sso staff staging static statistics stats status support sysadmin system team telnet
    test testing tls undefined usenet verification verify vpn webmail webmaster well-known wpad www
"""
RESERVED = frozenset(_WORDS.split())


def is_label(text: str) -> bool:
    """Whether this could be a tenant's slug at all: asked of every host before anything is looked up."""
    return 2 <= len(text) <= LONGEST and _LABEL.fullmatch(text) is not None


def problem_with_slug(slug: str) -> str:
    """One sentence why this cannot be a tenant's slug; empty if it can."""
    if not is_label(slug):
        return "A slug has 2 to 63 characters: lower-case letters a to z, digits and hyphens, no hyphen at either end."
    if slug[2:4] == "--":
        return "A slug cannot have two hyphens in third and fourth place: such names are kept for other alphabets."
    if look_of(slug) in _reserved_looks() or _NUMBERED.fullmatch(slug) or _has_brand(slug):
        return f"The slug {slug} is reserved for the platform, or reads like one that is."
    return ""


@cache
def _reserved_looks() -> frozenset[str]:
    return frozenset(look_of(word) for word in RESERVED)


def _has_brand(slug: str) -> bool:
    """Nothing else reads nearly like the brand, so here i, l and 1 are one stroke."""
    (brand,) = readings_of(BRAND)
    return any(brand in reading for reading in readings_of(slug))
