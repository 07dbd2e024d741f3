"""What stands on the pages of a PDF: lines of characters with their boxes, as pdfium finds them.

Geometry is in points from the top left corner of the page as it is shown (after /Rotate and /CropBox). Nothing here
knows of paragraphs; `pdf` builds the Document. pdfium is not thread-safe: every call into it happens under one lock,
and work in parallel belongs into processes.
"""

from __future__ import annotations

import ctypes
import math
import re
import threading
import unicodedata
from array import array
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise, repeat
from statistics import median
from typing import Any

import pypdfium2
import pypdfium2.raw as pdfium

from checker.errors import LimitExceeded, ReadError
from checker.model import Problem
from checker.reading.limits import Limits

_PDFIUM = threading.Lock()
_WIDE = re.compile(
    r"[\u2014\u2018-\u201d\u2026\u2e80-\u9fff\uf900-\ufaff\ufe30-\ufe4f\uff00-\uffee\U00020000-\U0003ffff]"
)
_LEAD = re.compile(r"第[0-9０-９一二三四五六七八九十百千零〇○]+[编章节条]$")
_SEGMENT = re.compile(r"[^\r\n\0]+")
_NEEDS_CARE = re.compile(r"[ \x00-\x1f\x7f\u00a0\u200b-\u200f\ufeff\ufffe\uffff]")
_DROPPED = re.compile(r"[\x00\x01\x03-\x08\x0b-\x1f\x7f\u200b-\u200f\ufeff\ufffe\uffff]")
_UNMAPPED = re.compile(r"[\ue000-\uefff\uf100-\uf8ff\ufffd]")  # U+F0xx are bullets of symbol fonts
_ENTRIES_OF_FORMS = 3  # depth to which drawings nested in drawings are looked at

# A font with a careless character map names the radical ⽂ (U+2F42) where the ideograph 文 stands: same shape, other code.
_RADICALS = {
    code: plain
    for code in range(0x2E80, 0x2FE0)
    if len(plain := unicodedata.normalize("NFKC", chr(code))) == 1 and plain != chr(code)
}
_RADICAL = re.compile("[" + "".join(map(chr, _RADICALS)) + "]")


@dataclass(frozen=True, slots=True)
class Line:
    """Characters side by side on one page, trimmed, never empty; one pair of x per character.

    `em` is the width of a full-width character; 0.0 where the line has none, and the size is then unknown.
    `flow` is False for text that does not run from left to right (vertical text, an oblique watermark).
    """

    page: int
    text: str
    left: array[float]
    right: array[float]
    top: float
    bottom: float
    em: float
    flow: bool = True
    oblique: bool = False

    @property
    def x0(self) -> float:
        """Left edge of the first character."""
        return self.left[0]

    @property
    def x1(self) -> float:
        """Right edge of the last character."""
        return self.right[-1]

    @property
    def height(self) -> float:
        """From top to bottom."""
        return self.bottom - self.top

    @property
    def size(self) -> float:
        """Width of a full-width character, estimated from the height where the line has none."""
        return self.em or self.height * 0.85

    def part(self, first: int, last: int) -> Line | None:
        """The characters first … last-1, trimmed; None when nothing but space is left."""
        text = self.text[first:last]
        first += len(text) - len(text.lstrip())
        text = text.strip()
        if not text:
            return None
        last = first + len(text)
        return Line(
            self.page, text, self.left[first:last], self.right[first:last],
            self.top, self.bottom, self.em, self.flow, self.oblique,
        )  # fmt: skip


@dataclass(frozen=True, slots=True)
class Page:
    """One page. `number` is 1-based; `segments` are the lines in the order of the file, before anything is merged.

    ruled: it may hold a table drawn with lines (a cheap look at the paths, to be confirmed).
    picture: part of the page, 0 … 1, that its largest image covers; drawn: number of drawn paths.
    unmapped: characters without a meaning, because the font names none.
    """

    number: int
    width: float
    height: float
    segments: tuple[Line, ...]
    ruled: bool
    picture: float
    drawn: int
    unmapped: int


@dataclass(frozen=True, slots=True)
class _Frame:
    """How user space maps onto the page as shown."""

    x0: float
    y0: float
    x1: float
    y1: float
    rotation: int

    @property
    def size(self) -> tuple[float, float]:
        width, height = self.x1 - self.x0, self.y1 - self.y0
        return (height, width) if self.rotation % 2 else (width, height)

    def shown(
        self, left: array[float], bottom: array[float], right: array[float], top: array[float]
    ) -> tuple[array[float], array[float], array[float], array[float]]:
        """Edges in user space -> left, top, right, bottom as shown."""
        if self.rotation == 0:
            edges = (_less(left, self.x0), _from(self.y1, top), _less(right, self.x0), _from(self.y1, bottom))
        elif self.rotation == 1:
            edges = (_less(bottom, self.y0), _less(left, self.x0), _less(top, self.y0), _less(right, self.x0))
        elif self.rotation == 2:
            edges = (_from(self.x1, right), _less(bottom, self.y0), _from(self.x1, left), _less(top, self.y0))
        else:
            edges = (_from(self.y1, top), _from(self.x1, right), _from(self.y1, bottom), _from(self.x1, left))
        width, height = self.size
        return _within(edges[0], width), _within(edges[1], height), _within(edges[2], width), _within(edges[3], height)


def _less(values: array[float], origin: float) -> array[float]:
    return array("f", [value - origin for value in values]) if origin else values


def _from(edge: float, values: array[float]) -> array[float]:
    return array("f", [edge - value for value in values])


def _within(values: array[float], most: float) -> array[float]:
    if not values or (min(values) >= 0 and max(values) <= most):
        return values
    return array("f", [min(max(value, 0.0), most) for value in values])


def pages_of(data: bytes, name: str, limits: Limits) -> tuple[list[Page], list[Problem]]:
    """All pages of a PDF with their text, and what of it could not be read.

    Raises:
        ReadError: no PDF, damaged, truncated, encrypted, without pages.
        LimitExceeded: more bytes, pages or characters than `limits` allows.
    """
    _check_bytes(data, name, limits)
    with _PDFIUM:
        document = _open(data, name)
        try:
            return _read(document, name, limits)
        finally:
            document.close()


def _check_bytes(data: bytes, name: str, limits: Limits) -> None:
    if len(data) > limits.file_bytes:
        raise LimitExceeded(
            f"文件有{len(data)}字节，超过上限{limits.file_bytes}字节。", where=name, next="请拆分或者压缩后再试。"
        )
    if b"%PDF-" not in data[:1024]:
        raise ReadError("文件开头没有PDF标志，不是PDF文件或者开头已损坏。", where=name, next="请重新取得该文件。")
    tail = data[data.rfind(b"startxref") :] if b"startxref" in data else data
    # After the last cross-reference nothing may follow; objects there belong to an update that was cut off.
    if tail is data or b" obj" in tail:
        raise ReadError(
            f"PDF不完整：文件在第{len(data)}字节处中断，缺少末尾的交叉引用表。",
            where=f"{name} 文件末尾",
            next="请重新下载或者重新导出该文件。",
        )


def _open(data: bytes, name: str) -> Any:
    try:
        return pypdfium2.PdfDocument(data)
    except pypdfium2.PdfiumError as error:
        if error.err_code in {pdfium.FPDF_ERR_PASSWORD, pdfium.FPDF_ERR_SECURITY}:
            raise ReadError("文件已加密，打开需要密码。", where=name, next="请取消密码后另存，再提交。") from error
        raise ReadError(
            "PDF文件已损坏，找不到文档的目录结构。", where=name, next="请重新下载或者重新导出该文件。"
        ) from error


def _read(document: Any, name: str, limits: Limits) -> tuple[list[Page], list[Problem]]:
    count = len(document)
    if count == 0:
        raise ReadError("PDF文件里一页也没有。", where=name, next="请重新导出该文件。")
    if count > limits.pages:
        raise LimitExceeded(f"文件有{count}页，超过上限{limits.pages}页。", where=name, next="请拆分后再试。")
    pages: list[Page] = []
    failed: list[int] = []
    characters = 0
    for index in range(count):
        page = _page(document.raw, index)
        if page is None:
            failed.append(index + 1)
            continue
        characters += sum(len(line.text) for line in page.segments)
        if characters > limits.characters:
            raise LimitExceeded(
                f"到第{index + 1}页文字已超过上限{limits.characters}字。", where=name, next="请拆分后再试。"
            )
        pages.append(page)
    if not pages:
        raise ReadError("PDF文件已损坏，没有一页能够打开。", where=name, next="请重新下载或者重新导出该文件。")
    if failed:
        return pages, [Problem(name, "有页面已损坏，没有读出。", page_list(failed), "请重新导出该文件后再检查。")]
    return pages, []


def page_list(numbers: list[int]) -> str:
    """Page numbers in words: [1, 2, 3, 5] -> 第1—3、5页."""
    runs: list[list[int]] = []
    for number in numbers:
        if runs and runs[-1][-1] == number - 1:
            runs[-1].append(number)
        else:
            runs.append([number])
    return "第" + "、".join(str(run[0]) if len(run) == 1 else f"{run[0]}—{run[-1]}" for run in runs) + "页"


# ------------------------------------------------------------------ one page


def _page(document: Any, index: int) -> Page | None:
    page = pdfium.FPDF_LoadPage(document, index)
    if not page:
        return None
    try:
        text_page = pdfium.FPDFText_LoadPage(page)
        if not text_page:
            return None
        try:
            frame = _frame(page)
            lines, unmapped = _segments(text_page, index + 1, frame)
        finally:
            pdfium.FPDFText_ClosePage(text_page)
        ruled, picture, drawn = _drawings(page, frame)
    finally:
        pdfium.FPDF_ClosePage(page)
    width, height = frame.size
    return Page(index + 1, width, height, tuple(lines), ruled, picture, drawn, unmapped)


def _frame(page: Any) -> _Frame:
    box = pdfium.FS_RECTF()
    pdfium.FPDF_GetPageBoundingBox(page, box)
    return _Frame(box.left, box.bottom, box.right, box.top, pdfium.FPDFPage_GetRotation(page) % 4)


_Boxes = tuple["array[float]", "array[float]", "array[float]", "array[float]"]
_CHAR_BOX = ctypes.CFUNCTYPE(ctypes.c_int, ctypes.c_void_p, ctypes.c_int, ctypes.c_void_p)(
    ctypes.cast(pdfium.FPDFText_GetLooseCharBox, ctypes.c_void_p).value or 0
)


def _characters(text_page: Any, count: int) -> str:
    """One code point for each of the `count` characters of pdfium."""
    buffer = (ctypes.c_ushort * (count + 1))()
    units = pdfium.FPDFText_GetText(text_page, 0, count, buffer)
    text = bytes(buffer)[: 2 * max(units - 1, 0)].decode("utf-16-le", "replace")
    if len(text) == count:
        return text
    codes = (pdfium.FPDFText_GetUnicode(text_page, index) for index in range(count))
    return "".join("\ufffd" if 0xD800 <= code < 0xE000 or code > 0x10FFFF else chr(code) for code in codes)


def _boxes(text_page: Any, count: int, frame: _Frame) -> _Boxes:
    """Left, top, right, bottom of every character: its em box, so that neighbours touch."""
    raw = array("f", bytes(16 * count))
    address = raw.buffer_info()[0]
    handle = ctypes.cast(text_page, ctypes.c_void_p).value
    deque(map(_CHAR_BOX, repeat(handle), range(count), range(address, address + 16 * count, 16)), maxlen=0)
    return frame.shown(left=raw[0::4], bottom=raw[3::4], right=raw[2::4], top=raw[1::4])


def _segments(text_page: Any, number: int, frame: _Frame) -> tuple[list[Line], int]:
    count = pdfium.FPDFText_CountChars(text_page)
    if count <= 0:
        return [], 0
    text = _characters(text_page, count)
    unmapped = len(_UNMAPPED.findall(text))
    if _RADICAL.search(text):
        text = text.translate(_RADICALS)
    boxes = _boxes(text_page, count, frame)
    lines: list[Line] = []
    for match in _SEGMENT.finditer(text):
        for first, last in _rows(match.start(), match.end(), boxes):
            line = _line(text_page, number, text, first, last, boxes)
            if line is not None:
                lines.append(line)
    return lines, unmapped


def _rows(first: int, last: int, boxes: _Boxes) -> Iterator[tuple[int, int]]:
    """pdfium now and then runs two printed lines together; divides where x jumps back and y down."""
    left, top, _, bottom = boxes
    height = bottom[first] - top[first]
    if last - first < 2 or height <= 0 or max(top[first:last]) - min(top[first:last]) < 0.8 * height:
        yield first, last
        return
    start = first
    for index in range(first + 1, last):
        if top[index] > bottom[index - 1] - 0.2 * height and left[index] < left[index - 1] - height:
            yield start, index
            start = index
    yield start, last


def _line(text_page: Any, number: int, text: str, first: int, last: int, boxes: _Boxes) -> Line | None:
    piece = text[first:last]
    first += len(piece) - len(piece.lstrip())
    piece = piece.strip()
    last = first + len(piece)
    if not piece:
        return None
    left, top, right, bottom = (edge[first:last] for edge in boxes)
    inked = (
        [index for index in range(len(piece)) if right[index] > left[index]]
        if min(map(float.__sub__, right, left)) <= 0
        else range(len(piece))
    )
    if not inked:
        return None
    high, low = min(top[index] for index in inked), max(bottom[index] for index in inked)
    em = _em(piece, left, right)
    flow, oblique = _direction(text_page, first, left, right, high, low, len(inked))
    if _NEEDS_CARE.search(piece):
        kept = _kept(text_page, first, piece, left, right, em or 0.85 * (low - high))
        if len(kept) < len(piece):
            piece = "".join(piece[index] for index in kept)
            left = array("f", [left[index] for index in kept])
            right = array("f", [right[index] for index in kept])
        piece = piece.replace("\u00a0", " ")
    line = Line(number, piece, left, right, high, low, em, flow, oblique)
    return line.part(0, len(piece)) if piece[:1].isspace() or piece[-1:].isspace() else (line if piece else None)


def _em(text: str, left: array[float], right: array[float]) -> float:
    """Width of the full-width characters (the middle one of up to nine), 0.0 without any."""
    widths = []
    for match in _WIDE.finditer(text):
        widths.append(right[match.start()] - left[match.start()])
        if len(widths) == 9:
            break
    return median(widths) if widths else 0.0


def _direction(
    text_page: Any, first: int, left: array[float], right: array[float], high: float, low: float, inked: int
) -> tuple[bool, bool]:
    """Whether the characters run from left to right, and whether they stand obliquely."""
    width = max(right) - min(left)
    if inked < 2 or low - high < 1.2 * width / inked:
        return True, False
    angle = pdfium.FPDFText_GetCharAngle(text_page, first) % (math.pi / 2)
    oblique = 0.05 < angle < math.pi / 2 - 0.05
    return not oblique and low - high < width + 1, oblique


def _kept(text_page: Any, first: int, text: str, left: array[float], right: array[float], em: float) -> list[int]:
    """Indices of the characters to keep: all but controls and the spaces that pdfium guessed from a narrow gap."""
    inked = [index for index, char in enumerate(text) if not char.isspace() and not _DROPPED.match(char)]
    gaps = {one: left[other] - right[one] for one, other in pairwise(inked)}
    loose = max(median(gaps.values()), 0.0) if gaps else 0.0
    kept = []
    for index, char in enumerate(text):
        if _DROPPED.match(char):
            continue
        if (
            char == " "
            and index - 1 in gaps
            and pdfium.FPDFText_IsGenerated(text_page, first + index)
            and not spaced(text[:index], text[index + 1], gaps[index - 1], em, loose)
        ):
            continue
        kept.append(index)
    return kept


def spaced(before: str, after: str, gap: float, em: float, loose: float) -> bool:
    """Whether a gap between two characters is a space, and not the air that typesetting puts there.

    Word sets a quarter em between an ideograph and a digit, and the letters of a title are spread: `loose` is the usual
    gap of the line. After 第三条 at the start of a line every visible gap is the author's.
    """
    if _LEAD.match(before):
        return gap > 0.3 * em
    wide = bool(_WIDE.match(before[-1])) + bool(_WIDE.match(after))
    return gap > (0.1, 0.6, 0.3)[wide] * em + (1.5 * loose if wide == 2 else 0.0)


# ------------------------------------------------------------------ drawings


def _objects(page: Any) -> Iterator[tuple[int, Any]]:
    """Type and handle of what is drawn on the page, forms opened."""
    stack = [(pdfium.FPDFPage_GetObject(page, index), 0) for index in range(pdfium.FPDFPage_CountObjects(page))]
    while stack:
        handle, depth = stack.pop()
        kind = pdfium.FPDFPageObj_GetType(handle)
        if kind == pdfium.FPDF_PAGEOBJ_FORM and depth < _ENTRIES_OF_FORMS:
            count = pdfium.FPDFFormObj_CountObjects(handle)
            stack.extend((pdfium.FPDFFormObj_GetObject(handle, index), depth + 1) for index in range(max(count, 0)))
        else:
            yield kind, handle


def _drawings(page: Any, frame: _Frame) -> tuple[bool, float, int]:
    """May the page hold a ruled table; the part of it that the largest image covers; the number of paths."""
    width, height = frame.x1 - frame.x0, frame.y1 - frame.y0
    area = max(width * height, 1.0)
    upright = across = grids = 0
    picture, drawn = 0.0, 0
    for kind, handle in _objects(page):
        if kind not in {pdfium.FPDF_PAGEOBJ_PATH, pdfium.FPDF_PAGEOBJ_IMAGE}:
            continue
        wide, high = _extent(handle, width, height)
        if kind == pdfium.FPDF_PAGEOBJ_IMAGE:
            picture = max(picture, min(wide * high / area, 1.0))
            continue
        drawn += 1
        upright += high > 6 >= wide
        across += wide > 6 >= high
        grids += high > 6 and wide > 6 and wide * high < 0.98 * area
    # Page borders that are drawn sideways on a turned page count the same: both directions are needed.
    return (upright + 2 * grids >= 2 and across + 2 * grids >= 2), picture, drawn


def _extent(handle: Any, width: float, height: float) -> tuple[float, float]:
    left, bottom, right, top = (ctypes.c_float() for _ in range(4))
    if not pdfium.FPDFPageObj_GetBounds(handle, left, bottom, right, top):
        return 0.0, 0.0
    return min(right.value - left.value, width), min(top.value - bottom.value, height)
