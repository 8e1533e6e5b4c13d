"""Rows that lead anyone from a number to the bodies that issued it; written by the worker, rebuildable."""

from pynamodb.attributes import UnicodeAttribute

from defiso.store.items import LookupsItem, WholeNumber
from defiso.store.keys import tenant_key


class CodeLookup(LookupsItem):
    """``PK CODE#<number slug>, SK TENANT#<slug>``: which bodies have issued this number, never a confidential one."""

    number = UnicodeAttribute()
    revision = WholeNumber()
    tenant_name = UnicodeAttribute()
    tenant_host = UnicodeAttribute()

    @property
    def slug(self) -> str:
        return str(self.PK).removeprefix("CODE#")

    @property
    def tenant_slug(self) -> str:
        return str(self.SK).removeprefix(tenant_key(""))
