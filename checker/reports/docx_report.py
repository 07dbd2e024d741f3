"""The judged Word document with a comment on the exact words of every finding; for other formats a document of findings.

The characters are found through the anchors that reading made, never by searching. What is added are comment marks in the
text (a run is split where a finding begins or ends inside it), the comments part, its relationship and its content type.
Every other part keeps its bytes, and the text that is read from the result equals the text that was judged.

Word shows no comments in headers, footers, footnotes and text boxes: a finding there is marked at the place in the running
text that holds or shows it. The results of fields and the contents of bound or plain content controls are written anew by
Word, and other programs lose what stands in them: a finding there is marked around the whole of it.
"""

from __future__ import annotations

import hashlib
import io
import posixpath
import zipfile
from collections.abc import Iterable, Iterator, Mapping, Sequence
from copy import deepcopy
from dataclasses import dataclass, field
from datetime import date
from itertools import count as counting
from itertools import islice
from typing import NamedTuple

from lxml import etree
from lxml.etree import _Element

from checker.errors import LimitExceeded, NormcheckError, ReadError
from checker.model import Block, Case, Document, DocxAnchor, Evidence, Finding, Report, Run, Span
from checker.reading import DEFAULT, Limits
from checker.reading.docx import text_nodes
from checker.reading.numbering import W, number
from checker.reading.ooxml import Package, is_strict, strict, transitional
from checker.reports import words
from checker.reports.checklist import counted
from checker.reports.docx_findings import findings_docx
from checker.reports.text import clean

__all__ = ["AUTHOR", "annotated_docx", "docx_report", "findings_docx"]

AUTHOR = "规检（normcheck）"
_INITIALS = "规检"
_MOST = 32_767  # Word does not open a file with more comment ranges
_QUOTE = 30
_LAW = 60

_R = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}"
_SPACE = "{http://www.w3.org/XML/1998/namespace}space"
_P, _RUN, _PPR, _RPR, _T = W + "p", W + "r", W + "pPr", W + "rPr", W + "t"
_FIELD_CHAR, _BOX, _ID = W + "fldChar", W + "txbxContent", W + "id"
_WHITE = " \t\r\n"
_OPEN_NAMES = ("ins", "moveTo", "hyperlink", "smartTag", "customXml", "sdtContent", "dir", "bdo")
_OPEN = frozenset(W + name for name in _OPEN_NAMES)  # marks may stand between the children of these
_FILLED_BY_WORD = frozenset({"text", "dataBinding", "date", "dropDownList", "comboBox", "checkbox", "picture"})
_MARKS = tuple(W + name for name in ("commentRangeStart", "commentRangeEnd", "commentReference"))

_RELATIONSHIPS = "http://schemas.openxmlformats.org/package/2006/relationships"
_TYPES = "http://schemas.openxmlformats.org/package/2006/content-types"
_COMMENTS_TYPE = "application/vnd.openxmlformats-officedocument.wordprocessingml.comments+xml"
_TRANSITIONAL_KIND = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/comments"
_STRICT_WORD = "http://purl.oclc.org/ooxml/wordprocessingml/main"
_STRICT_KIND = "http://purl.oclc.org/ooxml/officeDocument/relationships/comments"
_RESAVE = "请用Word或者WPS打开后另存为docx，再检查一次。"

_AT_NUMBER = "所指的是自动编号，编号上不能加批注，批注加在这一段的文字上。"
_AT_BOX = "所指文字在文本框中，文本框里不能加批注，批注加在文本框所在的位置。"
_PARTLY = "所指文字有一部分在文本框、脚注、页眉或者页脚中，那里不能加批注。"
_AT_NOTE = "所指文字在脚注或者尾注中，注文里不能加批注，批注加在注号上。"
_AT_HEADER = "所指文字在页眉或者页脚中，那里不能加批注，批注加在所在节的开头。"
_SIGNED = "原文件带有电子签名；加了批注的这一份，签名不再有效。"
_AT_START = "没有可以标出的文字，批注加在文件开头。"


def docx_report(
    data: bytes | None,
    report: Report,
    *,
    requirements: Mapping[str, str] | None = None,
    day: date | None = None,
    limits: Limits = DEFAULT,
) -> bytes:
    """The report as a Word file: the document `data` with comments where it is a docx, else the findings alone.

    A docx that can be read and not annotated gives the findings too, with the reason.
    """
    if report.case is None or data is None or report.case.document.format != "docx":
        return findings_docx(report, requirements=requirements, day=day)
    try:
        return annotated_docx(data, report, requirements=requirements, day=day, limits=limits)
    except NormcheckError as error:
        return findings_docx(report, requirements=requirements, day=day, why=str(error))


def annotated_docx(
    data: bytes,
    report: Report,
    document: Document | None = None,
    *,
    requirements: Mapping[str, str] | None = None,
    day: date | None = None,
    limits: Limits = DEFAULT,
) -> bytes:
    """`data` with one comment for every finding, and one on the first paragraph that sums up what was judged.

    A finding with several quotations has its comment on the first, and a short one on each of the others that leads
    there. `document` is the document of the case that `data` was read as (the judged one if not given); of a dossier's
    other documents the findings that quote them are given, without the summary. `day` is written as the comments' date.

    Raises:
        ReadError: `data` is not what was judged, or the parts that have to be changed are damaged.
        LimitExceeded: more comments than Word opens.
        ValueError: the report has no case, or the document is no docx.
    """
    case = report.case
    if case is None:
        raise ValueError("a report without a case has nothing to annotate")
    document = document or case.document
    if document.format != "docx":
        raise ValueError(f"{document.name} is {document.format}, not docx")
    if hashlib.sha256(data).hexdigest() != document.sha256:
        raise ReadError("文件在检查以后被改动过。", where=document.name, next="请重新检查。")
    notes = list(_notes(report, case, document, requirements or {}))
    return _Package(data, document.name, limits).annotated(document, notes, day) if notes else data


# ------------------------------------------------------------------ what the comments say


@dataclass(frozen=True, slots=True)
class _Note:
    """One comment: its lines, and the words it is about (None: the whole document)."""

    lines: tuple[str, ...]
    span: Span | None


def _notes(report: Report, case: Case, document: Document, requirements: Mapping[str, str]) -> Iterator[_Note]:
    judged = document is case.document
    if judged:
        yield _Note(tuple(_summary(report, case, requirements)), None)
    for count, finding in enumerate(report.findings, 1):
        here = [evidence for evidence in finding.evidence if evidence.document == document.name]
        if here:
            yield _Note(tuple(_full(count, finding, here)), here[0].span)
            for other in dict.fromkeys(evidence.span for evidence in here[1:]):
                if other != here[0].span:
                    yield _Note((f"问题{count}也涉及这一处，见“{_short(here[0].quote)}”处的批注。",), other)
        elif judged and not finding.evidence:
            yield _Note((*_full(count, finding, here), _AT_START), None)


def _full(count: int, finding: Finding, here: Sequence[Evidence]) -> Iterator[str]:
    doubt = words.CERTAINTY[finding.certainty]
    grade = words.SEVERITY[finding.severity]
    if doubt and doubt not in finding.message:
        grade = f"{grade}，{doubt}"
    yield f"问题{count}〔{grade}〕{finding.requirement} {finding.message}"
    if finding.waived_by:
        yield f"已豁免：{finding.waived_by}"
    if len({evidence.span for evidence in here}) > 1:
        others = dict.fromkeys(_short(evidence.quote) for evidence in here[1:] if evidence.span != here[0].span)
        yield f"同时涉及：{'、'.join(f'“{quote}”' if quote else '文中所缺的一处' for quote in others)}"
    for evidence in finding.evidence:
        if evidence not in here:
            where = words.place(evidence.page, evidence.paragraph, evidence.clause)
            yield f"另见{evidence.document}：“{_short(evidence.quote)}”" + (f"（{where}）" if where else "")
    for basis in finding.basis:
        yield f"依据：{words.basis_line(basis)}"
    for label, law in words.law_lines(finding, _LAW):
        yield f"{label}：{law}"
    if finding.suggestion:
        yield f"建议：{finding.suggestion}"
    yield f"编号：{finding.rule} {finding.fingerprint}"


def _summary(report: Report, case: Case, requirements: Mapping[str, str]) -> Iterator[str]:
    """What a reader of the findings alone would not know: what was met, what could not be judged or read."""
    statuses = counted(report.outcomes)
    counts = "，".join(f"{word}{statuses[status]}项" for status, word in words.STATUS.items())
    waived = sum(1 for finding in report.findings if finding.waived_by)
    aside = f"（其中已豁免{waived}条）" if waived else ""
    yield f"检查概况：{counts}；问题{len(report.findings)}条{aside}" + ("，各有批注。" if report.findings else "。")
    source = words.AS_OF.get(case.as_of_source, case.as_of_source)
    yield f"按{case.as_of}（{source}）的规定判断；规则包：{'、'.join(report.packs) or '没有适用的规则包'}。"
    for outcome in report.outcomes:
        if outcome.status == "cannot_tell" and outcome.decided_by == "text":
            how = "".join(f"缺{missing.what}：{missing.how}" for missing in outcome.missing)
            title = requirements.get(outcome.requirement, outcome.title).rstrip("。")
            yield f"待核实：{outcome.requirement} {title}。{outcome.reason}{how}"
    elsewhere = [each for each in report.outcomes if each.status == "cannot_tell" and each.decided_by != "text"]
    if elsewhere:
        codes = tuple(dict.fromkeys(each.requirement for each in elsewhere))
        yield f"另有{len(codes)}项要看卷宗、台账等材料，单凭本件文本不能判断：{'、'.join(codes)}。"
    for problem in report.problems:
        mark = "没有读到或者没有判断的" if problem.lost else "提示"
        yield f"{mark}：{problem.where + '：' if problem.where else ''}{problem.what}{problem.next}"
    yield "列出的问题是再看一遍的线索，不是法律意见。"


def _short(quote: str) -> str:
    quote = clean(quote)
    return quote if len(quote) <= _QUOTE else f"{quote[: _QUOTE - 8]}……{quote[-6:]}"


# ------------------------------------------------------------------ the places of the comments


class _Gap(NamedTuple):
    """A place for marks: before child `child` of `element`, or `offset` characters into it.

    -1 stands for the place before `element`, `_AFTER` for the place after it; for a paragraph they mean its beginning
    and its end.
    """

    element: _Element
    child: int
    offset: int = 0


_BEFORE, _AFTER = -1, 1 << 30


class _Place(NamedTuple):
    """Where a comment begins and ends, and what has to be said of it."""

    start: _Gap
    end: _Gap
    remark: str = ""


class _Places:
    """Finds the places of characters in the tree of the main part, before anything in it is changed."""

    def __init__(self, root: _Element, main: str, package: Package, document: Document) -> None:
        self._root = root
        self._main = main
        self._package = package
        self._document = document
        self._paragraphs = list(root.iter(_P))
        self._leaves: dict[int, list[_Element]] = {}
        self._parts: dict[str, list[_Element]] = {}
        self._fields: dict[_Element, list[tuple[_Element, _Element, frozenset[_Element]]]] = {}

    def whole(self) -> _Place:
        """The beginning of the running text."""
        running = (self._running(block) for block in self._document.blocks)
        paragraph = next((anchor.paragraph for anchor in running if anchor is not None), 0)
        return self._point(self._paragraphs[paragraph], _BEFORE)

    def of(self, span: Span) -> _Place:
        """The place of the characters of `span`; of an empty one the end of its paragraph."""
        blocks = [block for _, block in self._document.blocks_of(span)]
        touched = [block for block in blocks if max(block.span.start, span.start) < min(block.span.end, span.end)]
        if not touched:
            return self._end_of(self._document.blocks[self._document.block_index(span.start)])
        running = [anchor for block in touched if (anchor := self._running(block)) is not None]
        if not running:
            return self._aside(touched[0])
        first = last = self._in_paragraph(running[0], span)
        if len(running) > 1:
            last = self._in_paragraph(running[-1], span)
        remark = first.remark if last is first else ""
        end = last.start if last.remark and last is not first else last.end  # ends in a number: before its paragraph
        return _Place(first.start, end, _PARTLY if len(running) < len(touched) else remark)

    def _running(self, block: Block) -> DocxAnchor | None:
        """The anchor of a block of the running text; None for boxes, notes, headers and footers."""
        anchor = block.anchor
        if not isinstance(anchor, DocxAnchor) or anchor.part != self._main:
            return None
        return None if _boxed(self._paragraphs[anchor.paragraph]) else anchor

    def _point(self, paragraph: _Element, side: int, remark: str = "") -> _Place:
        gap = _Gap(paragraph, side)
        return _Place(gap, gap, remark)

    def _end_of(self, block: Block) -> _Place:
        anchor = self._running(block)
        return self._aside(block) if anchor is None else self._point(self._paragraphs[anchor.paragraph], _AFTER)

    def _in_paragraph(self, anchor: DocxAnchor, span: Span) -> _Place:
        """The characters of `span` in one paragraph of the running text."""
        real = [run for run in anchor.runs if run.node >= 0]
        marked = [run for run in real if max(run.start, span.start) < min(run.start + run.length, span.end)]
        if not real:
            return self._point(self._paragraphs[anchor.paragraph], _BEFORE, _AT_NUMBER)
        if not marked:
            whole = Span(real[0].start, real[-1].start + real[-1].length)
            return self._between(anchor, real[0], real[-1], whole)._replace(remark=_AT_NUMBER)
        return self._between(anchor, marked[0], marked[-1], span)

    def _between(self, anchor: DocxAnchor, first: Run, last: Run, span: Span) -> _Place:
        paragraph = self._paragraphs[anchor.paragraph]
        leaves = self._leaves_of(anchor.paragraph)
        begun = max(span.start - first.start, 0)
        ended = min(span.end - last.start, last.length)
        start = self._edge(paragraph, leaves[first.node], 0, first.offset + begun if begun else 0)
        end = self._edge(paragraph, leaves[last.node], 1, last.offset + ended if ended < last.length else 0)
        return _Place(start, end)

    def _leaves_of(self, paragraph: int) -> list[_Element]:
        if paragraph not in self._leaves:
            self._leaves[paragraph] = list(text_nodes(self._paragraphs[paragraph]))
        return self._leaves[paragraph]

    def _edge(self, paragraph: _Element, element: _Element, side: int, offset: int = 0) -> _Gap:
        """The nearest place before (side 0) or after (1) `element` at which marks may stand.

        An `offset` asks for a place inside the characters of `element` instead, which a w:t of a run can give.
        """
        for begin, end, inside in self._fields_of(paragraph):
            if element in inside:
                return self._edge(paragraph, end if side else begin, side)
        atom = _atom(paragraph, element)
        if atom.tag != _RUN or element is atom:
            return _Gap(atom, _AFTER if side else _BEFORE)
        child = element
        while (parent := child.getparent()) is not None and parent is not atom:
            child = parent
        if offset and child is element and element.tag == _T and not len(element):
            return _Gap(atom, atom.index(child), offset)
        position = atom.index(child) + side
        if position <= _content(atom, _RPR):
            return _Gap(atom, _BEFORE)
        return _Gap(atom, _AFTER if position >= len(atom) else position)

    def _fields_of(self, paragraph: _Element) -> list[tuple[_Element, _Element, frozenset[_Element]]]:
        """The fields whose result Word or another program may write anew: beginning, end, and all between.

        A link is not written anew. What stands inside another such field is covered by that one.
        """
        if paragraph not in self._fields:
            self._fields[paragraph] = _fields(paragraph)
        return self._fields[paragraph]

    # -- what stands apart from the running text

    def _aside(self, block: Block) -> _Place:
        """The place in the running text that stands for a text box, a note, a header or a footer."""
        anchor = block.anchor
        if not isinstance(anchor, DocxAnchor):
            return self.whole()
        if anchor.part == self._main:
            box = list(self._paragraphs[anchor.paragraph].iterancestors(_BOX))[-1]
            return self._around(box, _AT_BOX)
        note = self._note_reference(anchor)
        if note is not None:
            return self._around(note, _AT_NOTE)
        return self._point(self._section_start(anchor.part), _BEFORE, _AT_HEADER)

    def _around(self, element: _Element, remark: str) -> _Place:
        paragraphs = list(element.iterancestors(_P))
        if not paragraphs:
            return self.whole()._replace(remark=remark)
        return _Place(self._edge(paragraphs[-1], element, 0), self._edge(paragraphs[-1], element, 1), remark)

    def _note_reference(self, anchor: DocxAnchor) -> _Element | None:
        """The mark of the footnote or endnote that holds a paragraph."""
        if anchor.part not in self._parts:
            self._parts[anchor.part] = list(self._package.tree(anchor.part).iter(_P))
        paragraph = self._parts[anchor.part][anchor.paragraph]
        for kind in ("footnote", "endnote"):
            for note in paragraph.iterancestors(W + kind):
                marks = self._root.iter(W + f"{kind}Reference")
                return next((mark for mark in marks if mark.get(_ID) == note.get(_ID)), None)
        return None

    def _section_start(self, part: str) -> _Element:
        """The first paragraph with text of the section that shows a header or footer."""
        related = self._package.relationships(self._main)
        shown = {identity for identity, each in related.items() if each.target == part}
        first: _Element | None = None
        for element in self._root.iter(_P, W + "sectPr"):
            if element.tag == _P:
                if first is None and next(text_nodes(element), None) is not None:
                    first = None if _boxed(element) else element
            elif any(reference.get(_R + "id") in shown for reference in element):
                break
            elif next(element.iterancestors(_PPR), None) is not None:
                first = None
        return self._paragraphs[0] if first is None else first


def _fields(paragraph: _Element) -> list[tuple[_Element, _Element, frozenset[_Element]]]:
    if next(paragraph.iter(_FIELD_CHAR), None) is None:
        return []
    order = list(paragraph.iter())
    open_at: list[int] = []
    found: list[tuple[int, int]] = []
    for position, element in enumerate(order):
        kind = element.get(W + "fldCharType") if element.tag == _FIELD_CHAR else None
        if kind == "begin":
            open_at.append(position)
        elif kind == "end" and open_at:
            begin = open_at.pop()
            code = "".join(each.text or "" for each in order[begin:position] if each.tag == W + "instrText").split()
            if not code or code[0].upper() != "HYPERLINK":
                found = [field for field in found if field[0] < begin]
                found.append((begin, position))
    return [(order[begin], order[end], frozenset(order[begin + 1 : end])) for begin, end in found]


def _boxed(element: _Element) -> bool:
    return next(element.iterancestors(_BOX), None) is not None


def _atom(paragraph: _Element, element: _Element) -> _Element:
    """The outermost element around `element` that marks cannot stand inside of: mostly its run."""
    atom = element
    path = [element, *element.iterancestors()]
    for ancestor in reversed(path[: path.index(paragraph)]):
        atom = ancestor
        if not _is_open(ancestor):
            break
    return atom


def _content(element: _Element, properties: str) -> int:
    """Position of the first child behind the properties of a run or paragraph."""
    about = element.find(properties)
    return 0 if about is None else element.index(about) + 1


def _is_open(element: _Element) -> bool:
    """Whether marks may stand between the children of `element`."""
    if element.tag != W + "sdt":
        return element.tag in _OPEN
    about = element.find(W + "sdtPr")
    kinds = () if about is None else (etree.QName(child).localname for child in about.iterchildren("*"))
    return _FILLED_BY_WORD.isdisjoint(kinds)


# ------------------------------------------------------------------ marks in the text


@dataclass
class _Marks:
    """What stands at one gap: the ends of comments that began before it, comments on the gap itself, beginnings."""

    ends: list[int] = field(default_factory=list)
    points: list[int] = field(default_factory=list)
    starts: list[int] = field(default_factory=list)

    def elements(self, root: _Element) -> list[_Element]:
        """The marks as elements, in the order in which they stand."""
        made = []
        for identity in self.ends:
            made += [_mark(root, "commentRangeEnd", identity), _reference(root, identity)]
        for identity in self.points:
            made += [_mark(root, name, identity) for name in ("commentRangeStart", "commentRangeEnd")]
            made.append(_reference(root, identity))
        return made + [_mark(root, "commentRangeStart", identity) for identity in self.starts]


def _mark(root: _Element, name: str, identity: int) -> _Element:
    return root.makeelement(W + name, {_ID: str(identity)})


def _reference(root: _Element, identity: int) -> _Element:
    run = root.makeelement(_RUN)
    run.append(_mark(root, "commentReference", identity))
    return run


class _Writer:
    """Writes marks into a tree, and splits the runs in which they stand."""

    def __init__(self, root: _Element) -> None:
        self._root = root
        self._preserve = root.get(_SPACE) == "preserve"
        self._layout: dict[_Element, int] = {}
        self._revision = 0

    def write(self, places: Iterable[tuple[int, _Place]]) -> None:
        """Sets the marks of comments, by their numbers."""
        gaps: dict[_Element, dict[tuple[int, int], _Marks]] = {}

        def at(gap: _Gap) -> _Marks:
            return gaps.setdefault(gap.element, {}).setdefault((gap.child, gap.offset), _Marks())

        for identity, place in places:
            if place.start == place.end:
                at(place.start).points.append(identity)
            else:
                at(place.start).starts.append(identity)
                at(place.end).ends.append(identity)
        for element, wanted in gaps.items():
            if element.tag == _P:
                self._in_paragraph(element, wanted)
            else:
                self._in_atom(element, wanted)

    def _in_paragraph(self, paragraph: _Element, wanted: Mapping[tuple[int, int], _Marks]) -> None:
        for (side, _), marks in wanted.items():
            if side == _AFTER:
                paragraph.extend(marks.elements(self._root))
            else:
                begin = _content(paragraph, _PPR)
                paragraph[begin:begin] = marks.elements(self._root)

    def _in_atom(self, atom: _Element, wanted: Mapping[tuple[int, int], _Marks]) -> None:
        """Marks before, after and, where the atom is a run, inside of it; from behind, so that positions stay true."""
        last = atom
        for (child, offset), marks in sorted(wanted.items(), key=lambda item: item[0], reverse=True):
            elements = marks.elements(self._root)
            if child == _AFTER:
                for element in reversed(elements):
                    last.addnext(element)
                continue
            piece = atom if child == _BEFORE else self._tail(atom, child, offset)
            for element in elements:
                piece.addprevious(element)

    def _tail(self, run: _Element, child: int, offset: int) -> _Element:
        """Cuts `run` in two and gives the second part, which stands right behind the first and looks the same."""
        tail = _bare(run)
        properties = run.find(_RPR)
        if properties is not None:
            tail.append(self._copied(properties))
        moved = list(run)[child + 1 if offset else child :]
        if offset:
            tail.append(self._cut(run[child], offset))
        tail.extend(moved)
        run.addnext(tail)
        return tail

    def _copied(self, properties: _Element) -> _Element:
        """Properties for the second part of a run; a tracked change of format in them gets a number of its own."""
        copied = deepcopy(properties)
        copied.tail = None
        for change in copied.iter():
            if change.get(_ID) is not None:
                if not self._revision:
                    self._revision = max((number(each.get(_ID)) or 0 for each in self._root.iter("{*}*")), default=0)
                self._revision += 1
                change.set(_ID, str(self._revision))
        return copied

    def _cut(self, leaf: _Element, offset: int) -> _Element:
        """Cuts a w:t; white space at its edges that was mere layout is dropped, all other is kept from now on."""
        if leaf not in self._layout:
            text, own = leaf.text or "", leaf.get(_SPACE)
            kept = own == "preserve" or (own is None and self._preserve)
            self._layout[leaf] = 0 if kept else len(text) - len(text.lstrip(_WHITE))
            leaf.text = text if kept else text.strip(_WHITE)
            leaf.set(_SPACE, "preserve")
        text, offset = leaf.text or "", offset - self._layout[leaf]
        second = _bare(leaf)
        leaf.text, second.text = text[:offset], text[offset:]
        return second


def _bare(element: _Element) -> _Element:
    """An element with the tag and the attributes of another."""
    return element.makeelement(element.tag, {str(key): str(value) for key, value in element.attrib.items()})


# ------------------------------------------------------------------ the file


class _Part:
    """An XML part that is changed: everything in it is kept, comments and processing instructions too."""

    def __init__(self, data: bytes, where: str) -> None:
        self._original = data
        self.strict = is_strict(data) and transitional(data) != data
        if self.strict:
            if strict(data, data) != data:
                raise ReadError("部件混用了两种命名空间，不能加批注。", where=where, next=_RESAVE)
            data = transitional(data)
        parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, strip_cdata=False)
        try:
            self.root = etree.fromstring(data, parser)
        except etree.XMLSyntaxError as error:
            raise ReadError("部件不是完整的XML，不能加批注。", where=where, next=_RESAVE) from error
        self._tree = self.root.getroottree()
        if self._tree.docinfo.internalDTD is not None:
            raise ReadError("部件含有文档类型定义（DTD），不能加批注。", where=where, next=_RESAVE)

    def saved(self) -> bytes:
        """The bytes of the part as it is now."""
        about = self._tree.docinfo
        alone = True if about.standalone is None else about.standalone
        target = io.BytesIO()
        self._tree.write(target, xml_declaration=True, encoding=about.encoding or "UTF-8", standalone=alone)
        data = target.getvalue()
        return strict(data, self._original) if self.strict else data


class _Package:
    """The file that is annotated; only what differs from it is kept in memory twice."""

    def __init__(self, data: bytes, name: str, limits: Limits) -> None:
        self._data = data
        self._name = name
        self._limits = limits
        self._package = Package(data, name, limits)
        related = self._package.relationships("").values()
        main = next((each.target for each in related if each.kind == "officeDocument"), None)
        if main is None:
            raise ReadError("文件缺少正文部件。", where=name, next=_RESAVE)
        self._main = main
        self._changed: dict[str, bytes] = {}

    def annotated(self, document: Document, notes: Sequence[_Note], day: date | None) -> bytes:
        """The file with the comments `notes`."""
        body = self._part(self._main)
        path = self._comments_path(strict_file=body.strict)
        comments = self._part(path) if path in self._package.names else _new_comments(strict_file=body.strict)
        identities = _free(body.root, comments.root, len(notes), self._name)
        places = _Places(body.root, self._main, self._package, document)
        found = [places.whole() if note.span is None else places.of(note.span) for note in notes]
        signed = any(name.startswith("_xmlsignatures/") for name in self._package.names)
        for identity, note, place in zip(identities, notes, found, strict=True):
            remarks = (place.remark, _SIGNED if signed and note is notes[0] else "")
            lines = (*note.lines, *filter(None, remarks))
            comments.root.append(_comment(comments.root, identity, lines, day))
        _Writer(body.root).write(zip(identities, found, strict=True))
        self._changed[self._main] = body.saved()
        self._changed[path] = comments.saved()
        return self._saved()

    def _saved(self) -> bytes:
        """The file with the changed and the new parts; the others keep their bytes, all keep their order."""
        target, kept_parts = io.BytesIO(), Package(self._data, self._name, self._limits)
        with zipfile.ZipFile(io.BytesIO(self._data)) as source, zipfile.ZipFile(target, "w") as archive:
            archive.comment = source.comment
            for entry in source.infolist():
                kept = zipfile.ZipInfo(entry.filename, entry.date_time)
                kept.compress_type = entry.compress_type
                kept.external_attr = entry.external_attr
                kept.comment = entry.comment
                kept.create_system = entry.create_system
                content = self._changed.pop(entry.filename, None)
                archive.writestr(kept, kept_parts.part(entry.filename) if content is None else content)
            for path, content in self._changed.items():
                added = zipfile.ZipInfo(path)
                added.compress_type = zipfile.ZIP_DEFLATED
                archive.writestr(added, content)
        return target.getvalue()

    def _part(self, path: str) -> _Part:
        return _Part(self._package.part(path), f"{self._name} 的 {path}")

    def _comments_path(self, *, strict_file: bool) -> str:
        """The path of the comments part; where there is none its relationship and content type are made."""
        for each in self._package.relationships(self._main).values():
            if each.kind == "comments" and each.target is not None:
                if each.target not in self._package.names:
                    self._declare(each.target)
                return each.target
        folder, file = posixpath.split(self._main)
        taken = {name.lower() for name in self._package.names}
        names = ["comments.xml", *(f"comments{count}.xml" for count in range(1, len(taken) + 2))]
        name = next(name for name in names if posixpath.join(folder, name).lower() not in taken)
        self._relate(posixpath.join(folder, "_rels", f"{file}.rels"), name, strict_file=strict_file)
        self._declare(posixpath.join(folder, name))
        return posixpath.join(folder, name)

    def _relate(self, listing: str, target: str, *, strict_file: bool) -> None:
        none = f'<Relationships xmlns="{_RELATIONSHIPS}"/>'.encode()
        part = self._part(listing) if listing in self._package.names else _Part(none, listing)
        taken = {element.get("Id") for element in part.root.iterchildren("*")}
        identity = next(name for count in range(1, len(taken) + 2) if (name := f"rIdNormcheck{count}") not in taken)
        kind = _STRICT_KIND if strict_file else _TRANSITIONAL_KIND
        etree.SubElement(
            part.root, f"{{{_RELATIONSHIPS}}}Relationship", {"Id": identity, "Type": kind, "Target": target}
        )
        self._changed[listing] = part.saved()

    def _declare(self, path: str) -> None:
        part = self._part("[Content_Types].xml")
        name = f"/{path}"
        for element in part.root.iterchildren(f"{{{_TYPES}}}Override"):
            if (element.get("PartName") or "").lower() == name.lower():
                return
        etree.SubElement(part.root, f"{{{_TYPES}}}Override", {"PartName": name, "ContentType": _COMMENTS_TYPE})
        self._changed["[Content_Types].xml"] = part.saved()


def _new_comments(*, strict_file: bool) -> _Part:
    namespace = _STRICT_WORD if strict_file else W[1:-1]
    return _Part(f'<w:comments xmlns:w="{namespace}"/>'.encode(), "comments.xml")


def _free(body: _Element, comments: _Element, count: int, name: str) -> list[int]:
    """Numbers for `count` comments that no comment and no mark has."""
    used = {number(element.get(_ID)) for element in (*comments.iterchildren("*"), *body.iter(*_MARKS))}
    taken = {identity for identity in used if identity is not None}
    ranges = sum(1 for _ in body.iter(W + "commentRangeStart"))
    if ranges + count > _MOST:
        raise LimitExceeded(
            f"要加的批注有{count}个，加上原有的{ranges}个，超过Word能打开的{_MOST}个。",
            where=name,
            next="换一种输出格式，例如 --format html。",
        )
    begin = max((identity for identity in taken if 0 <= identity < 1 << 30), default=-1) + 1
    return list(islice((identity for identity in counting(begin) if identity not in taken), count))


def _comment(root: _Element, identity: int, lines: Sequence[str], day: date | None) -> _Element:
    comment = root.makeelement(W + "comment", {_ID: str(identity), W + "author": AUTHOR})
    if day is not None:
        comment.set(W + "date", f"{day.isoformat()}T00:00:00Z")
    comment.set(W + "initials", _INITIALS)
    for position, line in enumerate(lines):
        paragraph = etree.SubElement(comment, _P)
        about = etree.SubElement(paragraph, _PPR)
        # What the document's own body style says of indents and spacing is not for comments.
        etree.SubElement(
            about, W + "spacing", {W + "before": "0", W + "after": "40", W + "line": "240", W + "lineRule": "auto"}
        )
        etree.SubElement(about, W + "ind", {W + "left": "0", W + "firstLineChars": "0", W + "firstLine": "0"})
        etree.SubElement(about, W + "jc", {W + "val": "left"})
        if position == 0:
            etree.SubElement(_run(paragraph, bold=False), W + "annotationRef")
        text = etree.SubElement(_run(paragraph, bold=position == 0), _T, {_SPACE: "preserve"})
        text.text = clean(line)
    return comment


def _run(paragraph: _Element, *, bold: bool) -> _Element:
    run = etree.SubElement(paragraph, _RUN)
    about = etree.SubElement(run, _RPR)
    etree.SubElement(about, W + "rFonts", {W + "hint": "eastAsia"})
    if bold:
        etree.SubElement(about, W + "b")
    etree.SubElement(about, W + "sz", {W + "val": "20"})
    return run
