"""The findings as a Word document of their own, for files that cannot carry comments and files that could not be read."""

from __future__ import annotations

import io
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from itertools import groupby
from pathlib import PurePath
from typing import cast

import docx
from docx.document import Document as Docx
from docx.enum.table import WD_TABLE_ALIGNMENT
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.oxml.xmlchemy import BaseOxmlElement
from docx.shared import Cm, Pt, RGBColor
from docx.styles.style import ParagraphStyle
from docx.table import Table, _Cell
from docx.text.paragraph import Paragraph
from docx.text.run import Run

from checker.model import Case, Evidence, Finding, Outcome, Problem, Report
from checker.reports import words
from checker.reports.checklist import counted, folded
from checker.reports.text import clean

_BODY, _HEAD, _LATIN = "宋体", "黑体", "Times New Roman"
_GREY, _PALE, _LINE = "595959", "F2F4F7", "BFBFBF"
_COLOURS = {"violated": "B42318", "cannot_tell": "B54708", "met": "067647", "not_applicable": "667085"}
_GRADES = {"error": "B42318", "warning": "B54708", "info": "475467"}
_ORDER = ("violated", "cannot_tell", "met", "not_applicable")
_WIDTHS = (2.0, 1.5, 4.6, 7.9)  # cm: outcome, code, requirement, explanation; together the width of the page's text
_QUOTE = 200
_LAW = 300


def findings_docx(
    report: Report, *, requirements: Mapping[str, str] | None = None, day: date | None = None, why: str = ""
) -> bytes:
    """The report on A4: what was judged, the checklist, each finding with quote, place, bases and suggestion.

    It says why it is no annotated document: the format carries no comments, the file could not be read, or `why`.
    `requirements` gives the wording of each requirement by its code; `day` is written as the date of the document.
    """
    paper = _Paper(report.name or "文件")
    case = report.case
    if case is None:
        paper.notice("没有得出结论：文件没有读出来，或者没有判断完。原因和下一步见下。")
        paper.problems(report.problems, "原因")
    else:
        paper.notice(_why_apart(case, why))
        paper.head(report, case)
        paper.counts(report)
        paper.dates(case)
        paper.checklist(report.outcomes, requirements or {})
        paper.findings(report.findings, several=len(case.documents) > 1)
        paper.problems(report.problems, "读取和判断中的情况")
        paper.closing("列出的问题是再看一遍的线索，不是法律意见；“待核实”的，补齐所缺的材料后再检查一次。")
    return paper.saved(day)


def _why_apart(case: Case, why: str) -> str:
    if why:
        return f"不能在原文上加批注（{clean(why)}），检查结果单独列在这里；原文件没有改动。"
    form = case.document.format
    return f"原文件是{form}格式，不能在原文上加Word批注，检查结果单独列在这里，按页码、段落和引文对照原文；原文件没有改动。"


class _Paper:
    """A Word document while it is written."""

    def __init__(self, name: str) -> None:
        self._docx: Docx = docx.Document()
        self._name = PurePath(clean(name)).name
        self._parts = 0
        self._lay_out()
        self._docx.add_paragraph("合法性检查结果", style="Title")
        self._docx.add_paragraph(self._name, style="Subtitle")

    def saved(self, day: date | None) -> bytes:
        """The bytes of the file."""
        about = self._docx.core_properties
        about.title, about.author, about.comments = f"合法性检查结果：{self._name}"[:250], "规检（normcheck）", ""
        about.last_modified_by, about.language = about.author, "zh-CN"
        if day is not None:
            about.created = about.modified = datetime(day.year, day.month, day.day)  # noqa: DTZ001  a day has no zone
        target = io.BytesIO()
        self._docx.save(target)
        return target.getvalue()

    # -- parts

    def notice(self, text: str) -> None:
        """A shaded paragraph that says what this document is."""
        paragraph = self._docx.add_paragraph(clean(text))
        paragraph.paragraph_format.space_after = Pt(10)
        paragraph.paragraph_format.left_indent = paragraph.paragraph_format.right_indent = Cm(0.25)
        _frame(paragraph, fill="FFF7E6", colour="F5C26B", sides=("top", "left", "bottom", "right"))

    def head(self, report: Report, case: Case) -> None:
        """What was judged, and how."""
        facts = case.main
        rows = [("文件", f"{case.document.name}（{case.document.format}，{len(case.document.text)}字）")]
        rows += [("同卷文件", document.name) for document in case.documents[1:]]
        for label, key in (("标题", "title"), ("发文字号", "document_number")):
            fact = facts.first(key)
            rows.append((label, str(fact.value) if fact else "（没有读到）"))
        issuers = [
            f"{fact.value}（{words.LEVEL.get(str(fact.detail.get('level')), '层级不明')}）"
            for fact in facts.all("issuer")
        ]
        rows.append(("制定机关", "、".join(issuers) or "（没有读到）"))
        rows.append(("文种", words.kinds(facts)))
        rows.append(("行为", words.ACT.get(facts.act, facts.act)))
        traits = "；".join(f"{words.TRAIT.get(trait.name, trait.name)}：{trait.reason}" for trait in facts.traits)
        rows.append(("特征", traits or "（没有）"))
        rows.append(("地区", (case.region.name if case.region else "") or "（没有读到）"))
        rows.append(("按此日判断", f"{case.as_of}（{words.AS_OF.get(case.as_of_source, case.as_of_source)}）"))
        rows.append(("规则包", "、".join(report.packs) or "（没有适用的规则包）"))
        self._heading("概况")
        self._pairs(rows)

    def counts(self, report: Report) -> None:
        """The four outcomes as numbers."""
        statuses = counted(report.outcomes)
        table = self._docx.add_table(rows=1, cols=len(_ORDER))
        table.alignment = WD_TABLE_ALIGNMENT.CENTER
        for cell, status in zip(table.rows[0].cells, _ORDER, strict=True):
            paragraph = cell.paragraphs[0]
            paragraph.alignment = WD_ALIGN_PARAGRAPH.CENTER
            paragraph.paragraph_format.space_before = Pt(8)
            _inked(paragraph.add_run(str(statuses[status])), _COLOURS[status], size=20, bold=True)
            _inked(paragraph.add_run(f"\n{words.STATUS[status]}"), _COLOURS[status], size=10)
            paragraph.paragraph_format.line_spacing = 1.0

    def dates(self, case: Case) -> None:
        """The dated steps, with the words they were read from."""
        if not case.timeline:
            return
        self._heading("日期")
        rows = []
        for event in case.timeline:
            how = [{"derived": "推算", "given": "检查时指定"}.get(event.source, "")]
            if event.evidence and event.evidence.quote:
                how.append(f"“{_short(event.evidence.quote)}”")
            said = "，".join(part for part in how if part)
            rows.append((words.EVENT.get(event.event, event.event), f"{event.day}" + (f"　{said}" if said else "")))
        self._pairs(rows)

    def checklist(self, outcomes: Sequence[Outcome], requirements: Mapping[str, str]) -> None:
        """One row an outcome, the gravest first; what is not concerned follows in one paragraph a reason."""
        self._heading("逐项核对")
        outcomes = folded(outcomes)
        judged = [outcome for outcome in outcomes if outcome.status != "not_applicable"]
        if not judged:
            self._docx.add_paragraph("没有作出判断的要求。")
        else:
            self._outcomes(sorted(judged, key=_rank), requirements)
        aside = sorted((outcome for outcome in outcomes if outcome.status == "not_applicable"), key=lambda o: o.reason)
        for reason, group in groupby(aside, key=lambda outcome: outcome.reason):
            names = dict.fromkeys(
                f"{each.requirement} {requirements.get(each.requirement, each.title)}" for each in group
            )
            paragraph = self._docx.add_paragraph()
            paragraph.paragraph_format.space_before = Pt(4)
            _inked(paragraph.add_run("不涉及："), _COLOURS["not_applicable"], size=9, bold=True)
            _inked(paragraph.add_run(clean(f"{'；'.join(names)}。{reason}")), _GREY, size=9)

    def findings(self, findings: Sequence[Finding], *, several: bool) -> None:
        """Every finding with what a person needs to act on it."""
        self._heading("问题")
        if not findings:
            self._docx.add_paragraph("没有列出问题。")
        for number, finding in enumerate(findings, 1):
            self._finding(number, finding, several=several)

    def problems(self, problems: Iterable[Problem], title: str) -> None:
        """What could not be read or judged, and what to do."""
        problems = list(problems)
        if not problems:
            return
        self._heading(title)
        for problem in problems:
            paragraph = self._docx.add_paragraph()
            mark, colour = ("没有读到或者没有判断的", "violated") if problem.lost else ("提示", "not_applicable")
            _inked(paragraph.add_run(f"〔{mark}〕"), _COLOURS[colour], bold=True)
            paragraph.add_run(clean(f"{problem.where + '：' if problem.where else ''}{problem.what}"))
            if problem.next:
                paragraph.paragraph_format.keep_with_next = True
                self._labelled("下一步", problem.next)

    def closing(self, text: str) -> None:
        """A last remark in small grey type."""
        paragraph = self._docx.add_paragraph()
        paragraph.paragraph_format.space_before = Pt(14)
        _inked(paragraph.add_run(text), _GREY, size=9)

    # -- pieces

    def _heading(self, title: str) -> None:
        self._parts += 1
        self._docx.add_paragraph(f"{'一二三四五六七八九'[self._parts - 1]}、{title}", style="Heading 1")

    def _pairs(self, rows: Sequence[tuple[str, str]]) -> None:
        table = self._docx.add_table(rows=0, cols=2)
        table.style = "Table Grid"
        table.autofit = False
        for label, value in rows:
            left, right = table.add_row().cells
            _fill(left, _PALE)
            _said(left, label, size=9.5, font=_HEAD)
            _said(right, value, size=9.5)
        _lines_and_widths(table, (2.9, 13.1))

    def _outcomes(self, outcomes: Sequence[Outcome], requirements: Mapping[str, str]) -> None:
        packs: dict[str, set[str]] = {}
        for outcome in outcomes:
            packs.setdefault(outcome.requirement, set()).add(outcome.pack)
        table = self._docx.add_table(rows=1, cols=len(_WIDTHS))
        table.style = "Table Grid"
        table.autofit = False
        for cell, label in zip(table.rows[0].cells, ("结论", "编号", "要求", "说明"), strict=True):
            _fill(cell, "E4E7EC")
            _said(cell, label, size=9.5, font=_HEAD)
        _row_property(table.rows[0]._tr, "tblHeader")  # noqa: SLF001  as above
        for outcome in outcomes:
            row = table.add_row()
            _row_property(row._tr, "cantSplit")  # noqa: SLF001  as above
            status = words.STATUS[outcome.status]
            if outcome.status == "met" and outcome.certainty == "screened":
                status += "（初筛）"
            _inked(row.cells[0].paragraphs[0].add_run(status), _COLOURS[outcome.status], size=9.5, bold=True)
            _said(row.cells[1], outcome.requirement, size=9.5)
            name = requirements.get(outcome.requirement, outcome.title)
            several = len(packs[outcome.requirement]) > 1
            _said(row.cells[2], f"{name}〔{outcome.pack}〕" if several else name, size=9.5)
            _said(row.cells[3], *_explained(outcome), size=9)
        _lines_and_widths(table, _WIDTHS)

    def _finding(self, number: int, finding: Finding, *, several: bool) -> None:
        grade, doubt = words.SEVERITY[finding.severity], words.CERTAINTY[finding.certainty]
        grade = f"{grade}，{doubt}" if doubt and doubt not in finding.message else grade
        heading = self._docx.add_paragraph(style="Heading 2")
        heading.add_run(f"{number}. ")
        _inked(heading.add_run(f"〔{grade}〕"), _GRADES[finding.severity])
        heading.add_run(clean(f"{finding.requirement} {finding.message}"))
        if finding.waived_by:
            self._labelled("已豁免", str(finding.waived_by))
        for evidence in finding.evidence:
            self._quote(evidence, several=several)
        for basis in finding.basis:
            self._labelled("依据", words.basis_line(basis))
        for label, law in words.law_lines(finding, _LAW):
            self._labelled(label, law)
        if finding.suggestion:
            self._labelled("建议", finding.suggestion)
        self._labelled("编号", f"{finding.rule} {finding.fingerprint}", colour=_GREY)

    def _quote(self, evidence: Evidence, *, several: bool) -> None:
        place = words.place(evidence.page, evidence.paragraph, evidence.clause)
        if several:
            place = f"{evidence.document}，{place}" if place else evidence.document
        paragraph = self._docx.add_paragraph()
        paragraph.paragraph_format.left_indent = Cm(0.7)
        paragraph.paragraph_format.keep_with_next = True
        _frame(paragraph, fill=_PALE, colour="98A2B3", sides=("left",))
        paragraph.add_run(f"“{_short(evidence.quote)}”" if evidence.quote.strip() else "（原文没有写，应当写在此处）")
        if place:
            _inked(paragraph.add_run(f"　{clean(place)}"), _GREY, size=9)

    def _labelled(self, label: str, text: str, *, colour: str = "") -> None:
        paragraph = self._docx.add_paragraph()
        paragraph.paragraph_format.left_indent = Cm(1.9)
        paragraph.paragraph_format.first_line_indent = Cm(-1.2)
        _inked(paragraph.add_run(f"{label}："), colour or _GREY, size=10, font=_HEAD)
        _inked(paragraph.add_run(clean(text)), colour, size=10 if not colour else 9)

    # -- layout

    def _lay_out(self) -> None:
        section = self._docx.sections[0]
        section.page_width, section.page_height = Cm(21), Cm(29.7)
        section.left_margin = section.right_margin = Cm(2.5)
        section.top_margin, section.bottom_margin = Cm(2.5), Cm(2.2)
        sizes = {"Normal": 10.5, "Title": 20, "Subtitle": 11, "Heading 1": 14, "Heading 2": 11}
        for name, size in sizes.items():
            _dress(self._style(name), size, _BODY if name in {"Normal", "Subtitle"} else _HEAD)
        for name in ("Title", "Subtitle"):
            self._style(name).paragraph_format.alignment = WD_ALIGN_PARAGRAPH.CENTER
        for setting in self._docx.settings.element.iter(qn("w:compatSetting")):
            if setting.get(qn("w:name")) == "compatibilityMode":
                setting.set(qn("w:val"), "15")  # the layout of Word since 2013: tables end at the margins
        _running_title(section.header.paragraphs[0], self._name)
        _page_number(section.footer.paragraphs[0])

    def _style(self, name: str) -> ParagraphStyle:
        return cast("ParagraphStyle", self._docx.styles[name])


# ------------------------------------------------------------------ phrases


def _rank(outcome: Outcome) -> tuple[int, tuple[str, int, str]]:
    return _ORDER.index(outcome.status), words.by_requirement(outcome.requirement)


def _explained(outcome: Outcome) -> list[str]:
    """What the row says: count and limit, reason, what is missing, notes."""
    lines = []
    if outcome.measured is not None:
        lines.append(f"{words.measure(outcome.measured, outcome.limit)}。")
    lines += [outcome.reason] if outcome.reason else []
    lines += [f"缺{missing.what}：{missing.how}" for missing in outcome.missing]
    return lines + [f"注：{note}" for note in outcome.notes]


def _short(quote: str) -> str:
    quote = clean(quote)
    return quote if len(quote) <= _QUOTE else f"{quote[: _QUOTE - 40]}……{quote[-38:]}"


# ------------------------------------------------------------------ looks


def _said(cell: _Cell, *lines: str, size: float, font: str = "") -> None:
    """Writes lines into a cell, each a paragraph."""
    for position, line in enumerate(lines or ("",)):
        paragraph = cell.add_paragraph() if position else cell.paragraphs[0]
        _inked(paragraph.add_run(clean(line)), "", size=size, font=font)
    for paragraph in cell.paragraphs:
        paragraph.paragraph_format.space_after = Pt(1)


def _inked(run: Run, colour: str, *, size: float | None = None, bold: bool = False, font: str = "") -> None:
    if colour:
        run.font.color.rgb = RGBColor.from_string(colour)
    if size is not None:
        run.font.size = Pt(size)
    if bold:
        run.font.bold = True
    if font:
        _fonts(run._r.get_or_add_rPr(), font)  # noqa: SLF001  python-docx sets no East Asian font itself


def _dress(style: ParagraphStyle, size: float, font: str) -> None:
    style.font.size = Pt(size)
    style.font.name = _LATIN
    style.font.italic = False
    style.font.color.rgb = RGBColor(0, 0, 0)
    style.font.bold = str(style.name).startswith("Heading")
    _fonts(style.element.get_or_add_rPr(), font)
    form = style.paragraph_format
    form.line_spacing = 1.3
    before, after = {"Title": (0, 6), "Subtitle": (0, 10), "Heading 1": (16, 6), "Heading 2": (12, 4)}.get(
        str(style.name), (0, 4)
    )
    form.space_before, form.space_after = Pt(before), Pt(after)
    for border in style.element.iter(qn("w:pBdr")):  # the template draws a line under its title
        parent = border.getparent()
        if parent is not None:
            parent.remove(border)
            break


def _fonts(properties: BaseOxmlElement, font: str) -> None:
    """Sets the fonts of every script; what the theme would say instead is taken away."""
    fonts = properties.find(qn("w:rFonts"))
    if fonts is None:
        fonts = OxmlElement("w:rFonts")
        properties.insert(0, fonts)
    for key in [key for key in fonts.attrib if "heme" in str(key)]:
        del fonts.attrib[key]
    for script, name in (("ascii", _LATIN), ("hAnsi", _LATIN), ("cs", _LATIN), ("eastAsia", font)):
        fonts.set(qn(f"w:{script}"), name)


def _fill(cell: _Cell, colour: str) -> None:
    cell._tc.get_or_add_tcPr().append(_element("w:shd", val="clear", color="auto", fill=colour))  # noqa: SLF001  as above


def _frame(paragraph: Paragraph, *, fill: str, colour: str, sides: Sequence[str]) -> None:
    """A shaded paragraph with lines at some of its sides."""
    about = paragraph._p.get_or_add_pPr()  # noqa: SLF001  as above
    borders = _element("w:pBdr")
    for side in sides:
        borders.append(_element(f"w:{side}", val="single", sz="8" if len(sides) > 1 else "18", space="6", color=colour))
    # The schema wants these two before spacing, indents and alignment.
    later = ("w:tabs", "w:suppressAutoHyphens", "w:spacing", "w:ind", "w:jc", "w:rPr")
    about.insert_element_before(borders, "w:shd", *later)
    about.insert_element_before(_element("w:shd", val="clear", color="auto", fill=fill), *later)


def _lines_and_widths(table: Table, widths: Sequence[float]) -> None:
    """Thin grey lines, some air in the cells, and columns of `widths` cm, which Word and LibreOffice read in two places."""
    for column, width in zip(table.columns, widths, strict=True):
        column.width = Cm(width)
        for cell in column.cells:
            cell.width = Cm(width)
    about = table._tbl.tblPr  # noqa: SLF001  as above
    borders = _element("w:tblBorders")
    for side in ("top", "left", "bottom", "right", "insideH", "insideV"):
        borders.append(_element(f"w:{side}", val="single", sz="4", space="0", color=_LINE))
    margins = _element("w:tblCellMar")
    for side, air in (("top", "40"), ("left", "108"), ("bottom", "40"), ("right", "108")):
        margins.append(_element(f"w:{side}", w=air, type="dxa"))
    about.insert_element_before(borders, "w:shd", "w:tblLayout", "w:tblCellMar", "w:tblLook")
    about.insert_element_before(margins, "w:tblLook")


def _row_property(row: BaseOxmlElement, name: str) -> None:
    about = row.find(qn("w:trPr"))
    if about is None:
        about = OxmlElement("w:trPr")
        row.insert(0, about)
    about.append(OxmlElement(f"w:{name}"))


def _running_title(paragraph: Paragraph, name: str) -> None:
    paragraph.alignment = WD_ALIGN_PARAGRAPH.RIGHT
    _inked(paragraph.add_run(f"合法性检查结果　{name}"), _GREY, size=8.5)


def _page_number(paragraph: Paragraph) -> None:
    paragraph.alignment = WD_ALIGN_PARAGRAPH.CENTER
    for text, instruction in (("第", "PAGE"), ("页　共", "NUMPAGES"), ("页", "")):
        _inked(paragraph.add_run(text), _GREY, size=9)
        if not instruction:
            continue
        for kind in ("begin", "", "separate", "1", "end"):
            run = paragraph.add_run("1" if kind == "1" else "")
            _inked(run, _GREY, size=9)
            if kind == "":
                code = OxmlElement("w:instrText")
                code.text = instruction
                run._r.append(code)  # noqa: SLF001  as above
            elif kind != "1":
                run._r.append(_element("w:fldChar", fldCharType=kind))  # noqa: SLF001  as above


def _element(name: str, **attributes: str) -> BaseOxmlElement:
    element = cast("BaseOxmlElement", OxmlElement(name))
    for key, value in attributes.items():
        element.set(qn(f"w:{key}"), value)
    return element
