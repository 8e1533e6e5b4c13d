"""Which characters a text may have: none that nobody can see, none that reorder or imitate their neighbours' place.

Letters of every script are welcome; what a person reads must be what was signed.
"""

import re

# C0 and C1 controls; bidirectional marks and controls (UAX 9); zero-width space and word joiner; line and paragraph
# separators; unpaired surrogates; non-characters; byte order mark; tags. The line break is judged by the caller.
_PLANE_ENDS = "".join(f"{chr(plane << 16 | 0xFFFE)}{chr(plane << 16 | 0xFFFF)}" for plane in range(17))
_HIDDEN = (
    "\x00-\x09\x0b-\x1f\x7f-\x9f\u061c\u200b\u200e\u200f\u2028-\u202e\u2060-\u2064\u2066-\u206f"
    "\ud800-\udfff\ufdd0-\ufdef\ufeff\ufff9-\ufffb\U000e0000-\U000e007f" + _PLANE_ENDS
)
_in_one_line = re.compile(f"[\n{_HIDDEN}]").search
_in_several_lines = re.compile(f"[{_HIDDEN}]").search
# Joiners shape letters in Persian and Indic scripts, so texts may have them; in a number they only mislead.
_joiner = re.compile("[\u00ad\u034f\u115f\u1160\u17b4\u17b5\u180b-\u180e\u200c\u200d\u3164\ufe00-\ufe0f\uffa0]").search


def hidden_character(text: str, *, several_lines: bool = False) -> str:
    """The first character that is refused, as ``U+202E``; empty if there is none."""
    found = (_in_several_lines if several_lines else _in_one_line)(text)
    return f"U+{ord(found.group()):04X}" if found else ""


def hidden_joiner(text: str) -> str:
    """The first invisible joiner or filler, as ``U+200D``; empty if there is none."""
    found = _joiner(text)
    return f"U+{ord(found.group()):04X}" if found else ""


def is_blank(value: object) -> bool:
    """Whether nothing is there: None, or a text without a single letter or digit."""
    return value is None or (isinstance(value, str) and not any(character.isalnum() for character in value))
