"""The typefaces that certificates are printed in: files of pinned packages, so that every copy draws the same.

All are Noto, under the SIL Open Font License 1.1, whose text each package carries. Of the machine's own none is used.
"""

from functools import cache
from importlib.resources import files
from pathlib import Path

import fontpkg
import typst

PACKAGES = ("manimgx_fonts", "noto_cjk_sans_otc")  # Noto Sans of each script; of Chinese, Japanese and Korean
_SCRIPTS = (
    *("Arabic", "Hebrew", "Thai", "Devanagari", "Bengali", "Gurmukhi", "Gujarati", "Oriya", "Tamil", "Telugu"),
    *("Kannada", "Malayalam", "Sinhala", "Khmer", "Lao", "Myanmar", "Armenian", "Georgian", "Ethiopic", "Symbols"),
)
# In the order asked, after the Latin face and the Han face of the text's own region.
FALLBACKS = tuple(f"Noto Sans {script}" for script in _SCRIPTS)


@cache
def typefaces() -> typst.Fonts:
    """Found once a process; a face is read when a text first needs it."""
    return typst.Fonts(include_system_fonts=False, include_embedded_fonts=False, font_paths=list(folders()))


def folders() -> list[Path]:
    return [fontpkg.path("Noto Serif", nearest=True).parent, *(Path(str(files(package))) for package in PACKAGES)]
