"""Copying: a draft that begins as an earlier certificate, or as the next standard of an integrated system."""

import copy
from typing import cast

from defiso.audit.actors import Actor
from defiso.certificates.acts.draft import draft_certificate
from defiso.certificates.content import Content, Standard
from defiso.certificates.dictionaries import dictionary_of
from defiso.certificates.models import Certificate
from defiso.certificates.services import get_certificate
from defiso.tenants.models import Tenant

NEVER_COPIED = ("number", "revision", "replaces", "decidedBy", "decidedByUser", "integratedWith", "transferredFrom")
# Of another cycle: a copy gets its own. Certificates of a set that are drafted together share them.
OF_ITS_CYCLE = (
    *("audits", "originalCertificationDate", "decisionDate", "effectiveDate", "issueDate", "expiryDate"),
    *("previousExpiryDate", "recertificationDate"),
)


def copy_certificate(
    *,
    tenant: Tenant,
    actor: Actor,
    number: str,
    standard: Standard,
    new_number: str = "",
    integrated: bool = False,
    draft_key: str = "",
) -> Certificate:
    """A new draft with what an earlier certificate or draft says, for this standard.

    ``integrated`` makes both parts of one set: the copy names the other and all that it names, and those of them that
    are drafts name the copy. Of a draft it then shares audits and dates as well. Raises CertificateNotFoundError, and
    what ``draft_certificate`` does.
    """
    head = get_certificate(tenant=tenant, number=number, consistent=True)
    source = dictionary_of(head)
    content = copied(source, standard=standard, with_cycle=integrated and not head.is_issued)
    if new_number.strip():
        content["number"] = new_number.strip()
    if integrated:
        content["integratedWith"] = [*source.get("integratedWith", []), head.number]
    return draft_certificate(tenant=tenant, actor=actor, content=content, draft_key=draft_key)


def copied(source: Content, *, standard: Standard, with_cycle: bool) -> Content:
    """What a copy takes over: what stays as it is for another standard or another cycle, for a person to look over."""
    left_out = NEVER_COPIED if with_cycle else (*NEVER_COPIED, *OF_ITS_CYCLE)
    kept = {member: copy.deepcopy(value) for member, value in source.items() if member not in left_out}
    return cast(Content, {**kept, "standard": standard})
