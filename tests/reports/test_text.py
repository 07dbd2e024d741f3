"""The report at a terminal: one whole report compared, and the widths and dangers of characters."""

from __future__ import annotations

import os
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from checker.model import Document, Facts, Report
from checker.reports import words
from checker.reports.text import Style, _wrap, clean, days_text, display_width, facts_text, report_text

GOLDEN = Path(__file__).parent / "golden"
REQUIREMENTS = {"P20": "公布与施行之间留出时间", "C03": "不得设定行政处罚"}


def compare(name: str, text: str) -> None:
    """`text` equals the stored file; NORMCHECK_WRITE_GOLDEN=1 writes it anew, to be read before it is committed."""
    path = GOLDEN / name
    if os.environ.get("NORMCHECK_WRITE_GOLDEN"):
        path.parent.mkdir(exist_ok=True)
        path.write_text(text, encoding="utf-8")
    assert text == path.read_text(encoding="utf-8")


def test_whole_report(report: Report) -> None:
    compare("report.txt", report_text(report, requirements=REQUIREMENTS))


def test_whole_facts(document: Document, facts: Facts) -> None:
    compare("facts.txt", facts_text(document, facts))


def test_unreadable_report_says_what_to_do(unreadable: Report) -> None:
    text = report_text(unreadable)
    for expected in ("报告.docx", "没有得出结论", "文件需要密码。", "下一步：去掉密码后重新提交。"):
        assert expected in text


@pytest.mark.parametrize("width", [60, 80, 100])
def test_no_line_is_wider_than_asked(report: Report, document: Document, facts: Facts, width: int) -> None:
    for text in (report_text(report, Style(width)), facts_text(document, facts, Style(width))):
        assert max(map(display_width, text.splitlines())) <= width + 2  # a closing mark may hang over


def test_colours_change_nothing_but_colours(report: Report) -> None:
    import re

    coloured = report_text(report, Style(colour=True))
    assert "\x1b[31m" in coloured
    assert re.sub(r"\x1b\[\d+m", "", coloured) == report_text(report, Style())


def test_a_document_cannot_steer_the_terminal(report: Report) -> None:
    finding = replace(report.findings[0], message="改\x1b[2J标题\u202e颠倒\x07\r\n换行")
    text = report_text(replace(report, findings=(finding,), name="a\x1b]0;x\x07.txt"))
    assert not set(text) & set("\x1b\x07\r\u202e")
    assert "改 [2J标题 颠倒 换行" in text


def test_days_are_grouped_by_month_and_weekends_marked() -> None:
    days = [date(2024, 9, 29), date(2024, 9, 30), date(2024, 10, 8), date(2025, 1, 2)]
    assert days_text(days) == ["2024年9月 29（周日）、30；10月 8；2025年1月 2"]


def test_every_term_of_the_model_has_a_word() -> None:
    from typing import get_args

    from checker import model
    from checker.kinds.base import EVENTS

    assert words.KIND.keys() == set(get_args(model.Kind))
    assert words.ACT.keys() == set(get_args(model.Act))
    assert words.LEVEL.keys() == set(get_args(model.Level))
    assert words.TRAIT.keys() == set(get_args(model.TraitName))
    assert words.STATUS.keys() == set(get_args(model.Status))
    assert words.SEVERITY.keys() == set(get_args(model.Severity))
    assert words.CERTAINTY.keys() == set(get_args(model.Certainty))
    assert {key: f"{word}日" for key, word in words.EVENT.items()} == dict(EVENTS)


@given(st.text(alphabet="汉字，。“”（）abc-1 2\u3000", max_size=200), st.integers(20, 60))
@settings(max_examples=100, deadline=None)
def test_wrapping_keeps_every_character(text: str, width: int) -> None:
    lines = _wrap(text, width, 0)
    assert "".join("".join(lines).split()) == "".join(clean(text).split())


def test_what_other_material_decides_stands_together_and_short(report: Report) -> None:
    """Ninety outcomes stay readable: decided first, then open, then a line for each requirement that wants material."""
    from checker.model import DecidedBy, Missing, Outcome

    def wants(requirement: str, decided_by: DecidedBy, *materials: str) -> Outcome:
        missing = tuple(Missing(what, f"上传{what}。") for what in materials)
        return replace(
            report.outcomes[3],
            requirement=requirement,
            title=f"要求{requirement}",
            missing=missing,
            decided_by=decided_by,
        )

    aside = [replace(report.outcomes[4], requirement=f"D{n:02}") for n in range(1, 6)]
    outcomes = (
        wants("P10", "dossier", "审核意见书"),
        wants("P10", "dossier", "审核意见书", "会议纪要"),
        wants("P31b", "register", "回复台账"),
        wants("P31", "register", "建议台账"),
        *aside,
        *report.outcomes[:3],
    )
    lines = report_text(replace(report, outcomes=outcomes, findings=()), requirements=REQUIREMENTS).splitlines()
    part = lines[lines.index("【逐项核对】") + 1 : lines.index("【问题】") - 1]
    heads = [line for line in part if line.startswith("  ") and line[2] != " "]
    assert [head.strip()[:7] for head in heads] == [
        "[不符合] C",
        "[不符合] P",
        "[符合] P0",
        "待核实（需要卷",
        "待核实（需要登",
        "不涉及（5项）",
    ]
    assert part[part.index("  待核实（需要卷宗材料）（1项）") + 1] == "      P10 要求P10：缺审核意见书、会议纪要"
    assert [line for line in part if "P31" in line] == [
        "      P31 要求P31：缺建议台账",
        "      P31b 要求P31b：缺回复台账",
    ]
    assert "          D01、D02、D03、D04、D05：只适用于政府规章。" in part
