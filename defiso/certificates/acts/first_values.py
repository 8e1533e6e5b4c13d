"""The latest expiry that an act would allow, before it is decided on: what its form begins with."""

from datetime import date

from defiso.certificates.acts.deciding import expiry_of
from defiso.certificates.acts.table import CERTIFY_AGAIN, RENEW, RESTORE_EXPIRED, Act
from defiso.certificates.content import Content
from defiso.certificates.cycles import capped, renewed_until
from defiso.certificates.validation import CYCLE_YEARS
from defiso.core.dates import years_after


def latest_expiry_of(act: Act, content: Content, today: date) -> date | None:
    """None for an act that leaves the expiry as it is."""
    edition = content["standard"]["code"], content["standard"]["edition"]
    if act is CERTIFY_AGAIN:
        return capped(years_after(today, CYCLE_YEARS), edition)
    if act in (RENEW, RESTORE_EXPIRED):
        return capped(renewed_until(expiry_of(content), today)[0], edition)
    return None
