"""Charts drawn by the server, as plain numbers for a template: zero-based bars of one hue. The words stand outside."""

from collections.abc import Sequence
from typing import NamedTuple

HEIGHT = 100
STEP, WIDTH = 10, 8  # of a bar with the gap after it, and of the bar


class Bar(NamedTuple):
    x: int
    y: float
    height: float
    marked: bool


class Bars(NamedTuple):
    """What an SVG with the view box ``0 0 width HEIGHT`` shows."""

    width: int
    bars: list[Bar]


def draw_bars(numbers: Sequence[tuple[int, bool]]) -> Bars:
    """A bar for each number, which is marked or not; the highest fills the height."""
    most = max((number for number, _marked in numbers), default=0) or 1
    heights = [(round(HEIGHT * number / most, 1), marked) for number, marked in numbers]
    bars = [
        Bar(place * STEP, round(HEIGHT - height, 1), height, marked) for place, (height, marked) in enumerate(heights)
    ]
    return Bars(max(1, len(bars)) * STEP - (STEP - WIDTH), bars)
