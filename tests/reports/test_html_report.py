"""The page: nothing breaks out of it, nothing of the report is missing from it, its links lead somewhere, it stays small."""

from __future__ import annotations

import base64
import hashlib
import re
from collections.abc import Iterable
from dataclasses import replace
from datetime import date, timedelta
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree, html

from checker import audit
from checker.model import (
    Block,
    Case,
    Document,
    Evidence,
    Finding,
    Measured,
    Missing,
    Outcome,
    Problem,
    Report,
    Role,
    Span,
    TextAnchor,
    Waiver,
)
from checker.reference import load_reference
from checker.reports.html_report import reports_html
from checker.reports.json_report import Tool, report_object
from checker.reports.marked_text import Mark, text_html
from checker.reports.markup import Html, escape, stylesheet_text, tag
from checker.reports.timeline import Days, counted_days, interval

TOOL = Tool("0.1.0", "abc", date(2026, 12, 31))
REQUIREMENTS = {"P20": "公布与施行之间留出时间", "C03": "不得设定行政处罚"}
HOSTILE = (
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "' onmouseover='alert(1)",
    "</style><script>alert(1)</script>",
    "</title><svg onload=alert(1)>",
    "]]><!-- <b>",
    "&lt;script&gt; &amp;",
    "javascript:alert(1)",
    "\\3c script \\27",
    "\x00\x08\x1b[31m\ud800\ufffe",
    "\u202e倒过来\u2066",
)


def parse(page: str) -> Any:
    """The page by its one root; it is well-formed XML, and HTML reads the same elements."""
    assert page.startswith("<!DOCTYPE html>\n<html ")
    root = etree.fromstring(page.removeprefix("<!DOCTYPE html>\n").encode(), etree.XMLParser(huge_tree=True))
    lenient = html.document_fromstring(page.encode(), parser=html.HTMLParser(encoding="utf-8", huge_tree=True))
    assert [element.tag.lower() for element in lenient.iter()] == [element.tag.lower() for element in root.iter()]
    return root


def tree(markup: str) -> Any:
    """The elements of a piece of markup; lxml's types know less than the tests do."""
    return etree.fromstring(markup)


def words_of(page: str) -> str:
    return "".join(parse(page).itertext())


def broken_links(root: Any) -> set[str]:
    anchors = [element.get("id") for element in root.iter() if element.get("id")]
    assert len(anchors) == len(set(anchors))
    targets = [element.get("href") for element in root.iter() if element.get("href")]
    return set(targets) - {f"#{anchor}" for anchor in anchors}


def page_of(*reports: Report) -> str:
    return reports_html(reports, TOOL, REQUIREMENTS, load_reference().calendar)


def plain(text: str, *, name: str = "文件.txt") -> Document:
    blocks, start = [], 0
    for number, line in enumerate(text.split("\n"), 1):
        blocks.append(Block(Span(start, start + len(line)), Role.PARAGRAPH, TextAnchor(number, start)))
        start += len(line) + 1
    return Document(name, "0" * 64, "txt", text, tuple(blocks), len(text))


def mark(start: int, end: int, number: int, level: str = "error") -> Mark:
    return Mark(Span(start, end), f"m{number}", f"f{number}", "说明", level, number, f"说明{number}")


# ------------------------------------------------------------------ nothing breaks out


@pytest.mark.parametrize("hostile", HOSTILE)
def test_hostile_texts_stay_texts(report: Report, hostile: str) -> None:
    assert report.case is not None
    facts = report.case.main
    values = {key: tuple(replace(fact, value=hostile) for fact in found) for key, found in facts.values.items()}
    document = plain(hostile + "\n" + hostile, name=hostile)
    evidence = Evidence(hostile, hostile, Span(0, len(hostile)), 1, 1, (), hostile)
    basis = replace(report.findings[0].basis[0], law=hostile, article=hostile, requires=hostile, number=hostile)
    bad = Report(
        replace(
            report.case,
            documents=(document,),
            facts=(replace(facts, values=values, kind_reason=hostile),),
            timeline=tuple(replace(event, event=hostile, evidence=evidence) for event in report.case.timeline),
            as_of_source=hostile,
        ),
        (hostile,),
        tuple(
            replace(
                outcome,
                rule=hostile,
                pack=hostile,
                title=hostile,
                reason=hostile,
                requirement=hostile,
                notes=(hostile,),
                missing=(Missing(hostile, hostile),),
                evidence=(evidence,),
                basis=(basis,),
                limit={"min": hostile},
            )
            for outcome in report.outcomes
        ),
        tuple(
            replace(
                finding,
                rule=hostile,
                requirement=hostile,
                message=hostile,
                suggestion=hostile,
                clause=hostile,
                evidence=(evidence,),
                basis=(basis,),
                fingerprint=hostile,
                waived_by=Waiver(hostile, hostile),
            )
            for finding in report.findings
        ),
        (Problem(hostile, hostile, hostile, hostile),),
        hostile,
    )
    honest = parse(page_of(report, report))
    root = parse(reports_html([bad, bad], replace(TOOL, version=hostile, rules_digest=hostile), {hostile: hostile}))

    assert {element.tag for element in root.iter()} <= {element.tag for element in honest.iter()} | {"br"}
    names = {name for element in root.iter() for name in element.keys()}  # noqa: SIM118  lxml has no other way
    assert names <= {name for element in honest.iter() for name in element.keys()} | {"open", "rowspan"}  # noqa: SIM118
    assert broken_links(root) == set()


@pytest.mark.parametrize("hostile", HOSTILE)
def test_a_hostile_title_does_not_end_the_style_sheet(report: Report, hostile: str) -> None:
    page = page_of(Report(None, name=hostile))
    style = page[page.index("<style>") + 7 : page.index("</style>")]

    assert style.isascii()
    assert "<" not in style
    assert set(re.findall(r"\\[0-9a-f]{6}|[A-Za-z0-9]", stylesheet_text(hostile))) == set(
        re.findall(r"\\[0-9a-f]{6}|.", stylesheet_text(hostile)[1:-1])
    )


def test_the_policy_allows_the_one_style_sheet_and_nothing_else(report: Report) -> None:
    root = parse(page_of(report))
    style = root.findtext(".//style") or ""
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    policy = root.find(".//meta[@http-equiv='Content-Security-Policy']")

    assert policy is not None
    assert policy.get("content", "").startswith(f"default-src 'none'; style-src 'sha256-{digest}';")
    assert not root.findall(".//script")
    assert not [element for element in root.iter() if element.get("style") or element.get("src")]
    assert "url(" not in style
    assert "@import" not in style


def test_links_lead_into_the_page_alone() -> None:
    for address in ("javascript:alert(1)", "https://example.org", " #a"):
        with pytest.raises(ValueError, match="not a place"):
            tag("a", "x", href=address)


def test_handlers_cannot_be_written() -> None:
    for name in ("onclick", "x y", 'a"b'):
        with pytest.raises(ValueError, match="not an attribute"):
            tag("a", "x", **{name: "1"})


@given(st.text())
@settings(max_examples=200, deadline=None)
def test_escaped_texts_come_back(text: str) -> None:
    root = tree(tag("p", text, title=text))
    shown = re.sub(
        "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069\ud800-\udfff\ufdd0-\ufdef\ufffe\uffff]",
        "\ufffd",
        text,
    )

    assert (root.text or "") == shown.replace("\r", " ")


def test_markup_that_is_cut_is_escaped_again() -> None:
    assert tag("p", Html("<b>x</b>")[:3]) == "<p>&lt;b&gt;</p>"
    assert tag("p", tag("b", "x")) == "<p><b>x</b></p>"


# ------------------------------------------------------------------ nothing is missing


def test_every_finding_of_the_json_is_in_the_page(report: Report, unreadable: Report) -> None:
    page = page_of(report, unreadable)
    shown = words_of(page)
    for one in report_object([report, unreadable], TOOL)["reports"]:
        for finding in one["findings"]:
            for value in (finding["fingerprint"], finding["rule"], finding["message"], finding["suggestion"]):
                assert value in shown
            assert all(
                f"“{evidence['quote']}”" in shown or evidence["quote"] in shown for evidence in finding["evidence"]
            )
            assert all(basis["law"] in shown and basis["requires"] in shown for basis in finding["basis"])
        for problem in one["problems"]:
            assert problem["what"] in shown
            assert problem["next"] in shown
    assert broken_links(parse(page)) == set()


def test_every_outcome_of_the_json_is_in_the_page(report: Report) -> None:
    root = parse(page_of(report))
    shown = "".join(root.find(".//section[@class='checklist']").itertext())
    for outcome in report.outcomes:
        assert outcome.requirement in shown
        assert outcome.reason in shown
        assert all(missing.what in shown and missing.how in shown for missing in outcome.missing)
    for word in ("不符合", "符合", "待核实", "不涉及"):
        assert word in shown


def test_what_other_material_decides_is_grouped_by_what_is_missing(report: Report) -> None:
    minutes = (Missing("会议纪要", "上传会议纪要。"),)
    waiting = replace(report.outcomes[3], missing=minutes, decided_by="dossier", reason="")
    traced = replace(waiting, requirement="P17", evidence=report.outcomes[0].evidence)
    bare = replace(waiting, requirement="P18", missing=(), reason="没有写明缺什么。")
    later = replace(waiting, requirement="P31b", decided_by="register")
    page = page_of(replace(report, outcomes=(waiting, traced, bare, later), findings=()))
    root = parse(page)

    folded = ["".join(each.itertext()) for each in root.xpath("//section[@class='checklist']/details")]
    assert [text[: text.index("缺什么")] for text in folded] == [
        "待核实，需要卷宗材料（1项）",
        "待核实，需要登记、台账（1项）",
    ]
    assert "缺会议纪要上传会议纪要。P22" in folded[0]
    assert [row.text for row in root.xpath("//table[@class='outcomes']//th[@scope='row']")] == ["P17", "P18"]
    assert broken_links(root) == set()


def test_head_and_verdict(report: Report) -> None:
    shown = words_of(page_of(report))
    for expected in (
        "青禾县人民政府（县级政府）",
        "青政规发〔2024〕3号",
        "对不特定的经营者规定义务",
        "宁夏回族自治区",
        "2024年3月5日（成文日期）",
        "ningxia/indicators-2023、national/prohibitions",
        "列出问题 1 处：硬性要求 1 处。",
        "其中涉嫌 1 处，请核实依据。",
        "另有已豁免 1 处。",
        "有 1 处内容没有读到或者没有判断",
        "合法性依据",
        "考核指标",
        "已核全文",
    ):
        assert expected in shown


def test_the_gravest_comes_first_and_waived_ones_last(report: Report) -> None:
    light = replace(report.findings[0], severity="info", fingerprint="aaa")
    grave = replace(report.findings[0], fingerprint="bbb")
    waived = replace(report.findings[0], fingerprint="ccc", waived_by=Waiver("w", "w"))
    root = parse(page_of(replace(report, findings=(waived, light, grave))))

    assert [code.text for code in root.iter("code")] == ["bbb", "aaa", "ccc"]


def test_unreadable_documents_are_shown(report: Report, unreadable: Report) -> None:
    alone, both = page_of(unreadable), page_of(report, unreadable)
    for page in (alone, both):
        for expected in ("报告.docx", "没有得出结论", "文件需要密码。", "去掉密码后重新提交。"):
            assert expected in words_of(page)
        assert broken_links(parse(page)) == set()
    assert "没有读出" in "".join(parse(both).find(".//section[@class='toc']").itertext())


def test_several_documents_have_a_table_of_contents(report: Report, unreadable: Report) -> None:
    root = parse(page_of(report, unreadable, report))
    links = [link.get("href") for link in root.findall(".//section[@class='toc']//a")]

    assert links == ["#r1", "#r2", "#r3"]
    assert broken_links(root) == set()
    assert not parse(page_of(report)).findall(".//section[@class='toc']")


def test_no_report_at_all_is_a_page() -> None:
    assert "0个文件" in words_of(page_of())


def test_structure_is_that_of_a_document(report: Report) -> None:
    root = parse(page_of(report))
    levels = [int(element.tag[1]) for element in root.iter() if re.fullmatch("h[1-6]", str(element.tag))]

    assert root.get("lang") == "zh-CN"
    assert levels[0] == 1
    assert levels.count(1) == 1
    assert all(later - earlier <= 1 for earlier, later in pairwise(levels))
    assert all(header.get("scope") for header in root.iter("th"))
    assert all(picture.get("role") == "img" and picture.findtext("title") for picture in root.iter("svg"))


def test_colours_are_readable() -> None:
    """Every colour of text has a contrast of 4.5 at least against the darkest background it stands on."""
    style = (Path(reports_html.__code__.co_filename).with_name("html_report.css")).read_text(encoding="ascii")
    named = dict(re.findall(r"--([\w-]+): (#[0-9a-f]{6});", style))
    pairs = [(named[ink], "#ffffff") for ink in ("ink", "soft", "red", "ochre", "blue")]
    pairs += [(named["ink"], named[f"{name}-pale"]) for name in ("red", "ochre", "blue")]
    pairs += [
        (named["soft"], named["pale"]),
        (named["blue"], named["pale"]),
        ("#6d6d6d", "#ffffff"),
        ("#ffffff", named["blue"]),
    ]
    pairs += [(named[ink], "#e9e6de") for ink in ("ink", "soft", "red", "blue")]

    assert {pair: round(contrast(*pair), 2) for pair in pairs if contrast(*pair) < 4.5} == {}


def contrast(one: str, other: str) -> float:
    def luminance(colour: str) -> float:
        parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
        linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
        return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]

    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


# ------------------------------------------------------------------ marks in the text


def test_overlapping_nested_and_equal_marks_keep_the_text() -> None:
    document = plain("甲乙丙丁戊己庚辛壬癸\n子丑寅卯")
    marks = [mark(1, 6, 1), mark(3, 8, 2, "warning"), mark(4, 5, 3, "info"), mark(1, 6, 4), mark(8, 13, 5)]
    root = tree(text_html(document, marks))

    assert [of_block(root, n) for n in (1, 2)] == ["甲乙丙丁戊己庚辛壬癸", "子丑寅卯"]
    looks = [(element.text, element.get("class")) for element in root.iter("mark")]
    assert looks == [
        ("乙丙", "error several"),
        ("丁", "error several"),
        ("戊", "error several"),
        ("己", "error several"),
        ("庚辛", "warning"),
        ("壬癸", "error"),
        ("子丑", "error"),
    ]
    anchors = [element.get("id") for element in root.iter() if element.get("id")]
    assert sorted(anchors) == ["m1", "m2", "m3", "m4", "m5"]
    references = ["".join(element.itertext()) for element in root.iter("sup")]
    assert references == ["3", "1 4", "2", "5"]


def of_block(root: Any, number: int) -> str:
    """The text of a block without the numbers behind its marks."""
    (block,) = root.xpath(f"//*[@data-n='{number}']")
    return "".join(block.xpath(".//text()[not(ancestor::sup)]"))


def test_a_place_without_characters_has_an_anchor_and_a_number() -> None:
    root = tree(text_html(plain("甲乙\n丙丁"), [mark(2, 2, 1), mark(5, 5, 2)]))

    assert [element.get("id") for element in root.iter("span") if element.get("id")] == ["m1", "m2"]
    assert ["".join(element.itertext()) for element in root.iter("sup")] == ["1", "2"]


@given(st.lists(st.tuples(st.integers(0, 30), st.integers(0, 30)), max_size=8))
@settings(max_examples=150, deadline=None)
def test_any_marks_leave_the_text_as_it_is(spans: list[tuple[int, int]]) -> None:
    text = "一二三四五\n<六>七&八\n\n九十甲乙丙丁\n戊己庚辛壬癸"
    marks = [mark(min(pair), max(pair), number) for number, pair in enumerate(spans, 1)]
    root = tree(text_html(plain(text), marks))

    shown = [of_block(root, int(block.get("data-n"))) for block in root.xpath("//*[@data-n]")]
    assert [line for line in shown if line] == [line for line in text.split("\n") if line]
    assert {element.get("id") for element in root.iter() if element.get("id")} == {mark.id for mark in marks}


def test_tables_headings_and_what_stands_apart(report: Report) -> None:
    text = "标题\n甲\t乙\n丙\t丁\n正文\n页脚"
    anchor = TextAnchor(1, 0)
    blocks = (
        Block(Span(0, 2), Role.HEADING, anchor, level=1),
        Block(Span(3, 4), Role.TABLE_CELL, anchor, table=(0, 0, 0)),
        Block(Span(5, 6), Role.TABLE_CELL, anchor, table=(0, 0, 1)),
        Block(Span(7, 8), Role.TABLE_CELL, anchor, table=(0, 1, 0)),
        Block(Span(9, 10), Role.TABLE_CELL, anchor, table=(0, 1, 1)),
        Block(Span(11, 13), Role.PARAGRAPH, anchor),
        Block(Span(14, 16), Role.FOOTER, anchor),
    )
    document = Document("甲.docx", "0" * 64, "docx", text, blocks, 13)
    root = tree(text_html(document, [mark(9, 10, 1), mark(14, 16, 2)]))

    assert root.findtext(".//h4") == "标题"
    assert [["".join(cell.itertext()) for cell in row] for row in root.iter("tr")] == [["甲", "乙"], ["丙", "丁1"]]
    assert root.find(".//details").get("open") == "open"
    assert "页脚" in "".join(root.find(".//details").itertext())


def test_finding_and_place_are_linked_both_ways(report: Report) -> None:
    root = parse(page_of(report))
    marked = root.xpath("//mark[text()='处五千元罚款']")
    card = root.xpath("//article[@id='r1f1']")

    assert [element.get("id") for element in marked] == ["r1f1e0"]
    assert "#r1f1e0" in [link.get("href") for link in card[0].iter("a")]
    assert "#r1f1" in [link.get("href") for link in root.xpath("//sup/a")]
    assert "#r1f1" in [link.get("href") for link in root.xpath("//aside/a")]


def test_evidence_in_a_document_that_is_not_there_is_no_link(report: Report) -> None:
    elsewhere = replace(report.findings[0].evidence[0], document="另一份.docx")
    root = parse(page_of(replace(report, findings=(replace(report.findings[0], evidence=(elsewhere,)),))))

    assert broken_links(root) == set()


# ------------------------------------------------------------------ days


def test_the_counted_days_over_national_day() -> None:
    calendar = load_reference().calendar
    start, end = date(2024, 9, 28), date(2024, 10, 11)
    days = calendar.count(start, end).days
    drawn = interval(Measured(len(days), "working_day", days, start, end))

    assert drawn is not None
    root = tree(counted_days(drawn, (), Days(calendar)))
    numbered = {}
    for cell in root.iter("g"):
        counted = cell.xpath("text[@class='counted']/text()")
        if cell.find("rect") is not None and counted and cell.find("text[@class='number']") is not None:
            numbered[cell.findtext("text[@class='number']")] = counted[0]
    assert numbered == {"29": "1", "30": "2", "8": "3", "9": "4", "10": "5", "11": "6"}
    kinds = {
        cell.findtext("text[@class='number']"): cell.find("rect").get("class")
        for cell in root.iter("g")
        if cell.find("text[@class='number']") is not None
    }
    assert [kinds[day] for day in ("28", "29", "30", "10月1日", "4", "5", "7", "11", "12")] == [
        "day weekend edge",
        "day shifted",
        "day work",
        "day holiday",
        "day holiday",
        "day weekend",
        "day holiday",
        "day work edge",
        "day shifted",
    ]
    said = root.findtext("title") or ""
    assert "放假：10月1日、10月2日、10月3日、10月4日、10月7日" in said
    assert "调休上班：9月29日" in said


def test_without_a_calendar_the_count_itself_says_what_was_a_working_day() -> None:
    start, end = date(2024, 9, 28), date(2024, 10, 11)
    days = load_reference().calendar.count(start, end).days
    drawn = interval(Measured(len(days), "working_day", days, start, end))

    assert drawn is not None
    assert "放假：10月1日、10月2日、10月3日、10月4日、10月7日" in counted_days(drawn, (), Days())


def test_a_year_without_a_calendar_is_drawn_by_weekdays() -> None:
    drawn = interval(Measured(10, "day", None, date(2999, 1, 1), date(2999, 1, 11)))

    assert drawn is not None
    assert "休" not in counted_days(drawn, (), Days(load_reference().calendar))


@pytest.mark.parametrize(
    "measured",
    [
        Measured(5, "year"),
        Measured(57, "day", None, date(2024, 3, 5), date(2024, 5, 1)),
        Measured(-3, "day", None, date(2024, 3, 5), date(2024, 3, 2)),
        Measured(7, "working_day"),
        Measured(9000, "working_day", (date(2000, 1, 3), date(2024, 1, 3))),
    ],
)
def test_what_cannot_be_drawn_is_not(measured: Measured) -> None:
    assert interval(measured) is None


def test_the_same_interval_is_drawn_once(report: Report) -> None:
    again = replace(report.outcomes[1], requirement="P06")
    root = parse(page_of(replace(report, outcomes=(*report.outcomes, again))))

    assert len(root.xpath("//figure[@class='interval']")) == 1
    assert {"P05", "P06"} <= set(re.findall(r"P\d\d", "".join(root.xpath("//figure[@class='interval']//text()"))))


def test_many_steps_are_in_rows(report: Report) -> None:
    assert report.case is not None
    day = report.case.timeline[0]
    many = tuple(replace(day, day=day.day + timedelta(n * 9)) for n in range(15))
    root = parse(page_of(replace(report, case=replace(report.case, timeline=many))))

    assert len(root.xpath("//circle[contains(@class, 'step')]")) == 15
    assert len(root.xpath("//line[@class='rail']")) == 3


# ------------------------------------------------------------------ size, and real documents


def test_a_long_document_stays_a_small_page(report: Report) -> None:
    """300 000 characters with 500 findings: about one byte more a byte of text than the text itself."""
    assert report.case is not None
    line = "第一条 经营者应当遵守本办法的规定，不得扰乱市场秩序。"
    text = "\n".join([line] * (300_000 // (len(line) + 1)))
    document = plain(text)
    places: Iterable[int] = range(0, 500 * (len(line) + 1), len(line) + 1)
    evidence = [
        Evidence(document.name, line[4:7], Span(start + 4, start + 7), None, n) for n, start in enumerate(places, 1)
    ]
    findings = tuple(
        replace(report.findings[0], evidence=(each,), fingerprint=f"{n:x}") for n, each in enumerate(evidence)
    )
    page = page_of(replace(report, case=replace(report.case, documents=(document,), timeline=()), findings=findings))

    assert len(page.encode()) < 2 * len(text.encode()) + 500 * 2000
    assert broken_links(parse(page)) == set()


def test_one_enormous_quote_is_not_repeated(report: Report) -> None:
    assert report.case is not None
    document = plain("甲" * 200_000)
    whole = Evidence(document.name, document.text, Span(0, len(document.text)), None, 1)
    findings = tuple(replace(report.findings[0], evidence=(whole,), fingerprint=str(n)) for n in range(30))
    page = page_of(replace(report, case=replace(report.case, documents=(document,), timeline=()), findings=findings))

    assert len(page) < 300_000


def test_samples_and_issued_documents_make_sound_pages(checkout: Path, shared: Path) -> None:
    samples = [path for path in sorted((checkout / "corpora" / "samples").iterdir()) if path.suffix != ".py"]
    issued = sorted((shared / "corpora" / "issued").glob("*.txt"))[::20]
    given = audit.Settings(today=date(2026, 1, 1))
    reports = [audit.check_file(path.read_bytes(), path.name, given) for path in (*samples, *issued)]
    rulebook, reference = audit.load(given)
    root = parse(reports_html(reports, TOOL, rulebook.requirements, reference.calendar))
    shown = "".join(root.itertext())

    assert broken_links(root) == set()
    for one in report_object(reports, TOOL)["reports"]:
        assert one["case"] is not None
        for finding in one["findings"]:
            assert finding["fingerprint"] in shown
            assert all(evidence["quote"] in shown for evidence in finding["evidence"])
    texts = ["".join(element.xpath(".//text()[not(ancestor::sup)]")) for element in root.xpath("//*[@data-n]")]
    for report in reports:
        assert report.case is not None
        for block in report.case.document.blocks:
            said = escape(block.span.of(report.case.document.text))
            assert not said.strip() or block.span.of(report.case.document.text) in texts


def test_a_dossier_shows_every_document(report: Report) -> None:
    assert report.case is not None
    other = plain("青禾县人民政府常务会议纪要\n2024年3月1日", name="纪要.docx")
    case: Case = replace(
        report.case, documents=(*report.case.documents, other), facts=(*report.case.facts, report.case.main)
    )
    evidence = Evidence(other.name, "2024年3月1日", Span(14, 23), None, 2)
    finding: Finding = replace(report.findings[0], evidence=(*report.findings[0].evidence, evidence))
    outcome: Outcome = replace(report.outcomes[0], evidence=(evidence,))
    root = parse(page_of(replace(report, case=case, findings=(finding,), outcomes=(outcome,))))

    assert broken_links(root) == set()
    assert [heading.text for heading in root.xpath("//section[@class='texts']/h3")] == [report.name, other.name]
    assert [element.text for element in root.xpath("//mark[@id='r1f1e1']")] == ["2024年3月1日"]
