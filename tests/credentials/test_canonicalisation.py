"""Our canonical bytes are those of independent JSON-LD processors over the published contexts."""

import time
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import HealthCheck, assume, example, given, settings
from hypothesis import strategies as st

from defiso.core.canonical import sha256
from defiso.credentials.canonicalisation import Statements, canonical_under
from defiso.credentials.contexts import (
    LATER_TERMS,
    OUR_CONTEXTS,
    PINNED,
    TERMS_V1,
    TERMS_V2,
    context_bytes,
    contexts_of,
    definitions_of,
)
from defiso.credentials.document import problem_with
from defiso.credentials.errors import UnknownContextError
from defiso.credentials.integrity import proof_statements, unsigned_proof
from defiso.credentials.subject import AUDIT_TYPES, SUBJECT, is_plain_text, misfit
from tests.credentials.contents import ORDINARY, short_texts, subject_with_sites, subjects, unsigned_document
from tests.credentials.published import canonical_by_pyld

PROOF = {
    **unsigned_proof(created="2026-03-02T09:00:00Z", verification_method="did:web:acme.localhost%3A8000#z6Mk"),
    "proofValue": "z" + "2" * 80,
}
IN_AN_ADDRESS = r"(?:[-!$&'()*+,./0-9:;=?@A-Z_a-z~]|%[0-9a-fA-F]{2}){1,20}"


def test_our_canonical_bytes_are_those_of_pyld_over_the_published_contexts():
    document = unsigned_document(ORDINARY)

    assert Statements(document).canonical() == canonical_by_pyld(document)


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(subjects)
@example(subject_with_sites(200))
@example(subject_with_sites(40, all_alike=True))
@example({})
@example({"organisation": {}, "sites": [{}, {}], "iafCodes": [], "audits": [{"auditors": ["", ""]}]})
def test_any_subject_that_fits_canonicalises_as_pyld_does_with_and_without_its_proof(subject: dict[str, Any]):
    document = unsigned_document(subject)
    assert misfit(subject) is None

    statements = Statements(document)

    assert statements.canonical() == canonical_by_pyld(document)
    with_proof = statements.canonical_with_proof(proof_statements(PROOF))
    assert with_proof == canonical_by_pyld({**document, "proof": PROOF})


@settings(max_examples=60, deadline=None)
@given(
    name=short_texts,
    addresses=st.lists(
        st.from_regex(rf"https?://[a-z.]{{1,9}}/{IN_AN_ADDRESS}", fullmatch=True), min_size=3, max_size=3
    ),
    issuer=st.from_regex(rf"did:web:{IN_AN_ADDRESS}", fullmatch=True),
    index=st.integers(0, 131_071),
)
@example(name="", addresses=["http://a/../b"] * 3, issuer="did:web:%41:..", index=0)
def test_whatever_stands_outside_the_subject_canonicalises_as_an_rdf_library_does(
    name: str, addresses: list[str], issuer: str, index: int
):
    document = unsigned_document(subject_with_sites(1))
    document |= {"name": name, "id": addresses[0], "issuer": issuer}
    for entry, address in zip(document["credentialStatus"], addresses[1:], strict=True):
        place = {"id": f"{address}#{index}", "statusListIndex": str(index), "statusListCredential": address}
        entry |= place
    assume(problem_with(document) is None)

    assert Statements(document).canonical() == canonical_under(list(map(definitions_of, OUR_CONTEXTS)), document)


def test_a_status_list_whose_address_has_a_fragment_is_refused_since_its_entry_would_be_no_address():
    document = unsigned_document(ORDINARY)
    for entry in document["credentialStatus"]:
        entry["statusListCredential"] = "http://acme.localhost/#status"
        entry["id"] = f"{entry['statusListCredential']}#{entry['statusListIndex']}"

    assert problem_with(document) == "The document does not say where its status is listed."


def test_every_character_that_a_text_may_have_is_written_as_both_libraries_write_it():
    codes = [*range(0x10000), *range(0x10000, 0x110000, 0x101)]  # of the upper planes some of each block
    text = "".join(chr(code) for code in codes if is_plain_text(chr(code)))
    document = unsigned_document({**ORDINARY, "scope": text})

    canonical = Statements(document).canonical()

    assert canonical == canonical_under(list(map(definitions_of, OUR_CONTEXTS)), document)
    assert canonical == canonical_by_pyld(document)


@settings(max_examples=100, deadline=None)
@given(subjects)
def test_every_text_of_a_subject_is_in_its_statements(subject: dict[str, Any]):
    canonical = Statements(unsigned_document(subject)).canonical().decode()

    for text in _texts_in(subject):
        escaped = text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
        assert f'"{escaped}"' in canonical or text in AUDIT_TYPES


def test_every_key_a_subject_may_have_is_a_term_and_every_term_is_used():
    terms = set(definitions_of(TERMS_V1)) | set(LATER_TERMS)
    outside = {"@version", "@protected", "ManagementSystemCertificate", "MerkleProof2019"}
    of_the_published_context = {"type", "name"}

    assert terms - outside == (_keys_in(SUBJECT) | set(AUDIT_TYPES)) - of_the_published_context


def test_a_credential_names_the_later_terms_where_it_uses_one_and_may_not_leave_them_out():
    later = {**ORDINARY, "scopes": [{"language": "de", "text": "Guss"}], "integratedWith": ["ISO14001-2026-A"]}
    document = unsigned_document(later)

    assert contexts_of(ORDINARY) == OUR_CONTEXTS
    assert document["@context"] == [*OUR_CONTEXTS, TERMS_V2]
    assert Statements(document).canonical() == canonical_by_pyld(document)
    assert problem_with(document) is None
    assert problem_with({**document, "@context": OUR_CONTEXTS})
    assert problem_with({**unsigned_document(ORDINARY), "@context": [*OUR_CONTEXTS, TERMS_V2]})


def test_every_word_that_a_subject_may_begin_a_later_part_with_is_one_of_the_later_terms():
    """What ``contexts_of`` looks at is the first word of each part: no later word stands under an older one."""
    later = set(LATER_TERMS)

    for word, shape in SUBJECT.items():
        assert word in later or not later & _keys_in(shape)


def test_nodes_of_a_list_lead_nowhere_and_every_other_node_stands_under_a_word_of_its_own():
    """What makes a sort by hash the whole of RDFC-1.0 for us: only nodes of one list can be alike."""
    words = [word for word, _part in _nodes_in(SUBJECT)]

    assert len(words) == len(set(words))
    for _word, part in _nodes_in(SUBJECT):
        assert not isinstance(part, list) or not list(_nodes_in(part[0]))


def test_a_context_that_is_not_pinned_is_refused_rather_than_fetched():
    with pytest.raises(UnknownContextError, match="does not know"):
        context_bytes("https://www.w3.org/2018/credentials/v1")


def test_bundled_contexts_are_the_pinned_files():
    for url, (_name, digest) in PINNED.items():
        assert sha256(context_bytes(url)).hex() == digest


@pytest.mark.parametrize("all_alike", [False, True])
def test_a_certificate_of_two_thousand_sites_canonicalises_in_good_time(all_alike: bool):
    document = unsigned_document(subject_with_sites(2000, all_alike=all_alike))
    started = time.process_time()

    Statements(document).canonical_with_proof(proof_statements(PROOF))

    assert time.process_time() - started < 2


def _nodes_in(shape: Any) -> Iterator[tuple[str, Any]]:
    """Every word that leads to a node, or to a list of them."""
    for word, part in shape.items():
        node = part[0] if isinstance(part, list) else part
        if isinstance(node, dict):
            yield word, part
            yield from _nodes_in(node)


def _texts_in(value: Any) -> list[str]:
    if isinstance(value, dict):
        return [text for part in value.values() for text in _texts_in(part)]
    if isinstance(value, list):
        return [text for part in value for text in _texts_in(part)]
    return [value] if isinstance(value, str) else []


def _keys_in(shape: Any) -> set[str]:
    if isinstance(shape, list):
        return _keys_in(shape[0])
    return set(shape).union(*map(_keys_in, shape.values())) if isinstance(shape, dict) else set()
