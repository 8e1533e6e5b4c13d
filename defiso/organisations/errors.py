"""What is refused about the rows of organisations. The HTTP status of each comes from ``core.errors``."""

from defiso.core.errors import ChangedMeanwhileError, InvalidError, NotFoundError, RefusedError


class ClientNotFoundError(NotFoundError):
    def __init__(self, slug: str) -> None:
        super().__init__(f"There is no organisation {slug[:60]} in this registry.")


class ClientInvalidError(InvalidError):
    """``fields`` are paths: ``name``, ``country``, ``legalIds.0.value``, ``contacts.1.email``."""

    def __init__(self, problems: dict[str, str]) -> None:
        super().__init__("The organisation has not been saved.", problems)


class ClientExistsError(RefusedError):
    """``slug`` is the row that is there already."""

    code = "organisation_exists"

    def __init__(self, name: str, slug: str) -> None:
        self.slug = slug
        sentence = (
            f"{name[:100]} is there already, in the same country. If it is another company of that name, "
            "give both an identifier of one kind, such as their LEI."
        )
        super().__init__(sentence, {"name": sentence})


class ClientChangedError(ChangedMeanwhileError):
    def __init__(self, name: str) -> None:
        super().__init__(f"Somebody changed {name[:100]} meanwhile. Look at it as it is now and decide again.")


class MergeRefusedError(RefusedError):
    code = "merge_refused"
