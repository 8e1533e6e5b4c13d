"""The script of the page "Check in your browser" gives the answers of ``verify.py`` to every case of the one table."""

import hashlib
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, utils
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from eth_hash.auto import keccak
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from playwright.sync_api import Browser, Error, Page

from defiso.certificates.acts.cancel import cancel_certificate
from defiso.certificates.acts.revise import revise_certificate
from defiso.certificates.acts.transfer_out import transfer_out_certificate
from defiso.tenants.models import Tenant
from defiso.verification.pack import verify
from defiso.verification.pack.contents import pack_files
from tests.anchoring.anvil import Anvil
from tests.credentials.contents import subjects, unsigned_document
from tests.issuing import OWNER, anchor_everything, issue
from tests.tampering.in_browser import blank_page, check, says
from tests.tampering.node import lying_node
from tests.tampering.running import run_here, write
from tests.tampering.signatures import SIGNATURES, SignatureCase
from tests.tampering.table import ANSWERS, MOMENTS, TAMPERS
from tests.tampering.world import make_world

NUMBER = "ISO9001-2026-ABC123"
SENTENCE = 2
ORDER = 0xFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFEBAAEDCE6AF48A03BBFD25E8CD0364141  # of the blockchain's curve


@pytest.fixture(scope="module")
def page(browser: Browser) -> Iterator[Page]:
    with blank_page(browser) as page:
        yield page


def test_it_answers_each_tamper_of_the_table_as_verify_py_does(page: Page) -> None:
    world = make_world()
    cases = [(tamper, world.tampered(tamper.change)) for tamper in TAMPERS]
    cases += [(moment, world.put_together(moment)) for moment in MOMENTS]
    outcomes = check(page, [files for _case, files in cases])
    surprises = {
        case.name: outcome
        for (case, _files), outcome in zip(cases, outcomes, strict=True)
        if outcome[0] != case.code or not says(outcome[1], case.finding, case.step)
    }
    assert surprises == {}


def test_genuine_packs_pass_every_step(page: Page) -> None:
    world = make_world()
    names = ("first", "suspended", "whole", "neighbour", "other body", "waiting")
    for name, (code, lines) in zip(names, check(page, [world.packs[name] for name in names]), strict=True):
        assert (code, {result for result, _file, _found in lines}) == (0, {"pass"}), (name, lines)


def test_its_words_mean_what_they_mean_to_verify_py(page: Page) -> None:
    meanings, addresses, typed = page.evaluate("""async () => {
      const { ADDRESSES, MEANINGS, TYPED } = await import("/statements.js");
      return [Object.fromEntries(MEANINGS), ADDRESSES, Object.fromEntries(TYPED)];
    }""")
    assert (meanings, set(addresses), typed) == (verify.MEANINGS, verify.ADDRESSES, verify.TYPED)


@hypothesis_settings(deadline=None, max_examples=100, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(subject=subjects)
def test_it_writes_the_same_statements_of_any_certificate(page: Page, subject: dict[str, Any]) -> None:
    document = unsigned_document(subject)
    written = page.evaluate(
        """async text => {
          const [{ Statements }, { parsed }] = await Promise.all([import("/statements.js"), import("/octets.js")]);
          return (await Statements.of(parsed(text))).canonical();
        }""",
        json.dumps(document),
    )
    assert written.encode() == verify.Statements(document).canonical()


def test_it_takes_what_nodes_of_the_chain_answer_as_verify_py_does(page: Page, tenant: Tenant, anvil: Anvil) -> None:
    issue(tenant)
    anchor_everything()
    pack = pack_files(tenant, NUMBER)
    surprises = {}
    for answer in ANSWERS:
        with lying_node(anvil.url, answer) as url:
            [(code, lines)] = check(page, [pack], nodes=[url])
        if code != answer.code:
            surprises[answer.name] = (code, lines[-1])
    assert surprises == {}
    assert [code for code, _lines in check(page, [pack], nodes=[anvil.url])] == [0]
    with lying_node(anvil.url, ANSWERS[0]) as url:
        [(code, lines)] = check(page, [pack], nodes=[anvil.url, url])
    assert (code, "The nodes do not agree." in lines[-1][SENTENCE]) == (2, True)


@pytest.mark.parametrize("case", SIGNATURES, ids=lambda case: case.name)
def test_a_signature_holds_by_the_browser_and_by_hand_as_it_does_for_verify_py(page: Page, case: SignatureCase) -> None:
    found = page.evaluate(
        """async given => {
          const [{ isEd25519 }, { fromHex }] = await Promise.all([import("/curves.js"), import("/octets.js")]);
          const [key, signature, message] = given.map(fromHex);
          return Promise.all([false, true].map(isByHand => isEd25519(key, signature, message, isByHand)));
        }""",
        [case.key, case.signature, case.message],
    )
    assert found == [case.holds, case.holds]
    octets = [bytes.fromhex(text) for text in (case.key, case.signature, case.message)]
    assert verify.signed(*octets) is case.holds


def test_the_browser_of_this_test_has_ed25519_so_that_both_ways_are_tried(page: Page) -> None:
    assert page.evaluate("crypto.subtle.generateKey('Ed25519', false, ['verify', 'sign']).then(() => true)")


def test_its_keccak_is_the_one_of_ethereum_at_every_length_around_a_block(page: Page) -> None:
    octets = [
        hashlib.shake_256(bytes([length % 256])).digest(length) for length in (0, 1, 134, 135, 136, 137, 272, 700)
    ]
    found = page.evaluate(
        """async texts => {
          const [{ keccak }, { fromHex, hex }] = await Promise.all([import("/ethereum.js"), import("/octets.js")]);
          return texts.map(text => hex(keccak(fromHex(text))));
        }""",
        [one.hex() for one in octets],
    )
    assert found == [keccak(one).hex() for one in octets]


def test_transactions_of_many_accounts_are_theirs_and_no_others(page: Page) -> None:
    """ECDSA on the chain's curve, against OpenSSL's: also of another digest or key and an s beyond the order."""
    cases, expected = [], []
    for secret in (
        1,
        2,
        3,
        2**128,
        ORDER - 1,
        *(int.from_bytes(hashlib.sha256(bytes([n])).digest()) for n in range(20)),
    ):
        private = ec.derive_private_key(secret, ec.SECP256K1())
        digest = hashlib.sha256(str(secret).encode()).digest()
        r, s = utils.decode_dss_signature(private.sign(digest, ec.ECDSA(utils.Prehashed(hashes.SHA256()))))
        key = private.public_key().public_bytes(Encoding.X962, PublicFormat.CompressedPoint).hex()
        other = ec.derive_private_key(secret % 1000 + 7, ec.SECP256K1()).public_key()
        other_key = other.public_bytes(Encoding.X962, PublicFormat.CompressedPoint).hex()
        cases += [[key, digest.hex(), r, s], [key, digest.hex(), r, ORDER - s], [key, "00" * 32, r, s]]
        cases += [[other_key, digest.hex(), r, s], [key, digest.hex(), r, s + ORDER], [key, digest.hex(), 0, s]]
        expected += [True, True, False, False, False, False]
    found = page.evaluate(
        """async cases => {
          const [{ accountPoint, isEcdsa }, { fromHex }] =
            await Promise.all([import("/curves.js"), import("/octets.js")]);
          return cases.map(([key, digest, r, s]) =>
            isEcdsa(accountPoint(fromHex(key)), fromHex(digest), BigInt(r), BigInt(s)));
        }""",
        [[key, digest, str(r), str(s)] for key, digest, r, s in cases],
    )
    assert found == expected


@pytest.mark.parametrize(
    "text",
    [
        '{"a":1,"a":2}',
        "[1.0]",
        "[1e3]",
        "[9007199254740992]",
        "[NaN]",
        "[-Infinity]",
        "{",
        "[1,]",
        "\ufeff[]",
        '["\n"]',
    ],
)
def test_json_that_verify_py_refuses_is_refused(page: Page, text: str) -> None:
    with pytest.raises(verify.MALFORMED):
        verify.parsed(text.encode())
    with pytest.raises(Error):
        page.evaluate("""async text => { (await import("/octets.js")).parsed(text); }""", text)


def test_json_in_its_one_form_is_that_of_verify_py(page: Page) -> None:
    text = '{"é":[true,null,-0,9007199254740991],"\U0001f600":"\\u00e9\\n\\u2028\x7f","\uff5e":{},"10":1,"9":[]}'
    found = page.evaluate(
        """async text => {
          const { canonicalJson, parsed } = await import("/octets.js");
          return canonicalJson(parsed(text));
        }""",
        text,
    )
    assert found.encode() == verify.canonical_json(verify.parsed(text.encode()))


def test_packs_of_revised_ended_and_many_worded_certificates_are_genuine_to_both(
    page: Page, tenant: Tenant, anvil: Anvil, tmp_path: Path
) -> None:
    for number in ("FM-1", "FM-2", "FM-3"):
        issue(tenant, number)
    issue(tenant, "FM-4", scopes=[{"language": "de", "text": "Gießerei"}], integratedWith=["FM-1"])
    anchor_everything()
    revise_certificate(tenant=tenant, actor=OWNER, number="FM-1", reason="Moved", scope="Casting of bronze")
    cancel_certificate(tenant=tenant, actor=OWNER, number="FM-2", reason="Client left")
    transfer_out_certificate(tenant=tenant, actor=OWNER, number="FM-3", reason="Went elsewhere")
    anchor_everything()
    packs = [pack_files(tenant, f"FM-{place}") for place in (1, 2, 3, 4)]
    for place, (pack, (code, lines)) in enumerate(zip(packs, check(page, packs), strict=True)):
        assert code == 0, lines
        code, printed = run_here(write(pack, tmp_path / str(place)))
        assert code == 0, printed
