"""How a command says no: the refusal's one sentence on standard error, exit code 1, and nothing half-written."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.core.management.base import CommandError

from defiso.core.errors import DomainError


@contextmanager
def saying_why() -> Iterator[None]:
    try:
        yield
    except DomainError as error:
        raise CommandError(error.sentence) from error
