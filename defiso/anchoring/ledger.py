"""The nonces our account has used for batches, and how far the chain is known to hold our anchors.

One row per nonce, created with the signed attempt in one transaction: no two batches ever share a nonce.
"""

from collections.abc import Iterator

from defiso.anchoring.errors import BatchChangedError
from defiso.anchoring.models import METADATA, Account, NonceUse
from defiso.chain.client import Chain
from defiso.store.transactions import Writes

FILLER = "filler"
MOST_FILLERS = 20  # hashes kept of one nonce


def account_key(chain: Chain) -> str:
    return f"ACCOUNT#{chain.chain_id}#{chain.address}"


def next_nonce(chain: Chain) -> int:
    """The first nonce that neither the chain, nor its pool, nor a batch of ours has used."""
    newest = next(uses_newest_first(chain), None)
    ours = int(newest.nonce) + 1 if newest else 0
    return max(ours, chain.nonce("pending"))


def add_use(writes: Writes, chain: Chain, *, nonce: int, batch_id: str) -> None:
    use = NonceUse(account_key(chain), _nonce_key(nonce), nonce=nonce, batch_id=batch_id)
    writes.create(use, otherwise=BatchChangedError(batch_id))


def add_filler(writes: Writes, chain: Chain, *, nonce: int, tx_hash: str) -> None:
    """A transaction of ours that carries nothing has this nonce; noted before it is sent."""
    changed, use = BatchChangedError("of a filler"), read_use(chain, nonce)
    if use is None:
        use = NonceUse(account_key(chain), _nonce_key(nonce), nonce=nonce, batch_id=FILLER, fillers=[tx_hash])
        writes.create(use, otherwise=changed)
    else:
        fillers = [*(use.fillers or []), tx_hash][-MOST_FILLERS:]
        same = NonceUse.batch_id == use.batch_id
        writes.update(use, [NonceUse.fillers.set(fillers)], given=same, otherwise=changed)


def uses_newest_first(chain: Chain) -> Iterator[NonceUse]:
    return iter(
        NonceUse.query(
            account_key(chain),
            NonceUse.SK.startswith("NONCE#"),
            scan_index_forward=False,
            consistent_read=True,
            page_size=50,
        )
    )


def read_use(chain: Chain, nonce: int) -> NonceUse | None:
    return NonceUse.find(account_key(chain), _nonce_key(nonce), consistent=True)


def read_account(chain: Chain) -> Account:
    """Our account's row, empty when no anchor of it is finished yet."""
    found = Account.find(account_key(chain), METADATA, consistent=True)
    return found or Account(account_key(chain), METADATA)


def add_tip(writes: Writes, account: Account, *, number: int | None, block_hash: str | None) -> None:
    """Set the highest block known to hold a finished anchor, provided the row is as it was read."""
    as_read = Account.tip_hash == account.tip_hash if account.tip_hash else Account.tip_hash.does_not_exist()
    fresh = Account(account.PK, METADATA, tip_number=number, tip_hash=block_hash)
    writes.put(fresh, given=as_read, otherwise=BatchChangedError("of the account's tip"))


def _nonce_key(nonce: int) -> str:
    return f"NONCE#{nonce:020d}"
