"""What the operator runs: a full check that says what it found, and a map made again."""

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError

from defiso.auditing.rebuilding import rebuild_map
from tests.auditing.kit import change, delete, every, found
from tests.memory import forget_everything


def test_audit_register_says_that_nothing_was_found(register, capsys):
    call_command("audit_register")

    assert "events checked, with all that follows from them; nothing found." in capsys.readouterr().out


def test_audit_register_names_what_it_finds_and_fails(register, capsys):
    delete(every("PROOF#FM-1#")[0])

    with pytest.raises(CommandError, match=r"\d+ events checked; 1 findings\."):
        call_command("audit_register", tenant="acme")

    assert capsys.readouterr().out.startswith("acme: place: Where FM-1 revision 1 was anchored")


def test_rebuild_map_makes_lost_nodes_again(register, capsys):
    rows = every("MAP#", of="")
    for row in rows:
        delete(row)
    forget_everything()

    call_command("rebuild_map")

    assert "acme: " in capsys.readouterr().out
    assert found(register) == []


def test_rebuild_map_writes_only_what_is_missing(register):
    forget_everything()
    assert rebuild_map("acme").written == 0
    for slot in every("MAP#a#"):
        delete(slot)

    assert rebuild_map("acme").written == 1


def test_rebuild_map_of_another_log_than_was_signed_is_refused_and_writes_nothing(register):
    event = next(one for one in every("EVENT#") if "state" in one.row)
    change(event, reason={"S": "Never given."})
    for row in every("MAP#"):
        delete(row)
    forget_everything()

    with pytest.raises(CommandError, match=r"The map of acme was left as it is: .* does not carry"):
        call_command("rebuild_map", tenant="acme")

    assert every("MAP#") == []
