"""Browsers that have logged in, known again for a year by a cookie: a stranger's guesses never keep one of them out.

The cookie opens nothing. For each account that logged in with the browser it holds an unguessable id and the time,
under a signature bound to tenant and user. Nothing is stored, so nobody can make rows grow with it.
"""

from datetime import timedelta

from django.core.signing import BadSignature, TimestampSigner

from defiso.core.ids import new_token

REMEMBERED = timedelta(days=365)
MOST_ACCOUNTS = 5  # of one browser; the one that logged in longest ago is forgotten first
LONGEST = 1000  # characters; a part has about 95
MARK = "."


def known_device(cookie: str, *, tenant_slug: str, user_id: str) -> str | None:
    """The id of this browser if the user has logged in with it at this tenant within a year, else None."""
    ids = (_id_in(part, tenant_slug, user_id) for part in _parts(cookie))
    return next((device for device in ids if device), None)


def remember_device(cookie: str, *, tenant_slug: str, user_id: str) -> str:
    """The cookie after a log-in: a new id for this user, and the parts it had for others."""
    others = [part for part in _parts(cookie) if _id_in(part, tenant_slug, user_id) is None]
    fresh = _signer(tenant_slug, user_id).sign(new_token())
    return MARK.join([fresh, *others][:MOST_ACCOUNTS])


def _parts(cookie: str) -> list[str]:
    return cookie.split(MARK)[:MOST_ACCOUNTS] if cookie and len(cookie) <= LONGEST else []


def _id_in(part: str, tenant_slug: str, user_id: str) -> str | None:
    try:
        return _signer(tenant_slug, user_id).unsign(part, max_age=REMEMBERED)
    except BadSignature:
        return None


def _signer(tenant_slug: str, user_id: str) -> TimestampSigner:
    return TimestampSigner(salt=f"defiso device\n{tenant_slug}\n{user_id}")
