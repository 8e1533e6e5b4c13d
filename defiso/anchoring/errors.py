"""What can go wrong with the chain and with batches, each with one sentence for a person."""

from defiso.core.errors import ChangedMeanwhileError, NotFoundError


class BatchChangedError(ChangedMeanwhileError):
    code = "batch_changed"

    def __init__(self, batch_id: str) -> None:
        super().__init__(f"Batch {batch_id} was changed by another worker.")


class BatchNotFoundError(NotFoundError):
    code = "batch_not_found"

    def __init__(self) -> None:
        super().__init__("There is no such batch, or it holds none of your certificates.")
