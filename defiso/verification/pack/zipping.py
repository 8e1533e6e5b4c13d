"""The files of a pack as one: a zip archive with the same bytes for the same files, or JSON."""

import io
import zipfile
from collections.abc import Mapping

import orjson

MANIFEST = "manifest.json"
_MOMENT = (1980, 1, 1, 0, 0, 0)  # the first that the format knows: when it was packed is nobody's business


def zipped(files: Mapping[str, bytes]) -> bytes:
    octets = io.BytesIO()
    with zipfile.ZipFile(octets, "w") as archive:
        for name in sorted(files):
            entry = zipfile.ZipInfo(name, _MOMENT)
            entry.external_attr = 0o644 << 16
            archive.writestr(entry, files[name], zipfile.ZIP_DEFLATED, 9)
    return octets.getvalue()


def as_one_json(files: Mapping[str, bytes]) -> bytes:
    """``{"files": {name: text}}``: every file of a pack is UTF-8."""
    return orjson.dumps({"files": {name: files[name].decode() for name in sorted(files)}}, option=orjson.OPT_INDENT_2)
