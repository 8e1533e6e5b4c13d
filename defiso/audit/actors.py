"""Who did it: the person, key or system behind a change, with the request it came from."""

from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True)
class Actor:
    """``label`` is what history shows; ``ip``, ``user_agent`` and ``request_id`` are empty outside a request."""

    id: str
    kind: Literal["user", "api_key", "system", "operator"]
    label: str
    ip: str = ""
    user_agent: str = ""
    request_id: str = ""


SYSTEM = Actor("system", "system", "defiso")
OPERATOR = Actor("command-line", "operator", "Operator at the command line")
