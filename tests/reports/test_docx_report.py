from __future__ import annotations

import hashlib
import io
import re
import time
import zipfile
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import date
from pathlib import Path

import docx as python_docx
import pytest
from docx.oxml.ns import qn
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree

from checker.errors import LimitExceeded, NormcheckError, ReadError
from checker.kinds.base import cite
from checker.model import Case, Document, Evidence, Facts, Finding, Problem, Report, Role, Span, Waiver
from checker.reading import read
from checker.reading.docx import node_text
from checker.reports import docx_report as module
from checker.reports import json_report
from checker.reports.docx_report import AUTHOR, annotated_docx, docx_report
from checker.reports.text import report_text
from tests.reading.conftest import NAMESPACES, PACKAGE_RELS, R_NS, W_NS, make_docx, make_zip
from tests.reports.conftest import INDICATOR, LEGAL

W = f"{{{W_NS}}}"
DAY = date(2024, 3, 6)
LEAVES = {W + name for name in ("t", "tab", "br", "cr", "noBreakHyphen", "sym")}


def r(text: str, properties: str = "") -> str:
    return f'<w:r><w:rPr>{properties}</w:rPr><w:t xml:space="preserve">{text}</w:t></w:r>'


def p(inner: str, properties: str = "") -> str:
    return f"<w:p><w:pPr>{properties}</w:pPr>{inner if inner.startswith('<') else r(inner)}</w:p>"


def report_of(document: Document, *groups: Sequence[Span], waived_by: Waiver | None = None) -> Report:
    """A report with one finding for each group of spans."""
    facts = Facts("normative_document", ("normative_document",), "", "enact", {})
    case = Case((document,), (facts,), (), date(2024, 3, 5), "issued")
    findings = tuple(
        Finding(
            rule="penalty-set",
            requirement="C03",
            severity="error",
            certainty="suspected",
            message=f"涉嫌设定行政处罚，请核实依据（{number}）。",
            suggestion="删去罚款。",
            clause=None,
            evidence=tuple(cite(document, span) for span in spans),
            basis=(LEGAL, INDICATOR),
            fingerprint=f"fp{number}",
            waived_by=waived_by,
        )
        for number, spans in enumerate(groups, 1)
    )
    return Report(case, ("national/prohibitions",), (), findings, (), document.name)


def words(document: Document, quote: str, nth: int = 0) -> Span:
    start = [match.start() for match in re.finditer(re.escape(quote), document.text)][nth]
    return Span(start, start + len(quote))


def field(code: str, result: str) -> str:
    shown = "".join(part if part.startswith("<") else r(part) for part in re.split(r"(<.*>)", result) if part)
    chars = [f'<w:r><w:fldChar w:fldCharType="{kind}"/></w:r>' for kind in ("begin", "separate", "end")]
    return f"{chars[0]}<w:r><w:instrText>{code}</w:instrText></w:r>{chars[1]}{shown}{chars[2]}"


class Annotated:
    """An annotated file, opened again."""

    def __init__(self, data: bytes) -> None:
        self.data = data
        self.archive = zipfile.ZipFile(io.BytesIO(data))
        assert self.archive.testzip() is None
        self.body = etree.fromstring(self.part("word/document.xml"))
        self.comments = list(etree.fromstring(self.part("word/comments.xml")))

    def part(self, name: str) -> bytes:
        return self.archive.read(name).replace(
            b"http://purl.oclc.org/ooxml/wordprocessingml/main", W_NS.encode()
        )  # a Strict file is looked at with the same eyes

    def lines(self, comment: etree._Element) -> list[str]:
        return ["".join(text.text or "" for text in each.iter(W + "t")) for each in comment.iter(W + "p")]

    def own(self) -> list[etree._Element]:
        return [comment for comment in self.comments if comment.get(W + "author") == AUTHOR]

    def of_finding(self, number: int) -> etree._Element:
        return next(each for each in self.own() if self.lines(each)[0].startswith(f"问题{number}〔"))

    def also(self, number: int) -> list[etree._Element]:
        return [each for each in self.own() if self.lines(each)[0].startswith(f"问题{number}也涉及")]

    def covered(self, comment: etree._Element) -> str:
        """The text between the marks of a comment, without what hangs there in boxes."""
        identity, within, found = comment.get(W + "id"), False, []
        for element in self.body.iter():
            if element.get(W + "id") == identity and element.tag in {
                W + "commentRangeStart",
                W + "commentRangeEnd",
            }:
                within = element.tag == W + "commentRangeStart"
            elif within and element.tag in LEAVES and not has_ancestor(element, "txbxContent"):
                found.append(node_text(element))
        return "".join(found)

    def covered_by(self, number: int) -> str:
        return self.covered(self.of_finding(number))


def annotate(data: bytes, *groups: Sequence[str | Span]) -> Annotated:
    """Annotates words (or spans) and checks what must hold of every result."""
    document = read(data, "通知.docx")
    spans = [[each if isinstance(each, Span) else words(document, each) for each in group] for group in groups]
    result = annotated_docx(data, report_of(document, *spans), day=DAY)
    assert_sound(data, document, result, len(groups))
    return Annotated(result)


def assert_sound(data: bytes, document: Document, result: bytes, findings: int) -> None:
    again = read(result, document.name)
    assert again.text == document.text
    assert [(each.span, each.role, each.table, each.level) for each in again.blocks] == [
        (each.span, each.role, each.table, each.level) for each in document.blocks
    ]
    before, after = zipfile.ZipFile(io.BytesIO(data)), zipfile.ZipFile(io.BytesIO(result))
    assert after.namelist()[: len(before.namelist())] == before.namelist()
    changed = {
        name for name in after.namelist() if name not in before.namelist() or before.read(name) != after.read(name)
    }
    rels = {"word/document.xml", "word/comments.xml", "word/_rels/document.xml.rels", "[Content_Types].xml"}
    assert changed <= rels
    opened = Annotated(result)
    identities = [comment.get(W + "id") for comment in opened.comments]
    assert len(identities) == len(set(identities))
    own = {comment.get(W + "id") for comment in opened.own()}
    order = {element: position for position, element in enumerate(opened.body.iter())}
    places = []
    for name in ("commentRangeStart", "commentRangeEnd", "commentReference"):
        marks = {mark.get(W + "id"): mark for mark in opened.body.iter(W + name) if mark.get(W + "id") in own}
        assert set(marks) == own
        places.append({identity: order[mark] for identity, mark in marks.items()})
    assert all(places[0][each] < places[1][each] < places[2][each] for each in own)
    assert not [mark for mark in opened.body.iter(W + "commentRangeStart") if next(mark.iterancestors(W + "r"), None)]
    boxes = [mark for mark in opened.body.iter(W + "commentRangeStart") if has_ancestor(mark, "txbxContent")]
    assert not boxes
    old = (
        {comment.get(W + "id") for comment in Annotated(data).comments}
        if "word/comments.xml" in before.namelist()
        else set()
    )
    new = [opened.lines(each)[0] for each in opened.own() if each.get(W + "id") not in old]
    assert len([line for line in new if re.match(r"问题\d+〔", line)]) == findings


def has_ancestor(element: etree._Element, name: str) -> bool:
    return next(element.iterancestors(W + name), None) is not None


# ------------------------------------------------------------------ the exact words


def test_words_inside_one_run_keep_its_looks() -> None:
    found = annotate(make_docx(p(r("经营者未缴纳保证金的，处五千元罚款。", "<w:b/>"))), ["处五千元罚款"])

    assert found.covered_by(1) == "处五千元罚款"
    runs = [run for run in found.body.iter(W + "r") if run.find(W + "t") is not None]
    assert [run.findtext(W + "t") for run in runs] == ["经营者未缴纳保证金的，", "处五千元罚款", "。"]
    assert all(run.find(f"{W}rPr/{W}b") is not None for run in runs)


@pytest.mark.parametrize(
    ("body", "quote", "covered"),
    [
        (p(r("甲乙") + r("丙丁")), "乙丙", "乙丙"),
        (p(r("甲乙") + r("丙丁")), "甲乙丙丁", "甲乙丙丁"),
        (p("甲乙") + p("丙丁"), "乙\n丙", "乙丙"),
        (p('<w:ins w:id="9" w:author="a">' + r("甲乙丙") + "</w:ins>"), "乙", "乙"),
        (p(r("甲") + '<w:del w:id="9"><w:r><w:delText>删</w:delText></w:r></w:del>' + r("乙丙")), "甲乙", "甲乙"),
        (p('<w:hyperlink r:id="x">' + r("甲乙丙") + "</w:hyperlink>"), "乙丙", "乙丙"),
        (p(r("前") + '<w:smartTag w:element="d">' + r("甲乙丙") + "</w:smartTag>" + r("后")), "乙丙后", "乙丙后"),
        (p("<w:sdt><w:sdtPr/><w:sdtContent>" + r("甲乙丙") + "</w:sdtContent></w:sdt>"), "乙", "乙"),
        (
            p("<w:sdt><w:sdtPr><w:text/></w:sdtPr><w:sdtContent>" + r("甲乙丙") + "</w:sdtContent></w:sdt>"),
            "乙",
            "甲乙丙",
        ),
        (p('<w:fldSimple w:instr="DATE">' + r("2024年") + "</w:fldSimple>" + r("施行")), "4年施", "2024年施"),
        (
            p(
                '<w:r><w:fldChar w:fldCharType="begin"/><w:instrText>DATE</w:instrText>'
                '<w:fldChar w:fldCharType="separate"/><w:t>2024年</w:t><w:fldChar w:fldCharType="end"/></w:r>'
            ),
            "24",
            "2024年",
        ),
        (p(r("前") + field("HYPERLINK a", "甲" + field("PAGEREF b", "3")) + r("后")), "甲", "甲"),
        (p(r("前") + field("HYPERLINK a", "甲" + field("PAGEREF b", "34")) + r("后")), "甲3", "甲34"),
        (p(r("前") + field("REF a", "甲" + field("REF b", "乙")) + r("后")), "乙后", "甲乙后"),
        (p("<w:r><w:t>甲</w:t><w:tab/><w:t>乙</w:t><w:br/><w:t>丙</w:t></w:r>"), "\t乙\n", "\t乙\n"),
        (p("<w:r><w:t>甲</w:t><w:noBreakHyphen/><w:t>乙</w:t></w:r>"), "-", "-"),
        (p("<w:r><w:t>  甲 乙  </w:t></w:r>"), "甲 ", "甲 "),
        (p("<w:r><w:t>  甲 乙  </w:t></w:r>"), " 乙", " 乙"),
        (p("<w:r><w:t>甲<!-- 说明 -->乙</w:t></w:r>" + r("丙")), "乙丙", "甲丙"),  # node_text stops at the comment
        (p("<m:oMath><m:r><m:t>x=1</m:t></m:r></m:oMath>" + r("式")), "1式", "式"),
        (
            p(
                "<w:r><w:ruby><w:rubyPr/><w:rt><w:r><w:t>pin</w:t></w:r></w:rt>"
                "<w:rubyBase><w:r><w:t>甲乙</w:t></w:r></w:rubyBase></w:ruby></w:r>"
            ),
            "乙",
            "pin甲乙",
        ),
        (
            "<w:tbl><w:tr><w:tc>" + p("甲乙") + "</w:tc><w:tc>" + p("丙丁") + "</w:tc></w:tr></w:tbl>",
            "乙\t丙",
            "乙丙",
        ),
    ],
)
def test_words_in_all_kinds_of_markup(body: str, quote: str, covered: str) -> None:
    data = make_docx(body)

    found = annotate(data, [quote])

    assert found.covered_by(1) == covered


def test_overlapping_nested_and_equal_ranges() -> None:
    found = annotate(
        make_docx(p(r("一二三四") + r("五六七八"))), ["二三四五"], ["三四"], ["四五六"], ["三四"], ["一二三四五六七八"]
    )

    assert [found.covered_by(number) for number in range(1, 6)] == [
        "二三四五",
        "三四",
        "四五六",
        "三四",
        "一二三四五六七八",
    ]


def test_further_evidence_gets_a_short_comment_that_leads_to_the_first() -> None:
    found = annotate(
        make_docx(p("公布日三月五日") + p("施行日三月一日")), ["施行日三月一日", "公布日三月五日", "公布日三月五日"]
    )

    assert found.covered_by(1) == "施行日三月一日"
    assert "同时涉及：“公布日三月五日”" in found.lines(found.of_finding(1))
    (other,) = found.also(1)
    assert found.covered(other) == "公布日三月五日"
    assert found.lines(other) == ["问题1也涉及这一处，见“施行日三月一日”处的批注。"]


def test_something_missing_stands_at_the_end_of_its_paragraph() -> None:
    data = make_docx(p(r("第一条") + '<w:hyperlink r:id="x">' + r("立法目的") + "</w:hyperlink>") + p("第二条"))

    found = annotate(data, [Span(3, 3)])

    first = next(found.body.iter(W + "p"))
    assert found.covered_by(1) == ""
    assert [etree.QName(child).localname for child in list(first)[-3:]] == ["commentRangeStart", "commentRangeEnd", "r"]


def test_a_finding_without_evidence_stands_at_the_beginning() -> None:
    found = annotate(make_docx(p("甲")), [])

    assert "批注加在文件开头" in found.lines(found.of_finding(1))[-1]


NUMBERING = (
    '<w:abstractNum w:abstractNumId="1"><w:lvl w:ilvl="0"><w:start w:val="1"/><w:numFmt w:val="chineseCounting"/>'
    '<w:lvlText w:val="第%1条"/></w:lvl></w:abstractNum><w:num w:numId="1"><w:abstractNumId w:val="1"/></w:num>'
)
NUMBERED = '<w:numPr><w:ilvl w:val="0"/><w:numId w:val="1"/></w:numPr>'


@pytest.mark.parametrize(
    ("quote", "covered", "said"),
    [
        ("第二条\u3000丙", "丙", False),  # begins in the number
        ("乙\n第二", "乙", False),  # ends in the number of the next paragraph
        ("第二条", "丙丁", True),  # nothing but the number
    ],
)
def test_generated_numbers_carry_no_marks(quote: str, covered: str, said: bool) -> None:
    data = make_docx(p("甲乙", NUMBERED) + p("丙丁", NUMBERED), numbering=NUMBERING)

    found = annotate(data, [quote])

    assert found.covered_by(1) == covered
    assert any("自动编号" in line for line in found.lines(found.of_finding(1))) is said


BOX = (
    '<w:r><mc:AlternateContent><mc:Choice Requires="wps"><w:drawing><wps:txbx><w:txbxContent>{0}</w:txbxContent>'
    "</wps:txbx></w:drawing></mc:Choice><mc:Fallback><w:pict><v:textbox><w:txbxContent>{0}</w:txbxContent>"
    "</v:textbox></w:pict></mc:Fallback></mc:AlternateContent></w:r>"
)


def test_a_text_box_is_marked_where_it_hangs() -> None:
    data = make_docx(p(r("甲乙") + BOX.format(p("框中文字")) + r("丙")) + p("丁"))

    found = annotate(data, ["中文"], ["甲乙丙\n框中"], [words(read(data, "x"), "框中文字\n丁")])

    assert "文本框" in found.lines(found.of_finding(1))[-1]
    start = next(
        each
        for each in found.body.iter(W + "commentRangeStart")
        if each.get(W + "id") == found.of_finding(1).get(W + "id")
    )
    following = start.getnext()
    assert following is not None
    assert next(following.iter(W + "drawing"), None) is not None
    assert "有一部分" in found.lines(found.of_finding(2))[-1]
    assert found.covered_by(3) == "丁"


def test_notes_headers_and_footers_are_marked_in_the_running_text() -> None:
    section = '<w:sectPr><w:headerReference w:type="default" r:id="header1"/></w:sectPr>'
    body = (
        p("第一节", "<w:sectPr/>")
        + p(r("正文") + '<w:r><w:footnoteReference w:id="2"/></w:r>' + r("后"))
        + p("末段")
        + section
    )
    data = make_docx(body, footnotes=f'<w:footnote w:id="2">{p("注文内容")}</w:footnote>', header1=p("页眉文字"))

    found = annotate(data, ["注文"], ["页眉"])

    assert "注号" in found.lines(found.of_finding(1))[-1]
    assert "页眉" in found.lines(found.of_finding(2))[-1]
    holder = {
        each.get(W + "id"): next(each.iterancestors(W + "p")) for each in found.body.iter(W + "commentRangeStart")
    }
    paragraphs = list(found.body.iter(W + "p"))
    assert paragraphs.index(holder[found.of_finding(1).get(W + "id")]) == 1
    assert paragraphs.index(holder[found.of_finding(2).get(W + "id")]) == 1
    assert b"comment" not in found.part("word/header1.xml") + found.part("word/footnotes.xml")


# ------------------------------------------------------------------ what survives


OLD = (
    '<w:comment w:id="7" w:author="张三" w:date="2024-01-01T00:00:00Z" w14:paraId="0A"><w:p w14:paraId="1B">'
    "<w:r><w:t>原有批注</w:t></w:r></w:p></w:comment>"
)
RICH = (
    "<?mso x?><!-- 保留 -->"
    '<w:p w14:paraId="2C" w:rsidR="00AA"><w:pPr><w:rPr><w:ins w:id="3" w:author="b"/></w:rPr></w:pPr>'
    '<w:bookmarkStart w:id="0" w:name="b"/><w:commentRangeStart w:id="7"/>'
    f'{r("甲乙")}<w:commentRangeEnd w:id="7"/><w:r><w:commentReference w:id="7"/></w:r>'
    '<w:bookmarkEnd w:id="0"/><w:odd w:x="1"><w:inner/></w:odd><w:moveFromRangeStart w:id="5" w:name="m"/>'
    f'<w:ins w:id="4" w:author="b" w:date="2024-01-02T00:00:00Z">{r("丙")}</w:ins>'
    '<w:del w:id="6"><w:r><w:delText>丁</w:delText></w:r></w:del></w:p>'
)


def test_existing_comments_revisions_and_unknown_nodes_survive() -> None:
    data = make_docx(RICH + p("戊己"), comments=OLD, commentsExtended='<w15 paraId="1B"/>')

    found = annotate(data, ["甲乙"], ["丙"])

    old = next(each for each in found.comments if each.get(W + "author") == "张三")
    assert found.covered(old) == "甲乙"
    assert found.lines(old) == ["原有批注"]
    assert sorted(int(each.get(W + "id") or -1) for each in found.comments) == [7, 8, 9, 10]
    own = {each.get(W + "id") for each in found.own()}
    for element in list(found.body.iter(W + "commentRangeStart", W + "commentRangeEnd", W + "r")):
        identities = {element.get(W + "id")} | {each.get(W + "id") for each in element.iter(W + "commentReference")}
        if identities & own:
            parent = element.getparent()
            assert parent is not None
            parent.remove(element)
    before = etree.fromstring(zipfile.ZipFile(io.BytesIO(data)).read("word/document.xml"))
    assert etree.tostring(found.body, method="c14n2") == etree.tostring(before, method="c14n2")


def test_a_split_run_keeps_attributes_and_tracked_format_with_numbers_of_their_own() -> None:
    change = '<w:b/><w:rPrChange w:id="50" w:author="b"><w:rPr/></w:rPrChange>'
    data = make_docx(p(r("甲乙丙", change).replace("<w:r>", '<w:r w:rsidR="00BB">')))

    found = annotate(data, ["乙"])

    runs = [run for run in found.body.iter(W + "r") if run.find(W + "t") is not None]
    assert [run.get(W + "rsidR") for run in runs] == ["00BB"] * 3
    identities = [each.get(W + "id") for each in found.body.iter(W + "rPrChange")]
    assert len(set(identities)) == 3
    assert "50" in identities


def test_the_comments_part_is_declared_and_related_once() -> None:
    first = annotate(make_docx(p("甲乙")), ["甲"])
    second = annotate(first.data, ["乙"])

    types = etree.fromstring(second.part("[Content_Types].xml"))
    assert [each.get("PartName") for each in types].count("/word/comments.xml") == 1
    rels = etree.fromstring(second.part("word/_rels/document.xml.rels"))
    assert [(each.get("Target"), (each.get("Type") or "").rpartition("/")[2]) for each in rels] == [
        ("comments.xml", "comments")
    ]
    assert len(second.own()) == 4
    assert python_docx.Document(io.BytesIO(second.data)).comments is not None


def test_a_main_part_without_relationships_and_an_unrelated_comments_part() -> None:
    members = {
        "[Content_Types].xml": '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"/>',
        "_rels/.rels": f'<Relationships xmlns="{PACKAGE_RELS}"><Relationship Id="rId1" Type="{R_NS}/officeDocument" Target="word/document.xml"/></Relationships>',
        "word/document.xml": f"<w:document {NAMESPACES}><w:body>{p('甲')}</w:body></w:document>",
        "word/comments.xml": "<other/>",
    }
    data = make_zip(members)
    document = read(data, "x.docx")

    result = zipfile.ZipFile(io.BytesIO(annotated_docx(data, report_of(document, [Span(0, 1)]))))

    assert result.read("word/comments.xml") == b"<other/>"
    assert b"comments1.xml" in result.read("word/_rels/document.xml.rels")
    assert AUTHOR.encode() in result.read("word/comments1.xml")


def test_strict_files_stay_strict() -> None:
    strict = {
        W_NS: "http://purl.oclc.org/ooxml/wordprocessingml/main",
        R_NS: "http://purl.oclc.org/ooxml/officeDocument/relationships",
    }
    source = zipfile.ZipFile(io.BytesIO(make_docx(p("甲乙丙"))))
    members = {name: source.read(name).decode() for name in source.namelist()}
    for old, new in strict.items():
        members = {name: content.replace(old, new) for name, content in members.items()}

    found = annotate(make_zip(members), ["乙"])

    assert found.covered_by(1) == "乙"
    for name in ("word/document.xml", "word/comments.xml", "word/_rels/document.xml.rels"):
        raw = found.archive.read(name)
        assert W_NS.encode() not in raw
        assert R_NS.encode() not in raw
        assert b"purl.oclc.org" in raw


def test_strict_and_transitional_mixed_is_refused_and_becomes_a_findings_document() -> None:
    body = f'{p("甲乙")}<x:y xmlns:x="http://purl.oclc.org/ooxml/wordprocessingml/main"/>'
    data = make_docx(body)
    document = read(data, "x.docx")
    report = report_of(document, [Span(0, 1)])

    with pytest.raises(ReadError, match="两种命名空间"):
        annotated_docx(data, report)
    assert "两种命名空间" in shown(docx_report(data, report))


def test_a_damaged_comments_part_becomes_a_findings_document() -> None:
    data = make_docx(p("甲乙"), comments="</damaged>")
    report = report_of(read(data, "x.docx"), [Span(0, 1)])

    assert "不能在原文上加批注" in shown(docx_report(data, report))


def test_a_file_changed_since_it_was_judged_is_refused() -> None:
    report = report_of(read(make_docx(p("甲乙")), "x.docx"), [Span(0, 1)])

    with pytest.raises(ReadError, match="改动过"):
        annotated_docx(make_docx(p("甲丙")), report)


def test_more_comments_than_word_opens_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "_MOST", 3)

    with pytest.raises(LimitExceeded, match="批注有4个"):
        annotate(make_docx(p("甲乙丙")), ["甲"], ["乙"], ["丙"])


def test_a_signature_is_told_to_be_void() -> None:
    source = zipfile.ZipFile(io.BytesIO(make_docx(p("甲"))))
    members: dict[str, str | bytes] = {name: source.read(name) for name in source.namelist()}
    members["_xmlsignatures/sig1.xml"] = "<s/>"

    found = annotate(make_zip(members), ["甲"])

    assert "电子签名" in found.lines(found.own()[0])[-1]


# ------------------------------------------------------------------ what the comments say


def test_the_words_of_a_comment() -> None:
    data = make_docx(p("处五千元罚款"))
    document = read(data, "x.docx")
    report = report_of(document, [Span(0, 6)], waived_by=Waiver("已有上位法依据", "张审核"))

    found = Annotated(annotated_docx(data, report, day=DAY))

    comment = found.of_finding(1)
    assert comment.get(W + "author") == "规检（normcheck）"
    assert comment.get(W + "date") == "2024-03-06T00:00:00Z"
    assert "问题1条（其中已豁免1条），各有批注。" in found.lines(found.own()[0])[0]
    assert found.lines(comment) == [
        "问题1〔硬性要求〕C03 涉嫌设定行政处罚，请核实依据（1）。",
        "已豁免：已有上位法依据（张审核）",
        "依据：中华人民共和国行政处罚法（主席令第70号）第十六条：法律、法规、规章以外的规范性文件不得设定行政处罚〔合法性依据〕",
        "依据：宁夏回族自治区法治政府建设指标体系第19项：公布与施行之间原则上应隔三十日以上〔考核指标〕",
        "建议：删去罚款。",
        "编号：penalty-set fp1",
    ]


def test_the_summary_says_what_could_not_be_told(report: Report) -> None:
    data = make_docx(p("处五千元罚款"))
    document = read(data, "x.docx")
    own = report_of(document, [Span(0, 6)])
    summed = replace(own, outcomes=report.outcomes, problems=(Problem("x.docx", "附件没有读到。", "第7段", "补交。"),))

    found = Annotated(annotated_docx(data, summed, requirements={"P22": "按期报送备案"}))

    lines = found.lines(found.own()[0])
    assert lines[0] == "检查概况：符合1项，不符合2项，待核实1项，不涉及1项；问题1条，各有批注。"
    assert (
        "待核实：P22 按期报送备案。不知道报送备案的日期。缺报送备案日：用 --date 报送备案=2024-03-20 这样的写法给出。"
        in lines
    )
    assert "没有读到或者没有判断的：第7段：附件没有读到。补交。" in lines


def test_evidence_in_another_file_of_the_dossier_is_told_and_marked_there() -> None:
    first, second = make_docx(p("施行日三月一日")), make_docx(p("公布日三月五日"))
    documents = (read(first, "办法.docx"), read(second, "公告.docx"))
    alone = report_of(documents[0], [words(documents[0], "三月一日")])
    assert alone.case is not None
    case = replace(alone.case, documents=documents, facts=alone.case.facts * 2)
    evidence = (*alone.findings[0].evidence, cite(documents[1], words(documents[1], "三月五日")))
    report = replace(alone, case=case, findings=(replace(alone.findings[0], evidence=evidence),))

    main, other = Annotated(annotated_docx(first, report)), Annotated(annotated_docx(second, report, documents[1]))

    assert "另见公告.docx：“三月五日”（第1段）" in main.lines(main.of_finding(1))
    assert other.covered_by(1) == "三月五日"
    assert len(other.own()) == 1


def test_text_that_no_xml_may_hold() -> None:
    data = make_docx(p("甲"))
    report = report_of(read(data, "x.docx"), [Span(0, 1)])
    odd = replace(report.findings[0], message="控制\x00符\ud800号\uffff")

    found = Annotated(annotated_docx(data, replace(report, findings=(odd,))))

    assert found.lines(found.of_finding(1))[0].endswith("控制 符 号")


def test_every_finding_is_in_every_format(report: Report) -> None:
    """The fingerprints of the text, of the JSON and of the two kinds of Word file are the same, in the same order."""
    data = make_docx("".join(p(line) for line in ("处五千元罚款", "自2024年4月1日起施行", "2024年3月5日")))
    document = read(data, report.name)
    assert report.case is not None
    moved = tuple(
        replace(finding, evidence=tuple(cite(document, words(document, each.quote)) for each in finding.evidence))
        for finding in report.findings
    )
    same = replace(
        report,
        case=replace(report.case, documents=(document,), facts=(Facts("other", (), "", "enact", {}),)),
        findings=moved,
    )
    tool = json_report.Tool("0", "", DAY)
    wanted = [each["fingerprint"] for each in json_report.report_object([same], tool)["reports"][0]["findings"]]

    found = Annotated(annotated_docx(data, same))

    def fingerprints(text: str) -> list[str]:
        return [line.split()[-1] for line in text.splitlines() if "编号：" in line]

    comments = "\n".join(line for comment in found.own() for line in found.lines(comment))
    assert (
        fingerprints(comments)
        == fingerprints(report_text(same))
        == fingerprints(shown(docx_report(None, same)))
        == wanted
    )


# ------------------------------------------------------------------ properties


PIECES = st.sampled_from(
    [
        r("甲乙丙丁"),
        r("子丑", "<w:i/>"),
        "<w:r><w:t> 寅卯 </w:t></w:r>",
        '<w:r><w:t>辰</w:t><w:tab/><w:t xml:space="preserve"> 巳</w:t><w:br/></w:r>',
        f'<w:ins w:id="1" w:author="a">{r("午未申")}</w:ins>',
        f'<w:hyperlink r:id="x">{r("链接")}{r("文字")}</w:hyperlink>',
        f"<w:sdt><w:sdtPr/><w:sdtContent>{r('控件')}</w:sdtContent></w:sdt>",
        f'<w:smartTag w:element="e">{r("标记")}<w:smartTag w:element="f">{r("内层")}</w:smartTag></w:smartTag>',
        '<w:del w:id="2"><w:r><w:delText>删去</w:delText></w:r></w:del>',
        "<w:r><w:rPr><w:vanish/></w:rPr><w:t>隐藏</w:t></w:r>",
        f'<w:fldSimple w:instr="X">{r("域")}</w:fldSimple>',
        '<w:r><w:sym w:font="Wingdings" w:char="F0A8"/><w:noBreakHyphen/></w:r>',
        "<m:oMath><m:r><m:t>y=2</m:t></m:r></m:oMath>",
        field("REF a", "引用"),
        field("HYPERLINK a", "链"),
        '<w:r><w:footnoteReference w:id="2"/></w:r>',
        BOX.format(p("框内") + p("两段")),
        '<w:commentRangeStart w:id="3"/>' + r("旧批注") + '<w:commentRangeEnd w:id="3"/>',
    ]
)
PARAGRAPHS = st.tuples(st.lists(PIECES, min_size=0, max_size=5), st.booleans()).map(
    lambda drawn: p("".join(drawn[0]) or "<w:r/>", NUMBERED if drawn[1] else "")
)
BLOCKS = st.one_of(
    PARAGRAPHS,
    st.lists(PARAGRAPHS, min_size=1, max_size=3).map(
        lambda cells: f"<w:tbl><w:tr>{''.join(f'<w:tc>{cell}</w:tc>' for cell in cells)}</w:tr></w:tbl>"
    ),
)


@settings(max_examples=80, deadline=None)
@given(st.lists(BLOCKS, min_size=1, max_size=5), st.data())
def test_any_span_of_any_markup(blocks: list[str], data: st.DataObject) -> None:
    file = make_docx(
        p("首段") + "".join(blocks), numbering=NUMBERING, footnotes=f'<w:footnote w:id="2">{p("注文")}</w:footnote>'
    )
    document = read(file, "x.docx")
    offset = st.integers(0, len(document.text))
    span = st.tuples(offset, offset).map(lambda ends: Span(min(ends), max(ends)))
    groups = data.draw(st.lists(st.lists(span, max_size=3), max_size=8))

    result = annotated_docx(file, report_of(document, *groups))

    assert_sound(file, document, result, len(groups))
    found = Annotated(result)
    for number, spans in enumerate(groups, 1):
        if spans and (wanted := "".join(exact(document, spans[0]))):
            assert visible(found.covered_by(number)).count(visible(wanted)) == 1


def exact(document: Document, span: Span) -> Iterator[str]:
    """The characters of a span of plain text that must be covered; nothing where more or less is marked on purpose."""
    touched = [block for _, block in document.blocks_of(span)]
    said = span.of(document.text)
    if any(block.role in {Role.TEXT_BOX, Role.FOOTNOTE} or block.anchor.runs[0].node < 0 for block in touched):  # type: ignore[union-attr]
        return
    if not re.search("[域引用y=2\t\n]", said) and len(touched) == 1:
        yield said


def visible(text: str) -> str:
    return re.sub(r"\s|隐藏", "", text)


def test_documents_of_the_corpus(shared: Path) -> None:
    count = 0
    for path in sorted((shared / "corpora" / "files").rglob("*.docx"))[::4]:
        data = path.read_bytes()
        try:
            document = read(data, path.name)
        except NormcheckError:
            continue
        size, seed = len(document.text), int(hashlib.sha256(data).hexdigest()[:8], 16)
        starts = [(seed * (number + 1) * 2654435761) % size for number in range(24)]
        groups = [[Span(start, min(start + (seed >> number) % 60, size))] for number, start in enumerate(starts)]
        result = annotated_docx(data, report_of(document, *groups))
        assert_sound(data, document, result, len(groups))
        count += 1
    assert count > 15


def test_three_hundred_comments_in_a_second() -> None:
    data = make_docx(
        "".join(p(r("县人民政府有关部门应当") + r("按照各自职责做好工作，处五千元罚款。")) for _ in range(1000))
    )
    document = read(data, "x.docx")
    step = len(document.text) // 300
    report = report_of(document, *([Span(number * step, number * step + 25)] for number in range(300)))

    begun = time.perf_counter()
    result = annotated_docx(data, report)

    assert time.perf_counter() - begun < 1
    assert len(Annotated(result).own()) == 301


# ------------------------------------------------------------------ the findings document


def shown(data: bytes) -> str:
    """All text of a Word file, tables included, a paragraph a line."""
    body = python_docx.Document(io.BytesIO(data)).element.body
    return "\n".join("".join(text.text or "" for text in each.iter(qn("w:t"))) for each in body.iter(qn("w:p")))


def test_other_formats_get_a_findings_document(report: Report) -> None:
    text = shown(docx_report(b"", report, requirements={"P05": "公开征求意见不少于七个工作日"}, day=DAY))

    for wanted in (
        "原文件是txt格式，不能在原文上加Word批注",
        "青政规发〔2024〕3号",
        "实际 13个工作日，要求不少于7个工作日。",
        "公开征求意见不少于七个工作日",
        "缺报送备案日：用 --date 报送备案=2024-03-20 这样的写法给出。",
        "1. 〔硬性要求〕C03 涉嫌设定行政处罚，请核实依据：处五千元罚款。",
        "“处五千元罚款”　第4段，第二条",
        "依据：中华人民共和国行政处罚法（主席令第70号）第十六条：",
        "建议：推迟施行日期至2024年4月7日，或者在起草说明中写明立即施行的理由。",
        "已豁免：起草说明中写明了立即施行的理由（张审核，有效至2024-12-31）",
        "编号：penalty-set 9f2c1a",
        "〔没有读到或者没有判断的〕第7段：附件1没有读到。",
        "下一步：把附件一并提交。",
    ):
        assert wanted in text


def test_the_findings_document_is_laid_out_for_paper_and_chinese(report: Report) -> None:
    opened = python_docx.Document(io.BytesIO(docx_report(None, report, day=DAY)))

    section = opened.sections[0]
    assert (round(section.page_width.cm, 1), round(section.page_height.cm, 1)) == (21.0, 29.7)  # type: ignore[union-attr]
    for name in ("Normal", "Title", "Heading 1", "Heading 2"):
        fonts = opened.styles[name].element.find(f".//{qn('w:rFonts')}")
        assert fonts.get(qn("w:eastAsia")) in {"宋体", "黑体"}
        assert not [key for key in fonts.attrib if "heme" in key]
    codes = [code.text for code in section.footer._element.iter(qn("w:instrText"))]
    assert codes == ["PAGE", "NUMPAGES"]
    assert opened.core_properties.created is not None
    assert opened.core_properties.created.date() == DAY


def test_a_file_that_could_not_be_read_gets_a_document_that_says_why(unreadable: Report) -> None:
    text = shown(docx_report(None, unreadable))

    assert "没有得出结论" in text
    assert "报告.docx：文件需要密码。" in text
    assert "下一步：去掉密码后重新提交。" in text


def test_evidence_of_something_missing_and_of_other_files_is_worded(report: Report) -> None:
    assert report.case is not None
    case = replace(report.case, documents=report.case.documents * 2, facts=report.case.facts * 2)
    absent = Evidence("说明.txt", "", Span(0, 0), None, 2)
    changed = replace(report.findings[0], evidence=(absent,))

    text = shown(docx_report(None, replace(report, case=case, findings=(changed,))))

    assert "（原文没有写，应当写在此处）　说明.txt，第2段" in text
