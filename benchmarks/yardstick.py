"""What a check is measured against: a bare Django view, and the same look-up by Django's ORM as JSON and as a page.

A yardstick, not part of the product: the only place where ``django.db`` is used. YARDSTICK_DATABASE is Django's
description of the database as JSON. The row has what is shown and no more, which favours the ORM.
"""

import json
import os
from pathlib import Path

import django
from django.conf import settings
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.urls import path

settings.configure(
    SECRET_KEY="a yardstick that is gone in a moment, of 50 characters",
    ALLOWED_HOSTS=["*"],
    ROOT_URLCONF=__name__,
    MIDDLEWARE=[
        "django.middleware.security.SecurityMiddleware",
        "django.middleware.common.CommonMiddleware",
        "django.middleware.clickjacking.XFrameOptionsMiddleware",
    ],
    INSTALLED_APPS=[],
    TEMPLATES=[
        {
            "BACKEND": "django.template.backends.django.DjangoTemplates",
            "DIRS": [Path(__file__).with_name("templates")],
        }
    ],
    DATABASES={"default": json.loads(os.environ["YARDSTICK_DATABASE"]) | {"CONN_MAX_AGE": None}},
)
django.setup()

from django.core.wsgi import get_wsgi_application  # noqa: E402
from django.db import connection, models  # noqa: E402, TID251  the yardstick is the ORM

SHOWN = ("number", "status", "organisation", "country", "standard", "scope", "body", "issued", "expires", "checked")
AT_ONCE = 1000


class Certificate(models.Model):
    number = models.CharField(max_length=60, unique=True)
    status = models.CharField(max_length=20)
    organisation = models.CharField(max_length=300)
    country = models.CharField(max_length=2)
    standard = models.CharField(max_length=60)
    scope = models.TextField()
    body = models.CharField(max_length=300)
    issued = models.CharField(max_length=10)
    expires = models.CharField(max_length=10)
    checked = models.CharField(max_length=20)

    class Meta:
        app_label = "yardstick"


def bare(request: HttpRequest) -> HttpResponse:
    return HttpResponse("ok")


def as_json(request: HttpRequest, number: str) -> HttpResponse:
    certificate = Certificate.objects.get(number=number)
    return JsonResponse({name: getattr(certificate, name) for name in SHOWN})


def as_page(request: HttpRequest, number: str) -> HttpResponse:
    certificate = Certificate.objects.get(number=number)
    facts = [(name.capitalize(), getattr(certificate, name)) for name in SHOWN]
    return render(request, "certificate.html", {"certificate": certificate, "facts": facts})


urlpatterns = [
    path("bare", bare),
    path("certificates/<str:number>/JSON", as_json),
    path("certificates/<str:number>/page", as_page),
]
application = get_wsgi_application()


def fill(numbers: list[str]) -> None:
    """Make the table with one row a number."""
    with connection.schema_editor() as editor:
        editor.create_model(Certificate)
    same = {
        "status": "active",
        "organisation": "Nicholls and Sons",
        "country": "GB",
        "standard": "ISO 9001:2015",
        "scope": "Distribution and servicing of steel structures",
        "body": "Acme Certification",
        "issued": "2026-01-06",
        "expires": "2029-01-05",
        "checked": "2026-11-24T12:00:00Z",
    }
    Certificate.objects.bulk_create((Certificate(number=n, **same) for n in numbers), batch_size=AT_ONCE)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
