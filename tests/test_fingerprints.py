"""A finding keeps its fingerprint while its document is edited elsewhere and changes its file format."""

from __future__ import annotations

import io
from collections.abc import Callable, Sequence
from datetime import date

import pytest

from checker import audit
from checker.audit import Settings

LINES = (
    "青禾县人民政府关于印发《青禾县集贸市场管理办法》的通知",
    "青政规发〔2024〕3号",
    "各乡镇人民政府，县政府各部门：",
    "现将《青禾县集贸市场管理办法》印发给你们，请认真贯彻执行。",
    "青禾县人民政府",
    "2024年3月5日",
    "青禾县集贸市场管理办法",
    "第一条　为了规范集贸市场的经营秩序，保护经营者和消费者的合法权益，根据有关法律法规，结合本县实际，制定本办法。",
    "第二条　本县行政区域内集贸市场的开办、经营和监督管理，适用本办法。",
    "第三条　经营者应当按照市场开办者划定的摊位经营，不得占用消防通道，保持摊位周围整洁，并在每日收市以后清理垃圾。",
    "第四条　本办法由县市场监督管理局负责解释，各乡镇人民政府可以根据本办法的规定制定本乡镇集贸市场管理的具体措施，报县市场监督管理局备案。本办法自2024年3月1日起施行。",
)
WANTED = {"publicity-not-stated", "steps-out-of-order"}
SETTINGS = Settings(today=date(2026, 1, 1), region="宁夏回族自治区")


def txt(lines: Sequence[str]) -> bytes:
    return "\n".join(lines).encode()


def docx(lines: Sequence[str]) -> bytes:
    import docx as library

    document = library.Document()
    for line in lines:
        document.add_paragraph(line)
    file = io.BytesIO()
    document.save(file)
    return file.getvalue()


def pdf(lines: Sequence[str]) -> bytes:
    from reportlab.lib.pagesizes import A4
    from reportlab.lib.styles import ParagraphStyle
    from reportlab.pdfbase import pdfmetrics
    from reportlab.pdfbase.cidfonts import UnicodeCIDFont
    from reportlab.platypus import Paragraph, SimpleDocTemplate

    pdfmetrics.registerFont(UnicodeCIDFont("STSong-Light"))
    style = ParagraphStyle("body", fontName="STSong-Light", fontSize=16, leading=40, firstLineIndent=32, wordWrap="CJK")
    file = io.BytesIO()
    SimpleDocTemplate(file, pagesize=A4).build([Paragraph(line, style) for line in lines])
    return file.getvalue()


def prints(lines: Sequence[str], make: Callable[[Sequence[str]], bytes] = txt, name: str = "办法") -> dict[str, str]:
    report = audit.check_file(make(lines), f"{name}.{make.__name__}", SETTINGS)
    assert report.case is not None
    return {finding.rule: finding.fingerprint for finding in report.findings}


def test_the_same_text_has_the_same_fingerprints_in_every_format() -> None:
    found = [prints(LINES, make) for make in (txt, docx, pdf)]
    assert set(found[0]) == WANTED
    assert found[0] == found[1] == found[2]


def test_the_paragraph_is_broken_over_lines_and_pages_in_the_pdf() -> None:
    report = audit.check_file(pdf(LINES), "办法.pdf", SETTINGS)
    assert report.case is not None
    document = report.case.document
    (finding,) = [each for each in report.findings if each.rule == "steps-out-of-order"]
    lines = document.blocks[document.block_index(finding.evidence[0].span.start)].anchor.lines  # type: ignore[union-attr]
    assert len(lines) > 2
    assert document.pages is not None
    assert document.pages > 1


def inserted(lines: Sequence[str]) -> list[str]:
    """An article before, the following ones numbered anew."""
    later = [line.replace("第四条", "第五条").replace("第三条", "第四条") for line in lines[9:]]
    return [*lines[:9], "第三条　县市场监督管理局负责集贸市场的监督管理工作。", *later]


def corrected(lines: Sequence[str]) -> list[str]:
    """A typo elsewhere."""
    return [line.replace("认真贯彻执行", "认真遵照执行") for line in lines]


def reflowed(lines: Sequence[str]) -> list[str]:
    """Other blanks and widths of the same characters, in the paragraph itself."""
    return [line.replace("第四条　", "第四条  ").replace("2024年3月1日起", "2024 年3 月1 日起") for line in lines]


@pytest.mark.parametrize("make", [txt, docx, pdf])
@pytest.mark.parametrize("edit", [inserted, corrected, reflowed])
def test_edits_elsewhere_change_no_fingerprint(
    edit: Callable[[Sequence[str]], Sequence[str]], make: Callable[[Sequence[str]], bytes]
) -> None:
    assert prints(edit(LINES), make, "修改稿") == prints(LINES)


def test_the_words_at_fault_and_their_paragraph_make_the_fingerprint() -> None:
    before = prints(LINES)["steps-out-of-order"]
    for old, new in (("2024年3月1日", "2024年3月2日"), ("负责解释", "解释")):
        assert prints([line.replace(old, new) for line in LINES])["steps-out-of-order"] != before
