from collections.abc import Iterator

import pytest
from django.conf import settings

from defiso.core.errors import UnavailableError
from defiso.store.connection import forget_connection
from defiso.store.items import TenantsItem
from defiso.verification.health import forget_health
from tests.conftest import free_port
from tests.staff import browser_at


@pytest.fixture
def nobody_answers() -> Iterator[None]:
    shared = settings.DYNAMODB_ENDPOINT_URL
    settings.DYNAMODB_ENDPOINT_URL = f"http://127.0.0.1:{free_port()}"
    forget_connection()
    forget_health()
    yield
    settings.DYNAMODB_ENDPOINT_URL = shared
    forget_connection()
    forget_health()


def test_a_database_that_does_not_answer_is_a_sentence(nobody_answers: None) -> None:
    with pytest.raises(UnavailableError, match="does not answer just now"):
        TenantsItem.find("TENANT#acme", "METADATA")


def test_a_page_then_says_503_and_health_names_it(nobody_answers: None) -> None:
    browser = browser_at(None)

    page = browser.get("/certificates/", {"number": "QM-1"})
    health = browser.get("/healthz")

    assert page.status_code == health.status_code == 503
    assert "does not answer just now" in page.content.decode()
    assert health.json()["dynamodb"] == "does not answer"
