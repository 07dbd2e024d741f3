"""Files made of raw parts, so that each test shows the markup it is about."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable, Mapping

import pytest

W_NS = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
R_NS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
NAMESPACES = (
    f'xmlns:w="{W_NS}" xmlns:r="{R_NS}" '
    'xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006" '
    'xmlns:m="http://schemas.openxmlformats.org/officeDocument/2006/math" '
    'xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main" '
    'xmlns:wps="http://schemas.microsoft.com/office/word/2010/wordprocessingShape" '
    'xmlns:w14="http://schemas.microsoft.com/office/word/2010/wordml" '
    'xmlns:v="urn:schemas-microsoft-com:vml"'
)
PACKAGE_RELS = "http://schemas.openxmlformats.org/package/2006/relationships"

MakeDocx = Callable[..., bytes]


def make_docx(body: str, **parts: str) -> bytes:
    """A docx whose body is `body`; parts: numbering, styles, footnotes, endnotes, header1, footer1 … as inner XML."""
    roots = {"numbering": "numbering", "styles": "styles", "footnotes": "footnotes", "endnotes": "endnotes"}
    members: dict[str, str] = {
        "[Content_Types].xml": "",
        "_rels/.rels": f'<Relationships xmlns="{PACKAGE_RELS}">'
        f'<Relationship Id="rId1" Type="{R_NS}/officeDocument" Target="word/document.xml"/></Relationships>',
        "word/document.xml": f"<w:document {NAMESPACES}><w:body>{body}</w:body></w:document>",
    }
    relationships, overrides = "", _override("document", "document.main")
    for name, inner in parts.items():
        kind = name.rstrip("0123456789")
        root = roots.get(kind, {"header": "hdr", "footer": "ftr"}.get(kind, kind))
        members[f"word/{name}.xml"] = f"<w:{root} {NAMESPACES}>{inner}</w:{root}>"
        overrides += _override(name, kind)
        relationships += f'<Relationship Id="{name}" Type="{R_NS}/{kind}" Target="{name}.xml"/>'
    members["word/_rels/document.xml.rels"] = f'<Relationships xmlns="{PACKAGE_RELS}">{relationships}</Relationships>'
    members["[Content_Types].xml"] = (
        '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
        '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        f'<Default Extension="xml" ContentType="application/xml"/>{overrides}</Types>'
    )
    return make_zip(members)


def _override(part: str, kind: str) -> str:
    content = f"application/vnd.openxmlformats-officedocument.wordprocessingml.{kind}+xml"
    return f'<Override PartName="/word/{part}.xml" ContentType="{content}"/>'


def make_zip(members: Mapping[str, str | bytes]) -> bytes:
    """A zip of the members given."""
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return target.getvalue()


@pytest.fixture(name="make_docx")
def _make_docx() -> MakeDocx:
    return make_docx


@pytest.fixture(name="make_zip")
def _make_zip() -> Callable[[Mapping[str, str | bytes]], bytes]:
    return make_zip
