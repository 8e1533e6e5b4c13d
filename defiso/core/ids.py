"""Identifiers and secrets: ULIDs that grow within a process, and unguessable tokens.

ULID: 48 bits of milliseconds and 80 random bits in Crockford's base 32, so text order is time order.
"""

import os
import secrets
import threading
from datetime import datetime

from ulid import ULID

from defiso.core.clock import now

_BITS, _RANDOM_BITS = 128, 80
_lock = threading.Lock()
_last = 0


def new_id() -> str:
    """A ULID greater than every earlier one of this process, even within one millisecond."""
    global _last
    with _lock:
        fresh = (int(now().timestamp() * 1000) << _RANDOM_BITS) | int.from_bytes(os.urandom(_RANDOM_BITS // 8), "big")
        _last = max(fresh, _last + 1)
        return str(ULID.from_int(_last))


def new_id_after(earlier: str) -> str:
    """A new ULID that sorts after this one too, whatever this machine's clock says. Raises ValueError for no ULID."""
    following = int(ULID.from_str(earlier)) + 1
    if following >> _BITS:
        raise ValueError("no ULID comes after this one")
    return max(new_id(), str(ULID.from_int(following)))


def time_of(ulid: str) -> datetime:
    """When it was made, to the millisecond."""
    return ULID.from_str(ulid).datetime


def id_at(moment: datetime) -> str:
    """The start of every ULID made in this millisecond: it sorts before them, and after all made earlier."""
    return str(ULID.from_int(int(moment.timestamp() * 1000) << _RANDOM_BITS))[:10]


def new_token() -> str:
    """256 random bits, URL-safe: for cookies and invitations, stored only as a hash."""
    return secrets.token_urlsafe(32)
