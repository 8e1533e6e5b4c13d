"""In a register that nobody has changed past the product there is nothing to find."""

from tests.auditing.kit import found, tell_a_story


def test_nothing_is_found_in_an_untouched_register(anvil, chain, hold, tenants):
    tell_a_story(hold, chain)

    assert found(chain) == []
    assert found(chain, "globex") == []
