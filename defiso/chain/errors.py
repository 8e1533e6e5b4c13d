"""What can go wrong between us and the chain, each with one sentence for a person."""

from collections.abc import Sequence

from defiso.core.errors import UnavailableError


class ChainUnavailableError(UnavailableError):
    """No node answered, or none sensibly. Of something sent it means "maybe sent"."""

    code = "chain_unavailable"

    def __init__(self, reason: str) -> None:
        super().__init__(f"We could not reach the blockchain just now ({reason}).")
        self.reason = reason


class ChainDisagreementError(ChainUnavailableError):
    """Nodes were reached and none of their answers is that of most of them; ``names`` are their hosts."""

    code = "chain_disagreement"

    def __init__(self, names: Sequence[str]) -> None:
        super().__init__("its nodes disagree: " + ", ".join(names))
        self.sentence = f"The blockchain’s nodes disagree ({', '.join(names)}), so none is believed."


class ChainMismatchError(UnavailableError):
    """The nodes answer for another chain than the configured one; nothing is anchored there."""

    code = "chain_mismatch"

    def __init__(self, *, expected: int, found: int) -> None:
        super().__init__(f"The blockchain node is on chain {found}, but CHAIN_ID is {expected}. Nothing is anchored.")


class KeyNotHereError(UnavailableError):
    """This process knows the anchoring account by its public side alone."""

    code = "no_chain_account_key"

    def __init__(self) -> None:
        super().__init__("CHAIN_ACCOUNT_KEY is not set: without it anchors can be checked, but none can be made.")
