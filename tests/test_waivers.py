"""Waivers and baselines: what is marked, what is hidden, and that nothing of it is silent."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from checker.errors import UsageError
from checker.model import Block, Case, Document, Fact, Facts, Finding, Problem, Report, Role, Rule, Span, TextAnchor
from checker.reports.json_report import Tool, dumps, report_object
from checker.waivers import WaiverFile, only_new, parse_baseline, parse_waivers, rule_names, waive

TODAY = date(2026, 6, 1)
HERE = Path("/office/matters")
A, B = "a" * 16, "b" * 16
RULES = rule_names(
    (
        Rule("late", "P22", "迟", "interval", "error", "迟。", "", {}, {}, (), formerly=("tardy",)),
        Rule("short", "P20", "短", "interval", "error", "短。", "", {}, {}, ()),
    )
)
TOOL = Tool("0.1.0", "abc", date(2026, 12, 31))


def report(name: str = "a.docx", number: str = "青政规发〔2024〕3号", text: str = "", **prints: str) -> Report:
    text = text or f"{name} {number}"
    document = Document(
        name, "0" * 64, "txt", text, (Block(Span(0, len(text)), Role.PARAGRAPH, TextAnchor(1, 0)),), len(text)
    )
    values = {"document_number": (Fact("document_number", number, Span(0, 0)),)} if number else {}
    facts = Facts("normative_document", ("normative_document",), "", "enact", values)
    findings = tuple(
        Finding(rule, "P20", "error", "certain", "问题。", "", None, (), (), fingerprint)
        for rule, fingerprint in prints.items()
    )
    return Report(Case((document,), (facts,), (), TODAY, "issued"), findings=findings, name=name)


def entry(
    rule: str = "late", fingerprint: str = A, document: str = "a.docx", until: str = "", reason: str = "已说明理由"
) -> str:
    end = f"until = {until}\n" if until else ""
    return (
        f'[[waiver]]\nrule = "{rule}"\nfingerprint = "{fingerprint}"\ndocument = "{document}"\n'
        f'reason = "{reason}"\nwho = "张审核"\n{end}'
    )


def parsed(text: str, *, beside: bool = False, folder: Path = HERE) -> WaiverFile:
    return parse_waivers(text.encode(), "waivers.toml", folder, RULES, beside=beside)


def settled(text: str, *reports: Report, **options: Any) -> tuple[list[Report], tuple[Problem, ...]]:
    return waive(reports, [parsed(text, **options)], {each.name: HERE / each.name for each in reports}, RULES, TODAY)


def said(problems: tuple[Problem, ...]) -> str:
    return "\n".join(f"{each.document}|{each.where}|{each.what}{each.next}" for each in problems)


# ------------------------------------------------------------------ waivers that hold


@pytest.mark.parametrize(
    "document",
    ["a.docx", "./a.docx", "/office/matters/a.docx", "all", "青政规发〔2024〕3号", "青政规发 [２０２４] 3号"],
)
def test_a_waived_finding_stays_and_says_why(document: str) -> None:
    (done,), common = settled(entry(document=document, until="2026-06-01"), report(late=A, short=B))
    late, short = done.findings
    assert late.waived_by is not None
    assert (late.waived_by.reason, late.waived_by.who, late.waived_by.until) == ("已说明理由", "张审核", TODAY)
    assert late.waived_by.source == "waivers.toml 第1行"
    assert short.waived_by is None
    assert (done.problems, common) == ((), ())


def test_a_renamed_rule_is_waived_under_its_former_name() -> None:
    (done,), _ = settled(entry(rule="tardy"), report(late=A))
    assert done.findings[0].waived_by


@pytest.mark.parametrize(
    "text",
    [entry(rule="short"), entry(fingerprint=B), entry(document="b.docx"), entry(document="青政规发〔2024〕33号")],
)
def test_another_rule_fingerprint_or_document_waives_nothing(text: str) -> None:
    (done,), _ = settled(text, report(late=A))
    assert done.findings[0].waived_by is None
    assert "waivers.toml" in said(done.problems)


def test_paths_are_relative_to_the_file_and_names_to_the_report() -> None:
    below = replace(report("sub/a.docx", late=A))
    for text, folder in ((entry(), HERE / "sub"), (entry(document="sub/a.docx"), Path("/elsewhere"))):
        (done,), _ = settled(text, below, folder=folder)
        assert done.findings[0].waived_by


def test_a_file_beside_the_documents_speaks_of_its_folder_alone() -> None:
    inside, outside = report("sub/a.docx", number="", late=A), report("a.docx", number="", late=A)
    done, _ = settled(entry(document="all"), outside, inside, folder=HERE / "sub", beside=True)
    assert [bool(each.findings[0].waived_by) for each in done] == [False, True]


# ------------------------------------------------------------------ waivers that do not


def test_an_expired_waiver_holds_no_more_and_says_so() -> None:
    (done,), common = settled(entry(until="2026-05-31"), report(late=A))
    assert done.findings[0].waived_by is None
    assert "豁免已于2026-05-31到期" in said(done.problems)
    assert "waivers.toml 第1行" in said(done.problems)
    assert common == ()
    renewed = entry(until="2026-05-31") + entry(document="all")
    (done,), _ = settled(renewed, report(late=A))
    assert done.findings[0].waived_by
    assert done.problems == ()


def test_unused_waivers_are_told_with_their_line() -> None:
    text = entry() + entry(rule="short", fingerprint=B, document="all", until="2020-01-01")
    (first, last), common = settled(text, report(), report("b.docx", number=""))
    assert "a.docx|waivers.toml 第1行|豁免没有用到：没有 late" in said(first.problems)
    assert "第7行|豁免没有用到，而且已经到期" in said(last.problems)
    assert "第7行" in said(common)


def test_a_waiver_with_the_rule_of_another_finding_says_which() -> None:
    (done,), _ = settled(entry(rule="short"), report(late=A))
    assert "是规则 late 的问题，不是 short 的" in said(done.problems)


def test_documents_not_checked_are_told_together() -> None:
    text = "".join(entry(document=f"{number}.docx") for number in range(9))
    (done,), common = settled(text, report("a.docx"))
    assert "9条豁免所说的文件不在这次检查的文件里：0.docx、1.docx、2.docx、3.docx、4.docx等" in said(common)
    assert done.problems == common


def test_an_unread_document_makes_no_waiver_unused() -> None:
    done, common = settled(entry(), Report(None, name="a.docx"))
    assert (done[0].problems, common) == ((), ())


def test_without_reports_only_the_run_is_told() -> None:
    done, common = settled(entry())
    assert done == []
    assert common


@pytest.mark.parametrize(
    ("text", "line", "word"),
    [
        (entry(rule="no-such"), 2, "没有规则“no-such”"),
        (entry(fingerprint="abc"), 3, "16位"),
        (entry(fingerprint="A" * 16), 3, "16位"),
        (entry(reason=" "), 5, "reason 应为文字"),
        (entry().replace("reason", "reasons"), 5, "不认识的项 reasons"),
        (entry().replace('who = "张审核"\n', ""), 1, "缺 who"),
        (entry().replace('"张审核"', "7"), 6, "who 应为文字"),
        (entry(until='"2026-12-31"'), 7, "不加引号"),
        (entry(until="2026-12-31T00:00:00"), 7, "until 应为日期"),
    ],
)
def test_an_invalid_entry_waives_nothing_and_names_its_line(text: str, line: int, word: str) -> None:
    shifted = entry(rule="short", fingerprint=B, document="all") + "\n# 第二条\n" + text
    done, common = settled(shifted, report(late=A, short=B))
    late, short = done[0].findings
    assert late.waived_by is None
    assert short.waived_by
    (problem,) = common
    assert f"waivers.toml 第{8 + line}行" in problem.where
    assert "没有起作用" in problem.what
    assert word in problem.what + problem.next
    assert problem in done[0].problems


def test_a_waiver_written_twice_holds_once() -> None:
    done, common = settled(entry() + entry(), report(late=A))
    assert done[0].findings[0].waived_by
    assert "和waivers.toml 第1行的豁免相同" in said(common)


@pytest.mark.parametrize(
    ("text", "where"),
    [
        ("[[waiver]\n", "waivers.toml"),
        ("# 豁免\n[[waivers]]\nrule = 'late'\n", "第2行 waivers"),
        ("waiver = 3\n", "第1行"),
        ("[waiver]\nrule = 'late'\n", "第1行"),
    ],
)
def test_a_file_that_is_no_list_of_waivers_is_refused(text: str, where: str) -> None:
    with pytest.raises(UsageError) as caught:
        parsed(text)
    assert where in caught.value.where


def test_an_encoding_that_is_not_utf_8_is_refused() -> None:
    with pytest.raises(UsageError, match="UTF-8"):
        parse_waivers("# 豁免".encode("gb18030"), "waivers.toml", HERE, RULES)


# ------------------------------------------------------------------ baseline


def baseline(*reports: Report) -> Any:
    return parse_baseline(dumps(report_object(reports, TOOL)).encode(), "base.json")


def test_only_what_is_new_is_shown_and_the_rest_counted() -> None:
    (done,) = only_new([report(late=A, short=B)], baseline(report(late=A, gone="c" * 16)))
    assert [finding.fingerprint for finding in done.findings] == [B]
    (notice,) = done.problems
    assert "基线里已有的问题1条没有列出" in notice.what
    assert "有1条不再出现" in notice.what
    assert not notice.lost


def test_absent_things_of_another_document_are_not_hidden() -> None:
    (done,) = only_new([report("b.docx", number="青政规发〔2024〕4号", late=A)], baseline(report(late=A)))
    assert done.findings
    assert "基线里没有这份文件" in done.problems[0].what


@pytest.mark.parametrize(
    "now",
    [
        report("./a.docx", number="", text="改过", late=A),
        report("renamed.docx", number="", text="a.docx 青政规发〔2024〕3号", late=A),
        report("final.docx", text="改过", late=A),
    ],
)
def test_the_same_document_is_known_by_name_text_or_number(now: Report) -> None:
    assert only_new([now], baseline(report(late=A), report("b.docx", number="x")))[0].findings == ()


def test_a_number_of_two_documents_identifies_neither() -> None:
    known = baseline(report(late=A), report("b.docx", late=A))
    assert only_new([report("c.docx", text="改过", late=A)], known)[0].findings


def test_what_was_waived_then_and_is_not_now_comes_back() -> None:
    (before,), _ = settled(entry(), report(late=A))
    known = baseline(before)
    assert only_new([report(late=A)], known)[0].findings
    assert only_new([before], known)[0].findings == ()


def test_unread_documents_pass_through() -> None:
    unread = Report(None, name="a.docx")
    assert only_new([unread], baseline(report(), unread)) == [unread]


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"[]",
        b"null",
        b"\xff",
        b'{"schema": "normcheck.facts/1"}',
        b'{"schema": ["normcheck.report/1"], "reports": []}',
        b'{"schema": "normcheck.report/1", "reports": [{}]}',
        json.dumps({"schema": "normcheck.report/1", "reports": [{"documents": []}]}).encode(),
        b"[" * 100_000,
    ],
)
def test_a_baseline_that_is_no_report_is_refused(data: bytes) -> None:
    with pytest.raises(UsageError, match="不是 normcheck 的 JSON 报告"):
        parse_baseline(data, "base.json")
