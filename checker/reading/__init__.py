"""From the bytes of one file to a `Document`: the only door of this package.

    document = read(data, "通知.docx")

The format is found from the content; the extension is a hint and never decides against it. Nothing here touches the
file system or the network, and nothing that a file says is executed or fetched. What can be read with loss or with an
assumption is told in `Document.problems`; what cannot be read raises `ReadError`, `UnsupportedFormat` (a format that is
not read, with what to do) or `LimitExceeded`.
"""

from __future__ import annotations

from dataclasses import replace
from pathlib import PurePath

from checker.errors import LimitExceeded, ReadError
from checker.model import Document, Problem
from checker.reading.limits import DEFAULT, Limits
from checker.reading.sniff import Format, sniff

__all__ = ["DEFAULT", "Limits", "read"]

_EXTENSIONS: dict[Format, frozenset[str]] = {
    "docx": frozenset({".docx", ".docm", ".dotx", ".dotm"}),
    "pdf": frozenset({".pdf"}),
    "html": frozenset({".html", ".htm", ".xhtml", ".shtml"}),
    "txt": frozenset({".txt", ".text", ".log", ".csv", ".tsv"}),
    "md": frozenset({".md", ".markdown"}),
}


def read(data: bytes, name: str, limits: Limits = DEFAULT) -> Document:
    """The text of `data` with the way back from every character to its place in the file.

    `name` is the file's name or path as the user knows it; it is kept as `Document.name`, and its extension serves to
    tell Markdown from plain text and to say when content and extension disagree (a problem with `lost=False`).

    Raises:
        LimitExceeded: the file, what it unpacks to, or its text is larger, deeper or more numerous than `limits`.
        UnsupportedFormat: the content is of a format that is not read.
        ReadError: the file is empty, damaged, protected by a password, or holds no text.
    """
    if not data:
        raise ReadError("文件是空的（0字节）。", where=name, next="请检查文件是否保存或者传输完整，然后重新提交。")
    if len(data) > limits.file_bytes:
        raise LimitExceeded(
            f"文件大小{_mebibytes(len(data))}，超过上限{_mebibytes(limits.file_bytes)}。",
            where=name,
            next="请删除文件中的大图片或者拆分文件后重新提交，或者请管理员调高上限。",
        )
    kind = sniff(data, name)
    document = _read_as(kind, data, name, limits)
    if not document.text.strip():
        raise ReadError(
            "文件中没有可以读取的文字。",
            where=name,
            next="如果内容是扫描件或者图片，请先做文字识别（OCR），再提交带文字的文件。",
        )
    mismatch = _mismatch(kind, name)
    return replace(document, problems=(*document.problems, mismatch)) if mismatch else document


def _read_as(kind: Format, data: bytes, name: str, limits: Limits) -> Document:
    # Each reader is imported when its first file comes: lxml and the pdf library cost start-up time.
    if kind == "docx":
        from checker.reading.docx import read_docx  # noqa: PLC0415

        return read_docx(data, name, limits)
    if kind == "pdf":
        from checker.reading.pdf import read_pdf  # noqa: PLC0415

        return read_pdf(data, name, limits)
    if kind == "html":
        from checker.reading.html import read_html  # noqa: PLC0415

        return read_html(data, name, limits)
    from checker.reading.text import read_text  # noqa: PLC0415

    return read_text(data, name, limits, markdown=kind == "md")


def _mismatch(kind: Format, name: str) -> Problem | None:
    """A note when the extension names another format than the content has; plain text may have any extension."""
    extension = PurePath(name).suffix.lower()
    if not extension or extension in _EXTENSIONS[kind]:
        return None
    if kind in {"txt", "md"} and not any(extension in known for known in _EXTENSIONS.values()):
        known_binary = extension in {".doc", ".wps", ".ofd", ".rtf", ".xlsx", ".xls", ".zip"}
        if not known_binary:
            return None
    return Problem(
        document=name,
        what=f"扩展名是{extension}，内容是{kind}格式，已经按{kind}格式读取。",
        where="文件名",
        next=f"请核对是否交错了文件；没有交错的，把扩展名改为.{kind}。",
        lost=False,
    )


def _mebibytes(size: int) -> str:
    return f"{size / 1024 / 1024:.1f}MB" if size >= 1024 * 100 else f"{size}字节"
