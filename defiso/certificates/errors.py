"""What this domain refuses: transitions, numbers in use. Sentences are made where they arise.

The HTTP status of each comes from ``core.errors``.
"""

from defiso.core.errors import ChangedMeanwhileError, NotFoundError, RefusedError


class CertificateNotFoundError(NotFoundError):
    def __init__(self, number: str) -> None:
        super().__init__(f"There is no certificate {number[:60]} in this registry.")


class TransitionRefusedError(RefusedError):
    code = "transition_refused"


class SecondPersonNeededError(RefusedError):
    code = "second_person_needed"

    def __init__(self, done: str) -> None:
        super().__init__(f"A certificate of this body is {done} by two people: one proposes it, another confirms.")


class ProposalRefusedError(RefusedError):
    code = "proposal_refused"


class NoProposalError(NotFoundError):
    code = "no_proposal"

    def __init__(self, number: str) -> None:
        super().__init__(f"Nothing waits to be confirmed for {number[:60]}, or not what this page showed.")


class NumberInUseError(RefusedError):
    code = "number_in_use"

    def __init__(self, number: str) -> None:
        same = "Capitals, spaces and dashes do not tell numbers apart."
        sentence = f"The number {number[:60]} is already in use. {same}"
        super().__init__(sentence, {"number": sentence})


class CountersChangedError(ChangedMeanwhileError):
    code = "counters_changed"

    def __init__(self, tenant_slug: str) -> None:
        super().__init__(f"The counters of {tenant_slug} were changed by another worker.")


class StillCountingError(ChangedMeanwhileError):
    code = "still_counting"

    def __init__(self, tenant_slug: str) -> None:
        super().__init__(
            f"Changes of {tenant_slug} are still to be counted, or are set aside. Try again when none is under way."
        )


class DocumentMissingError(NotFoundError):
    code = "document_missing"

    def __init__(self, number: str) -> None:
        super().__init__(f"The signed document of {number} is missing from the registry.")
