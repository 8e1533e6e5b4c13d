"""Messages to the next page, kept in a cookie that only the host that set it can read back."""

from collections.abc import Callable

from django.conf import settings
from django.contrib.messages.storage.cookie import CookieStorage
from django.core import signing
from django.http import HttpRequest, HttpResponse
from django.utils.functional import cached_property

from defiso.web.access import is_staff_path


class HostMessages(CookieStorage):
    """Django's signed cookie, with the host in the signature: a sibling tenant's message is not shown as ours."""

    cookie_name = f"{settings.COOKIE_PREFIX}messages"

    def __init__(self, request: HttpRequest) -> None:
        super(CookieStorage, self).__init__(request)  # not CookieStorage's own, which makes a signer for every request

    @cached_property
    def signer(self) -> signing.TimestampSigner:
        """Made only where there is a message to read or to write."""
        return signing.get_cookie_signer(salt=f"{self.key_salt}:{self.request.get_host().lower()}")


class MessagesMiddleware:
    """In place of Django's: only the staff area has messages; a public page is the same whatever cookies are sent."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if not is_staff_path(request.path_info):
            return self.get_response(request)
        messages = HostMessages(request)
        request._messages = messages  # type: ignore[attr-defined]  # where django.contrib.messages looks
        response = self.get_response(request)
        messages.update(response)
        return response
