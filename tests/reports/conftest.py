"""One small report that holds every kind of row, made by hand."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from checker.errors import ReadError
from checker.model import (
    Basis,
    Block,
    Box,
    Case,
    Document,
    Event,
    Evidence,
    Fact,
    Facts,
    Finding,
    Measured,
    Missing,
    Outcome,
    Problem,
    Region,
    Report,
    Role,
    Span,
    TextAnchor,
    Trait,
    Waiver,
)

LINES = (
    "青禾县人民政府关于印发《青禾县集市管理办法》的通知",
    "青政规发〔2024〕3号",
    "第一条 为了加强集市管理，制定本办法。",
    "第二条 经营者未缴纳保证金的，处五千元罚款。",
    "第三条 本办法自2024年4月1日起施行。",
    "青禾县人民政府",
    "2024年3月5日",
)
TEXT = "\n".join(LINES)
NAME = "收文/集市管理办法.txt"
LEGAL = Basis(
    law="中华人民共和国行政处罚法",
    article="第十六条",
    requires="法律、法规、规章以外的规范性文件不得设定行政处罚",
    role="legal",
    verified="V1",
    since=date(2021, 7, 15),
    number="主席令第70号",
)
INDICATOR = Basis(
    law="宁夏回族自治区法治政府建设指标体系",
    article="第19项",
    requires="公布与施行之间原则上应隔三十日以上",
    role="indicator",
    verified="V1",
    since=date(2023, 9, 1),
    params={"min_days": 30},
)


def span(words: str) -> Span:
    start = TEXT.index(words)
    return Span(start, start + len(words))


def evidence(words: str, clause: str | None = None, boxes: tuple[Box, ...] = ()) -> Evidence:
    return Evidence(NAME, words, span(words), None, TEXT[: TEXT.index(words)].count("\n") + 1, boxes, clause)


@pytest.fixture
def document() -> Document:
    blocks, start = [], 0
    for number, line in enumerate(LINES, 1):
        blocks.append(Block(Span(start, start + len(line)), Role.PARAGRAPH, TextAnchor(number, start)))
        start += len(line) + 1
    return Document(NAME, "0" * 64, "txt", TEXT, tuple(blocks), len(TEXT))


@pytest.fixture
def facts() -> Facts:
    return Facts(
        kind="normative_document",
        kinds=("normative_document",),
        kind_reason="对不特定的经营者规定义务",
        act="enact",
        values={
            "effective": (Fact("effective", date(2024, 4, 1), span("自2024年4月1日起施行"), "第三条"),),
            "title": (Fact("title", LINES[0], span(LINES[0])),),
            "issuer": (
                Fact(
                    "issuer",
                    LINES[5],
                    Span(TEXT.rindex(LINES[5]), TEXT.rindex(LINES[5]) + len(LINES[5])),
                    detail={"level": "county_government"},
                ),
            ),
            "document_number": (Fact("document_number", LINES[1], span(LINES[1])),),
            "issued": (Fact("issued", date(2024, 3, 5), span("2024年3月5日")),),
            "expires": (
                Fact(
                    "expires",
                    date(2029, 3, 31),
                    span("自2024年4月1日起施行"),
                    "第三条",
                    ("effective", "validity_years"),
                ),
            ),
            "kind": (Fact("kind", "normative_document", Span(0, 0)),),
        },
        traits=(Trait("business", "规定了经营者的义务", span("经营者")),),
        region=Region("宁夏回族自治区"),
    )


@pytest.fixture
def report(document: Document, facts: Facts) -> Report:
    case = Case(
        (document,),
        (facts,),
        (
            Event("issued", date(2024, 3, 5), "text", evidence("2024年3月5日")),
            Event("published", date(2024, 3, 8), "given"),
            Event("effective", date(2024, 4, 1), "text", evidence("自2024年4月1日起施行", "第三条")),
        ),
        date(2024, 3, 5),
        "issued",
        Region("宁夏回族自治区"),
    )
    counted = tuple(day for n in range(1, 17) if (day := date(2024, 9, 26) + timedelta(n)).day not in {28, 5, 6})
    outcomes = (
        Outcome(
            rule="publication-to-effect-too-short",
            requirement="P20",
            pack="ningxia/indicators-2023",
            title="公布日与施行日间隔不足",
            status="violated",
            severity="warning",
            certainty="certain",
            reason="公布日2024-03-08至施行日2024-04-01间隔24日。",
            measured=Measured(24, "day"),
            limit={"min": 30},
            evidence=(evidence("自2024年4月1日起施行", "第三条"),),
            basis=(INDICATOR,),
        ),
        Outcome(
            rule="comment-period-too-short",
            requirement="P05",
            pack="national/indicators-2021",
            title="公开征求意见少于七个工作日",
            status="met",
            severity="warning",
            certainty="certain",
            reason="征求意见期限达到要求。",
            measured=Measured(13, "working_day", counted),
            limit={"min": 7},
            notes=("没有宁夏回族自治区2024年的本地放假安排。",),
        ),
        Outcome(
            rule="penalty-set",
            requirement="C03",
            pack="national/prohibitions",
            title="设定行政处罚",
            status="violated",
            severity="error",
            certainty="suspected",
            reason="涉嫌设定行政处罚，请核实依据。",
            evidence=(evidence("处五千元罚款", "第二条"),),
            basis=(LEGAL,),
        ),
        Outcome(
            rule="filing-too-late",
            requirement="P22",
            pack="national/filing",
            title="没有按期报送备案",
            status="cannot_tell",
            severity="error",
            certainty="certain",
            reason="不知道报送备案的日期。",
            missing=(Missing("报送备案日", "用 --date 报送备案=2024-03-20 这样的写法给出。"),),
        ),
        Outcome(
            rule="order-incomplete",
            requirement="G01",
            pack="national/rules",
            title="公布令事项不全",
            status="not_applicable",
            severity="error",
            certainty="certain",
            reason="只适用于政府规章。",
        ),
    )
    findings = (
        Finding(
            rule="penalty-set",
            requirement="C03",
            severity="error",
            certainty="suspected",
            message="涉嫌设定行政处罚，请核实依据：处五千元罚款。",
            suggestion="删去罚款；确有上位法依据的，写明法律名称和条款。",
            clause="第二条",
            evidence=(evidence("处五千元罚款", "第二条", (Box(3, 90.0, 120.5, 410.2, 134.0),)),),
            basis=(LEGAL,),
            fingerprint="9f2c1a",
        ),
        Finding(
            rule="publication-to-effect-too-short",
            requirement="P20",
            severity="warning",
            certainty="certain",
            message="公布日2024年3月8日至施行日2024年4月1日间隔24日，少于30日。",
            suggestion="推迟施行日期至2024年4月7日，或者在起草说明中写明立即施行的理由。",
            clause="第三条",
            evidence=(evidence("自2024年4月1日起施行", "第三条"),),
            basis=(INDICATOR,),
            fingerprint="77ab02",
            waived_by=Waiver("起草说明中写明了立即施行的理由", "张审核", date(2024, 12, 31), "waivers.toml 第3行"),
        ),
    )
    problems = (Problem(NAME, "附件1没有读到。", "第7段", "把附件一并提交。"),)
    return Report(case, ("ningxia/indicators-2023", "national/prohibitions"), outcomes, findings, problems, NAME)


@pytest.fixture
def unreadable() -> Report:
    error = ReadError("文件需要密码。", where="报告.docx", next="去掉密码后重新提交。")
    return Report(None, problems=(Problem("报告.docx", error.what, error.where, error.next),), name="报告.docx")
