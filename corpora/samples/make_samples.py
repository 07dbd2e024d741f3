"""Makes the sample documents that are no plain text: run it here after changing one, and commit what it wrote.

Every sample is written for this project. The counties 青禾县 and 石榆县 and the city 塞湖市 do not exist; the laws they cite do.

| sample                          | what it shows                                                                          |
|---------------------------------|----------------------------------------------------------------------------------------|
| good-normative-document.docx    | Word's automatic numbering, 56 days from publication to effect, valid for five years     |
| effective-too-soon.html         | a page of a government site: published 14 June, in force 1 July 2024, 17 days           |
| comment-window-over-holiday.txt | 28 September to 11 October 2024: fourteen days, six of them working days                |
| government-order.pdf            | a government rule, 45 days from the order to its effect                                 |
| contradicting-dates.md          | printed before it was made, in force before it was published                            |
| leading-group-document.docx     | a leading group's office that demands a deposit from shops                              |
| internal-work-plan.md           | a work plan, which is no normative document                                             |
| repeal-decision.txt             | a decision that repeals, for which period of validity and interval are no requirement   |
"""

from __future__ import annotations

import datetime
import io
import zipfile
from dataclasses import dataclass, field
from pathlib import Path

from docx import Document
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml import parse_xml
from docx.oxml.ns import nsdecls, qn
from docx.shared import Pt
from reportlab.lib.enums import TA_CENTER, TA_RIGHT
from reportlab.lib.pagesizes import A4
from reportlab.lib.styles import ParagraphStyle
from reportlab.lib.units import mm
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.cidfonts import UnicodeCIDFont
from reportlab.platypus import Paragraph, SimpleDocTemplate, Spacer

HERE = Path(__file__).parent
MADE = datetime.datetime(2026, 11, 21, tzinfo=datetime.UTC)  # the same bytes at every run

CHAPTER, ARTICLE, ITEM = range(3)
NUMBER_TEXT = {CHAPTER: "第%1章", ARTICLE: "第%1条", ITEM: "（%1）"}  # %1 is the number Word counts


@dataclass(frozen=True)
class Numbered:
    """A paragraph whose number Word sets: a chapter, an article or an item."""

    level: int
    text: str


@dataclass(frozen=True)
class Official:
    """An official document in the order of its parts; a plain string in the body is a paragraph without number."""

    letterhead: str
    number: str
    title: str
    before: tuple[str, ...]  # addressees and what stands before the signature
    signature: tuple[str, ...]
    note: str  # 附注, in parentheses
    body_title: str
    body: tuple[Numbered | str, ...]
    imprint: tuple[str, ...] = field(default=())  # 版记


def chapter(text: str) -> Numbered:
    """A chapter heading, numbered by Word."""
    return Numbered(CHAPTER, text)


def article(text: str) -> Numbered:
    """An article, numbered by Word."""
    return Numbered(ARTICLE, text)


def item(text: str) -> Numbered:
    """An item of an article, numbered by Word and begun anew in each article."""
    return Numbered(ITEM, text)


RURAL_WATER = Official(
    letterhead="宁夏回族自治区青禾县人民政府文件",
    number="青政规发〔2024〕3号",
    title="青禾县人民政府关于印发《青禾县农村供水工程管护办法》的通知",
    before=(
        "各乡镇人民政府，县政府各部门、各直属机构：",
        "《青禾县农村供水工程管护办法》已经2024年2月27日县人民政府第38次常务会议审议通过，现印发给你们，请认真贯彻执行。",
    ),
    signature=("青禾县人民政府", "2024年3月5日"),
    note="（此件公开发布）",
    body_title="青禾县农村供水工程管护办法",
    body=(
        chapter("总则"),
        article(
            "为了加强农村供水工程的运行管护，保障村民饮水安全，根据《中华人民共和国水法》《中华人民共和国水污染防治法》等法律、法规，结合本县实际，制定本办法。"
        ),
        article("本县行政区域内由政府投资或者补助建设的农村供水工程，其运行、维护和监督管理适用本办法。"),
        article("农村供水工程管护坚持政府主导、分级负责、用水户参与、专业化服务的原则。"),
        chapter("职责"),
        article("县水务部门负责全县农村供水工程管护的指导和监督，履行下列职责："),
        item("编制农村供水工程年度维修养护计划；"),
        item("建立工程名录和巡查档案；"),
        item("受理供水服务方面的投诉，并在五个工作日内答复投诉人。"),
        article("乡镇人民政府负责辖区内村级管网的日常巡查。村民委员会应当协助做好管网保护的宣传工作。"),
        article("县财政部门应当将农村供水工程维修养护经费列入年度预算，并对经费使用情况进行监督。"),
        chapter("运行与维护"),
        article("供水单位应当履行下列义务："),
        item("按照国家规定的水质标准供水，每季度向用水户公布一次水质检测结果；"),
        item("公开维修电话，接到管网漏水报告后二十四小时内到场处理；"),
        item("计划停水的，提前二十四小时告知用水户。"),
        article("农村供水价格按照国家和自治区价格管理的有关规定确定。供水单位不得在水费之外加收其他费用。"),
        article("任何单位和个人发现损坏供水设施的行为，可以向县水务部门或者所在地乡镇人民政府报告。"),
        chapter("附则"),
        article("违反本办法规定的行为，有关法律、法规已有处罚规定的，由县水务部门依照其规定处理。"),
        article("本办法由县水务部门负责解释。"),
        article(
            "本办法自2024年5月1日起施行，有效期至2029年4月30日。2019年4月10日公布的《青禾县农村人饮工程管理办法》（青政发〔2019〕21号）同时废止。"
        ),
    ),
    imprint=(
        "统一登记号：QHXGF-2024-0003",
        "公布日期：2024年3月6日　公布载体：青禾县人民政府门户网站",
        "抄送：县委各部门，县人大常委会办公室，县政协办公室，县人民法院，县人民检察院。",
        "青禾县人民政府办公室　　　　2024年3月6日印发",
    ),
)

SHOPFRONTS = Official(
    letterhead="青禾县城乡环境整治工作领导小组办公室文件",
    number="青环治办发〔2024〕7号",
    title="青禾县城乡环境整治工作领导小组办公室关于印发《青禾县沿街门店门前环境管理规定》的通知",
    before=(
        "各乡镇人民政府、各街道办事处，领导小组各成员单位：",
        "现将《青禾县沿街门店门前环境管理规定》印发给你们，请组织实施。",
    ),
    signature=("青禾县城乡环境整治工作领导小组办公室", "2024年4月18日"),
    note="（此件公开发布）",
    body_title="青禾县沿街门店门前环境管理规定",
    body=(
        article("为了维护县城街道整洁，规范沿街门店的门前环境，按照宁夏回族自治区城乡环境整治工作的部署，制定本规定。"),
        article("本规定适用于县城建成区内临街从事经营活动的门店。"),
        article("门店经营者应当保持门前地面清洁，不得占用人行道堆放货物。"),
        article("门店经营者应当在开业前向所在地街道办事处缴纳门前环境保证金二千元。未缴纳保证金的，不予办理营业手续。"),
        article("一年内被通报三次的门店，保证金不予退还，由领导小组办公室责令停业整顿七日。"),
        article("各街道办事处应当每月公布一次检查结果。"),
        article("本规定自2024年6月1日起施行，有效期两年。"),
    ),
    imprint=("青禾县城乡环境整治工作领导小组办公室　　　　2024年4月19日印发",),
)

GREEN_LINES = Official(
    letterhead="塞湖市人民政府令",
    number="第12号",
    title="",
    before=(
        "《塞湖市城市绿线管理规定》已经2024年3月8日市人民政府第27次常务会议审议通过，现予公布，自2024年4月29日起施行。",
    ),
    signature=("市长　　林致远", "2024年3月15日"),
    note="",
    body_title="塞湖市城市绿线管理规定",
    body=(
        "第一条　为了保护城市绿地，改善人居环境，根据《中华人民共和国城乡规划法》《城市绿化条例》等法律、法规，结合本市实际，制定本规定。",
        "第二条　本规定所称城市绿线，是指国土空间规划确定的各类城市绿地的边界控制线。",
        "第三条　市自然资源主管部门会同城市绿化主管部门划定城市绿线，报市人民政府批准后向社会公布。",
        "第四条　城市绿线不得擅自调整。因城市基础设施建设确需调整的，应当征求公众意见，按照原程序报批，并就近补足同等面积的绿地。",
        "第五条　城市绿线内已有的建筑物、构筑物，权利人可以继续使用和正常维修；确需征收的，依法给予补偿。",
        "第六条　城市绿化主管部门应当每年检查绿线内绿地的保有情况，检查结果在市人民政府网站公布。",
        "第七条　公民、法人和其他组织有权查询城市绿线的位置和范围，有关部门应当自收到申请之日起五个工作日内答复。",
        "第八条　违反本规定占用城市绿地的，由城市绿化主管部门依照《城市绿化条例》的规定处理。",
        "第九条　有关部门及其工作人员在城市绿线管理中不履行职责的，依法给予处分。",
        "第十条　本规定自2024年4月29日起施行。2009年7月6日市人民政府公布的《塞湖市城市绿地保护办法》（塞湖市人民政府令第31号）同时废止。",
    ),
)


def write_docx(official: Official, path: Path) -> None:
    """Write the document as Word would: the numbers of chapters, articles and items stand in numbering.xml alone."""
    document = Document()
    font = document.styles["Normal"].font
    font.name, font.size = "FangSong", Pt(16)
    document.styles["Normal"].element.rPr.rFonts.set(qn("w:eastAsia"), "仿宋")
    document.core_properties.created = document.core_properties.modified = MADE.replace(tzinfo=None)
    document.core_properties.author = document.core_properties.last_modified_by = ""
    document.core_properties.title = official.title
    numbering = document.part.numbering_part.element

    def paragraph(text: str, align: WD_ALIGN_PARAGRAPH | None = None, *, numbered_as: int | None = None) -> None:
        added = document.add_paragraph(text)
        if numbered_as is not None:
            added.paragraph_format.element.get_or_add_pPr().append(
                parse_xml(f'<w:numPr {nsdecls("w")}><w:ilvl w:val="0"/><w:numId w:val="{numbered_as}"/></w:numPr>')
            )
        if align is not None:
            added.alignment = align

    lists = {level: _add_list(numbering, level) for level in NUMBER_TEXT}
    paragraph(official.letterhead, WD_ALIGN_PARAGRAPH.CENTER)
    paragraph(official.number, WD_ALIGN_PARAGRAPH.CENTER)
    paragraph(official.title, WD_ALIGN_PARAGRAPH.CENTER)
    for text in official.before:
        paragraph(text)
    for text in official.signature:
        paragraph(text, WD_ALIGN_PARAGRAPH.RIGHT)
    paragraph(official.note)
    paragraph(official.body_title, WD_ALIGN_PARAGRAPH.CENTER)
    for part in official.body:
        if isinstance(part, str):
            paragraph(part)
            continue
        if part.level == ARTICLE:
            lists[ITEM] = _restarted(numbering, lists[ITEM])
        centred = WD_ALIGN_PARAGRAPH.CENTER if part.level == CHAPTER else None
        paragraph(part.text, centred, numbered_as=lists[part.level])
    for text in official.imprint:
        paragraph(text)

    made = io.BytesIO()
    document.save(made)
    _write_archive(made, path)


def _add_list(numbering: object, level: int) -> int:
    """Add an abstract list of one level and an instance of it; returns the instance's id."""
    identity = 100 + level
    abstract = parse_xml(
        f'<w:abstractNum {nsdecls("w")} w:abstractNumId="{identity}"><w:multiLevelType w:val="singleLevel"/>'
        f'<w:lvl w:ilvl="0"><w:start w:val="1"/><w:numFmt w:val="chineseCountingThousand"/>'
        f'<w:suff w:val="{"nothing" if level == ITEM else "space"}"/><w:lvlText w:val="{NUMBER_TEXT[level]}"/>'
        f'<w:lvlJc w:val="left"/></w:lvl></w:abstractNum>'
    )
    first_instance = numbering.find(qn("w:num"))  # type: ignore[attr-defined]  # an lxml element, abstract lists come first
    first_instance.addprevious(abstract)
    return _add_instance(numbering, identity, "")


def _restarted(numbering: object, instance: int) -> int:
    """Add an instance of the same abstract list that begins at one again."""
    abstract = next(
        num.abstractNumId.val
        for num in numbering.findall(qn("w:num"))  # type: ignore[attr-defined]
        if num.numId == instance
    )
    return _add_instance(numbering, abstract, '<w:lvlOverride w:ilvl="0"><w:startOverride w:val="1"/></w:lvlOverride>')


def _add_instance(numbering: object, abstract: int, override: str) -> int:
    instances = numbering.findall(qn("w:num"))  # type: ignore[attr-defined]
    identity = max(num.numId for num in instances) + 1
    instances[-1].addnext(
        parse_xml(f'<w:num {nsdecls("w")} w:numId="{identity}"><w:abstractNumId w:val="{abstract}"/>{override}</w:num>')
    )
    return int(identity)


def _write_archive(made: io.BytesIO, path: Path) -> None:
    """Pack the parts anew with one fixed time, so that an unchanged sample is an unchanged file."""
    with zipfile.ZipFile(made) as source, zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as target:
        for name in source.namelist():
            part = zipfile.ZipInfo(name, MADE.timetuple()[:6])
            part.compress_type = zipfile.ZIP_DEFLATED
            target.writestr(part, source.read(name))


def write_pdf(official: Official, path: Path) -> None:
    """Write the document with a Chinese font that is named and not embedded, as many offices do."""
    pdfmetrics.registerFont(UnicodeCIDFont("STSong-Light"))
    text = ParagraphStyle(
        "text", fontName="STSong-Light", fontSize=15, leading=26, firstLineIndent=30, wordWrap="CJK", spaceAfter=2
    )
    centred = ParagraphStyle("centred", parent=text, alignment=TA_CENTER, firstLineIndent=0)
    head = ParagraphStyle("head", parent=centred, fontSize=24, leading=40)
    right = ParagraphStyle("right", parent=text, alignment=TA_RIGHT, rightIndent=40)
    story = [
        Paragraph(official.letterhead, head),
        Paragraph(official.number, centred),
        Spacer(1, 8 * mm),
        *(Paragraph(line, text) for line in official.before),
        Spacer(1, 8 * mm),
        *(Paragraph(line, right) for line in official.signature),
        Spacer(1, 12 * mm),
        Paragraph(official.body_title, head),
        *(Paragraph(part if isinstance(part, str) else part.text, text) for part in official.body),
    ]
    SimpleDocTemplate(
        str(path),
        pagesize=A4,
        leftMargin=28 * mm,
        rightMargin=26 * mm,
        topMargin=37 * mm,
        bottomMargin=35 * mm,
        title=official.body_title,
        invariant=1,
    ).build(story)


def main() -> None:
    """Write the samples beside this file."""
    write_docx(RURAL_WATER, HERE / "good-normative-document.docx")
    write_docx(SHOPFRONTS, HERE / "leading-group-document.docx")
    write_pdf(GREEN_LINES, HERE / "government-order.pdf")


if __name__ == "__main__":
    main()
