"""Submitting: a draft that is complete waits for a decision, and is not edited meanwhile."""

from defiso.audit.actors import Actor
from defiso.certificates.acts.changing import change_status, read_head
from defiso.certificates.acts.table import SUBMIT
from defiso.certificates.dictionaries import dictionary_of
from defiso.certificates.models import Certificate
from defiso.certificates.rules.table import COMPLETE
from defiso.certificates.validation import validate_content
from defiso.core.errors import InvalidError
from defiso.tenants.models import Tenant


def submit_certificate(*, tenant: Tenant, actor: Actor, number: str, version: int | None = None) -> Certificate:
    """Put a draft before those who decide.

    Raises NotFoundError, TransitionRefusedError, InvalidError (``fields`` by content path), ChangedMeanwhileError.
    Source: ISO/IEC 17021-1:2015, 8.2.2 and 9.5.2.
    """
    head = read_head(SUBMIT, tenant=tenant, number=number, version=version)
    if problems := validate_content(dictionary_of(head)):
        sentence = f"The draft cannot be submitted yet: {' '.join(problems.values())}"
        raise InvalidError(COMPLETE.says(sentence[:2000]), problems)
    return change_status(SUBMIT, head, tenant=tenant, actor=actor)
