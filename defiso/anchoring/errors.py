"""What can go wrong with the chain and with batches, each with one sentence for a person."""

from defiso.core.errors import ChangedMeanwhileError, InvalidError, NotFoundError


class BatchChangedError(ChangedMeanwhileError):
    code = "batch_changed"

    def __init__(self, batch_id: str) -> None:
        super().__init__(f"Batch {batch_id} was changed by another worker.")


class UnverifiedCredentialError(InvalidError):
    """What an event would have anchored is not a credential that its body issued."""

    code = "unverified_credential"

    def __init__(self, number: str, why: str) -> None:
        super().__init__(f"The credential of certificate {number[:60]} is not anchored: {why}")


class BatchNotFoundError(NotFoundError):
    code = "batch_not_found"

    def __init__(self) -> None:
        super().__init__("There is no such batch, or it holds none of your certificates.")


class NothingLostError(InvalidError):
    code = "nothing_lost"

    def __init__(self) -> None:
        super().__init__("The database knows the newest anchor on the blockchain: there is no restore to accept.")


class DamagedWitnessError(InvalidError):
    """Accepting a restore would make good what somebody may have changed."""

    code = "damaged_witness"

    def __init__(self, sentence: str) -> None:
        super().__init__(f"{sentence} No restore is accepted over that: see manage.py audit_register.")
