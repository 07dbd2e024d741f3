"""Writes the files of this folder from `sources.txt`: the same bytes every time.

    python tests/golden/files/make_files.py

A document begins with `=== id.format`. A line is a paragraph, set by what stands in front: `@h` title, `@c` centred,
`@r` right, `@box` text box, `@seal` text box of a seal at the end of the paragraph before, `@header` page header, `@chap`
and `@art` automatic numbers, `@page` page break, `@nav`, `@meta`, `@foot` parts of a web page, `|a|b` a table row.
Inside a line `⏎` is a soft break, `↧` ends the page of a pdf after the printed line, `{-a-}{+b+}` are tracked changes.
"""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Iterator
from html import escape
from itertools import groupby
from pathlib import Path

from docx import Document
from docx.document import Document as Word
from docx.enum.text import WD_ALIGN_PARAGRAPH, WD_BREAK
from docx.oxml import parse_xml
from docx.text.paragraph import Paragraph
from lxml.etree import _Element
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.cidfonts import UnicodeCIDFont
from reportlab.pdfgen.canvas import Canvas

HERE = Path(__file__).parent
Line = tuple[str, str]

W = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'
BOX = f"""<w:r {W} xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006"
 xmlns:wp="http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing"
 xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main" xmlns:v="urn:schemas-microsoft-com:vml"
 xmlns:wps="http://schemas.microsoft.com/office/word/2010/wordprocessingShape"><mc:AlternateContent>
<mc:Choice Requires="wps"><w:drawing><wp:inline><wp:extent cx="5400000" cy="720000"/><wp:docPr id="9" name="box"/><a:graphic>
<a:graphicData uri="http://schemas.microsoft.com/office/word/2010/wordprocessingShape"><wps:wsp><wps:cNvSpPr txBox="1"/><wps:spPr/>
<wps:txbx><w:txbxContent>%(inner)s</w:txbxContent></wps:txbx><wps:bodyPr/></wps:wsp></a:graphicData></a:graphic></wp:inline></w:drawing></mc:Choice>
<mc:Fallback><w:pict><v:shape style="width:420pt;height:56pt"><v:textbox><w:txbxContent>%(inner)s</w:txbxContent></v:textbox></v:shape></w:pict>
</mc:Fallback></mc:AlternateContent></w:r>"""
NUMBERS = f"""<w:abstractNum {W} w:abstractNumId="77"><w:multiLevelType w:val="multilevel"/>
<w:lvl w:ilvl="0"><w:start w:val="1"/><w:numFmt w:val="chineseCountingThousand"/><w:suff w:val="space"/><w:lvlText w:val="第%1章"/></w:lvl>
<w:lvl w:ilvl="1"><w:start w:val="1"/><w:numFmt w:val="chineseCountingThousand"/><w:lvlRestart w:val="0"/><w:suff w:val="space"/>
<w:lvlText w:val="第%2条"/></w:lvl></w:abstractNum>"""
PAGE = "<!DOCTYPE html>\n<html lang='zh-CN'><head><meta charset='utf-8'><title>{title}</title></head>\n<body>\n{body}\n</body></html>\n"


def sources() -> Iterator[tuple[str, list[Line]]]:
    """Name of the file and its lines, each with its directive."""
    for part in re.split(r"^=== ", (HERE / "sources.txt").read_text(encoding="utf-8"), flags=re.MULTILINE)[1:]:
        name, *lines = part.rstrip("\n").split("\n")
        yield name, [_line(line) for line in lines]


def _line(line: str) -> Line:
    if line.startswith("|"):
        return "row", line[1:]
    found = re.match(r"@(\w+) ?(.*)", line)
    return (found[1], found[2]) if found else ("p", line)


# -- docx


def docx(lines: list[Line]) -> bytes:
    """A Word file, packed with the same date every time."""
    word = Document()
    _numbering(word)
    for is_table, group in groupby(lines, lambda line: line[0] == "row"):
        if is_table:
            _table(word, [text.split("|") for _, text in group])
        else:
            for kind, text in group:
                _word_line(word, kind, text)
    target = io.BytesIO()
    word.save(target)
    return _repacked(target.getvalue())


def _word_line(word: Word, kind: str, text: str) -> None:
    if kind == "header":
        word.sections[0].header.paragraphs[0].text = text
    elif kind == "page":
        word.add_paragraph().add_run().add_break(WD_BREAK.PAGE)
    elif kind == "seal":
        word.paragraphs[-1]._p.append(_box(text))
    else:
        paragraph = word.add_paragraph()
        if kind in {"h", "c", "r", "box"}:
            paragraph.alignment = WD_ALIGN_PARAGRAPH.RIGHT if kind == "r" else WD_ALIGN_PARAGRAPH.CENTER
        if kind in {"chap", "art"}:
            level = 0 if kind == "chap" else 1
            numbered = f'<w:numPr {W}><w:ilvl w:val="{level}"/><w:numId w:val="77"/></w:numPr>'
            paragraph._p.get_or_add_pPr().append(parse_xml(numbered))
        if kind == "box":
            paragraph._p.append(_box(text))
        else:
            _runs(paragraph, text, bold=kind == "h")


def _runs(paragraph: Paragraph, text: str, *, bold: bool = False) -> None:
    for piece in re.split(r"(\{[-+].*?[-+]\})", text):
        if piece.startswith("{"):
            tag, leaf = ("del", "delText") if piece[1] == "-" else ("ins", "t")
            change = (
                f'<w:{tag} {W} w:id="5" w:author="u"><w:r><w:{leaf}>{escape(piece[2:-2])}</w:{leaf}></w:r></w:{tag}>'
            )
            paragraph._p.append(parse_xml(change))
        elif piece:
            paragraph.add_run(piece.replace("⏎", "\n")).bold = bold or None


def _box(text: str) -> _Element:
    inner = f'<w:p><w:pPr><w:jc w:val="center"/></w:pPr><w:r><w:t xml:space="preserve">{escape(text)}</w:t></w:r></w:p>'
    return parse_xml(BOX % {"inner": inner})


def _table(word: Word, rows: list[list[str]]) -> None:
    width = max(len(row) for row in rows)
    table = word.add_table(len(rows), width)
    for row, cells in zip(table.rows, rows, strict=True):
        if len(cells) < width:
            row.cells[len(cells) - 1].merge(row.cells[-1])
        for cell, text in zip(row.cells, cells, strict=False):
            _runs(cell.paragraphs[0], text)


def _numbering(word: Word) -> None:
    root = word.part.numbering_part.element
    root.insert(0, parse_xml(NUMBERS))
    root.append(parse_xml(f'<w:num {W} w:numId="77"><w:abstractNumId w:val="77"/></w:num>'))


def _repacked(data: bytes) -> bytes:
    target = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            if name != "docProps/thumbnail.jpeg":
                new.writestr(zipfile.ZipInfo(name, (2024, 1, 1, 0, 0, 0)), old.read(name), zipfile.ZIP_DEFLATED)
    return target.getvalue()


# -- pdf

FONT, WIDTH, LEFT, TOP, LEADING = "STSong-Light", 483.0, 56.0, 770.0, 27.0


def pdf(lines: list[Line]) -> bytes:
    """Pages with lines of 34 characters and page numbers in dashes."""
    pdfmetrics.registerFont(UnicodeCIDFont(FONT))
    target = io.BytesIO()
    canvas = Canvas(target, pagesize=(595, 842), invariant=1)
    top = TOP
    for kind, text in lines:
        size = 18 if kind == "h" else 14
        for line in _wrapped(text, size) if kind != "page" else ["↧"]:
            printed = line.replace("↧", "")
            _draw(canvas, kind, printed, size, top)
            top -= LEADING
            if "↧" in line or top < 90:
                _end_page(canvas)
                top = TOP
    _end_page(canvas)
    canvas.save()
    return target.getvalue()


def _wrapped(text: str, size: int) -> Iterator[str]:
    line = ""
    for char in text:
        if char != "↧" and pdfmetrics.stringWidth((line + char).replace("↧", ""), FONT, size) > WIDTH:
            yield line
            line = ""
        line += char
    yield line


def _draw(canvas: Canvas, kind: str, text: str, size: int, top: float) -> None:
    canvas.setFont(FONT, size)
    if kind in {"h", "c"}:
        canvas.drawCentredString(LEFT + WIDTH / 2, top, text)
    elif kind == "r":
        canvas.drawRightString(LEFT + WIDTH - 28, top, text)
    else:
        canvas.drawString(LEFT, top, text)


def _end_page(canvas: Canvas) -> None:
    canvas.setFont(FONT, 12)
    canvas.drawCentredString(LEFT + WIDTH / 2, 50, f"— {canvas.getPageNumber()} —")
    canvas.showPage()


# -- html

TAGS = {
    "h": "<h1>{}</h1>",
    "c": "<p style='text-align:center'>{}</p>",
    "r": "<p style='text-align:right'>{}</p>",
    "p": "<p>{}</p>",
    "meta": "<div class='info'><span>{}</span></div>",
    "foot": "<div class='footer'>{}</div>",
}


def html(lines: list[Line]) -> bytes:
    """A page of a government site."""
    body = [TAGS[kind].format(escape(text)) if kind != "nav" else _nav(text) for kind, text in lines]
    title = next(text for kind, text in lines if kind == "h")
    return PAGE.format(title=escape(title), body="\n".join(body)).encode("utf-8")


def _nav(text: str) -> str:
    return (
        "<ul class='nav'>" + "".join(f"<li><a href='#'>{escape(each)}</a></li>" for each in text.split("|")) + "</ul>"
    )


WRITERS = {"docx": docx, "pdf": pdf, "html": html}


def files() -> Iterator[tuple[str, bytes]]:
    """Every file with its bytes."""
    for name, lines in sources():
        yield name, WRITERS[name.rsplit(".", 1)[1]](lines)


if __name__ == "__main__":
    for name, data in files():
        (HERE / name).write_bytes(data)
