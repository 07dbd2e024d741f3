from __future__ import annotations

import io
import zipfile
from collections.abc import Callable
from pathlib import Path

import docx as python_docx
from lxml import etree

from checker.errors import NormcheckError
from checker.model import Document, DocxAnchor, Role
from checker.reading import read
from checker.reading.docx import node_text, text_nodes

W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
MakeDocx = Callable[..., bytes]


def run(text: str, properties: str = "") -> str:
    return f'<w:r><w:rPr>{properties}</w:rPr><w:t xml:space="preserve">{text}</w:t></w:r>'


def paragraph(inner: str, properties: str = "") -> str:
    return f"<w:p><w:pPr>{properties}</w:pPr>{inner if inner.startswith('<') else run(inner)}</w:p>"


def texts(document: Document, *roles: Role) -> list[str]:
    return [block.span.of(document.text) for block in document.blocks if not roles or block.role in roles]


def assert_anchored(document: Document, data: bytes) -> None:
    """Every character of the text stands in the file where its run says."""
    archive = zipfile.ZipFile(io.BytesIO(data))
    paragraphs: dict[str, list[etree._Element]] = {}
    position = 0
    for block in document.blocks:
        assert block.span.start >= position
        assert not document.text[position : block.span.start].strip("\n\t")
        position = block.span.end
        anchor = block.anchor
        assert isinstance(anchor, DocxAnchor)
        if anchor.part not in paragraphs:
            root = etree.fromstring(
                archive.read(anchor.part).replace(
                    b"purl.oclc.org/ooxml/wordprocessingml/main",
                    b"schemas.openxmlformats.org/wordprocessingml/2006/main",
                )
            )
            paragraphs[anchor.part] = list(root.iter(W + "p"))
        nodes = list(text_nodes(paragraphs[anchor.part][anchor.paragraph]))
        at = block.span.start
        for piece in anchor.runs:
            assert piece.start == at
            at += piece.length
            if piece.node >= 0:
                expected = node_text(nodes[piece.node])[piece.offset : piece.offset + piece.length]
                assert document.text[piece.start : at] == expected
        assert at == block.span.end
    assert position == len(document.text)


def check(data: bytes) -> Document:
    document = read(data, "样本.docx")
    assert_anchored(document, data)
    return document


def test_runs_of_a_paragraph_are_joined(make_docx: MakeDocx) -> None:
    document = check(make_docx(paragraph(run("第一条　为了") + run("规范管理，") + run("制定本办法。"))))

    assert document.text == "第一条　为了规范管理，制定本办法。"
    assert document.format == "docx"
    assert document.body_end == len(document.text)
    assert document.problems == ()


def test_paragraphs_without_visible_characters_give_no_block(make_docx: MakeDocx) -> None:
    document = check(make_docx(paragraph("甲") + "<w:p/>" + paragraph("　 ") + paragraph("乙")))

    assert document.text == "甲\n乙"
    assert document.paragraph_of(document.blocks[1].span) == 2
    assert isinstance(document.blocks[1].anchor, DocxAnchor)
    assert document.blocks[1].anchor.paragraph == 3


def test_a_title_broken_by_a_line_break_stays_one_block(make_docx: MakeDocx) -> None:
    inner = "<w:r><w:br/><w:t>某某市人民政府</w:t><w:br/><w:t>关于印发办法的通知</w:t><w:br w:type='page'/></w:r>"

    assert texts(check(make_docx(paragraph(inner)))) == ["某某市人民政府\n关于印发办法的通知"]


def test_characters_that_are_elements(make_docx: MakeDocx) -> None:
    inner = (
        "<w:r><w:t>甲</w:t><w:tab/><w:t>乙</w:t><w:noBreakHyphen/><w:t>丙</w:t><w:softHyphen/><w:t>丁</w:t><w:cr/>"
        '<w:sym w:font="Wingdings" w:char="F0FE"/><w:sym w:font="Wingdings 2" w:char="F0A3"/>'
        '<w:sym w:font="宋体" w:char="2265"/><w:sym w:char="zz"/><w:t>戊</w:t></w:r>'
    )

    assert check(make_docx(paragraph(inner))).text == "甲\t乙-丙丁\n☑□≥戊"


def test_white_space_at_the_edges_counts_only_when_preserved(make_docx: MakeDocx) -> None:
    inner = '<w:r><w:t>  甲  </w:t><w:t xml:space="preserve"> 乙 </w:t><w:t>　丙</w:t></w:r>'

    assert check(make_docx(paragraph(inner))).text == "甲 乙 　丙"


def test_revisions_are_read_as_accepted_and_told(make_docx: MakeDocx) -> None:
    inner = (
        run("自")
        + f'<w:ins w:id="1">{run("2024年5月1日")}</w:ins>'
        + '<w:del w:id="2"><w:r><w:delText>2024年4月1日</w:delText></w:r></w:del>'
        + f'<w:moveFrom w:id="3">{run("移走")}</w:moveFrom><w:moveTo w:id="4">{run("起")}</w:moveTo>'
        + run("施行")
    )
    document = check(make_docx(paragraph(inner)))

    assert document.text == "自2024年5月1日起施行"
    (problem,) = document.problems
    assert not problem.lost
    assert "4处" in problem.what
    assert "全部接受" in problem.what


def test_a_deleted_paragraph_and_a_deleted_row_are_gone(make_docx: MakeDocx) -> None:
    gone = '<w:rPr><w:del w:id="9"/></w:rPr>'
    deleted = paragraph("<w:del w:id='1'><w:r><w:delText>旧</w:delText></w:r></w:del>", gone)
    table = (
        "<w:tbl><w:tr><w:trPr><w:del w:id='5'/></w:trPr><w:tc><w:p><w:r><w:t>旧行</w:t></w:r></w:p></w:tc></w:tr>"
        "<w:tr><w:tc><w:p><w:r><w:t>新行</w:t></w:r></w:p></w:tc></w:tr></w:tbl>"
    )

    assert texts(check(make_docx(paragraph("甲") + deleted + table))) == ["甲", "新行"]


def test_wrappers_are_transparent(make_docx: MakeDocx) -> None:
    inner = (
        f"<w:smartTag>{run('甲')}</w:smartTag><w:customXml>{run('乙')}</w:customXml>"
        f"<w:sdt><w:sdtPr><w:text/></w:sdtPr><w:sdtContent>{run('丙')}</w:sdtContent></w:sdt>"
        f'<w:hyperlink r:id="x">{run("丁")}</w:hyperlink><w:bdo>{run("戊")}</w:bdo>'
    )
    body = f"<w:sdt><w:sdtContent>{paragraph(inner)}</w:sdtContent></w:sdt><w:customXml>{paragraph('己')}</w:customXml>"

    assert texts(check(make_docx(body))) == ["甲乙丙丁戊", "己"]


def field(instruction: str, result: str) -> str:
    return (
        '<w:r><w:fldChar w:fldCharType="begin"/></w:r>'
        + (instruction if instruction.startswith("<") else f"<w:r><w:instrText>{instruction}</w:instrText></w:r>")
        + f'<w:r><w:fldChar w:fldCharType="separate"/></w:r>{result}<w:r><w:fldChar w:fldCharType="end"/></w:r>'
    )


def test_fields_keep_their_result_and_drop_their_instruction(make_docx: MakeDocx) -> None:
    nested = field(
        "<w:r><w:instrText>IF</w:instrText></w:r>" + field("DATE", run("不显示")) + run("也不显示"),
        run("某年") + field("REF x", run("某月")),
    )
    body = paragraph(run("自") + nested + f'<w:fldSimple w:instr="DATE">{run("某日")}</w:fldSimple>' + run("起"))

    assert check(make_docx(body)).text == "自某年某月某日起"


def test_a_field_may_span_paragraphs(make_docx: MakeDocx) -> None:
    first = '<w:r><w:fldChar w:fldCharType="begin"/></w:r><w:r><w:instrText>TOC</w:instrText></w:r><w:r><w:fldChar w:fldCharType="separate"/></w:r>'
    body = (
        paragraph(first + run("第一章"))
        + paragraph("第二章")
        + paragraph('<w:r><w:fldChar w:fldCharType="end"/></w:r>' + run("正文"))
    )

    assert texts(check(make_docx(body))) == ["第一章", "第二章", "正文"]


def test_a_field_that_never_ends_swallows_nothing(make_docx: MakeDocx) -> None:
    body = paragraph('<w:r><w:fldChar w:fldCharType="begin"/></w:r>' + run("甲")) + paragraph("乙")

    assert check(make_docx(body)).text == "甲\n乙"


def test_hidden_text_is_dropped_and_told(make_docx: MakeDocx) -> None:
    styles = (
        '<w:style w:type="character" w:styleId="H"><w:rPr><w:vanish/></w:rPr></w:style>'
        '<w:style w:type="paragraph" w:styleId="P"><w:rPr><w:vanish/></w:rPr></w:style>'
    )
    body = (
        paragraph(
            run("甲")
            + run("隐", "<w:vanish/>")
            + run("藏", '<w:rStyle w:val="H"/>')
            + run("乙", '<w:vanish w:val="0"/>')
        )
        + paragraph("整段", '<w:pStyle w:val="P"/>')
        + paragraph(run("丙", '<w:vanish w:val="false"/>'), '<w:pStyle w:val="P"/>')
    )
    document = check(make_docx(body, styles=styles))

    assert document.text == "甲乙\n丙"
    (problem,) = document.problems
    assert not problem.lost
    assert "4字" in problem.what


def box(inner: str) -> str:
    return f"<w:txbxContent>{inner}</w:txbxContent>"


def test_a_text_box_is_read_once_right_after_its_paragraph(make_docx: MakeDocx) -> None:
    choice = f'<mc:Choice Requires="wps"><w:drawing><a:graphic><wps:txbx>{box(paragraph("框中") + paragraph("两段"))}</wps:txbx></a:graphic></w:drawing></mc:Choice>'
    fallback = f"<mc:Fallback><w:pict><v:textbox>{box(paragraph('框中') + paragraph('两段'))}</v:textbox></w:pict></mc:Fallback>"
    body = paragraph(
        run("甲") + f"<w:r><mc:AlternateContent>{choice}{fallback}</mc:AlternateContent></w:r>" + run("乙")
    ) + paragraph("丙")
    document = check(make_docx(body))

    assert texts(document) == ["甲乙", "框中", "两段", "丙"]
    assert texts(document, Role.TEXT_BOX) == ["框中", "两段"]
    assert document.body_end == len(document.text)
    assert document.problems == ()


def test_the_fallback_is_read_when_the_choice_has_no_text(make_docx: MakeDocx) -> None:
    inner = '<w:r><mc:AlternateContent><mc:Choice Requires="w16se"><x xmlns="urn:x"/></mc:Choice><mc:Fallback><w:t>字</w:t></mc:Fallback></mc:AlternateContent></w:r>'

    assert check(make_docx(paragraph(inner))).text == "字"


def test_a_text_box_inside_a_text_box(make_docx: MakeDocx) -> None:
    inner_box = f"<w:r><w:pict><v:textbox>{box(paragraph('内'))}</v:textbox></w:pict></w:r>"
    body = paragraph(
        f"<w:r><w:pict><v:textbox>{box(paragraph(run('外') + inner_box))}</v:textbox></w:pict></w:r>" + run("甲")
    )

    assert texts(check(make_docx(body))) == ["甲", "外", "内"]


def test_ruby_keeps_the_word_without_its_reading(make_docx: MakeDocx) -> None:
    inner = (
        f"<w:r><w:ruby><w:rubyPr/><w:rt>{run('xiǎn')}</w:rt><w:rubyBase>{run('县')}</w:rubyBase></w:ruby></w:r>"
        + run("政府")
    )

    assert check(make_docx(paragraph(inner))).text == "县政府"


def test_formulas_are_text(make_docx: MakeDocx) -> None:
    assert check(make_docx(paragraph(run("得分") + "<m:oMath><m:r><m:t>=a+b</m:t></m:r></m:oMath>"))).text == "得分=a+b"


def cell(inner: str, properties: str = "") -> str:
    return f"<w:tc><w:tcPr>{properties}</w:tcPr>{inner}</w:tc>"


def test_tables_in_reading_order_with_merged_cells_once(make_docx: MakeDocx) -> None:
    row1 = cell(paragraph("序号"), '<w:vMerge w:val="restart"/>') + cell(
        paragraph("合并两列"), '<w:gridSpan w:val="2"/>'
    )
    row2 = cell(paragraph("不应出现"), "<w:vMerge/>") + cell(paragraph("")) + cell(paragraph("丙1") + paragraph("丙2"))
    row3 = f"<w:sdt><w:sdtContent>{cell(paragraph('丁'))}</w:sdtContent></w:sdt>" + cell(paragraph("戊"))
    body = f"{paragraph('前')}<w:tbl><w:tr>{row1}</w:tr><w:tr>{row2}</w:tr><w:tr>{row3}</w:tr></w:tbl>{paragraph('后')}"
    document = check(make_docx(body))

    assert document.text == "前\n序号\t合并两列\n丙1\n丙2\n丁\t戊\n后"
    assert [block.table for block in document.blocks] == [
        None,
        (0, 0, 0),
        (0, 0, 1),
        (0, 1, 2),
        (0, 1, 2),
        (0, 2, 0),
        (0, 2, 1),
        None,
    ]
    assert document.blocks[1].role is Role.TABLE_CELL


def test_nested_tables_have_numbers_of_their_own(make_docx: MakeDocx) -> None:
    inner = f"<w:tbl><w:tr>{cell(paragraph('内1'))}{cell(paragraph('内2'))}</w:tr></w:tbl>"
    body = f"<w:tbl><w:tr>{cell(paragraph('外1'))}{cell(inner + paragraph('外2'))}</w:tr></w:tbl><w:tbl><w:tr>{cell(paragraph('次'))}</w:tr></w:tbl>"
    document = check(make_docx(body))

    assert document.text == "外1\n内1\t内2\n外2\n次"
    assert [block.table for block in document.blocks] == [(0, 0, 0), (1, 0, 0), (1, 0, 1), (0, 0, 1), (2, 0, 0)]


def test_notes_stand_apart_in_the_order_of_their_references(make_docx: MakeDocx) -> None:
    note = '<w:footnote w:id="{}">{}</w:footnote>'
    footnotes = (
        '<w:footnote w:type="separator" w:id="0"><w:p><w:r><w:separator/></w:r></w:p></w:footnote>'
        + note.format(2, paragraph("注二"))
        + note.format(3, paragraph("注三"))
        + note.format(4, paragraph("没有引用"))
    )
    body = paragraph(
        run("甲")
        + '<w:r><w:footnoteReference w:id="3"/></w:r>'
        + run("乙")
        + '<w:r><w:footnoteReference w:id="2"/></w:r>'
    )
    document = check(make_docx(body, footnotes=footnotes))

    assert document.body == "甲乙"
    assert texts(document, Role.FOOTNOTE) == ["注三", "注二"]


def test_headers_and_footers_stand_apart_and_once(make_docx: MakeDocx) -> None:
    header = paragraph("某某市人民政府行政规范性文件")
    page = paragraph(run("— ") + field(" PAGE \\* MERGEFORMAT ", run("3")) + run(" —"))
    simple = paragraph(run("第") + f'<w:fldSimple w:instr=" PAGE ">{run("4")}</w:fldSimple>' + run("页"))
    references = "".join(f'<w:{kind}Reference r:id="{kind}{n}"/>' for kind in ("header", "footer") for n in (1, 2))
    body = paragraph("正文") + f"<w:sectPr>{references}</w:sectPr>"
    document = check(
        make_docx(body, header1=header, header2=header, footer1=page, footer2=paragraph("联系电话") + simple)
    )

    assert document.body == "正文"
    assert texts(document, Role.HEADER) == ["某某市人民政府行政规范性文件"]
    assert texts(document, Role.FOOTER) == ["联系电话"]
    assert document.text == "正文\n某某市人民政府行政规范性文件\n联系电话"


def test_a_page_field_in_the_running_text_stays(make_docx: MakeDocx) -> None:
    assert check(make_docx(paragraph(run("共") + field("NUMPAGES", run("12")) + run("页")))).text == "共12页"


def test_comments_are_not_in_the_text(make_docx: MakeDocx) -> None:
    body = paragraph(
        '<w:commentRangeStart w:id="0"/>'
        + run("正文")
        + '<w:commentRangeEnd w:id="0"/><w:r><w:commentReference w:id="0"/></w:r>'
    )

    assert check(make_docx(body, comments=f'<w:comment w:id="0">{paragraph("批注")}</w:comment>')).text == "正文"


def test_heading_levels_from_styles_names_and_outline(make_docx: MakeDocx) -> None:
    styles = (
        '<w:style w:type="paragraph" w:default="1" w:styleId="a"><w:name w:val="Normal"/></w:style>'
        '<w:style w:type="paragraph" w:styleId="1"><w:name w:val="heading 1"/><w:pPr><w:outlineLvl w:val="0"/></w:pPr></w:style>'
        '<w:style w:type="paragraph" w:styleId="x"><w:name w:val="章"/><w:basedOn w:val="1"/></w:style>'
        '<w:style w:type="paragraph" w:styleId="2"><w:name w:val="标题 2"/></w:style>'
        '<w:style w:type="paragraph" w:styleId="loop"><w:name w:val="loop"/><w:basedOn w:val="loop"/></w:style>'
    )
    outlines = [
        ("x", ""),
        ("2", ""),
        ("a", '<w:outlineLvl w:val="2"/>'),
        ("1", '<w:outlineLvl w:val="9"/>'),
        ("loop", ""),
    ]
    body = "".join(paragraph("题", f'<w:pStyle w:val="{style}"/>{outline}') for style, outline in outlines) + paragraph(
        "文"
    )
    document = check(make_docx(body, styles=styles))

    assert [block.level for block in document.blocks] == [1, 2, 3, None, None, None]
    assert [block.role is Role.HEADING for block in document.blocks] == [True, True, True, False, False, False]


def test_strict_documents_are_read(make_docx: MakeDocx) -> None:
    made = make_docx(
        paragraph("第一条"),
        styles='<w:style w:type="paragraph" w:default="1" w:styleId="a"><w:pPr><w:outlineLvl w:val="0"/></w:pPr></w:style>',
    )
    source = zipfile.ZipFile(io.BytesIO(made))
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w") as archive:
        for name in source.namelist():
            content = source.read(name)
            for kind in (b"wordprocessingml", b"officeDocument"):
                content = content.replace(
                    b"schemas.openxmlformats.org/" + kind + b"/2006", b"purl.oclc.org/ooxml/" + kind
                )
            archive.writestr(name, content)
    document = check(target.getvalue())

    assert document.text == "第一条"
    assert document.blocks[0].level == 1


def test_the_main_part_is_found_through_relationships(make_zip: Callable[..., bytes], make_docx: MakeDocx) -> None:
    source = zipfile.ZipFile(io.BytesIO(make_docx(paragraph("甲"))))
    members = {
        "_rels/.rels": source.read("_rels/.rels").replace(b"word/document.xml", b"/odd/main2.xml"),
        "odd/main2.xml": source.read("word/document.xml"),
    }
    document = check(make_zip(members))

    assert document.text == "甲"
    assert isinstance(document.blocks[0].anchor, DocxAnchor)
    assert document.blocks[0].anchor.part == "odd/main2.xml"


def test_a_damaged_side_part_is_told_and_the_rest_is_read(make_docx: MakeDocx) -> None:
    document = read(make_docx(paragraph("甲"), numbering="<w:num>"), "样本.docx")

    assert document.text == "甲"
    (problem,) = document.problems
    assert problem.lost
    assert "word/numbering.xml" in problem.where


def test_what_has_words_that_are_not_read_is_told(make_docx: MakeDocx) -> None:
    picture = "<w:r><w:drawing><a:graphic><a:graphicData><a:blip/></a:graphicData></a:graphic></w:drawing></w:r>"
    document = check(make_docx(paragraph(run("甲") + picture) + '<w:altChunk r:id="x"/>'))

    assert [(problem.lost, "图片" in problem.what) for problem in document.problems] == [(False, True), (True, False)]


def test_python_docx_files_are_read_fully() -> None:
    made = python_docx.Document()
    made.add_heading("第一章 总则", 1)
    made.add_paragraph("第一条 为了规范管理，制定本办法。")
    made.add_paragraph("编号", style="List Number")
    made.add_paragraph("项目", style="List Bullet")
    table = made.add_table(2, 2)
    table.cell(0, 0).merge(table.cell(0, 1)).text = "表头"
    table.cell(1, 0).text, table.cell(1, 1).text = "左", "右"
    made.sections[0].header.paragraphs[0].text = "页眉"
    target = io.BytesIO()
    made.save(target)
    document = check(target.getvalue())

    assert document.text == "第一章 总则\n第一条 为了规范管理，制定本办法。\n1.　编号\n项目\n表头\n左\t右\n页眉"
    assert document.blocks[0].level == 1


def visible(text: str) -> str:
    return "".join(text.replace("\u200b", "").split())


def test_every_docx_of_the_corpus_is_read_in_full(shared: Path) -> None:
    """The characters of the text are those of the w:t elements of the main part, white-space paragraphs aside."""
    read_files, refused = 0, []
    for path in sorted((shared / "corpora" / "files").rglob("*.docx")):
        data = path.read_bytes()
        try:
            document = check(data)
        except NormcheckError as error:
            refused.append(str(error))
            continue
        assert not [problem for problem in document.problems if problem.lost], path.name
        root = etree.fromstring(zipfile.ZipFile(io.BytesIO(data)).read("word/document.xml"))
        fallback = "{http://schemas.openxmlformats.org/markup-compatibility/2006}Fallback"
        written = "".join(
            node.text or "" for node in root.iter(W + "t") if next(node.iterancestors(fallback), None) is None
        )
        body = "".join(
            document.text[piece.start : piece.start + piece.length]
            for block in document.blocks
            if isinstance(block.anchor, DocxAnchor) and block.span.end <= document.body_end
            for piece in block.anchor.runs
            if piece.node >= 0
        )
        assert visible(body) == visible(written), path.name
        read_files += 1
    print(f"{read_files} files read in full, {len(refused)} refused: {refused}")
    assert read_files > 80
    assert len(refused) <= 1
