"""Settings of the test run: fixed secrets, a light password hasher, plain static files."""

import base64
import os

os.environ.update(
    SECRET_KEY="for tests only, never used to serve anybody",
    MASTER_KEY=base64.b64encode(b"for tests only: 32 bytes of key!").decode(),
    PLATFORM_KEY=base64.b64encode(b"for tests only: a platform's key").decode(),
    BASE_DOMAIN="localhost",
    PORT="8000",
    USE_DYNAMODB="false",
    DATA_DIR="test-output/data",
    BATCH_SECONDS="0",
)
for name in (
    "DYNAMODB_ENDPOINT_URL",
    "CHAIN_RPC_URLS",
    "CHAIN_ID",
    "CHAIN_ACCOUNT_KEY",
    "HTTPS",
    "DEBUG",
    "PLATFORM_PUBLIC_KEY",
):
    os.environ.pop(name, None)

from defiso.settings import *  # noqa: E402, F403

STATIC_ROOT = BASE_DIR / "test-output/static"  # noqa: F405  not the files of a running copy
STATIC_ROOT.mkdir(parents=True, exist_ok=True)
STORAGES["staticfiles"] = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}  # noqa: F405
PASSWORD_HASHERS = ["tests.hashers.LightArgon2PasswordHasher"]
