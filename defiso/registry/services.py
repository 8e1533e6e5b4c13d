"""Finding who issued a number: the registry's look-up across bodies, from what the worker projected."""

from dataclasses import dataclass

from defiso.core.numbers import slug_asked
from defiso.registry.models import CodeLookup

MOST_BODIES = 50


@dataclass(frozen=True)
class IssuingBody:
    """One body that has issued the number."""

    number: str
    slug: str
    tenant_slug: str
    tenant_name: str
    tenant_host: str


def find_bodies(*, number: str) -> list[IssuingBody]:
    """The bodies with a public certificate of this number, by slug: one query. Confidential ones are never there."""
    slug = slug_asked(number)
    if not slug:
        return []
    rows = CodeLookup.query(f"CODE#{slug}", limit=MOST_BODIES)
    return [IssuingBody(row.number, row.slug, row.tenant_slug, row.tenant_name, row.tenant_host) for row in rows]
