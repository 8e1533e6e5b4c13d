"""The first attempt of an operation on rows, by libcurl and orjson: a tenth of what botocore takes for a GetItem.

Only a clean 200 or a final refusal is an answer here. Anything else is handed, once, to botocore, which keeps retries,
quotas, endpoints and credentials; but not what ran out of time or of room, which would only do so again.
"""

import base64
import logging
import os
import threading
import zlib
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, NamedTuple
from urllib.parse import urlsplit

import certifi
import orjson
import pycurl
from botocore.credentials import ReadOnlyCredentials
from pynamodb.exceptions import CancellationReason, VerboseClientError

from defiso.store.errors import REFUSALS, DatabaseUnavailableError, StoreTroubleError
from defiso.store.signing import signed_headers

# Reads, and the writes that may be sent twice because they carry a token, or the operation by which ``transactions``
# knows its own: curl repeats a request by itself when a connection kept open turns out to be dead.
OPERATIONS = {"GetItem", "BatchGetItem", "Query", "TransactGetItems", "TransactWriteItems", "PutItem"}
# Reasons that stay true however often a transaction is sent, and the conflict, which our own transactions wait out.
FINAL_REASONS = {
    "None",
    "ConditionalCheckFailed",
    "DuplicateItem",
    "ItemCollectionSizeLimitExceeded",
    "TransactionConflict",
    "ValidationError",
}
MOST_BYTES = 64 * 1024 * 1024  # BatchGetItem answers with 16 MB of rows at most (API reference); JSON may escape them
IDLE_SECONDS = 30  # a connection unused for longer is not trusted to be alive
OUT_OF_BOUNDS: dict[int, type[StoreTroubleError]] = {
    pycurl.E_OPERATION_TIMEDOUT: DatabaseUnavailableError,
    pycurl.E_FILESIZE_EXCEEDED: StoreTroubleError,
}
log = logging.getLogger("defiso.store")


class Transport:
    """Sends requests to one endpoint, on a connection of its own for each thread."""

    def __init__(self, *, endpoint: str, region: str, ca_file: str | None, connect_seconds: int, seconds: int) -> None:
        address = urlsplit(endpoint)
        self._region = region
        self._host = address.netloc.removesuffix({"http": ":80", "https": ":443"}[address.scheme])
        self._path = address.path.rstrip("/") + "/"
        self._options = {
            pycurl.URL: f"{address.scheme}://{address.netloc}{self._path}",
            pycurl.CAINFO: ca_file or certifi.where(),
            pycurl.CONNECTTIMEOUT: connect_seconds,
            pycurl.TIMEOUT: seconds,
            **_ALWAYS,
        }
        self._of_thread = threading.local()

    def attempt(
        self, operation: str, request: Mapping[str, Any], credentials: ReadOnlyCredentials
    ) -> dict[str, Any] | None:
        """DynamoDB's answer in botocore's form, without its metadata; None if botocore is to ask again.

        Raises VerboseClientError for a final refusal, StoreTroubleError when time or room ran out.
        """
        try:
            return _read(operation, request, self._exchange(operation, request, credentials))
        except _NoAnswerError as error:
            log.info("%s is handed to botocore: %s", operation, error)
            return None

    def _exchange(self, operation: str, request: Mapping[str, Any], credentials: ReadOnlyCredentials) -> "_Reply":
        try:
            body = orjson.dumps(request, default=_encoded)
        except orjson.JSONEncodeError as error:  # half a surrogate pair: botocore has a way of its own to send it
            raise _NoAnswerError(str(error)) from error
        target = f"DynamoDB_20120810.{operation}"
        headers = signed_headers(
            credentials=credentials, region=self._region, host=self._host, path=self._path, target=target, body=body
        )
        try:
            return self._wire().exchange(headers, body)
        except pycurl.error as error:
            number, words = error.args
            if number in OUT_OF_BOUNDS:
                log.warning("DynamoDB did not do %s: %s", operation, words)
                raise OUT_OF_BOUNDS[number] from error
            raise _NoAnswerError(words) from error

    def _wire(self) -> "_Wire":
        wire: _Wire | None = getattr(self._of_thread, "wire", None)
        if wire is None or wire.process != os.getpid():
            if wire:
                _of_parent.append(wire)
            wire = self._of_thread.wire = _Wire(self._options)
        return wire


_of_parent: list["_Wire"] = []  # after a fork: closing these would end the parent's connections
_ALWAYS = {
    pycurl.POST: True,
    pycurl.NOSIGNAL: True,  # without it libcurl's time-outs use SIGALRM, which threads cannot
    pycurl.MAXAGE_CONN: IDLE_SECONDS,
    pycurl.MAXFILESIZE_LARGE: MOST_BYTES,
    pycurl.HTTP_VERSION: pycurl.CURL_HTTP_VERSION_1_1,
    pycurl.USERAGENT: "defiso",
}
_UNSIGNED_HEADERS = ["Accept-Encoding: identity", "Accept:", "Expect:"]  # the last two: leave curl's own out


class _Reply(NamedTuple):
    status: int
    headers: dict[str, str]  # names in lower case
    body: bytes


class _Wire:
    """One curl handle with its connection: of one thread, in one process."""

    def __init__(self, options: Mapping[int, Any]) -> None:
        self.process = os.getpid()
        self._head: list[bytes] = []
        self._body: list[bytes] = []
        self._curl = pycurl.Curl()
        for option, value in options.items():
            self._curl.setopt(option, value)
        self._curl.setopt(pycurl.HEADERFUNCTION, self._head.append)
        self._curl.setopt(pycurl.WRITEFUNCTION, self._body.append)

    def exchange(self, headers: list[str], body: bytes) -> _Reply:
        """Raises pycurl.error."""
        self._head.clear()
        self._body.clear()  # of an exchange that failed half-way
        self._curl.setopt(pycurl.HTTPHEADER, headers + _UNSIGNED_HEADERS)
        self._curl.setopt(pycurl.POSTFIELDS, body)
        self._curl.perform()
        pairs = (line.decode("latin-1").partition(":") for line in self._head)
        names = {name.strip().lower(): value.strip() for name, _colon, value in pairs}
        answer = b"".join(self._body)
        self._body.clear()
        return _Reply(self._curl.getinfo(pycurl.RESPONSE_CODE), names, answer)


class _NoAnswerError(Exception):
    """Botocore is to ask again; the text says why."""


def _read(operation: str, request: Mapping[str, Any], reply: _Reply) -> dict[str, Any]:
    if reply.headers.get("x-amz-crc32") != str(zlib.crc32(reply.body)):
        raise _NoAnswerError("the checksum is wrong")
    try:
        answer = orjson.loads(reply.body)
    except orjson.JSONDecodeError as error:
        raise _NoAnswerError(f"status {reply.status} without JSON") from error
    if not isinstance(answer, dict):
        raise _NoAnswerError(f"status {reply.status} without a JSON object")
    if b'"B"' in reply.body or b'"BS"' in reply.body:
        _decode_binary(answer)
    if reply.status == 200:
        return answer
    code = str(answer.get("__type", "")).rpartition("#")[2]
    reasons = answer.get("CancellationReasons", [])
    if reply.status == 400 and code in REFUSALS and {reason["Code"] for reason in reasons} <= FINAL_REASONS:
        message = answer.get("message") or answer.get("Message", "")
        raise _refusal(operation, request, code, message, reasons, reply.headers.get("x-amzn-requestid", ""))
    raise _NoAnswerError(f"status {reply.status} {code}")


def _refusal(
    operation: str, request: Mapping[str, Any], code: str, message: str, reasons: list[dict[str, Any]], request_id: str
) -> VerboseClientError:
    """As PynamoDB makes it from botocore's ClientError (pynamodb.connection.base, ``_make_api_call``)."""
    return VerboseClientError(
        {"Error": {"Message": message, "Code": code}},
        operation,
        {"request_id": request_id, "table_name": ",".join(_tables(request))},
        cancellation_reasons=(
            CancellationReason(code=reason["Code"], message=reason.get("Message"), raw_item=reason.get("Item"))
            if reason["Code"] != "None"
            else None
            for reason in reasons
        ),
    )


def _tables(request: Mapping[str, Any]) -> list[str]:
    if "RequestItems" in request:
        return list(request["RequestItems"])
    if "TransactItems" in request:
        return [part["TableName"] for item in request["TransactItems"] for part in item.values()]
    return [request["TableName"]]


def _encoded(value: object) -> object:
    """Binary attributes as DynamoDB wants them on the wire."""
    if isinstance(value, (bytes, bytearray)):
        return base64.b64encode(value).decode("ascii")
    if isinstance(value, (set, frozenset)):
        return list(value)
    raise TypeError(f"a {type(value).__name__} cannot be sent to DynamoDB")


def _decode_binary(answer: dict[str, Any]) -> None:
    for item in _items_of(answer):
        for value in item.values():
            _decode_value(value)


def _items_of(answer: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """Every item and key of an answer of OPERATIONS, and of a cancelled transaction's."""
    yield answer.get("Item") or {}
    yield answer.get("LastEvaluatedKey") or {}
    yield from answer.get("Items", [])
    responses = answer.get("Responses", [])
    if isinstance(responses, dict):
        for items in responses.values():
            yield from items
    else:
        yield from _inner_items(responses)
    yield from _inner_items(answer.get("CancellationReasons", []))
    for left in answer.get("UnprocessedKeys", {}).values():
        yield from left["Keys"]


def _inner_items(parts: Iterable[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    return (part.get("Item") or {} for part in parts)


def _decode_value(value: dict[str, Any]) -> None:
    for kind, held in value.items():
        if kind == "B":
            value[kind] = base64.b64decode(held)
        elif kind == "BS":
            value[kind] = [base64.b64decode(one) for one in held]
        elif kind == "M":
            for inner in held.values():
                _decode_value(inner)
        elif kind == "L":
            for inner in held:
                _decode_value(inner)
