"""``set_mark``: a body's own mark, and one of somebody else's with the licence for it; each change is an event."""

from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from defiso.audit.actors import OPERATOR
from defiso.documents.errors import InvalidMarkError
from defiso.tenants.errors import InvalidTenantError
from defiso.tenants.marks import set_licensed_mark, set_own_mark
from defiso.tenants.models import Tenant
from defiso.tenants.services import get_tenant
from tests.conftest import every_row
from tests.documents.pngs import png
from tests.staff import actions_of

SET = "tenant.mark_set"


@pytest.fixture
def file(tmp_path: Path) -> Path:
    file = tmp_path / "mark.png"
    file.write_bytes(png())
    return file


def test_both_marks_are_set_and_taken_away_again_each_with_an_event(tenant: Tenant, file: Path) -> None:
    call_command("set_mark", tenant.slug, "--file", str(file), "--own")
    call_command("set_mark", tenant.slug, "--file", str(file), "--licence", " UKAS  0042 ")
    both = get_tenant(tenant.slug)
    call_command("set_mark", tenant.slug, "--own")
    left = get_tenant(tenant.slug)

    assert both.logo == {"digest": both.mark["digest"]}
    assert both.mark["licence"] == "UKAS 0042"
    assert left.logo is None
    assert left.mark == both.mark
    assert actions_of(tenant).count(SET) == 3


@pytest.mark.parametrize("licence", ["", "   ", "x" * 61])
def test_somebody_elses_mark_needs_a_licence(tenant: Tenant, licence: str) -> None:
    before = every_row()

    with pytest.raises(InvalidTenantError, match="Name the licence"):
        set_licensed_mark(actor=OPERATOR, slug=tenant.slug, png=png(), licence=licence)

    assert every_row() == before


def test_what_is_no_png_is_refused_and_nothing_is_written(tenant: Tenant) -> None:
    before = every_row()

    with pytest.raises(InvalidMarkError):
        set_own_mark(actor=OPERATOR, slug=tenant.slug, png=b"<svg/>")

    assert every_row() == before


def test_the_command_asks_whose_mark_it_is_and_for_a_file_that_can_be_read(tenant: Tenant, file: Path) -> None:
    with pytest.raises(CommandError, match="required"):
        call_command("set_mark", tenant.slug, "--file", str(file))
    with pytest.raises(CommandError, match="cannot be read"):
        call_command("set_mark", tenant.slug, "--file", str(file.with_name("nothing.png")), "--own")
    with pytest.raises(CommandError):
        call_command("set_mark", "nobody", "--file", str(file), "--own")


def test_name_and_address_in_print_are_set_judged_and_taken_away(tenant: Tenant) -> None:
    call_command("set_policy", tenant.slug, "--print-name", "Acme Ltd", "--postal-address", "12 Harbour Street, Leeds")
    with_both = get_tenant(tenant.slug)
    call_command("set_policy", tenant.slug, "--print-name", "")
    with pytest.raises(CommandError, match="at most 300 characters"):
        call_command("set_policy", tenant.slug, "--postal-address", "x" * 301)
    after = get_tenant(tenant.slug)

    assert (with_both.print_name, with_both.postal_address) == ("Acme Ltd", "12 Harbour Street, Leeds")
    assert (after.print_name, after.postal_address) == (None, "12 Harbour Street, Leeds")
