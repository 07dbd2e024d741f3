"""Reading PDF: paragraphs, what stands apart, tables, boxes, bad input. The files are typeset here, line by line."""

from __future__ import annotations

import io
import random
import string
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from reportlab.lib.pdfencrypt import StandardEncryption
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.cidfonts import UnicodeCIDFont
from reportlab.pdfgen.canvas import Canvas

from checker.errors import LimitExceeded, ReadError
from checker.model import Block, Document, PageAnchor, PageLine, Role, Span
from checker.reading.limits import Limits
from checker.reading.pdf import read_pdf

WIDTH, HEIGHT = 595.0, 842.0
LEFT, TOP, PITCH, SIZE, PER_LINE, PER_PAGE = 79.0, 105.0, 28.8, 16.0, 27, 22
SONG = "STSong-Light"
pdfmetrics.registerFont(UnicodeCIDFont(SONG))


class Press:
    """Sets text as official documents are set: 22 lines a page, 27 characters a line, 16 point."""

    def __init__(self, encrypt: StandardEncryption | None = None) -> None:
        self.buffer = io.BytesIO()
        self.canvas = Canvas(self.buffer, pagesize=(WIDTH, HEIGHT), encrypt=encrypt)
        self.row = 0
        self.page = 1
        self.on_page: Callable[[Press], None] = lambda press: None

    def at(self, x: float, y: float, text: str, size: float = SIZE, font: str = SONG) -> None:
        """Text whose box begins y points below the top of the page."""
        self.canvas.setFont(font, size)
        self.canvas.drawString(x, HEIGHT - y - size * 0.85, text)

    def line(self, text: str, indent: float = 0.0, size: float = SIZE) -> None:
        if self.row == PER_PAGE:
            self.turn()
        self.at(LEFT + indent * SIZE, TOP + self.row * PITCH, text, size)
        self.row += 1

    def centred(self, text: str, size: float = SIZE) -> None:
        room = PER_LINE * SIZE - len(text) * size
        self.line(text, room / 2 / SIZE, size)

    def paragraph(self, text: str, first: float = 2, rest: float = 0) -> None:
        indent = first
        while text:
            room = int(PER_LINE - indent)
            self.line(text[:room], indent)
            text, indent = text[room:], rest

    def turn(self) -> None:
        self.on_page(self)
        self.canvas.showPage()
        self.row, self.page = 0, self.page + 1

    def done(self) -> bytes:
        self.on_page(self)
        self.canvas.showPage()
        self.canvas.save()
        return self.buffer.getvalue()

    def read(self, limits: Limits | None = None) -> Document:
        return read_pdf(self.done(), "试.pdf", limits or Limits())


def dashed_number(press: Press) -> None:
    press.at(280, 770, f"— {press.page} —", 14)


def texts(document: Document, *roles: Role) -> list[str]:
    return [block.span.of(document.text) for block in document.blocks if block.role in (roles or (Role.PARAGRAPH,))]


def lines_of(block: Block) -> tuple[PageLine, ...]:
    assert isinstance(block.anchor, PageAnchor)
    return block.anchor.lines


def well_formed(document: Document) -> None:
    """Blocks are in order, lines tile them, boxes lie on the page, roles apart come last."""
    end = 0
    for block in document.blocks:
        assert block.span.start >= end
        assert not document.text[end : block.span.start].strip("\n\t")
        place = block.span.start
        for line in lines_of(block):
            assert line.start == place
            assert len(line.left) == len(line.right)
            place += len(line.left)
            assert 1 <= line.page <= (document.pages or 0)
            assert 0 <= line.top <= line.bottom <= HEIGHT + 0.1
            assert all(0 <= left <= right + 0.01 for left, right in zip(line.left, line.right, strict=True))
            assert max(line.right) <= max(WIDTH, HEIGHT) + 0.1
        assert place == block.span.end
        end = block.span.end
        apart = block.role in {Role.HEADER, Role.FOOTER, Role.PAGE_NUMBER}
        assert (block.span.start >= document.body_end) == apart
    assert end == len(document.text)


LONG = "各县区人民政府和各有关部门应当加强协调配合，建立健全信息共享和联合检查机制，依法公开办理结果，接受社会监督，并按季度报告进展情况。"


# ------------------------------------------------------------------ paragraphs


def test_lines_of_a_paragraph_are_rejoined() -> None:
    press = Press()
    for _ in range(3):
        press.paragraph(LONG)
    document = press.read()
    assert texts(document) == [LONG] * 3
    well_formed(document)


def test_a_full_last_line_does_not_swallow_the_next_paragraph() -> None:
    press = Press()
    exact = LONG[: 25 + 27 - 1] + "。"
    press.paragraph(exact)
    press.paragraph(exact)
    press.paragraph(LONG)
    assert texts(press.read()) == [exact, exact, LONG]


def test_paragraph_over_a_page_break_is_one_block_with_boxes_on_both_pages() -> None:
    press = Press()
    press.on_page = dashed_number
    for _ in range(20):
        press.paragraph("第一项工作已经按期完成。")
    press.paragraph(LONG)
    document = press.read()
    assert texts(document)[-1] == LONG
    assert texts(document, Role.PAGE_NUMBER) == ["— 1 —", "— 2 —"]
    start = document.text.index(LONG)
    boxes = document.boxes(Span(start, start + len(LONG)))
    assert [box.page for box in boxes] == [1, 1, 2]
    assert boxes[1].y0 > 600
    assert boxes[2].y0 < 150
    well_formed(document)


def test_a_new_paragraph_on_a_new_page_stays_new() -> None:
    press = Press()
    press.on_page = dashed_number
    for _ in range(7):
        press.paragraph(LONG)  # three lines each
    press.paragraph(LONG[:24] + "。")
    press.paragraph(LONG)
    assert texts(press.read())[-2:] == [LONG[:24] + "。", LONG]


def test_clause_markers_start_paragraphs_also_without_indents() -> None:
    press = Press()
    clauses = [
        "第一条　" + LONG[: 27 * 2 - 5] + "。",
        "第二条　" + LONG[: 27 - 4],
        "第三条　" + LONG[: 27 - 5] + "。",
        "（一）" + LONG[:23] + "；",
        "（二）" + LONG[: 27 - 4] + "；",
        "三、" + LONG[:20] + "。",
    ]
    for clause in clauses:
        press.paragraph(clause, first=0)
    assert texts(press.read()) == clauses


def test_a_reference_that_begins_a_line_starts_no_paragraph() -> None:
    press = Press()
    lead = "主管部门应当在收到材料之日起十个工作日内依照本办法"
    sentence = lead + "第三条规定的程序办理，并依照前款第（二）项的要求一次告知需要补正的全部内容。"
    assert len(lead) == 25
    other = "申请人对办理结果有异议的可以在六十日内依照有关规定" + "（一）项以外的程序提出。"
    press.paragraph(sentence)
    press.paragraph(other)
    assert texts(press.read()) == [sentence, other]


def test_hanging_list_items() -> None:
    press = Press()
    items = ["1.申请表一式两份，" + LONG[:40] + "。", "2.营业执照复印件，" + LONG[:30] + "。"]
    for item in items:
        press.paragraph(item, first=2, rest=3)
    press.paragraph(LONG)
    assert texts(press.read()) == [*items, LONG]


def test_block_indented_paragraph() -> None:
    press = Press()
    press.paragraph(LONG)
    quote = LONG[:27] + "并且" + LONG[27:]
    press.paragraph(quote, first=3, rest=3)
    press.paragraph(LONG)
    assert texts(press.read()) == [LONG, quote, LONG]


def test_title_of_two_centred_lines_is_one_block() -> None:
    press = Press()
    press.centred("某某县人民政府办公室关于印发", 22)
    press.centred("《某某县集贸市场管理办法》的通知", 22)
    press.centred("某政办规〔2024〕3号")
    press.row += 1
    press.line("各乡镇人民政府，县直各部门：")
    press.paragraph(LONG)
    assert texts(press.read()) == [
        "某某县人民政府办公室关于印发《某某县集贸市场管理办法》的通知",
        "某政办规〔2024〕3号",
        "各乡镇人民政府，县直各部门：",
        LONG,
    ]


def test_title_that_fills_its_first_line_goes_on_centred() -> None:
    press = Press()
    press.line("某某县人民政府办公室关于印发《某某县农", size=22)  # 19 characters: the width of the text
    press.centred("村生活垃圾分类管理办法》的通知", 22)
    press.row += 1
    press.paragraph(LONG)
    title = "某某县人民政府办公室关于印发《某某县农村生活垃圾分类管理办法》的通知"
    assert texts(press.read()) == [title, LONG]


def test_a_last_line_of_digits_alone_belongs_to_its_paragraph() -> None:
    press = Press()
    text = LONG[: 25 + 27 - 4] + "至二零2"
    press.paragraph(text[:52])
    press.row -= 2
    press.line(text[:25], 2)
    press.line(text[25:52])
    press.line("024")
    press.paragraph(LONG)
    assert texts(press.read())[-2:] == [text[:52] + "024", LONG]


def test_chapter_headings_and_subtitles_stay_apart() -> None:
    press = Press()
    press.centred("某某县集贸市场管理办法", 22)
    press.centred("（征求意见稿）", 22)
    press.centred("第一章　总则")
    press.centred("第一节　一般规定")
    press.paragraph("第一条　" + LONG)
    assert texts(press.read()) == [
        "某某县集贸市场管理办法",
        "（征求意见稿）",
        "第一章　总则",
        "第一节　一般规定",
        "第一条　" + LONG,
    ]


def test_signature_date_and_imprint() -> None:
    press = Press()
    press.on_page = dashed_number
    press.paragraph(LONG)
    press.row += 2
    press.line("某某县人民政府办公室", 13)
    press.line("2024年3月5日", 15)
    press.row = 20
    for y in (TOP + 20 * PITCH - 4, TOP + 22 * PITCH - 4):
        press.canvas.line(LEFT, HEIGHT - y, LEFT + PER_LINE * SIZE, HEIGHT - y)
    press.line("抄送：县委各部门，县人大常委会办公室，县政协办公室。", 0.5, 14)
    press.at(LEFT + 8, TOP + 21 * PITCH, "某某县人民政府办公室", 14)
    press.at(LEFT + 18 * SIZE, TOP + 21 * PITCH, "2024年3月6日印发", 14)
    press.row += 1
    document = press.read()
    assert texts(document) == [
        LONG,
        "某某县人民政府办公室",
        "2024年3月5日",
        "抄送：县委各部门，县人大常委会办公室，县政协办公室。",
        "某某县人民政府办公室 2024年3月6日印发",
    ]
    assert texts(document, Role.PAGE_NUMBER) == ["— 1 —"]
    assert not texts(document, Role.TABLE_CELL)
    well_formed(document)


def test_latin_words_keep_their_space() -> None:
    press = Press()
    press.at(LEFT, TOP, "The committee reviews every draft that", 12, "Helvetica")
    press.at(LEFT, TOP + 16, "is sent to it, and answers in writing.", 12, "Helvetica")
    document = press.read()
    assert texts(document) == ["The committee reviews every draft that is sent to it, and answers in writing."]
    space = document.text.index("that is") + 4
    line = next(line for line in lines_of(document.blocks[0]) if line.start <= space < line.start + len(line.left))
    assert line.left[space - line.start] == line.right[space - line.start]
    well_formed(document)


def test_air_between_digits_and_ideographs_is_no_space_but_a_typed_one_is() -> None:
    press = Press()
    x = LEFT
    for piece, step in (("自", 16 + 4), ("2024", 32 + 4), ("年起施行。", 0)):
        press.at(x, TOP, piece)
        x += step
    press.line("")
    press.line("张 三和李 四", 2)
    press.paragraph(LONG)
    assert texts(press.read()) == ["自2024年起施行。", "张 三和李 四", LONG]


def test_letters_of_a_title_set_apart_are_one_word() -> None:
    press = Press()
    for index, char in enumerate("某某县人民政府文件"):
        press.at(90 + index * 46, TOP, char, 36)
    press.row = 3
    press.paragraph(LONG)
    assert texts(press.read()) == ["某某县人民政府文件", LONG]


def test_fake_bold_is_read_once() -> None:
    press = Press()
    for shift in (0.0, 0.3, 0.6):
        press.at(LEFT + shift, TOP, "一、总体要求")
    press.row = 1
    press.paragraph(LONG)
    assert texts(press.read()) == ["一、总体要求", LONG]


def test_oblique_watermark_stands_apart() -> None:
    press = Press()
    for _ in range(5):
        press.paragraph(LONG)
    press.canvas.saveState()
    press.canvas.translate(200, 400)
    press.canvas.rotate(45)
    press.canvas.setFont(SONG, 60)
    press.canvas.drawString(0, 0, "内部资料")
    press.canvas.restoreState()
    document = press.read()
    assert texts(document) == [LONG] * 5
    assert texts(document, Role.HEADER) == ["内部资料"]


def test_two_columns_are_read_one_after_the_other() -> None:
    press = Press()
    press.centred("公报目录与正文", 22)
    columns = []
    for column in range(2):
        text = (LONG * 3)[column : column + 13 * 10]
        columns.append(text)
        for row in range(10):
            press.at(LEFT + column * 240, 160 + row * 20, text[row * 13 : row * 13 + 13])
    assert "".join(texts(press.read())) == "公报目录与正文" + "".join(columns)


# ------------------------------------------------------------------ what stands apart


@pytest.mark.parametrize(
    "form", ["— {} —", "- {} -", "－{}－", "第{}页 共3页", "第 {} 页", "{}", "{}/3", "Page {} of 3"]
)
def test_page_numbers(form: str) -> None:
    press = Press()
    press.on_page = lambda press: press.at(280, 775, form.format(press.page), 12)
    for _ in range(20):
        press.paragraph(LONG)
    document = press.read()
    assert texts(document) == [LONG] * 20
    assert len(texts(document, Role.PAGE_NUMBER)) == document.pages == 3


def test_a_number_that_is_text_stays_text() -> None:
    press = Press()
    press.row = 21
    press.line("2024", 2)
    press.turn()
    press.paragraph(LONG)
    assert texts(press.read()) == ["2024", LONG]


def test_running_header_and_footer() -> None:
    def furniture(press: Press) -> None:
        press.at(LEFT, 60, "某某县规范性文件汇编", 10)
        press.at(LEFT, 800, "某某县司法局编印", 10)
        dashed_number(press)

    press = Press()
    press.on_page = furniture
    for _ in range(20):
        press.paragraph(LONG)
    document = press.read()
    assert texts(document) == [LONG] * 20
    assert texts(document, Role.HEADER) == ["某某县规范性文件汇编"] * 3
    assert texts(document, Role.FOOTER) == ["某某县司法局编印"] * 3
    assert texts(document, Role.PAGE_NUMBER) == ["— 1 —", "— 2 —", "— 3 —"]
    well_formed(document)


def test_attachments_that_begin_their_pages_are_no_running_header() -> None:
    press = Press()
    for number in (1, 2, 3):
        press.line(f"附件{number}")
        press.paragraph(LONG)
        if number < 3:
            press.turn()
    assert texts(press.read()) == ["附件1", LONG, "附件2", LONG, "附件3", LONG]


# ------------------------------------------------------------------ tables


def ruled(press: Press, rows: list[list[str]], xs: list[float], top: float, height: float) -> None:
    for row, cells in enumerate(rows):
        for column, text in enumerate(cells):
            press.canvas.rect(xs[column], HEIGHT - top - (row + 1) * height, xs[column + 1] - xs[column], height)
            for index, part in enumerate(text.split("\n")):
                press.at(xs[column] + 5, top + row * height + 5 + index * 18, part, 14)


def test_ruled_table_between_paragraphs() -> None:
    press = Press()
    press.paragraph(LONG)
    rows = [["序号", "任务", "期限"], ["1", "修订办事指南并且\n向社会公布", "3月底"], ["2", "清理证明事项", "6月底"]]
    ruled(press, rows, [79, 130, 320, 500], 200, 50)
    press.row = 10
    press.paragraph(LONG)
    document = press.read()
    assert document.text == (
        f"{LONG}\n序号\t任务\t期限\n1\t修订办事指南并且向社会公布\t3月底\n2\t清理证明事项\t6月底\n{LONG}"
    )
    cells = {block.table: block.span.of(document.text) for block in document.blocks if block.table}
    assert cells[0, 1, 1] == "修订办事指南并且向社会公布"
    assert cells[0, 2, 2] == "6月底"
    start = document.text.index("清理")
    (box,) = document.boxes(Span(start, start + 6))
    assert (box.page, 130 < box.x0 < 140, 300 < box.y0 < 350) == (1, True, True)
    well_formed(document)


def test_merged_cells_come_once() -> None:
    press = Press()
    canvas, top = press.canvas, HEIGHT - 150
    canvas.rect(79, top - 80, 421, 80)
    canvas.line(200, top, 200, top - 80)
    canvas.line(200, top - 40, 500, top - 40)
    press.at(90, 180, "牵头单位", 14)
    press.at(210, 160, "县司法局", 14)
    press.at(210, 200, "县财政局", 14)
    press.row = 8
    press.paragraph(LONG)
    document = press.read()
    assert document.text == f"牵头单位\t县司法局\n县财政局\n{LONG}"
    assert [block.table for block in document.blocks] == [(0, 0, 0), (0, 0, 1), (0, 1, 1), None]


def test_table_goes_on_over_a_page_break() -> None:
    press = Press()
    press.on_page = dashed_number
    ruled(press, [["甲", "一"], ["乙", "二"]], [79, 200, 400], 600, 40)
    press.turn()
    ruled(press, [["丙", "三"]], [79, 200, 400], 105, 40)
    document = press.read()
    assert [block.table for block in document.blocks if block.table] == [
        (0, 0, 0), (0, 0, 1), (0, 1, 0), (0, 1, 1), (0, 2, 0), (0, 2, 1),
    ]  # fmt: skip


@pytest.mark.parametrize("below", [["", "公开办理结果", ""], ["3", "公开办理结果", "6月底"]])
def test_row_cut_by_a_page_break_is_made_whole(below: list[str]) -> None:
    press = Press()
    ruled(press, [["1", "清理事项", "3月底"], ["2", "各部门应当依法及", "5月底"]], [79, 130, 252, 400], 600, 40)
    press.turn()
    ruled(press, [below, ["4", "总结评估", "9月底"]], [79, 130, 252, 400], 105, 40)
    press.row = 8
    press.paragraph(LONG)
    document = press.read()
    cut = not below[0]
    cells = {block.table: block.span.of(document.text) for block in document.blocks if block.table}
    assert cells[0, 1, 1] == ("各部门应当依法及公开办理结果" if cut else "各部门应当依法及")
    assert cells[0, 2 if cut else 3, 0] == "4"
    start = document.text.index("依法及")
    pages = {box.page for box in document.boxes(Span(start, document.text.index("\t", start)))}
    assert pages == ({1, 2} if cut else {1})
    well_formed(document)


def test_a_frame_round_the_page_is_no_table() -> None:
    press = Press()
    press.canvas.rect(60, 60, 475, 720)
    press.paragraph(LONG)
    press.paragraph(LONG)
    assert texts(press.read()) == [LONG, LONG]


# ------------------------------------------------------------------ bad input


def picture(press: Press) -> None:
    from PIL import Image
    from reportlab.lib.utils import ImageReader

    press.canvas.drawImage(ImageReader(Image.new("L", (60, 84), 200)), 0, 0, WIDTH, HEIGHT)


def scanned(press: Press) -> None:
    picture(press)
    dashed_number(press)


def test_scan_without_text_is_refused_with_advice() -> None:
    press = Press()
    press.on_page = scanned
    press.turn()
    with pytest.raises(ReadError, match="扫描件") as error:
        press.read()
    assert "OCR" in error.value.next
    assert "第1—2页" in error.value.where


def test_partly_scanned_file_names_the_pages() -> None:
    press = Press()
    press.paragraph(LONG)
    press.turn()
    picture(press)
    press.turn()
    press.paragraph(LONG)
    document = press.read()
    (problem,) = document.problems
    assert problem.lost
    assert problem.where == "第2页"
    assert "图像" in problem.what
    assert document.pages == 3
    well_formed(document)


def test_blank_file() -> None:
    with pytest.raises(ReadError, match="没有任何文字"):
        Press().read()


def test_an_empty_page_is_mentioned() -> None:
    press = Press()
    press.paragraph(LONG)
    press.turn()
    press.turn()
    press.paragraph(LONG)
    (problem,) = press.read().problems
    assert (problem.where, problem.lost) == ("第2页", False)


def test_encrypted_file_needs_a_password() -> None:
    press = Press(encrypt=StandardEncryption("geheim"))
    press.paragraph(LONG)
    with pytest.raises(ReadError, match="需要密码"):
        press.read()


def test_file_locked_only_against_changes_is_read() -> None:
    press = Press(encrypt=StandardEncryption("", ownerPassword="geheim", canModify=0))
    press.paragraph(LONG)
    assert texts(press.read()) == [LONG]


def sample() -> bytes:
    press = Press()
    for _ in range(8):
        press.paragraph(LONG)
    return press.done()


@pytest.mark.parametrize("part", [0.2, 0.5, 0.9, 0.99])
def test_truncated_file_is_refused_with_the_place(part: float) -> None:
    data = sample()
    with pytest.raises(ReadError) as error:
        read_pdf(data[: int(len(data) * part)], "断.pdf", Limits())
    assert "断.pdf" in error.value.where


@pytest.mark.parametrize("data", [b"", b"%PDF-1.7", b"PK\x03\x04", b"%PDF-1.4\nstartxref\n0\n%%EOF"])
def test_what_is_no_pdf_is_refused(data: bytes) -> None:
    with pytest.raises(ReadError):
        read_pdf(data, "坏.pdf", Limits())


def test_file_without_pages() -> None:
    data = b"%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj 2 0 obj<</Type/Pages/Kids[]/Count 0>>endobj\n"
    data += b"trailer<</Root 1 0 R/Size 3>>\nstartxref\n0\n%%EOF"
    with pytest.raises(ReadError):
        read_pdf(data, "空.pdf", Limits())


@pytest.mark.parametrize(
    "limits", [Limits(pages=1), Limits(characters=100), Limits(file_bytes=1000), Limits(paragraphs=2)]
)
def test_limits(limits: Limits) -> None:
    press = Press()
    for _ in range(20):
        press.paragraph(LONG)
    with pytest.raises(LimitExceeded):
        press.read(limits)


def test_damaged_bytes_end_in_a_document_or_a_read_error() -> None:
    data = sample()
    chance = random.Random(7)
    for _ in range(60):
        broken = bytearray(data)
        for _ in range(chance.randrange(1, 30)):
            broken[chance.randrange(len(broken))] = chance.randrange(256)
        try:
            well_formed(read_pdf(bytes(broken), "损.pdf", Limits()))
        except ReadError:
            continue


# ------------------------------------------------------------------ properties


@pytest.mark.parametrize("turn", [0, 90, 180, 270])
def test_turned_pages_give_boxes_as_shown(turn: int) -> None:
    press = Press()
    press.canvas.setPageRotation(turn)  # swaps the sides of the sheet for 90 and 270
    sides = (HEIGHT, WIDTH) if turn in {90, 270} else (WIDTH, HEIGHT)
    for step in range(turn // 90):  # text that is upright once the page is turned
        press.canvas.translate(sides[step % 2], 0)
        press.canvas.rotate(90)
    press.canvas.setFont(SONG, SIZE)
    press.canvas.drawString(100, HEIGHT - 200, "本办法自公布之日起施行。")
    document = press.read()
    assert document.text == "本办法自公布之日起施行。"
    (box,) = document.boxes(Span(0, 12))
    assert (round(box.x0), round(box.x1)) == (100, 292)
    assert box.y0 < 200 < box.y1 + 4


letters = st.text(
    alphabet="一二三四五六七八九十的是在有和人这中大为上个国我以要他时来用们"
    + string.ascii_letters
    + string.digits
    + "，。；：（）《》 ",
    min_size=1,
    max_size=120,
)


@settings(max_examples=40, deadline=None)
@given(st.lists(letters.filter(lambda text: text.strip()), min_size=1, max_size=12), st.integers(0, 3))
def test_every_character_comes_back_with_its_place(paragraphs: list[str], indent: int) -> None:
    press = Press()
    for text in paragraphs:
        press.paragraph(text, first=indent)
    document = press.read()
    well_formed(document)
    read, written = (sorted("".join(text.split())) for text in (document.text, "".join(paragraphs)))
    assert read == written


def real_files(shared: Path) -> Iterator[Path]:
    return (shared / "corpora" / "files" / "pdf").glob("*.pdf")


def test_real_files_are_read_whole(shared: Path) -> None:
    for path in real_files(shared):
        document = read_pdf(path.read_bytes(), path.name, Limits())
        assert not document.problems
        assert document.pages == len(texts(document, Role.PAGE_NUMBER))
        endings = [text[-1] for text in texts(document) if len(text) > 60]
        assert all(char in "。：；）" for char in endings)
        for block in document.blocks:
            for line in lines_of(block):
                assert max(line.right) <= 595.4
