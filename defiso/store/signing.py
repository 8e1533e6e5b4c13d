"""Signature Version 4 of a request to DynamoDB. Not whose credentials: botocore has those."""

import time
from functools import lru_cache
from hashlib import sha256
from hmac import digest
from urllib.parse import quote

from botocore.credentials import ReadOnlyCredentials

CONTENT_TYPE = "application/x-amz-json-1.0"


def signed_headers(
    *, credentials: ReadOnlyCredentials, region: str, host: str, path: str, target: str, body: bytes
) -> list[str]:
    """The header lines of a POST of ``body``, ``Authorization`` among them. Source: IAM User Guide, "Signature V4"."""
    stamp = time.strftime("%Y%m%dT%H%M%SZ", time.gmtime())
    day = stamp[:8]
    headers = {"content-type": CONTENT_TYPE, "host": host, "x-amz-date": stamp}
    if credentials.token:
        headers["x-amz-security-token"] = credentials.token
    headers["x-amz-target"] = target
    lines = [f"{name}:{value}" for name, value in headers.items()]
    names = ";".join(headers)
    canonical = "\n".join(["POST", quote(path, safe="/~"), "", *lines, "", names, sha256(body).hexdigest()])
    scope = f"{day}/{region}/dynamodb/aws4_request"
    text = f"AWS4-HMAC-SHA256\n{stamp}\n{scope}\n{sha256(canonical.encode()).hexdigest()}"
    signature = digest(_key_of_day(credentials.secret_key, day, region), text.encode(), "sha256").hex()
    authorization = (
        f"AWS4-HMAC-SHA256 Credential={credentials.access_key}/{scope}, SignedHeaders={names}, Signature={signature}"
    )
    return [*lines, f"authorization:{authorization}"]


@lru_cache(maxsize=256)
def _key_of_day(secret_key: str, day: str, region: str) -> bytes:
    key = f"AWS4{secret_key}".encode()
    for part in (day, region, "dynamodb", "aws4_request"):
        key = digest(key, part.encode(), "sha256")
    return key
