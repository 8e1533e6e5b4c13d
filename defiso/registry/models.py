"""Rows that lead anyone from a number to the bodies that issued it; written by the worker, rebuildable."""

from pynamodb.attributes import UnicodeAttribute

from defiso.store.items import LookupsItem, WholeNumber


class CodeLookup(LookupsItem):
    """``PK CODE#<number slug>, SK TENANT#<slug>``: which bodies have issued this number, never a confidential one."""

    number = UnicodeAttribute()
    slug = UnicodeAttribute()
    revision = WholeNumber()
    tenant_slug = UnicodeAttribute()
    tenant_name = UnicodeAttribute()
    tenant_host = UnicodeAttribute()
