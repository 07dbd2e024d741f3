"""Which format the bytes are of, judged by the bytes; and what to say of the formats that are not read."""

from __future__ import annotations

import re
from collections.abc import Iterable
from pathlib import PurePath
from typing import Literal, NoReturn

from checker.errors import ReadError, UnsupportedFormat

Format = Literal["docx", "pdf", "txt", "md", "html"]

_SAVE_AS_DOCX = "请用Word或者WPS打开，“另存为”docx格式后重新提交。"
_RECOGNISE = "请先做文字识别（OCR），把结果保存为docx或者带文字的pdf后重新提交。"
_UNPACK = "请解压后逐个提交其中的docx、pdf、txt或者html文件。"

_MAGIC: tuple[tuple[bytes, str, str], ...] = (
    (rb"\{\\rtf", "RTF文档", _SAVE_AS_DOCX),
    (rb"\x89PNG\r\n\x1a\n", "PNG图片", _RECOGNISE),
    (rb"\xff\xd8\xff", "JPEG图片", _RECOGNISE),
    (rb"GIF8[79]a", "GIF图片", _RECOGNISE),
    (rb"II\*\x00|MM\x00\*", "TIFF图片", _RECOGNISE),
    (rb"BM.{4}\x00{4}", "BMP图片", _RECOGNISE),
    (rb"RIFF.{4}WEBP", "WebP图片", _RECOGNISE),
    (rb"7z\xbc\xaf\x27\x1c", "7z压缩包", _UNPACK),
    (rb"Rar!\x1a\x07", "RAR压缩包", _UNPACK),
    (rb"\x1f\x8b", "gzip压缩包", _UNPACK),
    (rb"MIME-Version:|From: <", "网页归档（MHTML）", _SAVE_AS_DOCX),
)
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
# Directory entries of OLE files carry their names in UTF-16; these tell the applications apart.
_OLE_STREAMS: tuple[tuple[str, str, str], ...] = (
    ("WordDocument", "Word 97-2003文档（doc）", _SAVE_AS_DOCX),
    ("Workbook", "Excel 97-2003工作簿（xls）", "表格文件不能读取，请把需要审查的文字另存为docx后重新提交。"),
    ("PowerPoint Document", "PowerPoint 97-2003演示文稿（ppt）", "请把需要审查的文字另存为docx后重新提交。"),
)
_ZIP_CONTENT: tuple[tuple[str, str, str], ...] = (
    ("OFD.xml", "OFD版式文件", "请用OFD阅读器把它转换为docx或者带文字的pdf后重新提交。"),
    ("xl/workbook.xml", "Excel工作簿（xlsx）", "表格文件不能读取，请把需要审查的文字另存为docx后重新提交。"),
    ("ppt/presentation.xml", "PowerPoint演示文稿（pptx）", "请把需要审查的文字另存为docx后重新提交。"),
    ("content.xml", "OpenDocument文档（odt等）", _SAVE_AS_DOCX),
)
_HTML_START = re.compile(
    rb"(?:\xef\xbb\xbf)?(?:\s|(?><!--.*?-->)|(?><\?xml[^>]*>))*+<(?:!doctype\s+html|html|head|body|meta)\b",
    re.IGNORECASE | re.DOTALL,
)
_TAG = re.compile(rb"<(?:p|div|span|table|br|h[1-6]|article|section)\b[^>]*>", re.IGNORECASE)
_XML_START = re.compile(rb"(?:\xef\xbb\xbf)?\s*<\?xml\b", re.IGNORECASE)
_HEAD = 4096


def sniff(data: bytes, name: str) -> Format:
    """The format of `data`. A zip is taken for a docx; `refuse_zip` speaks when it turns out to be none.

    Raises:
        UnsupportedFormat: the content is of a known format that is not read.
        ReadError: an Office file protected by a password.
    """
    head = data[:_HEAD]
    extension = PurePath(name).suffix.lower()
    if head.startswith((b"PK\x03\x04", b"PK\x05\x06", b"PK\x07\x08")):
        return "docx"
    if b"%PDF-" in head[:1024]:
        return "pdf"
    if head.startswith(_OLE):
        _refuse_ole(data, name)
    for magic, what, then in _MAGIC:
        if re.match(magic, head, re.DOTALL):
            _refuse(what, name, then)
    return _sniff_text(_ascii_view(head), name, extension)


def refuse_zip(names: Iterable[str], name: str) -> NoReturn:
    """Says what a zip is that holds no Word document.

    Raises:
        UnsupportedFormat: always.
    """
    inside = set(names)
    for member, what, then in _ZIP_CONTENT:
        if member in inside:
            _refuse(what, name, then)
    _refuse("压缩包（zip）", name, _UNPACK)


def _sniff_text(head: bytes, name: str, extension: str) -> Format:
    if _HTML_START.match(head):
        return "html"
    if _XML_START.match(head):
        if re.search(rb"<html\b", head, re.IGNORECASE):
            return "html"
        word = b"Word.Document" in head or b"wordprocessingml" in head or b"wordml" in head
        _refuse("Word XML文档" if word else "XML文件", name, _SAVE_AS_DOCX)
    if extension in {".html", ".htm", ".xhtml", ".shtml"} and _TAG.search(head):
        return "html"
    return "md" if extension in {".md", ".markdown"} else "txt"


def _ascii_view(head: bytes) -> bytes:
    """UTF-16 markup looks like ASCII once its zero bytes are gone."""
    return head[2:].replace(b"\x00", b"") if head[:2] in {b"\xff\xfe", b"\xfe\xff"} else head


def _refuse_ole(data: bytes, name: str) -> NoReturn:
    if "EncryptedPackage".encode("utf-16-le") in data:
        raise ReadError(
            "文件设有打开密码，需要密码才能读取。",
            where=name,
            next="请用Word或者WPS打开，取消打开密码，另存后重新提交。",
        )
    if PurePath(name).suffix.lower() == ".wps":
        _refuse("WPS文字文档（wps）", name, _SAVE_AS_DOCX)
    for stream, what, then in _OLE_STREAMS:
        if stream.encode("utf-16-le") in data:
            _refuse(what, name, then)
    _refuse("旧版Office二进制文件（OLE）", name, _SAVE_AS_DOCX)


def _refuse(what: str, name: str, then: str) -> NoReturn:
    raise UnsupportedFormat(f"内容是{what}，这种格式不能直接读取。", where=name, next=then)
