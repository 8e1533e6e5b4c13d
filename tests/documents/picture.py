"""``python -m tests.documents.picture``: the picture of a printed certificate in the docs."""

from pathlib import Path

import django

PICTURE = Path(__file__).resolve().parents[2] / "docs/images/printed.png"
SITES = [
    {"name": "Head office and works", "address": "1 Wharf Street, Leeds LS2 7EQ", "country": "GB", "main": True},
    {"name": "大阪工場", "address": "大阪府大阪市北区梅田3-1-3", "country": "JP"},
]


def draw_picture() -> None:
    from defiso.documents.drawing import draw_picture as drawn
    from tests.documents.sheets import sheet

    example = {"legalName": "Example Foods Ltd", "address": "1 Wharf Street, Leeds LS2 7EQ", "country": "GB"}
    scope = "Manufacture and distribution of chilled ready meals"
    PICTURE.write_bytes(drawn(sheet(organisation=example, scope=scope, sites=SITES, iafCodes=["3"], naceCodes=[])))


if __name__ == "__main__":
    django.setup()
    draw_picture()
