"""Reading a body whole before it takes a thread: within a time, a size, and each holder's share.

Where a share is taken, the body that has been arriving longest gives way. A form takes milliseconds, so that is one
that trickles: many of those push out each other, never for long the form of somebody else behind the same address.
"""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from typing import Any

from defiso.server.holders import Holder
from defiso.server.refusals import BodyTooLargeError, BodyTooSlowError, ClientGoneError

SECONDS = 10.0
LONGEST = 8 * 1024 * 1024  # bytes; what of it is read as a form is settings.DATA_UPLOAD_MAX_MEMORY_SIZE
SHARES = {"network": 16, "session": 4}  # bodies at once
MOST = 64
MOST_BYTES = 64 * 1024 * 1024

Receive = Callable[[], Awaitable[dict[str, Any]]]


class Reading:
    """One body on its way."""

    def __init__(self, holders: Sequence[Holder], limit: asyncio.Timeout) -> None:
        self.holders = holders
        self.body = bytearray()
        self._limit = limit

    def give_way(self) -> None:
        self._limit.reschedule(asyncio.get_running_loop().time())


class Bodies:
    """All bodies that are arriving at this process, the oldest first."""

    def __init__(self) -> None:
        self._readings: list[Reading] = []

    async def read(self, receive: Receive, *, holders: Sequence[Holder], announced: int) -> bytes:
        """The whole body. Raises BodyTooSlowError, BodyTooLargeError, ClientGoneError."""
        if announced > LONGEST:
            raise BodyTooLargeError
        try:
            async with asyncio.timeout(SECONDS) as limit:
                reading = Reading(holders, limit)
                self._make_room(reading)
                self._readings.append(reading)
                try:
                    return await self._read(receive, reading)
                finally:
                    self._forget(reading)
        except TimeoutError:
            raise BodyTooSlowError from None

    async def _read(self, receive: Receive, reading: Reading) -> bytes:
        while True:
            message = await receive()
            if message["type"] == "http.disconnect":
                raise ClientGoneError
            reading.body += message.get("body", b"")
            if len(reading.body) > LONGEST:
                raise BodyTooLargeError
            if not message.get("more_body"):
                return bytes(reading.body)
            if sum(len(other.body) for other in self._readings) > MOST_BYTES:
                self._end(self._readings[0])

    def _make_room(self, reading: Reading) -> None:
        for holder in reading.holders:
            same = [other for other in self._readings if holder in other.holders]
            if len(same) >= SHARES[holder.kind]:
                self._end(same[0])
        if len(self._readings) >= MOST:
            self._end(self._readings[0])

    def _end(self, reading: Reading) -> None:
        reading.give_way()
        self._forget(reading)

    def _forget(self, reading: Reading) -> None:
        if reading in self._readings:
            self._readings.remove(reading)
