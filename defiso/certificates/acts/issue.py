"""Issuing: a decision makes what was submitted the signed first revision of a certificate in force."""

from defiso.audit.actors import Actor
from defiso.certificates.acts.changing import read_head
from defiso.certificates.acts.deciding import decide, named_decider
from defiso.certificates.acts.table import ISSUE
from defiso.certificates.content import Content
from defiso.certificates.dictionaries import dictionary_of
from defiso.certificates.models import Certificate
from defiso.tenants.models import Tenant


def issue_certificate(*, tenant: Tenant, actor: Actor, number: str, version: int | None = None) -> Certificate:
    """Sign and issue what was submitted as revision 1, decided by the actor.

    Raises NotFoundError, TransitionRefusedError, InvalidError (``fields`` by content path), ChangedMeanwhileError.
    Source: ISO/IEC 17021-1:2015, 9.5.
    """
    head = read_head(ISSUE, tenant=tenant, number=number, version=version)
    old = dictionary_of(head)
    content: Content = {**old, "revision": 1, **named_decider(actor)}
    return decide(ISSUE, head, tenant=tenant, actor=actor, old=old, content=content, latest_expiry=None)
