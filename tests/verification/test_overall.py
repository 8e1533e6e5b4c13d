import pytest

from defiso.core.checks import Check, Result
from defiso.verification.verdicts import Overall, overall_of

PASSING = dict.fromkeys(("content", "issuer", "anchor", "status"), "pass")


def overall(now: str = "active", *, intact: bool = True, pending: bool = False, **results: str) -> Overall:
    verdicts = {name: Check(Result(result), "") for name, result in (PASSING | results).items()}
    return overall_of(verdicts, status=now, record_intact=intact, pending=pending)


def test_four_passes_are_valid() -> None:
    assert overall() == Overall.VALID


@pytest.mark.parametrize("part", ["content", "issuer", "anchor"])
@pytest.mark.parametrize("status", ["active", "withdrawn", "suspended", "expired"])
def test_failing_evidence_is_not_genuine_whatever_the_status(part: str, status: str) -> None:
    assert overall(status, **{part: "fail"}) == Overall.NOT_GENUINE


def test_a_status_without_the_bodys_seal_is_not_genuine() -> None:
    assert overall("withdrawn", intact=False) == Overall.NOT_GENUINE


@pytest.mark.parametrize(
    ("status", "answer"),
    [
        ("withdrawn", "withdrawn"),
        ("cancelled", "cancelled"),
        ("transferred_out", "cancelled"),
        ("void", "void"),
        ("suspended", "suspended"),
        ("expired", "expired"),
    ],
)
def test_the_status_speaks_before_what_could_not_be_checked(status: str, answer: str) -> None:
    assert overall(status, status="fail", anchor="unknown") == answer
    assert overall(status, status="fail", anchor="unknown", pending=True) == answer


def test_could_not_check_is_never_invalid() -> None:
    for part in PASSING:
        assert overall(**{part: "unknown"}) == Overall.COULD_NOT_CHECK


def test_only_waiting_for_the_anchor_is_pending() -> None:
    assert overall(anchor="unknown", pending=True) == Overall.PENDING_ANCHOR
    assert overall(anchor="unknown", content="unknown", pending=True) == Overall.COULD_NOT_CHECK
