"""Whose request it is, before anybody is asked: what a share is counted by. Pure."""

import re
from functools import lru_cache
from typing import Any, NamedTuple

from django.conf import settings

from defiso.accounts.addresses import network_of, read_client_address

SESSION_COOKIE = re.compile(rf"(?:^|[;\s]){re.escape(settings.SESSION_COOKIE_NAME)}=([^;\s]+)".encode())


class Holder(NamedTuple):
    """``kind`` is "network" or "session". A session is what the cookie claims: a false one only adds a limit."""

    kind: str
    name: str


def holders_of(scope: dict[str, Any]) -> list[Holder]:
    """The network the request of this ASGI scope came from and, if it has a session's cookie, that session."""
    forwarded, cookies = [], []
    for name, value in scope["headers"]:
        if name == b"x-forwarded-for":
            forwarded.append(value.decode("latin-1"))
        elif name == b"cookie":
            cookies.append(value)
    remote = scope["client"][0] if scope.get("client") else ""
    holders = [_network(remote, ",".join(forwarded))]
    sessions = filter(None, map(SESSION_COOKIE.search, cookies))
    return holders + [Holder("session", found[1].decode("latin-1")) for found in sessions]


@lru_cache(maxsize=1024)
def _network(remote: str, forwarded_for: str) -> Holder:
    return Holder("network", network_of(read_client_address(remote, forwarded_for, settings.TRUSTED_PROXIES)))
