"""Signing keys of tenants, as stored: the public part in the clear, the private part sealed under the master key."""

from pynamodb.attributes import BinaryAttribute, UnicodeAttribute

from defiso.store.items import TenantsItem

KEY_PREFIX = "KEY#"


class SigningKey(TenantsItem):
    """``PK TENANT#<slug>, SK KEY#<kid>``. ``kid`` is the multikey itself, ``did`` the tenant's DID when it was made.

    A retired key signs nothing more; it stays, so that what it signed until ``retired_at`` can be checked.
    ``endorsement`` is the platform key's signature of all this but the sealed part; without it a key does not count.
    """

    kid = UnicodeAttribute()
    did = UnicodeAttribute()
    public_multikey = UnicodeAttribute()
    sealed_private = BinaryAttribute(legacy_encoding=False)
    created_at = UnicodeAttribute()
    retired_at = UnicodeAttribute(null=True)
    endorsement = UnicodeAttribute(null=True)

    @property
    def is_intact(self) -> bool:
        """Whether the row's key and the stored public key are those that the id names."""
        return self.public_multikey == self.kid and signing_key_sk(self.kid) == self.SK


def signing_key_sk(kid: str) -> str:
    return f"{KEY_PREFIX}{kid}"
