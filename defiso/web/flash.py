"""Messages to the next page, kept in a cookie that only the host that set it can read back."""

from typing import Any

from django.conf import settings
from django.contrib.messages.storage.cookie import CookieStorage
from django.core import signing


class HostMessages(CookieStorage):
    """Django's signed cookie, with the host in the signature: a sibling tenant's message is not shown as ours."""

    cookie_name = f"{settings.COOKIE_PREFIX}messages"

    def __init__(self, request: Any, *args: Any, **kwargs: Any) -> None:
        super().__init__(request, *args, **kwargs)
        self.signer = signing.get_cookie_signer(salt=f"{self.key_salt}:{request.get_host().lower()}")
