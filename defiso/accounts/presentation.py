"""How a person's sessions read on their page: the browser in two words instead of its user agent."""

from collections.abc import Iterable
from dataclasses import dataclass

from defiso.accounts.models import Session

# The first that occurs decides: most browsers also name those they descend from.
BROWSERS = {
    "Edg": "Edge",
    "OPR/": "Opera",
    "Firefox/": "Firefox",
    "FxiOS": "Firefox",
    "CriOS": "Chrome",
    "Chrome/": "Chrome",
    "Safari/": "Safari",
}
SYSTEMS = {
    "Android": "Android",
    "iPhone": "iPhone",
    "iPad": "iPad",
    "Windows": "Windows",
    "Mac OS X": "macOS",
    "CrOS": "ChromeOS",
    "Linux": "Linux",
}


@dataclass(frozen=True)
class ShownSession:
    """``key`` is what a session is revoked by; times are ISO 8601."""

    key: str
    device: str
    ip: str
    created_at: str
    seen_at: str
    is_current: bool


def present_sessions(rows: Iterable[Session], current_key: str) -> list[ShownSession]:
    return [
        ShownSession(
            row.key, device_of(row.user_agent or ""), row.ip or "", row.created_at, row.seen_at, row.key == current_key
        )
        for row in rows
    ]


def device_of(user_agent: str) -> str:
    """``Firefox on Linux``, as far as the browser says."""
    browser = next((name for part, name in BROWSERS.items() if part in user_agent), "A browser")
    system = next((name for part, name in SYSTEMS.items() if part in user_agent), "")
    return f"{browser} on {system}" if system else browser
