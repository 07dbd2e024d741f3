"""The text of a document as a page shows it, with places marked and linked to what is said of them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import groupby

from checker.model import Block, Document, PageAnchor, Role, Span
from checker.reports.markup import Html, between, escape, join, tag

_WEIGHT = {"error": 3, "warning": 2, "info": 1, "waived": 1, "seen": 0}
_ASIDE = frozenset({Role.HEADER, Role.FOOTER, Role.FOOTNOTE, Role.PAGE_NUMBER})


@dataclass(frozen=True, slots=True)
class Mark:
    """A marked place. id: its own anchor; target: the anchor of what is said of it; label: that, in a few words.

    level: "error", "warning", "info" or "waived" for a finding, whose `number` stands behind the words; "seen" for words
    that something other than a finding rests on, which are only underlined. note: what stands beside the paragraph.
    """

    span: Span
    id: str
    target: str
    label: str
    level: str
    number: int = 0
    note: str = ""


@dataclass
class _Placed:
    """The marks of a document by block, and which of them already have their anchor."""

    of_block: Mapping[int, Sequence[Mark]]
    last_block: Mapping[str, int]
    anchored: set[str] = field(default_factory=set)


def text_html(document: Document, marks: Iterable[Mark], *, title: Span | None = None) -> Html:
    """The blocks of the document in reading order: headings, paragraphs, tables; what stands apart comes folded at the end.

    Every mark gets its anchor once, at its first character; marks may overlap, lie in each other and cross paragraphs.
    """
    placed = _placed(document, marks)
    body = [(i, block) for i, block in enumerate(document.blocks) if block.role not in _ASIDE]
    apart = [(i, block) for i, block in enumerate(document.blocks) if block.role in _ASIDE]
    parts = list(_body(document, body, placed, title))
    if apart:
        shown = [_row(document, i, block, placed, "p") for i, block in apart]
        summary = tag("summary", f"页眉、页脚、脚注和页码（{len(apart)}段）")
        unfolded = any(placed.of_block.get(i) for i, _ in apart)
        parts.append(tag("details", summary, *shown, class_="apart", open="open" if unfolded else None))
    noted = any(mark.note for marks in placed.of_block.values() for mark in marks)
    return tag("div", *parts, class_="text" if noted else "text unnoted")


def _placed(document: Document, marks: Iterable[Mark]) -> _Placed:
    of_block: dict[int, list[Mark]] = defaultdict(list)
    last: dict[str, int] = {}
    for mark in sorted(marks, key=lambda mark: (mark.span.start, -mark.span.end, mark.number)):
        touched = [i for i, block in document.blocks_of(mark.span) if _meets(mark.span, block.span)]
        if not touched and document.blocks:
            touched = [document.block_index(mark.span.start)]
        for index in touched:
            of_block[index].append(mark)
        if touched:
            last[mark.id] = touched[-1]
    return _Placed(of_block, last)


def _meets(span: Span, block: Span) -> bool:
    if not len(span):
        return block.start <= span.start <= block.end
    return max(span.start, block.start) < min(span.end, block.end)


# ------------------------------------------------------------------ blocks


def _body(
    document: Document, blocks: Sequence[tuple[int, Block]], placed: _Placed, title: Span | None
) -> Iterator[Html]:
    page = None
    for table, group in groupby(blocks, key=lambda item: item[1].table[0] if item[1].table else None):
        items = list(group)
        if table is not None:
            yield _table(document, items, placed)
            continue
        for index, block in items:
            now = _page(block)
            if now is not None and now != page:
                yield tag("div", f"第{now}页", class_="page")
                page = now
            if block.span.of(document.text).strip() or placed.of_block.get(index):
                is_title = title is not None and len(title) > 0 and _meets(title, block.span)
                yield _row(document, index, block, placed, *_element(block, is_title=is_title))


def _page(block: Block) -> int | None:
    lines = block.anchor.lines if isinstance(block.anchor, PageAnchor) else ()
    return lines[0].page if lines else None


def _element(block: Block, *, is_title: bool) -> tuple[str, str]:
    """Element and class of a block; the document's headings stand below those of the report."""
    if block.role is Role.HEADING:
        return f"h{min((block.level or 1) + 3, 6)}", "title" if is_title else "heading"
    if is_title:
        return "p", "title"
    return "p", "box" if block.role is Role.TEXT_BOX else ""


def _row(document: Document, index: int, block: Block, placed: _Placed, element: str, kind: str = "") -> Html:
    """One paragraph with its number, and beside it the notes on what is marked in it."""
    shown = tag(element, _marked(document, index, block.span, placed), class_=kind or None, data_n=str(index + 1))
    notes = _notes(placed.of_block.get(index, ()), block.span)
    return tag("div", shown, notes, class_="noted") if notes else shown


def _table(document: Document, cells: Sequence[tuple[int, Block]], placed: _Placed) -> Html:
    rows = []
    notes: list[Mark] = []
    for _, of_row in groupby(cells, key=_row_of):
        shown = []
        for _, of_cell in groupby(of_row, key=_column_of):
            paragraphs = []
            for index, block in of_cell:
                text = _marked(document, index, block.span, placed)
                paragraphs.append(tag("span", text, class_="cell", data_n=str(index + 1)))
                notes += [mark for mark in placed.of_block.get(index, ()) if _begins(mark, block.span)]
            shown.append(tag("td", *paragraphs))
        rows.append(tag("tr", *shown))
    table = tag("div", tag("table", tag("tbody", *rows)), class_="wide")
    beside = _note_list(notes)
    return tag("div", table, beside, class_="noted") if beside else table


def _row_of(item: tuple[int, Block]) -> int:
    return item[1].table[1] if item[1].table else 0


def _column_of(item: tuple[int, Block]) -> int:
    return item[1].table[2] if item[1].table else 0


def _notes(marks: Sequence[Mark], block: Span) -> Html:
    return _note_list([mark for mark in marks if _begins(mark, block)])


def _begins(mark: Mark, block: Span) -> bool:
    return block.start <= mark.span.start <= block.end


def _note_list(marks: Iterable[Mark]) -> Html:
    """A note for each finding once; nothing where none begins."""
    first = {mark.number: mark for mark in marks if mark.note}
    notes = [
        tag("a", tag("b", str(mark.number)), " ", mark.note, class_=mark.level, href=f"#{mark.target}")
        for _, mark in sorted(first.items())
    ]
    return tag("aside", *notes) if notes else Html()


# ------------------------------------------------------------------ characters


def _marked(document: Document, index: int, block: Span, placed: _Placed) -> Html:
    """The characters of a block, cut where a mark begins or ends."""
    marks = placed.of_block.get(index)
    if not marks:
        return escape(block.of(document.text))
    begins: dict[int, list[Mark]] = defaultdict(list)
    ends: dict[int, list[Mark]] = defaultdict(list)
    points: dict[int, list[Mark]] = defaultdict(list)
    for mark in marks:
        start, end = (min(max(offset, block.start), block.end) for offset in (mark.span.start, mark.span.end))
        if start == end:
            points[start].append(mark)
        else:
            begins[start].append(mark)
            ends[end].append(mark)
    cuts = sorted({block.start, block.end, *begins, *ends, *points})
    parts: list[Html] = []
    active: dict[str, Mark] = {}
    for here, after in zip(cuts, [*cuts[1:], cuts[-1]], strict=True):
        for mark in ends[here]:
            del active[mark.id]
        parts.append(_references([mark for mark in ends[here] if placed.last_block[mark.id] == index]))
        parts += [tag("span", id=mark.id, class_="point") for mark in points[here] if _anchors(mark, placed)]
        parts.append(_references(points[here]))
        active.update((mark.id, mark) for mark in begins[here])
        if after > here:
            anchors = [mark.id for mark in begins[here] if _anchors(mark, placed)]
            parts.append(_segment(document.text[here:after], list(active.values()), anchors))
    return join(parts)


def _anchors(mark: Mark, placed: _Placed) -> bool:
    """Whether the mark gets its anchor here; once."""
    fresh = mark.id not in placed.anchored
    placed.anchored.add(mark.id)
    return fresh


def _segment(text: str, active: Sequence[Mark], anchors: Sequence[str]) -> Html:
    """Characters under the same marks; the gravest gives the look, a second finding deepens it."""
    more = [tag("span", id=each) for each in anchors[1:]]
    own = anchors[0] if anchors else None
    if not active:
        return escape(text)
    found = [mark for mark in active if mark.number]
    if found:
        gravest = max(found, key=lambda mark: _WEIGHT[mark.level])
        several = len({mark.number for mark in found}) > 1
        return join([*more, tag("mark", text, class_=gravest.level + (" several" if several else ""), id=own)])
    seen = active[0]
    return join([*more, tag("a", text, class_="seen", id=own, href=f"#{seen.target}", title=seen.label)])


def _references(marks: Sequence[Mark]) -> Html:
    first = {mark.number: mark for mark in marks if mark.number}
    links = [
        tag("a", str(number), class_=mark.level, href=f"#{mark.target}", title=mark.label)
        for number, mark in first.items()
    ]
    return tag("sup", *between(links, " ")) if links else Html()
