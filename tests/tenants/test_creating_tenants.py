import threading

import pytest

from defiso.audit.actors import SYSTEM
from defiso.audit.services import list_events
from defiso.core.errors import RefusedError
from defiso.credentials.models import SigningKey
from defiso.store.connection import counted_calls
from defiso.store.transactions import Writes
from defiso.tenants.errors import InvalidTenantError, ReadsLikeAnotherError, SlugInUseError
from defiso.tenants.models import Tenant
from defiso.tenants.services import create_tenant, find_tenant_by_host, get_tenant, origin_of
from tests.conftest import every_row
from tests.staff import make_tenant


def test_a_tenant_has_the_keys_that_the_design_fixes() -> None:
    tenant = create_tenant(actor=SYSTEM, slug="acme-corp", name="Acme Corporation")

    stored = Tenant.find("TENANT#acme-corp", "METADATA", consistent=True)
    assert stored is not None
    assert (stored.GSI1PK, stored.GSI1SK) == ("DOMAIN#acme-corp.localhost", "TENANT#acme-corp")
    assert origin_of(tenant) == "http://acme-corp.localhost:8000"


def test_a_tenant_its_event_and_its_signing_key_are_one_transaction() -> None:
    with counted_calls() as calls:
        tenant = make_tenant("acme")

    assert calls == ["TransactWriteItems"]
    (event,) = list_events(tenant_slug=tenant.slug).items
    assert (event.action, event.target_kind, event.target_id) == ("tenant.created", "TENANT", "acme")
    assert len(list(SigningKey.query("TENANT#acme", SigningKey.SK.startswith("KEY#")))) == 1


def test_nothing_is_written_when_what_joins_the_creation_fails() -> None:
    def fail(writes: Writes, tenant: Tenant) -> None:
        raise RefusedError("no key today")

    with pytest.raises(RefusedError, match="no key today"):
        create_tenant(actor=SYSTEM, slug="acme", name="Acme", also=fail)

    assert every_row() == []


def test_a_slug_in_use_is_refused_and_nothing_is_written() -> None:
    make_tenant("acme")
    before = every_row()

    with pytest.raises(SlugInUseError, match="acme is already taken"):
        make_tenant("acme")

    assert every_row() == before


def test_of_many_who_take_one_slug_at_once_exactly_one_gets_it() -> None:
    outcomes: list[str] = []

    def take(number: int) -> None:
        try:
            create_tenant(actor=SYSTEM, slug="acme", name=f"Acme {number}")
            outcomes.append("created")
        except SlugInUseError:
            outcomes.append("refused")

    threads = [threading.Thread(target=take, args=[number]) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sorted(outcomes) == ["created"] + ["refused"] * 7
    assert [event.action for event in list_events(tenant_slug=get_tenant("acme").slug).items] == ["tenant.created"]


@pytest.mark.parametrize(
    "slug",
    [
        *("www", "api", "admin", "static", "mail", "ftp", "ns", "ns1", "mx2", "smtp", "localhost", "staff", "wpad"),
        *("defiso", "mydefiso", "defiso-verify", "de-fiso", "d-e-f-i-s-o"),
        *("def1so", "deflso-verify", "clefis0", "adrnin", "vvww", "rnail", "he1p", "sta-ff"),
    ],
)
def test_a_slug_that_looks_like_the_platform_is_refused(slug: str) -> None:
    with pytest.raises(InvalidTenantError, match="reserved"):
        create_tenant(actor=SYSTEM, slug=slug, name="Somebody")

    assert every_row() == []


@pytest.mark.parametrize("slug", ["acrne", "ac-me", "acm-e"])
def test_a_slug_that_reads_like_another_ones_is_refused_and_nothing_is_written(slug: str) -> None:
    make_tenant("acme")
    before = every_row()

    with pytest.raises(ReadsLikeAnotherError, match=f"slug {slug} reads like acme, the slug of another") as refusal:
        create_tenant(actor=SYSTEM, slug=slug, name="Somebody else")

    assert set(refusal.value.fields) == {"slug"}
    assert every_row() == before


def test_digits_that_look_like_letters_do_not_make_another_slug() -> None:
    create_tenant(actor=SYSTEM, slug="globex", name="Globex")

    for slug in ("g1obex", "gl0bex", "g10bex"):
        with pytest.raises(ReadsLikeAnotherError, match="reads like globex"):
            create_tenant(actor=SYSTEM, slug=slug, name=f"Body {slug}")


@pytest.mark.parametrize(
    "name",
    [
        "Acme Certification",
        "ACME  CERTIFICATION",
        "Acme-Certification.",
        "Acrne Certification",
        "Acme Certlfication",
        "Асmе Certification",  # Cyrillic A, c and e
        "Ａｃｍｅ Certification",
        "Acmé Certification",
        "Ac\u00adme Certification",
    ],
)
def test_a_name_that_reads_like_another_ones_is_refused_and_nothing_is_written(name: str) -> None:
    create_tenant(actor=SYSTEM, slug="acme", name="Acme Certification")
    before = every_row()

    with pytest.raises(ReadsLikeAnotherError, match="reads like Acme Certification, the name of another") as refusal:
        create_tenant(actor=SYSTEM, slug="fresh", name=name)

    assert set(refusal.value.fields) == {"name"}
    assert every_row() == before


def test_of_many_who_take_one_name_at_once_exactly_one_gets_it() -> None:
    outcomes: list[str] = []

    def take(number: int) -> None:
        try:
            create_tenant(actor=SYSTEM, slug=f"body-{'abcdefgh'[number]}", name="Acme")
            outcomes.append("created")
        except ReadsLikeAnotherError:
            outcomes.append("refused")

    threads = [threading.Thread(target=take, args=[number]) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sorted(outcomes) == ["created"] + ["refused"] * 7


def test_bodies_with_names_of_their_own_stand_side_by_side() -> None:
    for slug, name in [("bsi", "BSI Group"), ("bsl", "BSL Cert"), ("tuv-nord", "TÜV Nord"), ("tuv-sud", "TÜV Süd")]:
        assert create_tenant(actor=SYSTEM, slug=slug, name=name).name == name


@pytest.mark.parametrize(
    ("field", "text", "sentence"),
    [
        ("name", " — ", "Give a name, with a letter or digit in it."),
        ("name", "\u3164\u3164", "Give a name, with a letter or digit in it."),
        ("name", "x" * 201, "A name has at most 200 characters; this has 201."),
        (
            "name",
            "Acme\u202eCert",
            "A name cannot have a character that nobody can see (U+202E). Type it again by hand.",
        ),
        ("name", "Acme\nCert", "A name cannot have a character that nobody can see (U+000A). Type it again by hand."),
        ("name", "ﷺ" * 200, "This name is too long to be kept; use simpler letters."),
        (
            "accreditation_body",
            "UK\u200bAS",
            "A name cannot have a character that nobody can see (U+200B). Type it again by hand.",
        ),
        (
            "accreditation_number",
            "1\u2066",
            "Contains a character that cannot be seen (U+2066). Type the text again by hand.",
        ),
        ("print_name", "x" * 201, "A name has at most 200 characters; this has 201."),
        ("postal_address", "x" * 301, "The postal address has at most 300 characters."),
        (
            "postal_address",
            "12 Harbour\nStreet",
            "Contains a character that cannot be seen (U+000A). Type the text again by hand.",
        ),
        ("paper_size", "a3", "The paper is a4 or letter."),
        ("introduction", "a\u0007", "Contains a character that cannot be seen (U+0007). Type the text again by hand."),
    ],
)
def test_what_a_body_says_of_itself_has_the_rules_of_certificates(field: str, text: str, sentence: str) -> None:
    with pytest.raises(InvalidTenantError) as refusal:
        create_tenant(actor=SYSTEM, **{"slug": "acme", "name": "Acme", field: text})

    assert refusal.value.fields == {field: sentence}
    assert every_row() == []


@pytest.mark.parametrize(
    "slug", ["", "a", "-acme", "acme-", "Acme", "ac me", "ac.me", "ac_me", "acmé", "acme\n", "xn--80ak6aa92e", "a" * 64]
)
def test_a_slug_that_is_no_dns_label_is_refused(slug: str) -> None:
    with pytest.raises(InvalidTenantError) as refusal:
        create_tenant(actor=SYSTEM, slug=slug, name="Somebody")

    assert "slug" in refusal.value.fields
    assert every_row() == []


def test_every_problem_is_named_beside_its_field() -> None:
    with pytest.raises(InvalidTenantError) as refusal:
        create_tenant(
            actor=SYSTEM,
            slug="acme",
            name=" ",
            accent="teal",
            introduction="x" * 3000,
            website="javascript:alert(1)",
            contact_email="nobody",
        )

    assert set(refusal.value.fields) == {"name", "accent", "introduction", "website", "contact_email"}
    assert every_row() == []


def test_a_new_tenant_is_found_although_its_host_was_just_unknown() -> None:
    assert find_tenant_by_host("acme.localhost") is None

    make_tenant("acme")

    found = find_tenant_by_host("acme.localhost")
    assert found is not None
    assert found.slug == "acme"
