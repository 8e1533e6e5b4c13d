"""How many bytes a row counts as (DynamoDB developer guide, "DynamoDB item sizes and formats")."""

import base64
from typing import Any


def size_of(row: dict[str, Any]) -> int:
    """Of a row as it goes over the wire: names and typed values."""
    return sum(len(name.encode()) + _size(value) for name, value in row.items())


def _size(typed: dict[str, Any]) -> int:
    ((kind, value),) = typed.items()
    match kind:
        case "S":
            return len(value.encode())
        case "N":
            return (len(value.strip("-").replace(".", "").strip("0")) + 1) // 2 + 1
        case "B":
            return len(base64.b64decode(value)) if isinstance(value, str) else len(value)
        case "BOOL" | "NULL":
            return 1
        case "L":
            return 3 + sum(1 + _size(one) for one in value)
        case "M":
            return 3 + len(value) + size_of(value)
        case "SS" | "NS" | "BS":
            return sum(_size({kind[0]: one}) for one in value)
        case _:
            raise ValueError(f"DynamoDB has no type {kind}")
