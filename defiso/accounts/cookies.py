"""The cookies of log-in: for one host only, out of reach of scripts, ``__Host-`` and Secure wherever there is HTTPS."""

from django.conf import settings
from django.http import HttpRequest, HttpResponse

from defiso.accounts.devices import REMEMBERED


def read_cookie(request: HttpRequest) -> str:
    return request.COOKIES.get(settings.SESSION_COOKIE_NAME, "")


def set_cookie(response: HttpResponse, value: str) -> None:
    """Until the browser closes; the session itself ends by the server's clock. Never a Domain (RFC 6265, 5.3)."""
    response.set_cookie(
        settings.SESSION_COOKIE_NAME, value, path="/", secure=settings.HTTPS, httponly=True, samesite="Lax"
    )


def clear_cookie(response: HttpResponse) -> None:
    response.set_cookie(
        settings.SESSION_COOKIE_NAME,
        "",
        max_age=0,
        expires="Thu, 01 Jan 1970 00:00:00 GMT",
        path="/",
        secure=settings.HTTPS,
        httponly=True,
        samesite="Lax",
    )


def read_device_cookie(request: HttpRequest) -> str:
    return request.COOKIES.get(settings.DEVICE_COOKIE_NAME, "")


def set_device_cookie(response: HttpResponse, value: str) -> None:
    """Kept at log-out: it is what the next log-in is known by. Only our own log-in form ever needs it."""
    response.set_cookie(
        settings.DEVICE_COOKIE_NAME,
        value,
        max_age=REMEMBERED,
        path="/",
        secure=settings.HTTPS,
        httponly=True,
        samesite="Strict",
    )
