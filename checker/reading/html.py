"""Web pages: what a browser shows of them, block by block.

White space is collapsed as a browser does it; a line end of the source between two Chinese characters leaves nothing. A
single <br> is "\\n" inside the block; a double one, or one before an indented line, ends the block. A cell of a data table
is a block with its place; tables that only lay out the page (a single cell, or tables inside) count as plain blocks. What
is hidden, navigation, scripts, styles and form controls are left out. The anchor is the source line of the element that
holds the block's first characters, and the offset of that line in the decoded source.
"""

from __future__ import annotations

import re
from typing import NamedTuple

from lxml import etree

from checker.errors import ReadError
from checker.model import Document, Role, TextAnchor
from checker.reading.build import Builder, blank
from checker.reading.limits import Limits
from checker.reading.ooxml import too_deep
from checker.reading.text import decode, guessed

_DROPPED = frozenset(
    [
        "script",
        "style",
        "noscript",
        "template",
        "head",
        "title",
        "nav",
        "iframe",
        "object",
        "embed",
        "applet",
        "svg",
        "canvas",
        "audio",
        "video",
        "select",
        "option",
        "input",
        "button",
        "textarea",
        "datalist",
        "map",
        "frameset",
        "noframes",
    ]
)
_INLINE = frozenset(
    [
        "a",
        "abbr",
        "acronym",
        "b",
        "bdi",
        "bdo",
        "big",
        "cite",
        "code",
        "data",
        "del",
        "dfn",
        "em",
        "font",
        "i",
        "ins",
        "kbd",
        "label",
        "mark",
        "o",
        "q",
        "s",
        "samp",
        "small",
        "span",
        "strike",
        "strong",
        "sub",
        "sup",
        "time",
        "tt",
        "u",
        "var",
        "ruby",
        "rb",
        "wbr",
        "img",
        "nobr",
    ]
)
_DECLARED = re.compile(
    rb"<meta[^>]{0,200}?charset\s*=\s*[\"']?\s*([\w-]+)|<\?xml[^>]{0,100}?encoding=[\"']([\w-]+)", re.IGNORECASE
)
_HIDDEN_STYLE = re.compile(r"(?:display\s*:\s*none|visibility\s*:\s*hidden)", re.IGNORECASE)
_WHITE = re.compile(r"[ \t\r\n\f]+")
_INDENT = re.compile(r"[ \t\r\n\f]*(?:\u3000|(?:\xa0){2})")
_WIDE = re.compile(r"[\u2e80-\u9fff\uf900-\ufaff\ufe30-\ufe4f\uff00-\uffef]")
_GBK_FAMILY = frozenset({"gb2312", "gbk", "x-gbk", "gb_2312-80", "hz-gb-2312"})


def read_html(data: bytes, name: str, limits: Limits) -> Document:
    """The document of a web page saved as a file.

    Raises:
        ReadError: the bytes are no text, or hold no markup.
        LimitExceeded: longer, deeper or more numerous than `limits`.
    """
    match = _DECLARED.search(data[:4096])
    declared = (match[1] or match[2]).decode("ascii").lower() if match else None
    decoded = decode(data, name, "gb18030" if declared in _GBK_FAMILY else declared)
    source = decoded.text.replace("\r\n", "\n").replace("\r", "\n")
    parser = etree.HTMLParser(encoding="utf-8", no_network=True, remove_comments=True, remove_pis=True)
    try:
        root = etree.fromstring(_DECLARATION.sub("", source).encode("utf-8", "surrogatepass"), parser)
    except etree.XMLSyntaxError as error:
        raise ReadError("网页文件中没有内容。", where=name, next="请重新保存网页后提交。") from error
    if any("depth" in entry.message.lower() for entry in parser.error_log):
        raise too_deep(limits, name)
    page = _Page(source, name, limits)
    page.read(root)
    if not decoded.sure:
        page.builder.problems.append(guessed(decoded, name))
    return page.builder.document(data, "html")


_DECLARATION = re.compile(r"^\s*<\?xml[^>]*\?>")


class _Cell(NamedTuple):
    table: int
    row: int
    column: int


class _Page:
    """Collects the characters of the open block and writes it when a block ends."""

    def __init__(self, source: str, name: str, limits: Limits) -> None:
        self.builder = Builder(name, limits)
        self._limits = limits
        self._name = name
        self._line_starts = [0, *(match.end() for match in re.finditer("\n", source))]
        self._text = ""
        self._breaks = 0
        self._line = 1
        self._tables = 0
        self._separator = "\n"

    def read(self, root: etree._Element) -> None:
        """Reads the page and closes its last block."""
        self._element(root, Role.PARAGRAPH, None, None, 0)
        self._close(Role.PARAGRAPH, None, None)

    def _element(self, element: etree._Element, role: Role, level: int | None, cell: _Cell | None, depth: int) -> None:
        if depth > self._limits.xml_depth:
            raise too_deep(self._limits, self._name)
        tag = str(element.tag)
        if tag == "br":
            self._breaks += 1
            return
        if tag in _DROPPED or _hidden(element):
            return
        if tag in _INLINE:
            self._children(element, role, level, cell, depth)
            return
        self._close(role, level, cell)
        if tag == "table":
            self._table(element, role, level, cell, depth)
        elif tag in _HEADINGS and cell is None:
            self._children(element, Role.HEADING, _HEADINGS[tag], None, depth)
            self._close(Role.HEADING, _HEADINGS[tag], None)
        else:
            self._children(element, role, level, cell, depth)
            self._close(role, level, cell)

    def _children(self, element: etree._Element, role: Role, level: int | None, cell: _Cell | None, depth: int) -> None:
        preformatted = element.tag == "pre"
        self._characters(element.text, element, role, level, cell, preformatted)
        for child in element:
            self._element(child, role, level, cell, depth + 1)
            self._characters(child.tail, child, role, level, cell, preformatted)

    def _characters(
        self,
        text: str | None,
        element: etree._Element,
        role: Role,
        level: int | None,
        cell: _Cell | None,
        preformatted: bool,
    ) -> None:
        if not text:
            return
        if self._breaks and not blank(text):
            if self._breaks > 1 or _INDENT.match(text):
                self._close(role, level, cell)
            elif self._text:
                self._text = self._text.rstrip(" ") + "\n"
            self._breaks = 0
        if not self._text and not blank(text):
            self._line = _line_of(element)
        self._text += text if preformatted else self._collapsed(text)

    def _collapsed(self, text: str) -> str:
        """White space as a browser shows it, seen from the end of what was collected before."""

        def one(match: re.Match[str]) -> str:
            before = text[match.start() - 1] if match.start() else self._text[-1:]
            after = text[match.end() : match.end() + 1]
            if not before or before in " \n":
                return ""
            if "\n" in match[0] and _WIDE.match(before) and (not after or _WIDE.match(after)):
                return ""
            return " "

        return _WHITE.sub(one, text)

    def _close(self, role: Role, level: int | None, cell: _Cell | None) -> None:
        text, self._text, self._breaks = self._text.strip(" \n"), "", 0
        if blank(text):
            return
        line = self._line
        self.builder.add(
            text,
            Role.TABLE_CELL if cell else role,
            lambda _: TextAnchor(line, self._line_starts[min(line, len(self._line_starts)) - 1]),
            level=level,
            table=(cell.table, cell.row, cell.column) if cell else None,
            separator=self._separator,
        )
        self._separator = "\n"

    def _table(self, table: etree._Element, role: Role, level: int | None, outer: _Cell | None, depth: int) -> None:
        rows = [row for row in table.iter("tr") if next(row.iterancestors("table")) is table]
        layout = next(table.iterdescendants("table"), None) is not None or len(list(table.iter("td", "th"))) < 2
        identity = self._tables
        self._tables += not layout
        for caption in table.iterchildren("caption"):
            self._element(caption, role, level, outer, depth + 1)
        taken: dict[int, int] = {}
        for row_number, row in enumerate(rows):
            if _hidden(row):
                continue
            begun = len(self.builder)
            column = 0
            for cell in row.iterchildren("td", "th"):
                while taken.get(column, 0) > row_number:
                    column += 1
                place = outer if layout else _Cell(identity, row_number, column)
                self._separator = "\t" if len(self.builder) > begun and not layout else "\n"
                if not _hidden(cell):
                    self._children(cell, role, level, place, depth + 3)
                    self._close(role, level, place)
                width = _span(cell.get("colspan"))
                for covered in range(column, column + width):
                    taken[covered] = row_number + _span(cell.get("rowspan"))
                column += width
            self._separator = "\n"


_HEADINGS = {f"h{level}": level for level in range(1, 7)}


def _line_of(element: etree._Element) -> int:
    line: object = element.sourceline
    return line if isinstance(line, int) and line > 0 else 1


def _span(attribute: str | None) -> int:
    """A colspan or rowspan; what is no sensible number counts as 1."""
    return min(max(int(attribute), 1), 1000) if attribute and re.fullmatch(r"[0-9]{1,4}", attribute) else 1


def _hidden(element: etree._Element) -> bool:
    return "hidden" in element.attrib or bool(_HIDDEN_STYLE.search(element.get("style") or ""))
