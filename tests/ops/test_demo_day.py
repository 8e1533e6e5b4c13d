"""A day at a body, over HTTP against a whole copy: what staff do and what the public reads after each step."""

from tests.running_copy import running_copy

STEPS = 14


def test_a_day_at_the_demo_body_goes_as_it_should_and_so_does_the_next() -> None:
    with running_copy() as copy:
        copy.manage("seed_demo")

        for _day in range(2):
            lines = copy.manage("demo_day").splitlines()

            assert len(lines) == STEPS + 1
            assert all(line.startswith("✓ ") for line in lines[:STEPS]), lines
            assert any("its code leads to /certificates/" in line for line in lines)
            assert lines[-1] == "The day went as it should."
