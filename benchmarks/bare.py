"""What the verify page is measured against: a bare Django view, and the same look-up by Django's ORM on SQLite.

A yardstick, not part of the product: the only place where ``django.db`` is used.
"""

import os

import django
from django.conf import settings
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.urls import path

settings.configure(
    SECRET_KEY="a yardstick",
    ALLOWED_HOSTS=["*"],
    ROOT_URLCONF=__name__,
    MIDDLEWARE=[],
    INSTALLED_APPS=[],
    DATABASES={
        "default": {
            "ENGINE": "django.db.backends.sqlite3",
            "NAME": os.environ["YARDSTICK_DATABASE"],
            "CONN_MAX_AGE": None,
        }
    },
)
django.setup()

from django.core.wsgi import get_wsgi_application  # noqa: E402
from django.db import connection, models  # noqa: E402, TID251


class Certificate(models.Model):
    number = models.CharField(max_length=60, unique=True)
    status = models.CharField(max_length=20)
    organisation = models.CharField(max_length=300)
    content = models.TextField()
    credential = models.TextField()

    class Meta:
        app_label = "yardstick"


def bare(request: HttpRequest) -> HttpResponse:
    return HttpResponse("ok")


def look_up(request: HttpRequest, number: str) -> HttpResponse:
    certificate = Certificate.objects.get(number=number)
    return JsonResponse(
        {"number": certificate.number, "status": certificate.status, "credential": certificate.credential}
    )


urlpatterns = [path("bare", bare), path("certificates/<str:number>", look_up)]
application = get_wsgi_application()


def fill(numbers: list[str], credential: str) -> None:
    """Make the table with one row a number, each with a credential of the product's size."""
    with connection.schema_editor() as editor:
        editor.create_model(Certificate)
    rows = [
        Certificate(number=n, status="active", organisation="x", content="{}", credential=credential) for n in numbers
    ]
    Certificate.objects.bulk_create(rows)
