"""Finding a client by the beginnings of words of its names, whatever their case and accents. One query a page."""

from functools import reduce
from operator import and_

from pynamodb.expressions.condition import Condition

from defiso.core.search_words import words_of
from defiso.organisations.models import Client, Term, client_key, shown_of, term_key
from defiso.store.keys import tenant_key
from defiso.store.pages import PAGE_SIZE, Page, fetch_page
from defiso.tenants.models import Tenant

OFFERED = 8


def find_clients(tenant: Tenant, text: str, *, most: int = OFFERED) -> list[Term]:
    """A few clients for a choice while typing, each once: those with a word for the beginning of every word typed."""
    return search_clients(tenant=tenant, text=text, size=most).items


def search_clients(*, tenant: Tenant, text: str, cursor: str | None = None, size: int = PAGE_SIZE) -> Page[Term]:
    """The same a page at a time, by the longest word typed. A page may be short and yet have a next one."""
    typed = words_of(text)
    if not typed:
        return Page([], None)
    first = max(typed, key=len)
    page = fetch_page(
        Term,
        tenant_key(tenant.slug),
        scope=f"{tenant.slug}:organisations:{first}:{typed}",
        cursor=cursor,
        range_condition=Term.SK.startswith(term_key(first)),
        filter_condition=_with_every_one([word for word in typed if word != first]),
        size=size,
    )
    return Page([term for term in page.items if _is_first(term, first)], page.next_cursor)


def list_clients(*, tenant: Tenant, cursor: str | None = None) -> Page[Client]:
    """All of them by slug: one query a page."""
    return fetch_page(
        Client,
        tenant_key(tenant.slug),
        scope=f"{tenant.slug}:organisations",
        cursor=cursor,
        range_condition=Client.SK.startswith(client_key("")),
    )


def terms_of(client: Client) -> list[Term]:
    """The rows by which it is found."""
    words = words_of(client.name, client.english_name or "", *client.other_names)
    text, shown = "".join(f" {word}" for word in words), shown_of(client)
    return [Term(client.PK, term_key(word, client.slug), words=text, shown=shown) for word in words]


def _with_every_one(beginnings: list[str]) -> Condition | None:
    conditions = [Term.words.contains(f" {beginning}") for beginning in beginnings]
    return reduce(and_, conditions) if conditions else None


def _is_first(term: Term, beginning: str) -> bool:
    """A client two of whose words begin so is there twice: once is enough."""
    return min(word for word in term.words.split() if word.startswith(beginning)) == term.word
