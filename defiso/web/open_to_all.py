"""Answers that any page anywhere may read: no cookie decides what they say."""

from django.http import HttpResponse

IMMUTABLE = "public, max-age=31536000, immutable"


def open_to_all(response: HttpResponse, *, cache_control: str) -> HttpResponse:
    response["Access-Control-Allow-Origin"] = "*"
    response["Cross-Origin-Resource-Policy"] = "cross-origin"
    response["Cache-Control"] = cache_control
    return response
