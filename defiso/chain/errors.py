"""What can go wrong between us and the chain, each with one sentence for a person."""

from defiso.core.errors import UnavailableError


class ChainUnavailableError(UnavailableError):
    """No node answered, or none sensibly. Of something sent it means "maybe sent"."""

    code = "chain_unavailable"

    def __init__(self, reason: str) -> None:
        super().__init__(f"We could not reach the blockchain just now ({reason}).")
        self.reason = reason


class ChainMismatchError(UnavailableError):
    """The nodes answer for another chain than the configured one; nothing is anchored there."""

    code = "chain_mismatch"

    def __init__(self, *, expected: int, found: int) -> None:
        super().__init__(f"The blockchain node is on chain {found}, but CHAIN_ID is {expected}. Nothing is anchored.")
