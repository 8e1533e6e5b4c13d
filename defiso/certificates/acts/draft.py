"""Drafting: what will be a certificate, kept complete or not, until somebody decides on it."""

from typing import Any

from defiso.audit.actions import Action
from defiso.audit.actors import Actor
from defiso.audit.models import Event
from defiso.audit.services import record_events
from defiso.certificates.acts.changing import changed, read_head, unchanged
from defiso.certificates.acts.integrated import drafts_in_set, name_in_set
from defiso.certificates.acts.table import EDIT
from defiso.certificates.content import Content, differences
from defiso.certificates.dictionaries import dictionary_of
from defiso.certificates.errors import CertificateNotFoundError, NumberInUseError
from defiso.certificates.heads import change_event, changed_head, columns_of, make_head, set_index_keys
from defiso.certificates.models import Certificate, certificate_key
from defiso.certificates.services import get_certificate
from defiso.certificates.states import Status
from defiso.certificates.validation import draft_problems, read_day
from defiso.core.clock import now, today
from defiso.core.errors import ChangedMeanwhileError, InvalidError
from defiso.core.numbers import generate_number, slug_of
from defiso.store.transactions import transaction
from defiso.tenants.models import Tenant


def draft_certificate(*, tenant: Tenant, actor: Actor, content: Content, draft_key: str = "") -> Certificate:
    """Keep a new draft, complete or not; without a number it is given one.

    ``draft_key`` names the form it was typed into: sent again, the form is answered with the draft it made, not with
    another one. Drafts that it names as parts of its set name it as well. Raises InvalidError (``fields`` by content
    path), NumberInUseError, ChangedMeanwhileError.
    """
    content = _without_revision(content)
    if not slug_of(content.get("number", "")) and (standard := content.get("standard")):
        content["number"] = generate_number(standard["code"], today().year, seed=draft_key)
    _refuse_unfit(content)
    head = make_head(tenant=tenant, content=content, status=Status.DRAFT, at=now())
    head.draft_key = draft_key or None
    _list_by_readable_date(head, tenant)
    try:
        with transaction() as writes:
            writes.create(head, otherwise=NumberInUseError(head.number))
            after = {"status": Status.DRAFT, "number": head.number}
            action = Action.CERTIFICATE_DRAFTED
            event = change_event(tenant=tenant, actor=actor, action=action, head=head, after=after)
            drafts = drafts_in_set(tenant, content)
            named = name_in_set(writes, tenant=tenant, actor=actor, drafts=drafts, number=head.number)
            record_events(writes, [event, *named])
    except NumberInUseError:
        return _made_before(tenant, head)
    return head


def edit_draft(*, tenant: Tenant, actor: Actor, number: str, content: Content, version: int) -> Certificate:
    """Replace a draft's content, given that it is still at ``version``. A new number moves it, history and all.

    What is the same already is not written again, whatever the version. Raises NotFoundError, TransitionRefusedError,
    InvalidError, NumberInUseError, ChangedMeanwhileError.
    """
    head = read_head(EDIT, tenant=tenant, number=number, version=None)
    content = _without_revision(content)
    if not slug_of(content.get("number", "")):
        content["number"] = head.number
    if content == (stored := dictionary_of(head)):
        return head
    if version != head.version:
        raise changed(head)
    _refuse_unfit(content)
    at = now()
    slug = slug_of(content["number"])
    moved: dict[str, Any] = {"SK": certificate_key(slug)}
    if slug != head.slug:
        moved["formerly"] = [*(head.formerly or []), head.slug]
    fresh = changed_head(head, tenant, at=at, **columns_of(content), **moved)
    _list_by_readable_date(fresh, tenant)
    before, after = differences(stored, content)
    with transaction() as writes:
        if fresh.SK == head.SK:
            writes.put(fresh, given=unchanged(head), otherwise=changed(head))
        else:
            writes.delete(head, given=unchanged(head), otherwise=changed(head))
            writes.create(fresh, otherwise=NumberInUseError(fresh.number))
        action = EDIT.action
        event = change_event(
            tenant=tenant, actor=actor, action=action, was=head, head=fresh, before=before, after=after
        )
        named: list[Event] = []
        if fresh.number != head.number:
            drafts = [draft for draft in drafts_in_set(tenant, content) if draft.slug != fresh.slug]
            named = name_in_set(
                writes, tenant=tenant, actor=actor, drafts=drafts, number=fresh.number, instead_of=head.number
            )
        record_events(writes, [event, *named])
    return fresh


def _made_before(tenant: Tenant, head: Certificate) -> Certificate:
    """The draft that the same form made a moment ago. Raises NumberInUseError if somebody else has the number."""
    try:
        found = get_certificate(tenant=tenant, number=head.number, consistent=True)
    except CertificateNotFoundError:
        raise NumberInUseError(head.number) from None
    if not head.draft_key or found.draft_key != head.draft_key:
        raise NumberInUseError(head.number)
    if found.content != head.content:
        raise ChangedMeanwhileError(f"This form was saved already, as {found.number}. Open that draft to change it.")
    return found


def _list_by_readable_date(head: Certificate, tenant: Tenant) -> None:
    """A draft keeps its dates as they were typed; lists are in the order of those that are dates."""
    if head.expires_on and read_day(head.expires_on) is None:
        head.expires_on = None
        set_index_keys(head, tenant)


def _without_revision(content: Content) -> Content:
    copy = content.copy()
    copy.pop("revision", None)
    return copy


def _refuse_unfit(content: Content) -> None:
    problems = {problem.field: problem.sentence for problem in reversed(draft_problems(content))}
    if problems:
        raise InvalidError("The draft has not been saved.", problems)
