"""Which row an organisation is, or would be: by the slugs of its name, the row that was picked, and what was merged."""

from collections.abc import Iterable, Sequence
from typing import Any

from defiso.core.canonical import canonical_json, sha256
from defiso.core.search_words import words_of
from defiso.organisations.errors import ClientExistsError
from defiso.organisations.identifiers import tells_apart
from defiso.organisations.models import Client, Merged, client_key, merged_key, name_slug
from defiso.store.items import BATCH_GET_LIMIT, Item, find_all
from defiso.store.keys import tenant_key

NAMESAKES = 10  # of one name in one body
MOST_MERGES = 10  # one into another into another

Organisation = tuple[str, str | None, str | None]  # name, country, slug that was picked


class Places:
    """Rows of one tenant, each read once: consistent as of when it was read."""

    def __init__(self, tenant_slug: str) -> None:
        self.pk = tenant_key(tenant_slug)
        self._rows: dict[str, Client | Merged | None] = {}

    def look_at(self, organisations: Iterable[Organisation]) -> None:
        """Read at once what most of them need: the row that was picked, or the first two slugs of the name."""
        wanted = [
            slug
            for name, country, picked in organisations
            for slug in ([picked] if picked else _slugs_for(name, country)[:2])
        ]
        self._read(wanted)

    def find(self, name: str, country: str | None, picked: str | None = None, ids: Sequence[Any] = ()) -> Client | str:
        """The client that this organisation is, or the slug that it would get.

        It is one if the words of its name and its country are the same and no identifier tells them apart. Raises
        ClientExistsError if there are too many of its name.
        """
        if picked and (client := self._follow(picked)):
            return client
        slugs = _slugs_for(name, country)
        for slug in slugs:
            self._read([slug])
            row = self._rows[slug]
            if row is None:
                return slug
            if _is_same(row, name, country, ids) and (client := self._follow(slug)):
                return client
        raise ClientExistsError(name, slugs[0])

    def make(self, slug: str, **columns: Any) -> Client:
        """The row as it would be written; further ones of its name find it."""
        told: dict[str, Any] = {name: value or None for name, value in columns.items()}
        client = Client(self.pk, client_key(slug), version=1, **told)
        self._rows[slug] = client
        return client

    def _follow(self, slug: str) -> Client | None:
        """The client of this slug, or the one it was merged into."""
        for _ in range(MOST_MERGES):
            self._read([slug])
            row = self._rows[slug]
            if not isinstance(row, Merged):
                return row
            slug = row.into
        return None

    def _read(self, slugs: Iterable[str]) -> None:
        unread = [slug for slug in dict.fromkeys(slugs) if slug not in self._rows]
        half = BATCH_GET_LIMIT // 2
        for start in range(0, len(unread), half):
            some = unread[start : start + half]
            keys: list[tuple[type[Item], str, str]] = [(Client, self.pk, client_key(slug)) for slug in some]
            keys += [(Merged, self.pk, merged_key(slug)) for slug in some]
            found = find_all(keys, consistent=True)
            for slug, row, merged in zip(some, found, found[len(some) :], strict=False):
                one = row or merged
                self._rows[slug] = one if isinstance(one, Client | Merged) else None


def _is_same(row: Client | Merged, name: str, country: str | None, ids: Sequence[Any]) -> bool:
    same = words_of(row.name) == words_of(name) and row.country == country
    return same and not tells_apart(row.identifiers, list(ids))


def _slugs_for(name: str, country: str | None) -> list[str]:
    """``acme``, ``acme-de``, ``acme-de-2`` and so on; the last is of this name and country alone."""
    slug = name_slug(name)
    of_country = f"{slug}-{country.lower()}" if country else slug
    own = sha256(canonical_json([words_of(name), country])).hex()[:12]
    numbered = (f"{of_country}-{number}" for number in range(2, NAMESAKES))
    return list(dict.fromkeys([slug, of_country, *numbered, f"{slug}-{own}"]))
