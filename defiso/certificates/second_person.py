"""Which acts need two people, and what shows that there were two. The rows of what is proposed are in ``proposals``."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from defiso.certificates.acts.table import Act
from defiso.certificates.errors import SecondPersonNeededError
from defiso.store.transactions import Writes
from defiso.tenants.models import Tenant

ALWAYS, BY_POLICY = "always", "policy"


@dataclass(frozen=True)
class Confirmation:
    """That somebody else proposed the act which is now carried out.

    ``told`` joins what its event says; ``settle`` takes the proposal away in the transaction of the act.
    """

    told: dict[str, Any]
    settle: Callable[[Writes], None]


def needs_second_person(act: Act, tenant: Tenant) -> bool:
    return act.second_person == ALWAYS or (act.second_person == BY_POLICY and act.verb in (tenant.two_persons or []))


def require_second_person(act: Act, tenant: Tenant, confirming: Confirmation | None) -> None:
    """Raises SecondPersonNeededError where nobody but the actor has a part in an act that needs two."""
    if confirming is None and needs_second_person(act, tenant):
        raise SecondPersonNeededError(act.done)
