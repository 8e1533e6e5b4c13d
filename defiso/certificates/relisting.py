"""After a body has chosen who may come across its certificates: the keys of the indexes across bodies, put right.

Page by page and one head at a time, each given that it is as read; run again after an interruption it passes over what
is right already. ``manage.py relist_certificates`` is its command.
"""

from collections.abc import Iterator

from defiso.certificates.acts.changing import changed, unchanged
from defiso.certificates.models import Certificate, certificate_key, index_keys
from defiso.core.errors import ChangedMeanwhileError
from defiso.store.keys import tenant_key
from defiso.store.transactions import transaction
from defiso.tenants.models import METADATA, Tenant

PAGE = 100


def relist_certificates(tenant_slug: str, *, after: str = "") -> Iterator[tuple[str, bool]]:
    """The slug of each head of the tenant after the one given, and whether its keys were put right.

    A head that is changed meanwhile is left to whoever changed it, and to the next run.
    """
    pk = tenant_key(tenant_slug)
    tenant = Tenant.get(pk, METADATA, consistent_read=True)
    start = certificate_key(after)
    heads = Certificate.query(
        pk, Certificate.SK.between(start, certificate_key("\U0010ffff")), consistent_read=True, page_size=PAGE
    )
    for head in heads:
        yield head.slug, _put_right(head, tenant)


def _put_right(head: Certificate, tenant: Tenant) -> bool:
    keys = index_keys(head, tenant.slug, browsable=tenant.is_browsable)
    wrong = {name: key for name, key in keys.items() if getattr(head, name) != key}
    if not wrong:
        return False
    attributes = {name: getattr(Certificate, name) for name in wrong}
    actions = [attributes[name].set(key) if key else attributes[name].remove() for name, key in wrong.items()]
    try:
        with transaction() as writes:
            writes.update(head, actions, given=unchanged(head), otherwise=changed(head))
    except ChangedMeanwhileError:
        return False
    return True
