"""The running text as sentences that can be read alone: items carry their lead-in, cells their headings.

下列行为应当经批准：（一）甲；（二）乙。 gives three sentences, the last two as 下列行为应当经批准：甲 and …：乙. Whitespace and the
numbers of articles and items are left out; `Sentence.place` maps every character back.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import pairwise
from operator import add

import regex

from checker.facts.layout import Layout, Line
from checker.model import DocxAnchor, Span

_N = "一二三四五六七八九十百千零〇"
_MARKERS: tuple[tuple[int, str], ...] = (
    (1, rf"第[{_N}\d]{{1,6}}[编章节](?=[\s　]|[^的，。；、])"),
    (3, rf"第\s*[{_N}\d]{{1,7}}\s*条(?:之[{_N}])?(?!第|款|、|和|规定|的)"),
    (3, r"[一二三四五六七八九十]{1,3}\s*[、.．]"),
    (4, r"（\s*[一二三四五六七八九十]{1,3}\s*）"),
    (5, r"\d{1,3}\s*[.．、](?!\d)"),
    (6, r"（\s*\d{1,3}\s*）|\d{1,3}）"),
    (7, r"[①-⑳]|[a-zA-Z][.．、）]|[●•·◆■□\-—–]"),
)
"""Depths of paragraphs, and the numbers that they begin with."""
_MARKER = regex.compile(rf"(?:{'|'.join(f'({number})' for _, number in _MARKERS)})[\s　]*")
_PLAIN = 3
"""Depth of a paragraph without a number: that of an article."""
_STOP = regex.compile(r"[。！？][”」』）]?")
_INLINE = regex.compile(r"[：；。](?P<mark>（[一二三四五六七八九十]{1,3}）|[①-⑳]|[一二三四五六七八九]是)")
_INTRODUCES = regex.compile(r"[下以如]|的|应当|不得|禁止|包括|为|按|须|由")
_ANNOUNCES = regex.compile(r"(?:如下|以下\w{0,6})：$")
_BINDING = regex.compile(r"应当|必须|须|不得|禁止|下列|的，")
_CLOSED = regex.compile(r"[。；：！？…”）]$")
_COLUMNS = regex.compile(r"\S\s*[|｜]\s*\S|\S(?:\t| {3,}|[ 　]*　{2,})\S")
"""Columns in a line of plain text: between bars, tabs or wide gaps."""
_GAPS = regex.compile(r"[|｜\t]|[ 　]{2}")
"""What every such line holds, and what is found at once."""
_GAP = regex.compile(r"\s*[|｜]\s*|\t\s*| {3,}|[ 　]*　{2,}")
OLD_WORDING = (
    r"(?:[^，。；：\d应须不]{0,4}(?:(?:修[改订]|调整|整改|改[革进]|清理|优化)(?:之|以)?前|原(?:条[文款]|规定|文件?|内容|表述|办法|政策|制度|做法)|旧(?:条[文款]|规定|办法|版)|删[去除](?:的)?(?:内容|条款|表述))|原来|从前|以前)"
    r"(?:的?(?:规定|做法|内容|情况|表述|要求|条[款文]))?"
)
"""The head of a column that tells what a text said, or how things were, before they were changed."""
_CAP = 420
"""Longest unit read as one sentence; a longer one is cut at ； and then at ，."""
_LEAD_CAP = 140


@dataclass(frozen=True, slots=True)
class Sentence:
    """One sentence without whitespace. `text[:lead]` is inherited from a lead-in or from the headings of a table.

    heading: the headings it stands under, from the outside in, joined by "/". cell: whether it stands in a table.
    offsets: the place in Document.text of every own character.
    """

    text: str
    lead: int
    offsets: Sequence[int]
    heading: str = ""
    cell: bool = False

    def place(self, start: int, end: int) -> Span:
        """The span in the document of [start, end) of `text`; what lies in the lead-in counts as the first own character."""
        first = min(max(start - self.lead, 0), len(self.offsets) - 1)
        last = min(max(end - self.lead, 1), len(self.offsets)) - 1
        return Span(self.offsets[first], self.offsets[max(first, last)] + 1)


@dataclass(frozen=True, slots=True)
class _Paragraph:
    """columns: where each column begins and ends, if it is a row of a table that stands in the text as lines with columns."""

    depth: int
    marked: bool
    text: str
    offsets: list[int]
    columns: Sequence[tuple[int, int]] = ()


class Sheet:
    """All sentences of a document."""

    def __init__(self, layout: Layout) -> None:
        """Reads all lines but signature and imprint, the title too; linear in the length of the text."""
        self.sentences = tuple(_sentences(layout))

    @cached_property
    def joined(self) -> str:
        """All sentences, one a line."""
        return "\n".join(sentence.text for sentence in self.sentences)


class Words:
    """Words of which a sentence must hold one, by the two characters that each begins with."""

    __slots__ = ("by_head", "heads", "shortest")

    def __init__(self, words: Iterable[str]) -> None:
        """One character alone is a head, too."""
        self.by_head: dict[str, list[str]] = {}
        for word in dict.fromkeys(words):
            self.by_head.setdefault(word[:2], []).append(word)
        self.heads = frozenset(self.by_head)
        self.shortest = min(map(len, self.heads), default=0)


class WordIndex:
    """Finds the few sentences of a sheet that hold certain words: hundreds of rules look for thousands of words."""

    def __init__(self, sheet: Sheet, chosen: Iterable[int]) -> None:
        """Looks only at the sentences with the chosen numbers."""
        self._sentences = sheet.sentences
        self._heads: dict[str, set[int]] = {}
        self._places: dict[str, frozenset[int]] = {}
        for number in chosen:
            text = self._sentences[number].text
            for head in {*text, *map(add, text, text[1:])}:
                self._heads.setdefault(head, set()).add(number)
        self._known = frozenset(self._heads)

    def holding(self, groups: Sequence[Words]) -> set[int]:
        """Numbers of the sentences that hold a word of every group."""
        near = [self._known & group.heads for group in groups]
        if not all(near):
            return set()
        found: set[int] | None = None  # single characters are in many sentences, so they are looked for last
        for group, heads in sorted(zip(groups, near, strict=True), key=lambda each: -each[0].shortest):
            holding = {number for head in heads for word in group.by_head[head] for number in self._holding(word, head)}
            found = holding if found is None else found & holding
            if not found:
                break
        return found or set()

    def _holding(self, word: str, head: str) -> frozenset[int]:
        if word not in self._places:
            self._places[word] = frozenset(n for n in self._heads[head] if word in self._sentences[n].text)
        return self._places[word]


# ------------------------------------------------------------------ paragraphs


def _sentences(layout: Layout) -> Iterator[Sentence]:
    skipped = {line.index for line in layout.imprint}
    if layout.signature is not None:
        skipped |= {
            line.index for line in (*layout.signature.lines, *layout.signature.officials, layout.signature.line)
        }
    lines = [line for line in layout.lines if line.index not in skipped]
    reader = _Reader(layout)
    paragraph: _Paragraph | None = None
    before: Line | None = None
    for line in lines:
        if line.cell:
            if paragraph is not None:
                yield from reader.paragraph(paragraph)
                paragraph = None
            yield from reader.cell(line)
            continue
        depth, width = _marker(line.text)
        columns = _columns(line.text, width) if _GAPS.search(line.text) and _COLUMNS.search(line.text) else ()
        if (
            paragraph is not None
            and width == 0
            and not columns
            and _goes_on(paragraph)
            and not _apart(layout, before, line)
        ):
            paragraph = _append(paragraph, line, 0)
            before = line
            continue
        before = line
        if paragraph is not None:
            yield from reader.paragraph(paragraph)
        paragraph = _Paragraph(depth, width > 0, "", [], columns)
        paragraph = _append(paragraph, line, width)
    if paragraph is not None:
        yield from reader.paragraph(paragraph)


def _marker(text: str) -> tuple[int, int]:
    """Depth of a line and the width of the number before its words (0 = no number)."""
    match = _MARKER.match(text)
    return (_MARKERS[match.lastindex - 1][0], match.end()) if match is not None and match.lastindex else (_PLAIN, 0)


def _columns(text: str, start: int) -> list[tuple[int, int]]:
    """Where the columns of a line stand in it once its first `start` characters and all whitespace are left out."""
    cuts = [(start, start), *(match.span() for match in _GAP.finditer(text, start)), (len(text), len(text))]
    place, found = 0, []
    for (_, first), (last, after) in pairwise(cuts):
        end = place + _visible(text, first, last)
        if end > place:
            found.append((place, end))
        place = end + _visible(text, last, after)
    return found


def _visible(text: str, start: int, end: int) -> int:
    """How many characters of [start, end) are no whitespace."""
    return sum(not char.isspace() for char in text[start:end])


def _append(paragraph: _Paragraph, line: Line, start: int) -> _Paragraph:
    words = line.text[start:]
    if line.offsets is None and len(words.split(None, 1)) == 1 and words == words.strip():
        paragraph.offsets.extend(range(line.at(start), line.at(start) + len(words)))
    else:
        kept = [index for index, char in enumerate(words, start) if not char.isspace()]
        paragraph.offsets.extend(map(line.at, kept))
        words = "".join(line.text[index] for index in kept)
    text = paragraph.text + words
    return replace(paragraph, text=text)


def _goes_on(paragraph: _Paragraph) -> bool:
    """Whether a hard-wrapped paragraph continues on the next line: it breaks off in the middle of a long sentence."""
    return not paragraph.columns and len(paragraph.text) >= 24 and _CLOSED.search(paragraph.text) is None


def _apart(layout: Layout, before: Line | None, line: Line) -> bool:
    """Whether something stands between two lines that no wrapping makes: a blank line, or a paragraph mark of Word."""
    document = layout.document
    if before is None or document.text.count("\n", before.span.end, line.span.start) > 1:
        return True
    block = document.block_index(line.span.start)
    return block != document.block_index(before.span.start) and isinstance(document.blocks[block].anchor, DocxAnchor)


class _Reader:
    """Headings, lead-ins and table heads while the paragraphs go by."""

    def __init__(self, layout: Layout) -> None:
        self.layout = layout
        self.headings: dict[int, str] = {}
        self.leads: dict[int, str] = {}
        self.table: int | None = None
        self.columns: dict[int, str] = {}
        self.row: tuple[int, str] = (-1, "")
        self.old: tuple[int, int, str] | None = None

    # -- running text

    def paragraph(self, paragraph: _Paragraph) -> Iterator[Sentence]:
        """The sentences of one paragraph."""
        self.table = None
        depth, text = paragraph.depth, paragraph.text
        if not text:
            return
        if paragraph.marked:
            self.headings = {level: words for level, words in self.headings.items() if level < depth}
        self.leads = {level: words for level, words in self.leads.items() if level < depth}
        if depth == 1:
            self.leads = {}
        inherited = "".join(self.leads[level] for level in sorted(self.leads))[-_LEAD_CAP:] if paragraph.marked else ""
        if not paragraph.marked:
            self.leads = {}
        old = self._old_wording(paragraph)
        if old is None:
            yield from self._split(paragraph, inherited)
        else:
            start, end, head = old
            yield from self._units(paragraph, 0, start, inherited)
            yield from self._units(paragraph, start, end, head)
            yield from self._units(paragraph, end, len(text), inherited)
        if _is_heading(paragraph):
            self.headings[depth] = text

    def _old_wording(self, paragraph: _Paragraph) -> tuple[int, int, str] | None:
        """Where, in a row of a comparison of old and new, the old stands, and the head of that column."""
        columns = [paragraph.text[start:end] for start, end in paragraph.columns]
        if not columns:
            self.old = None
        for place, words in enumerate(columns):
            if regex.fullmatch(OLD_WORDING, words):
                self.old = (place, len(columns), f"{words}：")
                return None
        if self.old is None or len(columns) != self.old[1]:
            return None
        return *paragraph.columns[self.old[0]], self.old[2]

    def _split(self, paragraph: _Paragraph, inherited: str) -> Iterator[Sentence]:
        cuts = [0, *(match.end() for match in _STOP.finditer(paragraph.text)), len(paragraph.text)]
        pieces = [(start, end) for start, end in pairwise(cuts) if end > start]
        for index, (start, end) in enumerate(pieces):
            words = paragraph.text[start:end]
            run_in = index == 0 and paragraph.marked and len(pieces) > 1 and len(words) <= 22 and "，" not in words
            lead = inherited if index == 0 or (index == 1 and pieces[0][1] <= 22) else ""
            yield from self._units(paragraph, start, end, lead)
            if run_in and words.endswith("。") and _BINDING.search(words) is None:
                self.headings[paragraph.depth] = words.rstrip("。")
        last = paragraph.text[pieces[-1][0] :] if pieces else ""
        if last.endswith("：") and _is_lead(last):
            self.leads[paragraph.depth] = last[-_LEAD_CAP:]

    def _units(self, paragraph: _Paragraph, start: int, end: int, lead: str) -> Iterator[Sentence]:
        """One sentence; with items inside (：（一）…；（二）…) one for each, led in by the words before the first."""
        text = paragraph.text
        marks = [match.span("mark") for match in _INLINE.finditer(text, start, end)]
        if not marks:
            yield from self._cut(paragraph, start, end, lead)
            return
        first = marks[0][0]
        yield from self._cut(paragraph, start, first, lead)
        head = text[start:first]
        below = (lead + head)[-_LEAD_CAP:] if head.endswith("：") and _is_lead(head) else lead
        for (_, begin), following in zip(marks, [*(mark[0] for mark in marks[1:]), end], strict=True):
            if following > begin:
                yield from self._cut(paragraph, begin, following, below)

    def _cut(self, paragraph: _Paragraph, start: int, end: int, lead: str) -> Iterator[Sentence]:
        for first, last in _bounded(paragraph.text, start, end):
            yield self._made(paragraph.text[first:last], paragraph.offsets[first:last], lead)

    def _made(self, words: str, offsets: Sequence[int], lead: str, *, cell: bool = False) -> Sentence:
        heading = "/".join(self.headings[level] for level in sorted(self.headings))
        return Sentence(lead + words, len(lead), offsets, heading, cell)

    # -- tables

    def cell(self, line: Line) -> Iterator[Sentence]:
        """The sentences of one cell, led in by the head of its column and the first cell of its row."""
        document = self.layout.document
        table = document.blocks[document.block_index(line.span.start)].table or (0, 0, 0)
        kept = [(char, line.at(index)) for index, char in enumerate(line.text) if not char.isspace()]
        words = "".join(char for char, _ in kept)
        if table[0] != self.table:
            self.table, self.columns, self.leads = table[0], {}, {}
        if table[1] == 0:
            self.columns[table[2]] = self.columns.get(table[2], "") + words[:24]
        if table[2] == 0:
            self.row = (table[1], words[:24])
        if not words:
            return
        above = self.columns.get(table[2], "") if table[1] else ""
        beside = self.row[1] if table[2] and self.row[0] == table[1] else ""
        lead = "".join(f"{part}：" for part in (beside, above) if part)
        paragraph = _Paragraph(_PLAIN, marked=False, text=words, offsets=[offset for _, offset in kept])
        for start, end in pairwise([0, *(match.end() for match in _STOP.finditer(words)), len(words)]):
            for first, last in _bounded(words, start, end):
                yield self._made(words[first:last], paragraph.offsets[first:last], lead, cell=True)


def _is_heading(paragraph: _Paragraph) -> bool:
    """第五章 法律责任, 三、申报条件: a numbered line of a few words that says nothing."""
    text = paragraph.text
    if paragraph.depth == 1:
        return True
    return (
        paragraph.marked
        and paragraph.depth <= 6
        and len(text) <= 30
        and regex.search(r"[。；：，！？]", text) is None
        and _BINDING.search(text) is None
    )


def _is_lead(text: str) -> bool:
    """Whether words that end with ： lead into items; 各县人民政府： and 现通知如下： do not."""
    if _ANNOUNCES.search(text) and _BINDING.search(text) is None:
        return len(text) < 60 and regex.search(r"通知|通告|公告|意见如|批复|答复|印发|现[就将]|特", text) is None
    return _INTRODUCES.search(text) is not None


def _bounded(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    """[start, end) in stretches of at most about `_CAP` characters, cut behind ； else behind ，."""
    while end - start > _CAP:
        cut = max(text.rfind("；", start, start + _CAP), -1)
        if cut <= start:
            cut = text.rfind("，", start, start + _CAP)
        cut = cut + 1 if cut > start else start + _CAP
        yield start, cut
        start = cut
    if end > start:
        yield start, end
