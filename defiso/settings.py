"""Every setting of defiso, from the environment; ``.env.example`` lists them all.

A missing or malformed variable stops the start with its name and an example.
"""

import base64
import os
import re
import sys
from collections.abc import Callable
from pathlib import Path
from typing import NoReturn

import environ
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from defiso.chain.accounts import account_of_private_key, read_account, read_former_accounts
from defiso.chain.networks import network_of
from defiso.core.multikeys import ed25519_key, ed25519_multikey
from defiso.engines import CHAIN_PORT, DYNAMODB_PORT, engine_host

BASE_DIR = Path(__file__).resolve().parent.parent
env = environ.Env()

# The first account of the embedded chain: published by its makers, so worth nothing anywhere else.
EMBEDDED_ACCOUNT_KEY = "0xac0974bec39a17e36ba4a6b4d238ff944bacb478cbed5efcae784d7bf4f2ff80"
CURVE_ORDER = 0xFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFEBAAEDCE6AF48A03BBFD25E8CD0364141  # secp256k1 (SEC 2, 2.4.1)


def stop(name: str, problem: str, example: str) -> NoReturn:
    print(f"defiso cannot start: {name} {problem}. Example: {name}={example}", file=sys.stderr)
    raise SystemExit(1)


def required(name: str, example: str) -> str:
    value = env.str(name, default="").strip()
    return str(value) or stop(name, "is not set", example)


def whole_number(name: str, default: int, low: int, high: int) -> int:
    text = env.str(name, default=str(default))
    if not re.fullmatch(r"\d{1,18}", text) or not low <= int(text) <= high:
        stop(name, f"is {text!r}, not a whole number from {low} to {high}", str(default))
    return int(text)


def yes_or_no(name: str, default: bool) -> bool:
    text = env.str(name, default=str(default)).lower()
    if text not in ("true", "false", "1", "0", "yes", "no"):
        stop(name, f"is {text!r}, neither true nor false", str(default).lower())
    return text in ("true", "1", "yes")


def matching(name: str, value: str, test: Callable[[str], object], example: str) -> str:
    return value if test(value) else stop(name, f"is {value!r}, which is malformed", example)


HOST_NAME = re.compile(r"(?=.{1,253}$)[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?(\.[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?)*$").match
HTTP_URL = re.compile(r"https?://[^\s/]+(/\S*)?$").match

# Where this copy lives
PORT = whole_number("PORT", 8000, 1, 65533)
DATA_DIR = (BASE_DIR / env.str("DATA_DIR", default="var")).resolve()
if (DATA_DIR / "secrets.env").exists():
    env.read_env(str(DATA_DIR / "secrets.env"))
BASE_DOMAIN = matching("BASE_DOMAIN", env.str("BASE_DOMAIN", default="localhost"), HOST_NAME, "defiso.example")
HTTPS = yes_or_no("HTTPS", BASE_DOMAIN != "localhost")
DEBUG = yes_or_no("DEBUG", False)
TRUSTED_PROXIES = whole_number("TRUSTED_PROXIES", 0, 0, 10)

# Secrets
SECRET_KEY = required("SECRET_KEY", "a-long-random-text-of-50-characters-or-more")
if len(SECRET_KEY) < 32:
    stop("SECRET_KEY", "is shorter than 32 characters", "a-long-random-text-of-50-characters-or-more")
MASTER_KEY = required("MASTER_KEY", "the base64 of 32 random bytes: openssl rand -base64 32")


def secret_bytes(name: str, text: str) -> bytes:
    """The 32 bytes of a secret that is never echoed."""
    try:
        secret = base64.b64decode(text, validate=True)
    except ValueError:
        secret = b""
    return secret if len(secret) == 32 else stop(name, "is not the base64 of 32 bytes", "$(openssl rand -base64 32)")


secret_bytes("MASTER_KEY", MASTER_KEY)

# The platform's Ed25519 key endorses the tenants' keys; a process that only checks may have its public half alone
PLATFORM_KEY = env.str("PLATFORM_KEY", default="").strip()
PLATFORM_PUBLIC_KEY = env.str("PLATFORM_PUBLIC_KEY", default="").strip()
if not PLATFORM_KEY and not PLATFORM_PUBLIC_KEY:
    stop("PLATFORM_KEY", "is not set", "the base64 of 32 random bytes: openssl rand -base64 32")


def is_public_key(text: str) -> bool:
    try:
        return ed25519_multikey(ed25519_key(text)) == text
    except ValueError:
        return False


if PLATFORM_PUBLIC_KEY and not is_public_key(PLATFORM_PUBLIC_KEY):
    stop(
        "PLATFORM_PUBLIC_KEY", "is not an Ed25519 key written as a multikey", "z6Mk…, as `manage.py platform_key` says"
    )
if PLATFORM_KEY:
    _private = Ed25519PrivateKey.from_private_bytes(secret_bytes("PLATFORM_KEY", PLATFORM_KEY))
    _public = ed25519_multikey(_private.public_key())
    if PLATFORM_PUBLIC_KEY not in ("", _public):
        stop("PLATFORM_PUBLIC_KEY", "is not the public half of PLATFORM_KEY", _public)
    PLATFORM_PUBLIC_KEY = _public

# DynamoDB
AWS_REGION = matching(
    "AWS_REGION", env.str("AWS_REGION", default="eu-west-2"), re.compile(r"[a-z0-9-]+$").match, "eu-west-2"
)
DYNAMODB_TABLE_PREFIX = matching(
    "DYNAMODB_TABLE_PREFIX",
    env.str("DYNAMODB_TABLE_PREFIX", default="defiso"),
    re.compile(r"[A-Za-z0-9_.-]{3,200}$").match,  # the embedded engine's stream ARNs need table names of 11 characters
    "defiso",
)
USE_DYNAMODB = env.str("USE_DYNAMODB", default="false").lower() == "true"
DYNAMODB_ENDPOINT_URL = env.str("DYNAMODB_ENDPOINT_URL", default="")
DYNAMODB_IS_EMBEDDED = not DYNAMODB_ENDPOINT_URL and not USE_DYNAMODB
if DYNAMODB_IS_EMBEDDED:  # blank is unset: it must never lead to the real service
    DYNAMODB_ENDPOINT_URL = f"http://{engine_host(PORT)}:{DYNAMODB_PORT}"
if DYNAMODB_ENDPOINT_URL:
    matching("DYNAMODB_ENDPOINT_URL", DYNAMODB_ENDPOINT_URL, HTTP_URL, "http://127.0.0.1:8001")
DYNAMODB_TRANSPORT = matching(
    "DYNAMODB_TRANSPORT",
    env.str("DYNAMODB_TRANSPORT", default="fast"),
    re.compile(r"(fast|botocore)$").match,
    "botocore",
)

# Chain
CHAIN_RPC_URLS = [
    url.strip()
    for url in (env.str("CHAIN_RPC_URLS", default="") or f"http://{engine_host(PORT)}:{CHAIN_PORT}").split(",")
]
if not all(HTTP_URL(url) for url in CHAIN_RPC_URLS):  # not echoed: the rest of such an address is often a secret
    stop("CHAIN_RPC_URLS", "names a malformed address", "https://rpc-1.example,https://rpc-2.example")
CHAIN_ID = whole_number("CHAIN_ID", 31337, 1, 10**15)
CONFIRMATIONS = whole_number("CONFIRMATIONS", network_of(CHAIN_ID).confirmations, 1, 1000)
CHAIN_FINALITY = None if "CONFIRMATIONS" in os.environ else network_of(CHAIN_ID).finality
FORMER_CHAIN_RPC_URLS: dict[int, list[str]] = {}  # by chain id, of chains that are only checked
for entry in filter(None, (text.strip() for text in env.str("FORMER_CHAIN_RPC_URLS", default="").split(","))):
    number, _, url = entry.partition("=")
    if not re.fullmatch(r"[1-9]\d{0,14}", number) or not HTTP_URL(url) or int(number) == CHAIN_ID:
        stop("FORMER_CHAIN_RPC_URLS", "names a malformed address, or CHAIN_ID", "5=https://rpc-1.example")
    FORMER_CHAIN_RPC_URLS.setdefault(int(number), []).append(url)
BATCH_SECONDS = whole_number("BATCH_SECONDS", 2, 0, 86400)
CHAIN_ACCOUNT_KEY = env.str("CHAIN_ACCOUNT_KEY", default="").strip()
CHAIN_ACCOUNT = env.str("CHAIN_ACCOUNT", default="").strip()  # enough for a web, which only checks
if not CHAIN_ACCOUNT_KEY and not CHAIN_ACCOUNT:
    CHAIN_ACCOUNT_KEY = (
        EMBEDDED_ACCOUNT_KEY
        if CHAIN_ID == 31337
        else required("CHAIN_ACCOUNT_KEY", "0x followed by 64 hexadecimal digits")
    )
if CHAIN_ACCOUNT_KEY and (
    not re.fullmatch(r"(0x)?[0-9a-fA-F]{64}", CHAIN_ACCOUNT_KEY) or not 0 < int(CHAIN_ACCOUNT_KEY, 16) < CURVE_ORDER
):
    stop("CHAIN_ACCOUNT_KEY", "is not 64 hexadecimal digits of a private key", "0x followed by 64 hexadecimal digits")
try:
    account = read_account(CHAIN_ACCOUNT) if CHAIN_ACCOUNT else None
except ValueError:
    stop("CHAIN_ACCOUNT", "is neither an address nor a secp256k1 multikey", "0x followed by 40 hexadecimal digits")
if account and CHAIN_ACCOUNT_KEY and account.address != account_of_private_key(CHAIN_ACCOUNT_KEY).address:
    stop("CHAIN_ACCOUNT", "is not the account of CHAIN_ACCOUNT_KEY", "leave it out where the key is given")
try:
    FORMER_CHAIN_ACCOUNTS = read_former_accounts(env.str("FORMER_CHAIN_ACCOUNTS", default=""))
except ValueError:
    stop(
        "FORMER_CHAIN_ACCOUNTS",
        "names a malformed account, or an address that is not its key's",
        "1:0x<40 hexadecimal digits>:zQ3s<the rest of its multikey>:2024-01-31:2026-02-28",
    )

# Django
ROOT_URLCONF = "defiso.urls.registry"
WSGI_APPLICATION = "defiso.wsgi.application"
ALLOWED_HOSTS = ["*"]  # tenants.middleware decides every host, and stricter: an unknown one is a 404
USE_X_FORWARDED_HOST = False
INSTALLED_APPS = [
    "django.contrib.staticfiles",
    "django_htmx",
    "defiso",
]
MIDDLEWARE = [
    "defiso.web.middleware.RequestContextMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "defiso.tenants.middleware.TenantMiddleware",
    "defiso.accounts.middleware.SessionMiddleware",
    "defiso.accounts.csrf.OwnOriginMiddleware",
    "defiso.web.flash.MessagesMiddleware",
]
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.jinja2.Jinja2",
        "DIRS": [BASE_DIR / "templates"],
        "OPTIONS": {
            "environment": "defiso.web.jinja.environment",
            "context_processors": [
                "django.contrib.messages.context_processors.messages",
                "defiso.accounts.context.access",
            ],
        },
    }
]
USE_TZ = True
TIME_ZONE = "UTC"
LANGUAGE_CODE = "en-gb"
USE_I18N = False

STATIC_URL = "/static/"
STATICFILES_DIRS = [BASE_DIR / "static"]
STATIC_ROOT = BASE_DIR / "staticfiles"
STORAGES = {
    "staticfiles": {"BACKEND": "defiso.web.stylesheet.OneStylesheetStorage"},
    "documents": {  # printed certificates, which can be made again, and the marks on them, which cannot
        "BACKEND": "django.core.files.storage.FileSystemStorage",
        "OPTIONS": {"location": DATA_DIR / "documents", "allow_overwrite": True},
    },
}
WHITENOISE_AUTOREFRESH = DEBUG
WHITENOISE_USE_FINDERS = DEBUG

PASSWORD_HASHERS = ["defiso.accounts.passwords.Argon2idHasher"]
FORM_RENDERER = "django.forms.renderers.Jinja2"

# Cookies are host-only: never a Domain, so a sibling tenant never sees them
COOKIE_PREFIX = "__Host-" if HTTPS else ""
SESSION_COOKIE_NAME = f"{COOKIE_PREFIX}session"
DEVICE_COOKIE_NAME = f"{COOKIE_PREFIX}device"
SESSION_COOKIE_SECURE = HTTPS  # also read by the messages cookie
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
CSRF_COOKIE_NAME = f"{COOKIE_PREFIX}csrftoken"
CSRF_COOKIE_SECURE = HTTPS
CSRF_COOKIE_HTTPONLY = True
CSRF_COOKIE_SAMESITE = "Lax"
CSRF_FAILURE_VIEW = "defiso.web.views.csrf_failure"

if HTTPS and TRUSTED_PROXIES:
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")

DATA_UPLOAD_MAX_MEMORY_SIZE = 2 * 1024 * 1024
DATA_UPLOAD_MAX_NUMBER_FIELDS = 5000
# No form takes a file: a large one sent all the same is read past, never kept on disk
FILE_UPLOAD_HANDLERS = ["django.core.files.uploadhandler.MemoryFileUploadHandler"]

LOG_LEVEL = matching(
    "LOG_LEVEL",
    env.str("LOG_LEVEL", default="INFO").upper(),
    lambda text: text in ("DEBUG", "INFO", "WARNING", "ERROR"),
    "INFO",
)
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "{asctime} {levelname} {name} {message}", "style": "{"}},
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["stderr"], "level": "WARNING"},
    "loggers": {
        "defiso": {"level": LOG_LEVEL},
        "django": {"level": "WARNING"},
        "django.request": {"level": "ERROR"},
    },
}

os.environ.setdefault("AWS_EC2_METADATA_DISABLED", "false" if USE_DYNAMODB else "true")
