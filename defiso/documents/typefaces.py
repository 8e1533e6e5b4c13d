"""The typefaces that certificates are printed in: files of pinned packages, so that every copy draws the same.

All are under the SIL Open Font License 1.1, whose text each package carries. Of the machine's own faces none is used.
"""

from functools import cache
from importlib.resources import files
from pathlib import Path

import fontpkg
import typst

# In the order asked, after the Latin face and the Han face of the text's own region.
FALLBACKS = (
    "Noto Sans Arabic",
    "Heebo",  # Hebrew
    "Noto Sans Thai",
    "Noto Sans Devanagari",
    "Hind Siliguri",  # Bengali
    "Noto Sans Tamil",
    "Noto Sans Telugu",
    "Noto Sans Khmer",
)
FAMILIES = ("Noto Sans", "Noto Serif", *FALLBACKS)


@cache
def typefaces() -> typst.Fonts:
    """Found once a process; a face is read when a text first needs it."""
    return typst.Fonts(include_system_fonts=False, include_embedded_fonts=False, font_paths=list(folders()))


def folders() -> list[Path]:
    of_families = {fontpkg.path(family, nearest=True).parent for family in FAMILIES}
    return [*sorted(of_families), Path(str(files("noto_cjk_sans_otc")))]
