"""One stylesheet for every page: collectstatic writes the imports of ``css/defiso.css`` into it.

In development browsers follow the imports themselves, so nothing is built.
"""

import re
from collections.abc import Callable
from pathlib import PurePosixPath
from typing import Any

from django.core.files.base import ContentFile
from whitenoise.storage import CompressedManifestStaticFilesStorage  # type: ignore[import-untyped]

STYLESHEET = "css/defiso.css"
IMPORT = re.compile(r'@import url\("(?P<path>[^"]+)"\) layer\((?P<layer>[a-z]+)\);\n?')
COMMENT = re.compile(r"/\*.*?\*/\n?", re.DOTALL)


def join_imports(css: str, read: Callable[[str], str]) -> str:
    """The stylesheet with each ``@import url("…") layer(x);`` replaced by ``@layer x { … }``, comments left out."""

    def written_out(found: re.Match[str]) -> str:
        return f"@layer {found['layer']} {{\n{read(found['path']).strip()}\n}}\n"

    joined = COMMENT.sub("", IMPORT.sub(written_out, css))
    if "@import" in joined:
        raise ValueError('An import of the stylesheet is not of the form @import url("file.css") layer(name);')
    return joined


class OneStylesheetStorage(CompressedManifestStaticFilesStorage):  # type: ignore[misc]
    """WhiteNoise's hashed and compressed files, with the one stylesheet joined before it is hashed."""

    # The modules of the page that checks import each other by hashed names too
    patterns = (
        *CompressedManifestStaticFilesStorage.patterns,
        ("js/check/*.js", ((r'(?P<matched>from "(?P<url>\./[^"]+)")', 'from "%(url)s"'),)),
    )

    def post_process(self, paths: dict[str, Any], *args: Any, dry_run: bool = False, **options: Any) -> Any:
        if STYLESHEET in paths and not dry_run:
            self._join_stylesheet(paths)
        yield from super().post_process(paths, *args, dry_run=dry_run, **options)

    def _join_stylesheet(self, paths: dict[str, Any]) -> None:
        def read(name: str) -> str:
            storage, path = paths[name]
            with storage.open(path) as file:
                return bytes(file.read()).decode()

        folder = PurePosixPath(STYLESHEET).parent
        joined = join_imports(read(STYLESHEET), lambda path: read(str(folder / path)))
        self.delete(STYLESHEET)
        self._save(STYLESHEET, ContentFile(joined.encode()))
        paths[STYLESHEET] = (self, STYLESHEET)
