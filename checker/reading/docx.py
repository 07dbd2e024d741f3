"""Word documents (docx, docm, dotx), read from their XML parts.

What Word shows is what is read: automatic numbers are in the text, deleted revisions, hidden text and the instructions of
fields are not. Decisions that the stages behind may rely on:

- A paragraph is a block. A line break inside it (w:br, w:cr) is "\\n" inside the block, so that a title on two lines stays
  one block; breaks at its edges and page breaks there are dropped. Paragraphs without visible characters give no block.
- The number that Word generates stands before the text, with one U+3000 between when Word puts a tab or a space there.
  Its run has node -1. Bullets give no text.
- Table cells are separated by "\\t" within a row and "\\n" between rows; a merged cell is read once, at its first row;
  cells without text give no block. `Block.table` counts tables in the order they begin, nested ones included.
- A text box is a block (or several) right after the paragraph that holds it.
- Footnotes and endnotes, headers and footers follow the running text; equal headers are given once, and a header or footer
  that holds nothing but a page number is left out.
- Revisions are read as if all were accepted, and told in a problem with lost=False.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import NamedTuple

from lxml.etree import _Element

from checker.errors import ReadError
from checker.model import Document, DocxAnchor, Role, Run
from checker.reading.build import Builder, blank, too_many
from checker.reading.limits import Limits
from checker.reading.numbering import Counters, Numbering, Styles, W, number, switched_on, value
from checker.reading.ooxml import DamagedPart, Package, Relationship, too_deep
from checker.reading.sniff import refuse_zip

_R = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}"
_MC = "{http://schemas.openxmlformats.org/markup-compatibility/2006}"
_M = "{http://schemas.openxmlformats.org/officeDocument/2006/math}"
_A = "{http://schemas.openxmlformats.org/drawingml/2006/main}"
_V = "{urn:schemas-microsoft-com:vml}"
_SPACE = "{http://www.w3.org/XML/1998/namespace}space"
_XML_WHITE = " \t\r\n"

_P, _RUN, _TBL, _PPR, _RPR = W + "p", W + "r", W + "tbl", W + "pPr", W + "rPr"
_ALTERNATE, _BOX = _MC + "AlternateContent", W + "txbxContent"
_LEAVES = frozenset(
    {W + name for name in ("t", "tab", "ptab", "br", "cr", "noBreakHyphen", "sym")} | {_M + "t"},
)
_EMPTY_NAMES = (
    "pPr rPr sdtPr rubyPr txbxContent p instrText delText delInstrText fldChar footnoteReference endnoteReference softHyphen "
    "bookmarkStart bookmarkEnd proofErr lastRenderedPageBreak commentRangeStart commentRangeEnd commentReference"
)
_CLOSED = frozenset(W + name for name in _EMPTY_NAMES.split())  # hold no text of the paragraph that is read from inside
_GONE = frozenset({W + "del", W + "moveFrom"})
_REVISIONS = tuple(W + name for name in ("ins", "del", "moveFrom", "moveTo"))
_PAGE_FIELDS = frozenset({"PAGE", "NUMPAGES", "SECTIONPAGES"})
_PAGE_WORDS = re.compile(r"[\s\-‐-―－─·•~～.．/／第共页码]*")
# Symbol fonts have codes of their own; what their characters look like, for those that forms use.
_SYMBOLS = {
    ("wingdings", 0xA8): "□",
    ("wingdings", 0x6F): "□",
    ("wingdings", 0x71): "□",
    ("wingdings", 0x72): "□",
    ("wingdings", 0xFE): "☑",
    ("wingdings", 0xFD): "☒",
    ("wingdings", 0xFC): "✓",
    ("wingdings", 0xFB): "✗",
    ("wingdings", 0x6C): "●",
    ("wingdings", 0x6E): "■",
    ("wingdings 2", 0xA3): "□",
    ("wingdings 2", 0x52): "☑",
    ("wingdings 2", 0x53): "☒",
    ("wingdings 2", 0x50): "✓",
    ("wingdings 2", 0x4F): "✗",
    ("symbol", 0xB7): "•",
    ("symbol", 0xB0): "°",
    ("symbol", 0xB1): "±",
    ("symbol", 0xB3): "≥",
    ("symbol", 0xA3): "≤",
    ("symbol", 0xB4): "×",
}


def read_docx(data: bytes, name: str, limits: Limits) -> Document:
    """The document of a Word file.

    Raises:
        UnsupportedFormat: a zip that holds no Word document.
        ReadError: damaged, truncated, forged or protected by a password.
        LimitExceeded: larger, deeper or more numerous than `limits`.
    """
    package = Package(data, name, limits)
    main = next((found.target for found in package.relationships("").values() if found.kind == "officeDocument"), None)
    if main is None or not _is_word(package, main):
        refuse_zip(package.names, name)
    return _Reader(package, main, limits).read(data)


def text_nodes(paragraph: _Element) -> Iterator[_Element]:
    """The text-bearing nodes of a w:p in the order that `Run.node` counts them.

    These are w:t, w:tab, w:ptab, w:br, w:cr, w:noBreakHyphen, w:sym and m:t, whatever stands around them (deleted,
    hidden and instruction text are counted too), but not those of paragraphs inside this one, as in text boxes.
    """
    for child in paragraph:
        if child.tag in _LEAVES:
            yield child
        elif child.tag not in _CLOSED:
            yield from text_nodes(child)


def node_text(node: _Element) -> str:
    """The characters that a text-bearing node stands for, before white space at its edges is considered."""
    if node.tag in {W + "t", _M + "t"}:
        return node.text or ""
    if node.tag == W + "sym":
        return _symbol(node)
    return _FIXED[node.tag]


_FIXED = {W + "tab": "\t", W + "ptab": "\t", W + "br": "\n", W + "cr": "\n", W + "noBreakHyphen": "-"}


def _symbol(node: _Element) -> str:
    try:
        code = int(node.get(W + "char", ""), 16)
    except ValueError:
        return ""
    font = (node.get(W + "font") or "").lower()
    known = _SYMBOLS.get((font, code & 0xFF)) if code >= 0xF000 or code < 0x100 else None
    return known or (chr(code) if 0x20 <= code <= 0x10FFFF and not 0xD800 <= code < 0xE000 else "")


def _is_word(package: Package, main: str) -> bool:
    if main not in package.names:
        raise ReadError("文件缺少正文部件。", where=f"{package.name} 的 {main}", next="请重新获取完整的文件。")
    return main.startswith("word/") or package.tree(main).tag == W + "document"


class _Context(NamedTuple):
    """Where a paragraph stands: its role, and the table cell."""

    role: Role
    table: tuple[int, int, int] | None = None


class _Properties(NamedTuple):
    style: str | None = None
    num_id: str | None = None
    level: int | None = None
    outline: int | None = None
    mark_gone: bool = False
    mark_hidden: bool = False


class _Piece(NamedTuple):
    """Characters of one text node: `offset` characters of the node stand before them."""

    text: str
    node: int
    offset: int


class _Field:
    """An open field: its instruction while `result` is false, then its result."""

    __slots__ = ("instruction", "result")

    def __init__(self) -> None:
        self.instruction = ""
        self.result = False

    @property
    def is_page_number(self) -> bool:
        words = self.instruction.split(None, 1)
        return bool(words) and words[0].upper() in _PAGE_FIELDS


class _Story:
    """One part while it is read: the numbers of its paragraphs, its counters, and the fields that are open."""

    def __init__(self, path: str, root: _Element, numbering: Numbering, *, apart: bool) -> None:
        self.path = path
        self.apart = apart
        self.counters = Counters(numbering)
        self.box_counters = Counters(numbering)
        self.index = {paragraph: i for i, paragraph in enumerate(root.iter(_P))}
        self.preserve = root.get(_SPACE) == "preserve"
        self.fields: list[_Field] = []
        self.dangling = _dangling_fields(root)
        self.silent = False

    def open_field(self, char: _Element) -> None:
        """Follows a w:fldChar; a field that is begun and never ended is no field."""
        kind = char.get(W + "fldCharType")
        if kind == "begin" and char not in self.dangling:
            self.fields.append(_Field())
        elif kind == "separate" and self.fields and char not in self.dangling:
            self.fields[-1].result = True
        elif kind == "end" and self.fields and char not in self.dangling:
            self.fields.pop()
        self.silent = any(not field.result or (self.apart and field.is_page_number) for field in self.fields)


def _dangling_fields(root: _Element) -> frozenset[_Element]:
    """The w:fldChar elements without a partner, so that a damaged field does not swallow the rest of the text."""
    open_chars: list[list[_Element]] = []
    dangling: list[_Element] = []
    for char in root.iter(W + "fldChar"):
        kind = char.get(W + "fldCharType")
        if kind == "begin":
            open_chars.append([char])
        elif not open_chars:
            dangling.append(char)
        elif kind == "separate":
            open_chars[-1].append(char)
        else:
            open_chars.pop()
    return frozenset(dangling + [char for chars in open_chars for char in chars])


class _Paragraph:
    """Collects what one w:p shows."""

    def __init__(self, reader: _Reader, story: _Story, style: str | None) -> None:
        self._reader = reader
        self._story = story
        self._hidden_style = reader.styles.hidden(style)
        self.pieces: list[_Piece] = []
        self.boxes: list[_Element] = []
        self.node = 0
        self.has_page_number = False

    def walk(self, parent: _Element, live: bool, depth: int) -> None:
        """Reads the children of `parent`. What is not `live` is only counted."""
        if depth > self._reader.limits.xml_depth:
            raise too_deep(self._reader.limits, f"{self._reader.package.name} 的 {self._story.path}")
        for child in parent:
            handler = _HANDLERS.get(child.tag)
            if handler is None:
                self.walk(child, live, depth + 1)
            else:
                handler(self, child, live, depth)

    def run(self, element: _Element, live: bool, depth: int) -> None:
        """A w:r; hidden ones are counted in the reader's notes."""
        if live and self._reader.may_hide and self._is_hidden(element):
            self._reader.hidden_characters += sum(len(node_text(node)) for node in text_nodes(element))
            live = False
        self.walk(element, live, depth + 1)

    def _is_hidden(self, run: _Element) -> bool:
        properties = run.find(_RPR)
        if properties is None:
            return self._hidden_style
        vanish = properties.find(W + "vanish")
        if vanish is not None:
            return switched_on(vanish)
        style = value(properties.find(W + "rStyle"))
        return self._hidden_style or (style is not None and self._reader.styles.hidden(style))

    def text(self, element: _Element, live: bool, depth: int) -> None:  # noqa: ARG002
        """A w:t or m:t; without xml:space="preserve" the white space at its edges is layout of the XML."""
        text, offset = element.text or "", 0
        if text and (text[0] in _XML_WHITE or text[-1] in _XML_WHITE) and not self._preserves(element):
            stripped = text.lstrip(_XML_WHITE)
            offset = len(text) - len(stripped)
            text = stripped.rstrip(_XML_WHITE)
        self._add(text, live, offset)

    def _preserves(self, element: _Element) -> bool:
        own = element.get(_SPACE)
        return own == "preserve" or (own is None and self._story.preserve)

    def fixed(self, element: _Element, live: bool, depth: int) -> None:  # noqa: ARG002
        """A node that stands for one character."""
        self._add(node_text(element), live, 0)

    def _add(self, text: str, live: bool, offset: int) -> None:
        if text and live and not self._story.silent:
            self.pieces.append(_Piece(text, self.node, offset))
        self.node += 1

    def dead(self, element: _Element, live: bool, depth: int) -> None:  # noqa: ARG002
        """Deleted text, or the reading aid above a word."""
        self.walk(element, live=False, depth=depth + 1)

    def alternate(self, element: _Element, live: bool, depth: int) -> None:
        """mc:AlternateContent: the first branch that has text, the others are only counted."""
        chosen = _branch(element)
        for branch in element:
            self.walk(branch, live and branch is chosen, depth + 1)

    def drawing(self, element: _Element, live: bool, depth: int) -> None:
        """A drawing, picture or embedded object; text boxes in it are read after the paragraph."""
        if live and not self._story.silent:
            boxes = _outer_boxes(element)
            self.boxes.extend(boxes)
            if not boxes and not self._story.apart:
                self._reader.count_picture(element)
        self.walk(element, live, depth + 1)

    def simple_field(self, element: _Element, live: bool, depth: int) -> None:
        """A w:fldSimple: its result, but for page numbers in headers and footers."""
        words = (element.get(W + "instr") or "").split(None, 1)
        is_page_number = bool(words) and words[0].upper() in _PAGE_FIELDS
        self.has_page_number |= is_page_number
        self.walk(element, live and not (is_page_number and self._story.apart), depth + 1)

    def field_char(self, element: _Element, live: bool, depth: int) -> None:  # noqa: ARG002
        """A w:fldChar: begin, separate or end of a field."""
        self._story.open_field(element)
        self.has_page_number |= any(field.is_page_number for field in self._story.fields)

    def instruction(self, element: _Element, live: bool, depth: int) -> None:  # noqa: ARG002
        """A w:instrText."""
        if self._story.fields and not self._story.fields[-1].result:
            self._story.fields[-1].instruction += element.text or ""

    def note_reference(self, element: _Element, live: bool, depth: int) -> None:  # noqa: ARG002
        """A reference to a footnote or endnote; the mark itself is no text."""
        if live and not self._story.silent:
            kind = "footnotes" if element.tag == W + "footnoteReference" else "endnotes"
            self._reader.note_references.append((kind, element.get(W + "id", "")))

    def skip(self, element: _Element, live: bool, depth: int) -> None:
        """An element without text."""


def _branch(alternate: _Element) -> _Element | None:
    """The branch of mc:AlternateContent that is read: the first with text, a text box or a picture."""
    for branch in alternate:
        if next(branch.iter(_BOX, *_LEAVES), None) is not None:
            return branch
    return next((branch for branch in alternate if len(branch)), None)


def _outer_boxes(element: _Element) -> list[_Element]:
    """The text boxes of a drawing that are not inside another of its boxes or in a branch that is not read."""
    boxes: list[_Element] = []
    for child in element:
        if child.tag == _BOX:
            boxes.append(child)
        elif child.tag == _ALTERNATE:
            chosen = _branch(child)
            boxes.extend(_outer_boxes(chosen) if chosen is not None else ())
        elif len(child):
            boxes.extend(_outer_boxes(child))
    return boxes


_Handler = Callable[[_Paragraph, _Element, bool, int], None]
_HANDLERS: dict[str, _Handler] = {
    **dict.fromkeys(_CLOSED, _Paragraph.skip),
    _RUN: _Paragraph.run,
    **dict.fromkeys(_LEAVES, _Paragraph.fixed),
    **dict.fromkeys((W + "t", _M + "t"), _Paragraph.text),
    **dict.fromkeys((*_GONE, W + "rt"), _Paragraph.dead),
    **dict.fromkeys((W + "drawing", W + "pict", W + "object"), _Paragraph.drawing),
    **dict.fromkeys((W + "footnoteReference", W + "endnoteReference"), _Paragraph.note_reference),
    _ALTERNATE: _Paragraph.alternate,
    W + "fldSimple": _Paragraph.simple_field,
    W + "fldChar": _Paragraph.field_char,
    W + "instrText": _Paragraph.instruction,
}


class _Reader:
    """Reads one package into a `Builder`."""

    def __init__(self, package: Package, main: str, limits: Limits) -> None:
        self.package = package
        self.limits = limits
        self.hidden_characters = 0
        self.note_references: list[tuple[str, str]] = []
        self._main = main
        self._builder = Builder(package.name, limits)
        self._relationships = package.relationships(main)
        self.styles = Styles(self._optional("styles"))
        self._numbering = Numbering(self._optional("numbering"), self.styles)
        self.may_hide = True
        self._separator = "\n"
        self._tables = 0
        self._paragraphs = 0
        self._pictures = 0
        self._unread: dict[str, int] = {}
        self._given: set[tuple[Role, str]] = set()

    def read(self, data: bytes) -> Document:
        """The whole document: body, notes, headers and footers."""
        root = self.package.tree(self._main)
        body = root.find(W + "body")
        if root.tag != W + "document" or body is None:
            raise ReadError(
                "正文部件中没有正文。", where=f"{self.package.name} 的 {self._main}", next="请用Word打开后另存为docx。"
            )
        self._story(self._main, root, body, _Context(Role.PARAGRAPH))
        self._tell_revisions(root)
        self._notes()
        self._headers_and_footers(root)
        self._tell_rest()
        return self._builder.document(data, "docx")

    def count_picture(self, element: _Element) -> None:
        """Counts a drawing without text boxes: a picture, or a diagram whose words stand in a part of their own."""
        data = next(element.iter(_A + "graphicData"), None)
        if data is not None and "diagram" in (data.get("uri") or ""):
            self._unread["SmartArt图形"] = self._unread.get("SmartArt图形", 0) + 1
        elif next(element.iter(_A + "blip", _V + "imagedata"), None) is not None:
            self._pictures += 1

    # -- parts

    def _targets(self, kind: str) -> list[str]:
        found = [each.target for each in self._relationships.values() if each.kind == kind]
        return [target for target in found if target is not None and target in self.package.names]

    def _optional(self, kind: str) -> _Element | None:
        """The root of the first part of a kind; a damaged one is told and treated as absent."""
        for target in self._targets(kind):
            return self._tree(target)
        return None

    def _tree(self, path: str) -> _Element | None:
        try:
            return self.package.tree(path)
        except DamagedPart as error:
            self._builder.note(
                error.what, error.where, "其余部分已经读取；请用Word打开后另存为docx，再检查一次。", lost=True
            )
            return None

    def _story(self, path: str, root: _Element, container: _Element, context: _Context) -> None:
        apart = context.role is not Role.PARAGRAPH
        story = _Story(path, root, self._numbering, apart=apart)
        self._paragraphs += len(story.index)
        if self._paragraphs > self.limits.paragraphs:
            raise too_many("段落", self.limits.paragraphs, "段", f"{self.package.name} 的 {path}")
        self.may_hide = self.styles.any_hidden or next(root.iter(W + "vanish"), None) is not None
        self._blocks(container, story, context, 0)

    def _notes(self) -> None:
        for kind in ("footnotes", "endnotes"):
            wanted = [identity for each, identity in self.note_references if each == kind]
            if not wanted:
                continue
            root = self._optional(kind)
            path = next(iter(self._targets(kind)), "")
            notes = {} if root is None else {each.get(W + "id", ""): each for each in root if each.tag != _P}
            for identity in dict.fromkeys(wanted):
                if root is not None and identity in notes:
                    self._story(path, root, notes[identity], _Context(Role.FOOTNOTE))

    def _headers_and_footers(self, root: _Element) -> None:
        for tag, role in ((W + "headerReference", Role.HEADER), (W + "footerReference", Role.FOOTER)):
            targets: list[str] = []
            for reference in root.iter(tag):
                found = self._relationships.get(reference.get(_R + "id", ""), Relationship("", None)).target
                if found is not None and found in self.package.names:
                    targets.append(found)
            for path in dict.fromkeys(targets):
                part = self._tree(path)
                if part is not None:
                    self._story(path, part, part, _Context(role))

    # -- blocks

    def _blocks(self, container: _Element, story: _Story, context: _Context, depth: int) -> None:
        """Paragraphs and tables of a container in reading order."""
        if depth > self.limits.xml_depth:
            raise too_deep(self.limits, f"{self.package.name} 的 {story.path}")
        for child in container:
            if child.tag == _P:
                self._paragraph(child, story, context, depth + 1)
            elif child.tag == _TBL:
                self._table(child, story, context, depth + 1)
            elif child.tag == _ALTERNATE:
                chosen = _branch(child)
                if chosen is not None:
                    self._blocks(chosen, story, context, depth + 1)
            elif child.tag == W + "altChunk":
                self._unread["嵌入的其他格式内容"] = self._unread.get("嵌入的其他格式内容", 0) + 1
            elif child.tag == W + "subDoc":
                self._unread["子文档"] = self._unread.get("子文档", 0) + 1
            elif child.tag in _WRAPPERS:
                self._blocks(child, story, context, depth + 1)

    def _table(self, table: _Element, story: _Story, context: _Context, depth: int) -> None:
        identity = self._tables
        self._tables += 1
        rows = (row for row in _flat(table, W + "tr") if not _row_gone(row))
        for row_number, row in enumerate(rows):
            begun = len(self._builder)
            for column, cell in _cells(row):
                place = _Context(context.role, (identity, row_number, column))
                if not story.apart:
                    place = _Context(Role.TABLE_CELL, place.table)
                self._separator = "\t" if len(self._builder) > begun else "\n"
                self._blocks(cell, story, place, depth + 2)
            self._separator = "\n"

    def _paragraph(self, element: _Element, story: _Story, context: _Context, depth: int) -> None:
        properties = _properties(element)
        content = _Paragraph(self, story, properties.style)
        content.walk(element, live=True, depth=depth)
        pieces = _trimmed(content.pieces)
        text = "".join(piece.text for piece in pieces)
        visible = not blank(text)
        label = ""
        if not properties.mark_gone and (visible or not properties.mark_hidden):
            label = self._label(properties, story, context)
        if not visible:
            pieces = []
            label = label.rstrip("\u3000")
        if not (story.apart and content.has_page_number and _PAGE_WORDS.fullmatch(text)):
            self._emit(element, label, pieces, properties, story, context)
        for box in content.boxes:
            role = context.role if story.apart else Role.TEXT_BOX
            self._blocks(box, story, _Context(role, None if story.apart else context.table), depth + 1)

    def _label(self, properties: _Properties, story: _Story, context: _Context) -> str:
        place = self._numbering.place(properties.style, properties.num_id, properties.level)
        if place is None:
            return ""
        counters = story.box_counters if context.role is Role.TEXT_BOX else story.counters
        return counters.label(place)

    def _emit(
        self,
        element: _Element,
        label: str,
        pieces: list[_Piece],
        properties: _Properties,
        story: _Story,
        context: _Context,
    ) -> None:
        text = label + "".join(piece.text for piece in pieces)
        if not text or (story.apart and (context.role, text) in self._given):
            return
        if story.apart and context.role is not Role.FOOTNOTE:
            self._given.add((context.role, text))
        role, level = context.role, None
        if role is Role.PARAGRAPH:
            level = self._heading(properties)
            role = Role.PARAGRAPH if level is None else Role.HEADING

        def anchor(start: int) -> DocxAnchor:
            return DocxAnchor(story.path, story.index[element], _runs(label, pieces, start))

        table = context.table if role is Role.TABLE_CELL else None
        self._builder.add(text, role, anchor, level=level, table=table, separator=self._separator)
        self._separator = "\n"

    def _heading(self, properties: _Properties) -> int | None:
        if properties.outline is not None:
            return properties.outline + 1 if 0 <= properties.outline < 9 else None
        return self.styles.heading(properties.style)

    # -- notes for the user

    def _tell_revisions(self, root: _Element) -> None:
        counts = [sum(1 for _ in root.iter(tag)) for tag in _REVISIONS]
        if not any(counts):
            return
        words = ("插入", "删除", "移出", "移入")
        parts = "、".join(f"{word}{count}处" for word, count in zip(words, counts, strict=True) if count)
        self._builder.note(
            f"文件含有{sum(counts)}处没有接受的修订（{parts}），已经按全部接受修订后的文字读取。",
            "正文",
            "请在Word中接受或者拒绝全部修订，用定稿再检查一次。",
            lost=False,
        )

    def _tell_rest(self) -> None:
        if self.hidden_characters:
            self._builder.note(
                f"文件含有隐藏文字{self.hidden_characters}字，没有作为正文读取。",
                "正文",
                "请在Word中显示隐藏文字，核对是否应当保留。",
                lost=False,
            )
        if self._pictures:
            self._builder.note(
                f"文件含有{self._pictures}幅图片，图片中的文字没有读取。",
                "正文",
                "图片中有需要审查的文字的，请改为可以编辑的文字。",
                lost=False,
            )
        for what, count in self._unread.items():
            self._builder.note(
                f"文件含有{count}处{what}，其中的文字没有读取。",
                "正文",
                "请把其中的文字改为普通段落后重新提交。",
                lost=True,
            )


_WRAPPERS = frozenset(
    W + name for name in ("sdt", "sdtContent", "customXml", "smartTag", "ins", "moveTo", "dir", "bdo")
)


def _flat(container: _Element, tag: str) -> Iterator[_Element]:
    """The rows of a table or cells of a row, through the elements that may stand around them."""
    for child in container:
        if child.tag == tag:
            yield child
        elif child.tag == _ALTERNATE:
            chosen = _branch(child)
            yield from _flat(chosen, tag) if chosen is not None else ()
        elif child.tag in _WRAPPERS:
            yield from _flat(child, tag)


def _row_gone(row: _Element) -> bool:
    properties = row.find(W + "trPr")
    return properties is not None and properties.find(W + "del") is not None


def _cells(row: _Element) -> Iterator[tuple[int, _Element]]:
    """The cells of a row with their grid column; those that continue a merged cell from above are left out."""
    properties = row.find(W + "trPr")
    column = 0
    if properties is not None:
        column = number(value(properties.find(W + "gridBefore"))) or 0
    for cell in _flat(row, W + "tc"):
        span, shown = 1, True
        about = cell.find(W + "tcPr")
        if about is not None:
            span = max(number(value(about.find(W + "gridSpan"))) or 1, 1)
            merge = about.find(W + "vMerge")
            continues = merge is not None and value(merge) in {None, "continue"}
            shown = not continues and about.find(W + "cellDel") is None
        if shown:
            yield column, cell
        column += span


def _properties(paragraph: _Element) -> _Properties:
    about = paragraph.find(_PPR)
    if about is None:
        return _Properties()
    style = num_id = level = outline = None
    gone = hidden = False
    for child in about:
        if child.tag == W + "pStyle":
            style = value(child)
        elif child.tag == W + "numPr":
            num_id, level = value(child.find(W + "numId")), number(value(child.find(W + "ilvl")))
        elif child.tag == W + "outlineLvl":
            outline = number(value(child))
        elif child.tag == _RPR:
            gone = any(child.find(tag) is not None for tag in _GONE)
            vanish = child.find(W + "vanish")
            hidden = vanish is not None and switched_on(vanish)
    return _Properties(style, num_id, level, outline, gone, hidden)


def _trimmed(pieces: list[_Piece]) -> list[_Piece]:
    """The pieces without the breaks at the edges of the paragraph."""
    first, last = 0, len(pieces)
    while first < last and pieces[first].text == "\n":
        first += 1
    while last > first and pieces[last - 1].text == "\n":
        last -= 1
    return pieces[first:last]


def _runs(label: str, pieces: list[_Piece], start: int) -> tuple[Run, ...]:
    runs = [Run(start, len(label), -1)] if label else []
    start += len(label)
    for piece in pieces:
        runs.append(Run(start, len(piece.text), piece.node, piece.offset))
        start += len(piece.text)
    return tuple(runs)
