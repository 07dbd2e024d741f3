"""PDF -> Document.

A PDF knows characters and where they stand, not paragraphs. `pages` gives the lines; here they become blocks:

- page numbers, running headers and footers are set apart after `body_end`, oblique watermarks with the headers;
- tables drawn with lines give TABLE_CELL blocks row by row, a merged cell once; the paragraphs of one cell are blocks
  with the same `table`;
- the rest is running text in PARAGRAPH blocks (a PDF declares no heading levels, so none are guessed). The 版记 at the
  foot of the last page is running text.

Lines are one paragraph when print leaves no doubt: the upper one is full (the first word of the lower one would not
have fitted), the lower one stands at the margin of continuation and starts no clause. Consecutive centred lines of one
size are one title. Between lines nothing is inserted, a space between Latin words. A paragraph that crosses a page
break is one block with lines on both pages.
"""

from __future__ import annotations

import io
import logging
import re
from array import array
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from itertools import pairwise
from statistics import median

from checker.errors import ReadError
from checker.model import Document, PageAnchor, PageLine, Problem, Role
from checker.reading.build import Builder
from checker.reading.limits import DEFAULT, Limits
from checker.reading.pages import Line, Page, page_list, pages_of, spaced

_MOST_DRAWN = 5_000  # a page with more paths is a map or a drawing, and its search for tables would take minutes
_FEW = 20  # body characters on a page whose image may still be the page itself


def read_pdf(data: bytes, name: str, limits: Limits = DEFAULT) -> Document:
    """Read a PDF. pdfium is locked per process; run several processes, not threads, to be faster.

    Raises:
        ReadError: damaged, truncated, encrypted, without pages or without text (a scan).
        LimitExceeded: larger than `limits` allows.
    """
    pages, problems = pages_of(data, name, limits)
    grids, unruly = _grids(data, pages)
    if unruly:
        problems.append(
            Problem(name, "表格线过于复杂，表格按普通文字读出。", page_list(unruly), "请核对这些页的表格。", lost=False)
        )
    sheets = [_sheet(page, grids.get(page.number, ())) for page in pages]
    apart = _furniture(sheets)
    sheets = _reunited(sheets, {id(line) for line, _ in apart})
    problems += _missing(pages, sheets, apart, name)
    builder = Builder(name, limits)
    builder.problems += problems
    _write_body(builder, sheets, {id(line) for line, _ in apart})
    for line, role in apart:
        _add(builder, [line], role)
    return replace(builder.document(data, "pdf"), pages=max(page.number for page in pages))


# ------------------------------------------------------------------ a page in reading order


@dataclass(frozen=True, slots=True)
class _Box:
    x0: float
    top: float
    x1: float
    bottom: float

    def holds(self, x: float, y: float) -> bool:
        return self.x0 <= x < self.x1 and self.top <= y < self.bottom


@dataclass(frozen=True, slots=True)
class _Cell:
    row: int
    column: int
    box: _Box
    lines: tuple[Line, ...]


@dataclass(frozen=True, slots=True)
class _Table:
    top: float
    edges: tuple[float, ...]
    cells: tuple[_Cell, ...]


@dataclass(frozen=True, slots=True)
class _Sheet:
    """A page whose lines are whole; `flow` is in reading order, `side` names the column of a line (by identity)."""

    page: Page
    flow: tuple[Line | _Table, ...]
    side: dict[int, int] = field(default_factory=dict)

    @property
    def lines(self) -> Iterator[Line]:
        return (item for item in self.flow if isinstance(item, Line))


def _sheet(page: Page, grids: Sequence[Sequence[_Box]]) -> _Sheet:
    segments: Iterable[Line] = page.segments
    tables: list[_Table] = []
    for grid in grids:
        table, segments = _table(grid, segments)
        if table is not None:
            tables.append(table)
    loose = list(segments)
    gutter = None if tables else _gutter(loose, page.width)
    lines, side = _in_order(loose, gutter)
    flow: list[Line | _Table] = list(lines)
    for table in tables:
        place = next((i for i, item in enumerate(flow) if item.top >= table.top), len(flow))
        flow.insert(place, table)
    return _Sheet(page, tuple(flow), side)


def _in_order(lines: list[Line], gutter: float | None) -> tuple[list[Line], dict[int, int]]:
    """Whole lines: from top to bottom, or column by column as the file has them."""
    if gutter is None:
        return _rows(lines), {}
    ordered: list[Line] = []
    side: dict[int, int] = {}
    run: list[Line] = []
    for index, line in enumerate(lines):
        run.append(line)
        here = _side(line, gutter)
        if index + 1 == len(lines) or _side(lines[index + 1], gutter) != here:
            for whole in _rows(run):
                ordered.append(whole)
                side[id(whole)] = here
            run = []
    return ordered, side


def _side(line: Line, gutter: float) -> int:
    """0 across the page, 1 left column, 2 right column."""
    return 1 if line.x1 <= gutter else 2 if line.x0 >= gutter else 0


def _gutter(lines: list[Line], width: float) -> float | None:
    """Where two columns of text part, None when the page has one. Narrow columns are a table's and do not count."""
    starts = Counter(round(line.x0) for line in lines if 0.3 * width < line.x0 < 0.7 * width)
    for start, count in starts.most_common(3):
        edge = start - 2.0
        left = [line for line in lines if line.x1 <= edge]
        right = [line for line in lines if line.x0 >= edge]
        if count < 5 or len(left) < 5 or len(left) + len(right) < 0.7 * len(lines):
            continue
        if min(median(line.x1 - line.x0 for line in part) for part in (left, right)) < 0.25 * width:
            continue
        if sum(any(abs(a.top - b.top) < a.height / 2 for b in right) for a in left) >= 5:
            return edge
    return None


def _rows(lines: list[Line]) -> list[Line]:
    """Pieces of one printed line joined, from top to bottom."""
    if not all(above.bottom <= below.top + 0.3 * below.height for above, below in pairwise(lines)):
        lines = sorted(lines, key=lambda line: (line.top + line.bottom, line.x0))
    rows: list[list[Line]] = []
    for line in lines:
        if rows and line.flow and _same_row(rows[-1][-1], line):
            rows[-1].append(line)
        else:
            rows.append([line])
    return [whole for row in rows for whole in (_joined(row) if len(row) > 1 else row)]


def _same_row(one: Line, other: Line) -> bool:
    apart = abs((one.top + one.bottom) - (other.top + other.bottom)) / 2
    return one.flow and apart < 0.5 * min(one.height, other.height)


def _joined(row: list[Line]) -> list[Line]:
    """Side by side -> one line; pieces printed over each other stay apart, and so does a page number."""
    row = sorted(row, key=lambda line: line.x0)
    whole = [row[0]]
    for line in row[1:]:
        last = whole[-1]
        gap = line.x0 - last.x1
        if gap < -0.3 * line.size or (
            gap > line.size and (_NUMBERED.fullmatch(last.text) or _NUMBERED.fullmatch(line.text))
        ):
            whole.append(line)
            continue
        size = max(last.size, line.size)
        if spaced(last.text, line.text[0], gap, size, 0.6 * size):
            last = _with_space(last)
        longer = line if len(line.text) > len(last.text) and line.em else last
        whole[-1] = replace(
            last,
            text=last.text + line.text,
            left=last.left + line.left,
            right=last.right + line.right,
            top=min(last.top, line.top),
            bottom=max(last.bottom, line.bottom),
            em=longer.em or last.em or line.em,
        )
    return whole


def _with_space(line: Line) -> Line:
    edge = array("f", [line.x1])
    return replace(line, text=line.text + " ", left=line.left + edge, right=line.right + edge)


# ------------------------------------------------------------------ tables


def _grids(data: bytes, pages: list[Page]) -> tuple[dict[int, list[list[_Box]]], list[int]]:
    """Cells of the ruled tables by page number, and the pages whose rules are too many to be searched."""
    ruled = [page for page in pages if page.ruled]
    unruly = [page.number for page in ruled if page.drawn > _MOST_DRAWN]
    candidates = [page.number for page in ruled if page.drawn <= _MOST_DRAWN]
    if not candidates:
        return {}, unruly
    logging.getLogger("pdfminer").setLevel(
        logging.CRITICAL
    )  # it reports every oddity of a file, and pdfium reads the text
    import pdfplumber  # noqa: PLC0415 - slow to import, and most files have no table

    found: dict[int, list[list[_Box]]] = {}
    try:
        with pdfplumber.open(io.BytesIO(data), pages=candidates) as pdf:
            for page in pdf.pages:
                dx, dy = float(page.cropbox[0]), float(page.cropbox[1])
                tables = [
                    [_Box(x0 - dx, top - dy, x1 - dx, bottom - dy) for x0, top, x1, bottom in table.cells]
                    for table in page.find_tables()
                ]
                found[page.page_number] = [cells for cells in tables if _is_table(cells)]
                page.close()
    except Exception:  # noqa: BLE001 - a second reader of a hostile file: whatever it dies of, the text is there
        unruly += [number for number in candidates if number not in found]
    return found, sorted(unruly)


def _is_table(cells: list[_Box]) -> bool:
    """A box round a text is no table."""
    return len(cells) > 1 and len(_edges(cell.x0 for cell in cells)) > 1


def _edges(values: Iterable[float]) -> tuple[float, ...]:
    """Distinct positions, those within two points taken as one."""
    distinct: list[float] = []
    for value in sorted(values):
        if not distinct or value > distinct[-1] + 2:
            distinct.append(value)
    return tuple(distinct)


def _position(edges: tuple[float, ...], value: float) -> int:
    return max(sum(edge <= value + 0.01 for edge in edges) - 1, 0)


def _table(grid: Sequence[_Box], segments: Iterable[Line]) -> tuple[_Table | None, list[Line]]:
    """The table with the characters that stand in its cells, and the lines outside of it."""
    frame = _Box(
        min(box.x0 for box in grid),
        min(box.top for box in grid),
        max(box.x1 for box in grid),
        max(box.bottom for box in grid),
    )
    inside: dict[_Box, list[Line]] = {box: [] for box in grid}
    outside: list[Line] = []
    for line in segments:
        if not frame.top <= (line.top + line.bottom) / 2 < frame.bottom or line.oblique:
            outside.append(line)
            continue
        for box, piece in _pieces(line, grid):
            (outside if box is None else inside[box]).append(piece)
    if not any(inside.values()):
        return None, outside
    across, down = _edges(box.x0 for box in grid), _edges(box.top for box in grid)
    cells = [
        _Cell(_position(down, box.top), _position(across, box.x0), box, tuple(_rows(lines)))
        for box, lines in inside.items()
    ]
    cells.sort(key=lambda cell: (cell.row, cell.column))
    return _Table(frame.top, _edges(edge for box in grid for edge in (box.x0, box.x1)), tuple(cells)), outside


def _pieces(line: Line, grid: Sequence[_Box]) -> Iterator[tuple[_Box | None, Line]]:
    """The line cut where it passes from one cell into another."""
    y = (line.top + line.bottom) / 2
    level = [box for box in grid if box.top <= y < box.bottom]
    start = 0
    current: _Box | None = None
    for index, (left, right) in enumerate(zip(line.left, line.right, strict=True)):
        x = (left + right) / 2
        if line.text[index] == " " or (current is not None and current.holds(x, y)):
            continue
        box = next((box for box in level if box.holds(x, y)), None)
        if box is not current and index:
            piece = line.part(start, index)
            if piece is not None:
                yield current, piece
            start = index
        current = box
    piece = line.part(start, len(line.text))
    if piece is not None:
        yield current, piece


def _reunited(sheets: list[_Sheet], apart: set[int]) -> list[_Sheet]:
    """Rows that a page break cut in two made whole again: the lower part joins the cells above."""
    sheets = list(sheets)
    above: tuple[int, int] | None = None  # sheet and place of a table with which the text so far ends
    for number, sheet in enumerate(sheets):
        place = next((i for i, item in enumerate(sheet.flow) if id(item) not in apart), None)
        if place is None:
            continue
        table = sheet.flow[place]
        upper = sheets[above[0]].flow[above[1]] if above is not None else None
        if above is not None and isinstance(upper, _Table) and isinstance(table, _Table):
            joined = _one_row(upper, table)
            if joined is not None:
                sheets[above[0]] = _with_item(sheets[above[0]], above[1], joined[0])
                sheets[number] = _with_item(sheet, place, joined[1])
        last = max(i for i, item in enumerate(sheet.flow) if id(item) not in apart)
        end = sheets[number].flow[last]
        if not isinstance(end, _Table):
            above = None
        elif end.cells:
            above = (number, last)
    return sheets


def _with_item(sheet: _Sheet, place: int, item: _Table) -> _Sheet:
    return replace(sheet, flow=(*sheet.flow[:place], item, *sheet.flow[place + 1 :]))


def _one_row(upper: _Table, lower: _Table) -> tuple[_Table, _Table] | None:
    """Both tables with the first row of the lower moved into the last of the upper, if it is the rest of that row.

    It is when some of its cells are empty and each of the others goes on with a line that had no more room.
    """
    if not _same_columns(upper, lower):
        return None
    rest = {cell.column: cell for cell in lower.cells if cell.row == 0}
    cut = {cell.column: cell for cell in upper.cells if cell.row == upper.cells[-1].row}
    full = [cell for cell in rest.values() if cell.lines]
    if not full or len(full) == len(rest):
        return None
    for cell in full:
        start = cut.get(cell.column)
        if start is None or not start.lines or _SENTENCE_END.search(start.lines[-1].text):
            return None
        if _MARKER.match(cell.lines[0].text) or _fits(start.lines[-1], cell.lines[0], start):
            return None
    whole = {
        id(cut[cell.column]): replace(cut[cell.column], lines=cut[cell.column].lines + cell.lines) for cell in full
    }
    return (
        replace(upper, cells=tuple(whole.get(id(cell), cell) for cell in upper.cells)),
        replace(lower, cells=tuple(replace(cell, row=cell.row - 1) for cell in lower.cells if cell.row > 0)),
    )


# ------------------------------------------------------------------ page numbers, headers, footers

_DASH = r"[—–―－\-─~～·•]+"
_NUMBERED = re.compile(
    rf"{_DASH}\s*\d{{1,4}}\s*{_DASH}"
    r"|第\s*[\d一二三四五六七八九十百]{1,4}\s*页(?:\s*[，,/／、（(]?\s*共\s*[\d一二三四五六七八九十百]{1,4}\s*页[）)]?)?"
    r"|共\s*\d{1,4}\s*页\s*[，,/／、]?\s*第\s*\d{1,4}\s*页"
    r"|(?:[Pp]age|PAGE)\s*\d{1,4}(?:\s*(?:of|/)\s*\d{1,4})?"
)
_BARE = re.compile(r"(\d{1,4})(?:\s*[/／]\s*\d{1,4})?")
_ROMAN = re.compile(r"[ivxIVXⅠ-Ⅻ]{1,5}")
_NEVER_RUNNING = re.compile(r"附\s*[件表录图]|目\s*[录次]$")
_ZONE = 0.15  # of the page's height, at the top and at the bottom


def _furniture(sheets: list[_Sheet]) -> list[tuple[Line, Role]]:
    """Lines that belong to the page and not to the text, page by page."""
    edges = {
        top: {sheet.page.number: _edge_lines(sheet, top=top) for sheet in sheets if sheet.page.height > 0}
        for top in (True, False)
    }
    roles: dict[int, Role] = {}
    usual = _usual_size(sheets)
    for top, by_page in edges.items():
        numbers = _page_numbers(by_page, len(sheets))
        running = _running(by_page, numbers, _set_off(sheets, by_page, numbers, usual))
        for lines in by_page.values():
            for line in lines:
                if id(line) in numbers:
                    roles[id(line)] = Role.PAGE_NUMBER
                elif id(line) in running:
                    roles[id(line)] = Role.HEADER if top else Role.FOOTER
                else:
                    break
    for sheet in sheets:
        roles |= {id(line): Role.HEADER for line in sheet.lines if line.oblique}
    return [(line, roles[id(line)]) for sheet in sheets for line in sheet.lines if id(line) in roles]


def _edge_lines(sheet: _Sheet, *, top: bool) -> list[Line]:
    """Up to four lines in the margin zone, the outermost first. Lines beyond a table are as good as any."""
    height = sheet.page.height
    if top:
        near = [line for line in sheet.lines if line.bottom < _ZONE * height]
        return sorted(near, key=lambda line: line.top)[:4]
    near = [line for line in sheet.lines if line.top > (1 - _ZONE) * height]
    return sorted(near, key=lambda line: -line.bottom)[:4]


def _page_numbers(by_page: dict[int, list[Line]], pages: int) -> set[int]:
    """Decorated numbers at once; bare ones when they count along with the pages."""
    found: set[int] = set()
    bare: dict[int, list[Line]] = defaultdict(list)
    for number, lines in by_page.items():
        for line in lines:
            match = _BARE.fullmatch(line.text)
            if _NUMBERED.fullmatch(line.text):
                found.add(id(line))
            elif match:
                bare[number - int(match[1])].append(line)
            elif _ROMAN.fullmatch(line.text) and line is lines[0]:
                bare[10_000].append(line)
    for shift, lines in bare.items():
        if len(lines) > 1 or (shift == 0 and (pages > 1 or _alone(lines[0], by_page[lines[0].page]))):
            found |= {id(line) for line in lines}
    return found


def _alone(line: Line, lines: list[Line]) -> bool:
    return all(other is line or abs(other.top - line.top) > 2 * line.height for other in lines)


def _set_off(sheets: list[_Sheet], by_page: dict[int, list[Line]], numbers: set[int], usual: float) -> set[int]:
    """Lines at the edge that are smaller than the text, or stand off from it by more than its lines from each other."""
    found: set[int] = set()
    for sheet in sheets:
        lines = list(sheet.lines)
        steps = [below.top - above.top for above, below in pairwise(lines) if below.top > above.top]
        pitch = median(steps) if len(steps) > 2 else 1.8 * usual
        for line in by_page.get(sheet.page.number, ()):
            inner = [
                abs(other.top - line.top)
                for other in lines
                if id(other) not in numbers
                and abs(other.top - line.top) > line.height / 2
                and _inward(line, other, sheet)
            ]
            if line.size < 0.92 * usual or (line.size <= 1.05 * usual and min(inner, default=0.0) > 1.3 * pitch):
                found.add(id(line))
    return found


def _inward(line: Line, other: Line, sheet: _Sheet) -> bool:
    """Whether `other` is nearer to the middle of the page."""
    middle = sheet.page.height / 2
    return abs(other.top - middle) < abs(line.top - middle)


def _running(by_page: dict[int, list[Line]], numbers: set[int], set_off: set[int]) -> set[int]:
    """Lines that return on several pages at the same height with the same words, where nothing else ever stands."""
    slots: list[list[Line]] = []
    for line in sorted((line for lines in by_page.values() for line in lines if id(line) not in numbers), key=_top):
        if slots and line.top <= slots[-1][0].top + 3:
            slots[-1].append(line)
        else:
            slots.append([line])
    found: set[int] = set()
    for slot in slots:
        words = Counter(_words(line) for line in slot)
        repeated = [
            line
            for line in slot
            if words[_words(line)] > 1 and id(line) in set_off and not _NEVER_RUNNING.match(line.text)
        ]
        if len(repeated) >= 0.8 * len(slot):
            found |= {id(line) for line in repeated}
    return found


def _top(line: Line) -> float:
    return line.top


def _words(line: Line) -> str:
    """The text without the page number in it."""
    return re.sub(r"\s+", "", _NUMBERED.sub("", line.text))


def _usual_size(sheets: list[_Sheet]) -> float:
    """Size of most of the text, in points."""
    sizes: Counter[float] = Counter()
    for sheet in sheets:
        for line in sheet.lines:
            if line.em:
                sizes[round(line.em * 2) / 2] += len(line.text)
    if sizes:
        return sizes.most_common(1)[0][0]
    return median([line.size for sheet in sheets for line in sheet.lines] or [12.0])


# ------------------------------------------------------------------ what is missing


def _missing(pages: list[Page], sheets: list[_Sheet], apart: list[tuple[Line, Role]], name: str) -> list[Problem]:
    """Problems for pages whose text cannot be had; a ReadError when that is the whole file."""
    aside = {id(line) for line, _ in apart}
    written = {
        sheet.page.number: sum(len(line.text) for line in _all_lines(sheet) if id(line) not in aside)
        for sheet in sheets
    }
    scanned = [
        page.number
        for page in pages
        if (written[page.number] < _FEW and page.picture >= 0.5)
        or (written[page.number] <= 0 and (page.picture >= 0.1 or page.drawn >= 100))
    ]
    if not any(count > 0 for number, count in written.items() if number not in scanned):
        if scanned:
            raise ReadError(
                f"这是扫描件：共{len(pages)}页，都是图像，没有文字层，读不出文字。",
                where=f"{name} {page_list(scanned)}",
                next="请给出文字版（Word文件，或者由Word直接导出的PDF），或者先做文字识别（OCR）再提交。",
            )
        raise ReadError("PDF的页面上没有任何文字。", where=name, next="请确认文件内容后重新导出。")
    problems = []
    if scanned:
        problems.append(
            Problem(
                name,
                f"有{len(scanned)}页是图像，没有文字层，其中的文字没有读出。",
                page_list(scanned),
                "请给出这些页的文字版，或者先做文字识别（OCR）再提交。",
            )
        )
    empty = [page.number for page in pages if not page.segments and page.number not in scanned and not page.drawn]
    if empty:
        problems.append(
            Problem(
                name,
                f"有{len(empty)}页没有任何内容。",
                page_list(empty),
                "原文这些页不是空白的，说明文件已损坏，请重新导出后再检查。",
                lost=False,
            )
        )
    garbled = [page.number for page in pages if page.unmapped > 0.02 * sum(len(line.text) for line in page.segments)]
    if garbled:
        problems.append(
            Problem(
                name,
                "字体没有给出文字编码，部分文字读出来是乱码。",
                page_list(garbled),
                "请给出Word文件，或者重新导出PDF。",
            )
        )
    return problems


def _all_lines(sheet: _Sheet) -> Iterator[Line]:
    for item in sheet.flow:
        if isinstance(item, Line):
            yield item
        else:
            for cell in item.cells:
                yield from cell.lines


# ------------------------------------------------------------------ paragraphs

_FIRST_WORD = re.compile(r"[《“‘（〔【(\[「『]*(?:[A-Za-z0-9.%,]+|.)[，。、；：？！》”’）〕】)\]」』…]*", re.DOTALL)
_NUMERAL = r"[一二三四五六七八九十百千零〇○\d０-９]+"
_CLAUSE = re.compile(rf"第{_NUMERAL}[编章节条](?=[\s\u3000]|$)")
_MARKER = re.compile(
    rf"第{_NUMERAL}[编章节条](?!规定|的|第|之|、|和|或|至|所|款)"
    r"|[一二三四五六七八九十百]+、"
    r"|[（(][一二三四五六七八九十\d]{1,3}[）)](?!项|目|款|、)"
    r"|\d{1,3}(?:[.．](?!\d)|、|\.\d{1,2}(?:\.\d{1,2})?(?=\s))"
    r"|[①-⑳㈠-㈩]|[■●◆▪•□○◇☐☑\uf000-\uf0ff]"
    r"|附\s*件\s*\d*\s*[：:]|附\s*件\s*\d*$"
)
_LABEL = re.compile(r"[\u4e00-\u9fff]{2,8}[：:]")
_SENTENCE_END = re.compile(r"[。；：！？;:!?][”’」』）)]?$")
_LEADER = re.compile(r"[.．…·⋯\s]{3,}\s*[—\-]?\s*\d+\s*[—\-]?$")
_NUMBER = re.compile(r"\S*〔\d{4}〕\s*\d+\s*号$")
_LATIN_END = re.compile(r"[A-Za-z0-9\u00c0-\u024f,.;:!?)\]%]$")
_LATIN_START = re.compile(r"[A-Za-z0-9\u00c0-\u024f(\[]")


@dataclass(frozen=True, slots=True)
class _Area:
    """The left and right margin of a column of text, and the usual distance from line to line."""

    left: float
    right: float
    pitch: float
    usual: float


@dataclass(frozen=True, slots=True)
class _Set:
    """A line with its area: everything in em from the margins."""

    line: Line
    area: _Area

    @property
    def size(self) -> float:
        """Of the line; of the text around it where the line has no full-width character."""
        return self.line.em or self.area.usual

    @property
    def indent(self) -> float:
        return (self.line.x0 - self.area.left) / self.size

    @property
    def slack(self) -> float:
        return (self.area.right - self.line.x1) / self.size

    @property
    def centred(self) -> bool:
        """As far from the left margin as from the right. A short paragraph with an indent of two may look so and is not."""
        if self.indent < 0.7 or self.slack < 0.7 or abs(self.indent - self.slack) > 1.0:
            return False
        return abs(self.indent - 2) > 0.4 or self.size > 1.15 * self.area.usual

    @property
    def spanning(self) -> bool:
        """From margin to margin, like the upper line of a long title."""
        return abs(self.indent) < 0.7 and abs(self.slack) < 1.2

    @property
    def aside(self) -> bool:
        """Far to the right, like a signature."""
        return self.indent * self.size > 0.3 * (self.area.right - self.area.left)


def _continues(paragraph: list[_Set], after: _Set) -> bool:
    """Whether `after` carries on the paragraph."""
    before = paragraph[-1]
    one, other = before.line, after.line
    if not (one.flow and other.flow) or _LEADER.search(one.text):
        return False
    if one.em and other.em and abs(one.em - other.em) > 0.12 * max(one.em, other.em):
        return False
    same_column = one.page == other.page and other.top > one.top
    if same_column and _far(paragraph, after):
        return False
    if before.centred or after.centred:
        whole = after.centred and all(part.centred or part.spanning for part in paragraph)
        return same_column and whole and _one_title(one.text, other.text)
    if before.aside or not _full(before, after):
        return False
    if _CLAUSE.match(other.text) or (_MARKER.match(other.text) and _SENTENCE_END.search(one.text)):
        return False
    return _aligned(paragraph, after)


def _far(paragraph: list[_Set], after: _Set) -> bool:
    """Whether there is more air between the lines than within the paragraph."""
    before = paragraph[-1]
    step = after.line.top - before.line.top
    if len(paragraph) > 1 and paragraph[-2].line.page == before.line.page:
        own = before.line.top - paragraph[-2].line.top
        return own > 0 and step > 1.4 * own
    scale = max(before.size / before.area.usual, 1.0)
    return step > 1.5 * before.area.pitch * scale


def _one_title(above: str, below: str) -> bool:
    if _SENTENCE_END.search(above) or _MARKER.match(below) or _MARKER.match(above):
        return False
    return not any(_NUMBER.match(text) or (text[0] in "（(" and text[-1] in "）)") for text in (above, below))


def _full(before: _Set, after: _Set) -> bool:
    """Whether the first word of the next line would not have fitted any more."""
    match = _FIRST_WORD.match(after.line.text)
    last = match.end() if match else 1
    word = (after.line.right[last - 1] - after.line.left[0]) / after.size
    return before.slack <= word + 0.6


def _aligned(paragraph: list[_Set], after: _Set) -> bool:
    """Whether the line stands where this paragraph continues: at the margin, hanging, or indented as a whole."""
    first, before = paragraph[0], paragraph[-1]
    if len(paragraph) > 1:
        return abs(after.indent - before.indent) <= 0.6
    if after.indent <= 0.6:
        return True
    if _MARKER.match(after.line.text) or _SENTENCE_END.search(before.line.text):
        return False
    step = after.indent - first.indent
    if step > 0.4:
        return bool(_MARKER.match(first.line.text) or _LABEL.match(first.line.text))
    return True


# ------------------------------------------------------------------ areas of text


def _areas(sheets: list[_Sheet], lines: dict[int, list[Line]]) -> dict[tuple[int, int], _Area]:
    """The area of each (page number, column). Pages of one size share it, odd and even ones apart where they differ."""
    usual = _usual_size(sheets)
    groups: dict[tuple[int, int, int, int], list[Line]] = defaultdict(list)
    for sheet in sheets:
        for line in lines[sheet.page.number]:
            groups[_shape(sheet, line)].append(line)
    by_group = {group: _area(own, groups.get((*group[:3], 1 - group[3]), []), usual) for group, own in groups.items()}
    return {
        (sheet.page.number, group[2]): by_group[group]
        for sheet in sheets
        for group in {_shape(sheet, line) for line in lines[sheet.page.number]}
    }


def _shape(sheet: _Sheet, line: Line) -> tuple[int, int, int, int]:
    page = sheet.page
    return round(page.width), round(page.height), sheet.side.get(id(line), 0), page.number % 2


def _area(own: list[Line], twin: list[Line], usual: float) -> _Area:
    left, right = _margins(own)
    if twin:
        other = _margins(twin)
        if len(own) < 8 or len(twin) < 8 or abs(left - other[0]) < 3:
            left, right = _margins(own + twin)
    steps = [
        below.top - above.top
        for above, below in pairwise(own)
        if above.page == below.page and 0 < below.top - above.top < 3 * usual and abs(above.size - usual) < 1
    ]
    return _Area(left, right, median(steps) if steps else 1.8 * usual, usual)


def _margins(lines: list[Line]) -> tuple[float, float]:
    """The outermost positions at which several lines start and end; with few lines the outermost of all."""
    lines = [line for line in lines if line.flow] or lines
    starts, ends = sorted(line.x0 for line in lines), sorted((line.x1 for line in lines), reverse=True)
    enough = max(2, round(0.03 * len(lines))) if len(lines) > 12 else 1
    return _supported(starts, enough), _supported(ends, enough)


def _supported(ordered: list[float], enough: int) -> float:
    """The first value that has `enough` values within three points after it."""
    for index, value in enumerate(ordered):
        if index + enough <= len(ordered) and abs(ordered[index + enough - 1] - value) <= 3:
            return value
    return ordered[0]


# ------------------------------------------------------------------ writing


def _add(
    builder: Builder,
    lines: Sequence[Line],
    role: Role,
    table: tuple[int, int, int] | None = None,
    separator: str = "\n",
) -> None:
    """One block of the lines given, every character with its box."""
    glued = list(_glued(lines))

    def anchor(start: int) -> PageAnchor:
        placed = []
        for line in glued:
            placed.append(PageLine(start, line.page, line.top, line.bottom, line.left, line.right))
            start += len(line.text)
        return PageAnchor(tuple(placed))

    builder.add("".join(line.text for line in glued), role, anchor, table=table, separator=separator)


def _glued(lines: Sequence[Line]) -> Iterator[Line]:
    """The lines ready to stand one after the other: a space after a Latin word, a dividing hyphen gone."""
    for line, after in zip(lines, [*lines[1:], None], strict=True):
        if after is None:
            yield line
        elif (
            line.text[-1] in "\x02\u00ad" and len(line.text) > 1 and line.text[-2].isalpha() and after.text[0].islower()
        ):
            yield replace(line, text=line.text[:-1], left=line.left[:-1], right=line.right[:-1])
        elif (
            _LATIN_END.search(line.text)
            and _LATIN_START.match(after.text)
            and not (line.text[-1].isdigit() and after.text[0].isdigit())
        ):
            yield _with_space(line)
        else:
            yield line


def _write_body(builder: Builder, sheets: list[_Sheet], apart: set[int]) -> None:
    lines = {sheet.page.number: [line for line in sheet.lines if id(line) not in apart] for sheet in sheets}
    areas = _areas(sheets, lines)
    paragraph: list[_Set] = []
    tables = 0
    last: _Table | None = None  # the table at the end of what is written, if nothing came after it
    row = 0

    def close() -> None:
        if paragraph:
            _add(builder, [part.line for part in paragraph], Role.PARAGRAPH)
            paragraph.clear()

    for sheet in sheets:
        for item in sheet.flow:
            if isinstance(item, _Table):
                close()
                if last is None or not _same_columns(last, item):
                    tables, row = tables + 1, 0
                row += _write_table(builder, item, tables - 1, row)
                last = item
            elif id(item) not in apart:
                placed = _Set(item, areas[sheet.page.number, sheet.side.get(id(item), 0)])
                if paragraph and not _continues(paragraph, placed):
                    close()
                paragraph.append(placed)
                last = None
    close()


def _same_columns(one: _Table, other: _Table) -> bool:
    """Whether a table that follows another at once (over a page break) carries it on."""
    return len(one.edges) == len(other.edges) and all(
        abs(a - b) <= 3 for a, b in zip(one.edges, other.edges, strict=True)
    )


def _write_table(builder: Builder, table: _Table, number: int, first_row: int) -> int:
    """The cells row by row; returns the number of rows. Empty cells have no block."""
    row = -1
    for cell in table.cells:
        separator = "\t" if cell.row == row else "\n"
        for paragraph in _cell_paragraphs(cell):
            _add(builder, paragraph, Role.TABLE_CELL, (number, first_row + cell.row, cell.column), separator)
            separator, row = "\n", cell.row
    return max((cell.row + 1 for cell in table.cells), default=0)


def _cell_paragraphs(cell: _Cell) -> Iterator[list[Line]]:
    """The lines of a cell by paragraph. A cell is narrow: only a line clearly too short, or a marker, divides."""
    paragraph: list[Line] = []
    for line in cell.lines:
        if paragraph:
            above = paragraph[-1]
            fits, ended = _fits(above, line, cell), bool(_SENTENCE_END.search(above.text))
            if (fits and ended) or (_MARKER.match(line.text) and (fits or ended)) or not (line.flow and above.flow):
                yield paragraph
                paragraph = []
        paragraph.append(line)
    if paragraph:
        yield paragraph


def _fits(above: Line, below: Line, cell: _Cell) -> bool:
    """Whether the first word of a line would clearly have fitted into the line above it."""
    match = _FIRST_WORD.match(below.text)
    word = below.right[(match.end() if match else 1) - 1] - below.x0
    room = cell.box.x1 - cell.box.x0
    margins = [line.x0 - cell.box.x0 for line in cell.lines] + [cell.box.x1 - line.x1 for line in cell.lines]
    padding = max(min([*margins, 6.0]), 0.0)
    return (above.x1 - above.x0) + word <= room - 2 * padding - 1.2 * below.size
