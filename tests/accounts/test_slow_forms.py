import threading
from types import SimpleNamespace
from typing import Any

from django.http import HttpResponse
from django.test import RequestFactory

from defiso.accounts.middleware import MOST_FORMS_OF_STRANGERS, StrangersFormsMiddleware


def request_of(method: str, staff: object = None) -> Any:
    request: Any = RequestFactory().generic(method, "/staff/login")
    request.staff = staff
    return request


def test_forms_that_never_end_leave_room_for_pages_and_for_staff() -> None:
    arrived, ended = threading.Semaphore(0), threading.Event()

    def answer(request: Any) -> HttpResponse:
        if getattr(request, "is_slow", False):
            arrived.release()
            ended.wait(10)
        return HttpResponse()

    middleware = StrangersFormsMiddleware(answer)
    slow = [request_of("POST") for _ in range(MOST_FORMS_OF_STRANGERS)]
    threads = []
    for request in slow:
        request.is_slow = True
        threads.append(threading.Thread(target=middleware, args=[request]))
        threads[-1].start()
        assert arrived.acquire(timeout=5)

    page = middleware(request_of("GET")).status_code
    staff = middleware(request_of("POST", SimpleNamespace())).status_code
    stranger = middleware(request_of("POST")).status_code
    ended.set()
    for thread in threads:
        thread.join()

    assert (page, staff, stranger) == (200, 200, 503)
    assert middleware(request_of("POST")).status_code == 200
