"""How events read on the audit page: a title in plain words, a link to the target, changes field by field."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.urls import NoReverseMatch, reverse

from defiso.audit.models import Event
from defiso.certificates.acts.table import ACTS
from defiso.transparency.entries import digest_of

TITLES = {
    "certificate.drafted": "Certificate drafted",
    "certificate.imported": "Certificate issued from a register file",
    "certificate.audit_recorded": "Audit of a certificate recorded",
    "certificate.findings_verified": "Corrections of findings verified",
    "certificate.proposed": "Act proposed, for somebody else to confirm",
    "certificate.proposal_declined": "Proposed act declined",
    **{str(act.action): f"Certificate: {act.title[0].lower()}{act.title[1:]}" for act in ACTS},
    "device.locked_out": "Known device locked for a time after failed log-ins",
    "documents.downloaded": "Printed certificates taken as an archive",
    "key.created": "Signing key made",
    "key.endorsed": "Signing key endorsed by the platform anew",
    "key.retired": "Signing key retired",
    "network.locked_out": "Network address locked out after failed log-ins",
    "organisation.changed": "Organisation changed",
    "organisation.created": "Organisation added",
    "organisation.merged": "Organisation merged into another",
    "organisation.parted": "Merge of organisations undone",
    "platform.restore_accepted": "Restored backup accepted",
    "platform.standards_loaded": "Table of standards loaded",
    "session.others_revoked": "Logged out everywhere else",
    "session.revoked": "Session ended by its owner",
    "tenant.created": "Registry opened",
    "tenant.mark_set": "Mark on printed certificates changed",
    "tenant.policy_set": "Rules of this registry changed",
    "tenant.reinstated": "Staff area opened again",
    "tenant.suspended": "Staff area suspended",
    "user.created": "Account created",
    "user.deactivated": "Account closed",
    "user.locked_out": "Account locked for a time after failed log-ins",
    "user.log_in_failed": "Log-in failed",
    "user.logged_in": "Logged in",
    "user.logged_out": "Logged out",
    "user.password_change_failed": "Change of password failed",
    "user.password_changed": "Password changed",
    "user.password_reset": "New password given by somebody else",
    "user.reactivated": "Account opened again",
    "user.renamed": "Account renamed",
    "user.role_changed": "Role changed",
}
TARGET_PAGES = {"CERT": "certificates:detail", "ORG": "organisations:detail"}
NAMED_TARGETS = {
    "CERT",
    "KEY",
    "NETWORK",
    "ORG",
}  # an account is shown by its e-mail address, the tenant by the page it is on
ACCOUNT_FIELDS = ("account", "email")
LONGEST_VALUE = 300


@dataclass(frozen=True)
class Change:
    """One changed field in words; "" where there was or is nothing."""

    field: str
    before: str
    after: str


@dataclass(frozen=True)
class ShownEvent:
    """One row of the page; ``target_url`` and ``log_url`` are "" where there is no page to go to."""

    occurred_at: str
    title: str
    who: str
    ip: str
    target: str
    target_url: str
    reason: str
    changes: list[Change]
    position: int | None
    log_url: str


def present_events(events: Sequence[Event], positions: Sequence[int | None]) -> list[ShownEvent]:
    """``positions`` are the events' in the log."""
    return [
        ShownEvent(
            occurred_at=event.occurred_at,
            title=title_of(event.action),
            who=event.actor.get("label", ""),
            ip=(event.context or {}).get("ip", ""),
            target=_target_of(event),
            target_url=_page_of(event),
            reason=event.reason or "",
            changes=changes_between(event.before or {}, _without_account(event.after or {})),
            position=position,
            log_url=_check_of(event, position),
        )
        for event, position in zip(events, positions, strict=True)
    ]


def title_of(action: str) -> str:
    """An action without a title of its own reads ``Key rotated`` for ``key.rotated``."""
    return TITLES.get(action) or action.replace(".", " ").replace("_", " ").capitalize()


def changes_between(before: dict[str, Any], after: dict[str, Any]) -> list[Change]:
    return [
        Change(_words(field), _shown(before.get(field)), _shown(after.get(field)))
        for field in dict.fromkeys([*before, *after])
        if before.get(field) != after.get(field)
    ]


def _target_of(event: Event) -> str:
    if event.target_kind in NAMED_TARGETS:
        return str(event.target_id)
    after = event.after or {}
    return next((str(after[field]) for field in ACCOUNT_FIELDS if event.target_kind == "USER" and field in after), "")


def _without_account(after: dict[str, Any]) -> dict[str, Any]:
    return {field: value for field, value in after.items() if field != "account"}


def _page_of(event: Event) -> str:
    name = TARGET_PAGES.get(event.target_kind)
    if name is None:
        return ""
    try:
        return reverse(name, args=[event.target_id])
    except NoReverseMatch:
        return ""


def _check_of(event: Event, position: int | None) -> str:
    """Where the log shows that it is there: this event and no other, as it is kept now."""
    if position is None:
        return ""
    try:
        digest = digest_of(event)
    except (TypeError, ValueError):  # nothing of ours: what the log has there is another event
        digest = "unreadable"
    return f"{reverse('log:inclusion', args=[position])}?event={digest}"


def _words(field: str) -> str:
    """``sessions_from`` and ``legalName`` as people write them."""
    spaced = "".join(f" {letter.lower()}" if letter.isupper() else letter for letter in field)
    return spaced.replace("_", " ").strip().capitalize()


def _shown(value: Any) -> str:
    if value is None or value == "":
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, dict):
        text = "; ".join(f"{_words(key)}: {_shown(part)}" for key, part in value.items() if part not in (None, "", []))
    elif isinstance(value, list):
        text = ", ".join(_shown(part) for part in value)
    else:
        text = str(value)
    return text if len(text) <= LONGEST_VALUE else f"{text[:LONGEST_VALUE]}…"
