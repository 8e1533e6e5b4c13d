"""A small cache in the process: values for a fixed time, the oldest dropped when full, safe across threads."""

import threading
from collections import OrderedDict
from typing import Generic, TypeVar

from defiso.core import clock

V = TypeVar("V")


class TimedCache(Generic[V]):
    """Holds up to ``size`` values for ``seconds`` each. A key that is absent or too old gives None."""

    def __init__(self, *, size: int, seconds: float) -> None:
        self._size = size
        self._seconds = seconds
        self._entries: OrderedDict[str, tuple[float, V]] = OrderedDict()
        self._lock = threading.Lock()

    def get(self, key: str) -> V | None:
        with self._lock:
            entry = self._entries.get(key)
            if entry is None:
                return None
            stored_at, value = entry
            if not 0 <= clock.now().timestamp() - stored_at < self._seconds:
                del self._entries[key]
                return None
            return value

    def put(self, key: str, value: V) -> None:
        with self._lock:
            self._entries.pop(key, None)
            self._entries[key] = (clock.now().timestamp(), value)
            while len(self._entries) > self._size:
                self._entries.popitem(last=False)

    def forget(self, key: str) -> None:
        with self._lock:
            self._entries.pop(key, None)

    def clear(self) -> None:
        with self._lock:
            self._entries.clear()

    def __len__(self) -> int:
        return len(self._entries)
