"""What the worker sees of a credential before it anchors it: the stored document, checked as the public checks it.

An event alone is not believed: whoever can write rows can write one, but cannot sign the document that it names.
"""

from collections.abc import Sequence

from defiso.anchoring.errors import UnverifiedCredentialError
from defiso.anchoring.models import Leaf
from defiso.certificates.models import Revision, revision_key
from defiso.core.checks import Result
from defiso.core.numbers import slug_of
from defiso.credentials.packing import unpack
from defiso.credentials.services import CredentialCheck, check_credential, read_keys
from defiso.store.items import find_all
from defiso.store.keys import tenant_key
from defiso.tenants.models import Tenant
from defiso.tenants.services import get_tenant


def verify_credentials(leaves: Sequence[Leaf]) -> None:
    """Read the documents of up to 100 leaves, in one BatchGetItem, and check each.

    Raises UnverifiedCredentialError, and what says that a document, or its body, is not there or damaged.
    """
    keys = [(Revision, tenant_key(leaf.tenant_slug), revision_key(leaf.number_slug, leaf.revision)) for leaf in leaves]
    for leaf, revision in zip(leaves, find_all(keys, consistent=True), strict=True):
        if not isinstance(revision, Revision):
            raise UnverifiedCredentialError(leaf.number, "its document is missing")
        _verify(leaf, unpack(revision.credential))


def _verify(leaf: Leaf, text: str) -> None:
    tenant = get_tenant(leaf.tenant_slug)
    check = _check(tenant, leaf, text)
    if check.issuer.result is not Result.PASS and check.content.result is Result.PASS:
        read_keys(tenant)  # the key may be newer than what is remembered of the tenant's
        check = _check(tenant, leaf, text)
    for part in (check.content, check.issuer):
        if part.result is not Result.PASS:
            raise UnverifiedCredentialError(leaf.number, part.reason)
    named = (slug_of(check.subject.get("number", "")), check.subject.get("revision"))
    if named != (leaf.number_slug, leaf.revision):
        raise UnverifiedCredentialError(leaf.number, "its document is that of another certificate or revision")


def _check(tenant: Tenant, leaf: Leaf, text: str) -> CredentialCheck:
    return check_credential(tenant=tenant, text=text, expected_digest=leaf.digest, keep=False)
