"""The kinds order, presence, form and classification against facts made by hand."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

import pytest

from checker.dossier import build_case
from checker.kinds import KINDS, Matter, Verdict
from checker.kinds.base import compile_pattern, search
from checker.model import Block, Document, Fact, Facts, Role, Rule, Span, TextAnchor
from checker.reference import load_reference

LINES = ("某县停车办法", "某政发[2024]第3号", "第一条　应当停车。", "第二条　《甲》废止。")
TEXT = "\n".join(LINES)


def place(words: str) -> Span:
    start = TEXT.index(words)
    return Span(start, start + len(words))


def fact(key: str, words: str, value: str | date | None = None, **detail: Any) -> Fact:
    return Fact(key, words if value is None else value, place(words), detail=detail)


def judge(
    kind: str, params: Mapping[str, Any], *facts: Fact, given: Mapping[str, date] | None = None, original: str = "txt"
) -> Verdict:
    starts = [sum(len(line) + 1 for line in LINES[:i]) for i in range(len(LINES))]
    blocks = tuple(
        Block(Span(start, start + len(line)), Role.PARAGRAPH, TextAnchor(i + 1, start))
        for i, (start, line) in enumerate(zip(starts, LINES, strict=True))
    )
    document = Document("a", "", original, TEXT, blocks, len(TEXT))
    values: dict[str, tuple[Fact, ...]] = {}
    for one in facts:
        values[one.key] = (*values.get(one.key, ()), one)
    found = Facts("normative_document", ("normative_document",), "理由", "enact", values)
    case = build_case([document], [found], given=given or {}, today=date(2026, 11, 21))
    return KINDS[kind].judge(
        Matter(Rule("r", "F01", "t", kind, "info", "m", "s", {}, {}, ()), params, case, load_reference())
    )


# ------------------------------------------------------------------ order

PAIRS = {
    "pairs": [
        {"before": "issued", "after": "published"},
        {"before": "review_issued", "after": "deliberated", "same_day": "note"},
        {"before": "published", "after": "effective", "soft": True},
    ]
}
MARCH = [date(2024, 3, day) for day in range(1, 10)]


def test_order_contradiction_quotes_both_days() -> None:
    verdict = judge("order", PAIRS, fact("issued", "2024", MARCH[4]), fact("published", "第3号", MARCH[2]))
    assert verdict.status == "violated"
    assert [item.quote for item in verdict.evidence] == ["第3号", "2024"]
    assert verdict.faults[0].values["before_day"] == "2024年3月5日"


def test_order_soft_pair_weighs_less() -> None:
    verdict = judge("order", PAIRS, given={"published": MARCH[5], "effective": MARCH[1]})
    assert verdict.faults[0].severity == "warning"
    assert verdict.faults[0].absent


@pytest.mark.parametrize(
    ("same_day", "status", "notes"), [("note", "met", 1), ("ok", "met", 0), ("fault", "violated", 0)]
)
def test_order_same_day(same_day: str, status: str, notes: int) -> None:
    params = {"pairs": [{"before": "review_issued", "after": "deliberated", "same_day": same_day}]}
    verdict = judge("order", params, given={"review_issued": MARCH[1], "deliberated": MARCH[1]})
    assert (verdict.status, len(verdict.notes)) == (status, notes)


def test_order_says_what_was_not_compared() -> None:
    verdict = judge("order", PAIRS, given={"issued": MARCH[1], "published": MARCH[2]})
    assert verdict.status == "met"
    assert "集体审议日" in verdict.notes[-1]
    assert judge("order", PAIRS, given={"issued": MARCH[1]}).status == "cannot_tell"


def test_order_ignores_computed_days() -> None:
    computed = Fact("effective", MARCH[0], place("2024"), derived_from=("effect_clause", "issued"))
    assert judge("order", PAIRS, computed, given={"published": MARCH[5]}).status == "cannot_tell"


# ------------------------------------------------------------------ presence

ITEMS = {"items": [{"name": "施行日期", "facts": ["effective"]}, {"name": "解释", "patterns": ["负责解释"]}]}


def test_presence_names_each_missing_thing_at_the_end_of_the_text() -> None:
    verdict = judge("presence", ITEMS)
    (fault,) = verdict.faults
    assert (fault.values["missing"], fault.absent, fault.values["count"]) == ("施行日期、解释", "施行日期、解释", "2")
    assert (fault.evidence[0].span.start, fault.evidence[0].quote, fault.evidence[0].paragraph) == (len(TEXT), "", 4)


def test_presence_is_anchored_where_it_should_stand() -> None:
    verdict = judge("presence", {**ITEMS, "anchor": "title"}, fact("title", "某县停车办法"))
    assert verdict.evidence[0].span == Span(6, 6)


def test_presence_found_by_fact_or_pattern() -> None:
    params = {"items": [{"name": "名称", "facts": ["title"]}, {"name": "义务", "patterns": ["应当"]}]}
    assert judge("presence", params, fact("title", "某县停车办法")).status == "met"


def test_presence_needs_a_complete_text_to_accuse() -> None:
    params = {**ITEMS, "needs": [{"facts": ["preamble"], "what": "公布令", "how": "提供公布令。"}]}
    verdict = judge("presence", params)
    assert (verdict.status, verdict.missing[0].what) == ("cannot_tell", "公布令")


def test_presence_only_for_titles_of_a_sort() -> None:
    title = fact("title", "某县停车办法")
    assert judge("presence", {**ITEMS, "only_title": "办法$"}, title).status == "violated"
    assert judge("presence", {**ITEMS, "only_title": "意见$"}, title).status == "not_applicable"
    assert judge("presence", {**ITEMS, "unless_title": "办法$"}, title).status == "not_applicable"
    assert judge("presence", {**ITEMS, "only_title": "办法$"}).status == "not_applicable"


# ------------------------------------------------------------------ form

NUMBER = fact("document_number", "某政发[2024]第3号", "某政发〔2024〕3号")


def form(
    fault: dict[str, Any], *facts: Fact, original: str = "txt", given: Mapping[str, date] | None = None, **more: Any
) -> Verdict:
    key = facts[0].key if facts else "document_number"
    return judge(
        "form",
        {"fact": key, "name": "文号", "each": True, "faults": [{"says": "有误", **fault}], **more},
        *facts,
        original=original,
        given=given,
    )


def test_form_looks_at_the_words_as_written() -> None:
    verdict = form({"pattern": "第"}, NUMBER)
    assert verdict.evidence[0].quote == "某政发[2024]第3号"
    assert form({"pattern": "第", "of": "value"}, NUMBER).status == "met"


def test_form_bracket_shape_only_in_originals() -> None:
    fault = {"pattern": r"\[", "formats": ["docx", "pdf"]}
    assert form(fault, NUMBER).status == "met"
    assert form(fault, NUMBER, original="docx").status == "violated"


def test_form_year_against_a_stated_day() -> None:
    fault = {"of": "value", "year": r"(?<=〔)\d{4}", "year_of": "issued"}
    assert form(fault, NUMBER, given={"issued": date(2024, 12, 31)}).status == "met"
    assert form(fault, NUMBER, given={"issued": date(2025, 1, 1)}).status == "violated"
    assert form(fault, NUMBER).status == "met"


def test_form_occurrences_agree_within_one_sort() -> None:
    other, joint = (
        fact("document_number", "2024", "某政发〔2024〕4号"),
        fact("document_number", "2024", "某党发〔2024〕4号"),
    )
    fault = {"of": "value", "differs": "^[^〔]+", "says": "与{first}不同"}
    verdict = form(fault, NUMBER, other)
    assert [one.values["says"] for one in verdict.faults] == ["与某政发〔2024〕3号不同"]
    assert form(fault, NUMBER, joint).status == "met"


def test_form_details() -> None:
    organ = fact("issuer", "某县", level="internal_body")
    fault = {"detail": {"level": ["internal_body"]}, "unless": "防汛", "of": "value"}
    unsure: dict[str, Any] = {"unsure": {"detail": {"generic": True}, "what": "性质", "how": "核对。"}}
    assert form(fault, organ).status == "violated"
    assert form(fault, fact("issuer", "某县", "某县防汛办", level="internal_body")).status == "met"
    assert form(fault, fact("issuer", "某县", level="internal_body", generic=True), **unsure).status == "cannot_tell"
    assert form({"lacks": ["number", "date"]}, fact("repeals", "甲", number=None, date="2020-01-01")).status == "met"
    assert form({"lacks": ["number", "date"]}, fact("repeals", "甲", number=None, date=None)).status == "violated"
    assert form({"lacks": ["number"], "after": "第二条"}, fact("repeals", "甲", number=None)).status == "met"


def test_form_absent_fact() -> None:
    assert form({"pattern": "x"}).status == "cannot_tell"
    assert form({"pattern": "x"}, optional=True).status == "not_applicable"


def test_form_skips_orders() -> None:
    order = fact("document_number", "第3号", "某令第3号")
    skip: dict[str, Any] = {"skip": {"fact": "document_number", "pattern": "令", "says": "令另有格式。"}}
    assert form({"pattern": "第"}, order, **skip).status == "not_applicable"


# ------------------------------------------------------------------ classification

CLASSES = {"internal": "方案|办法", "binding": "义务"}


@pytest.mark.parametrize(
    ("detail", "status"),
    [
        ({"certain": True}, "met"),
        ({"certain": False, "doubt": "没有署名"}, "cannot_tell"),
        ({"certain": False, "doubt": "为相对人设定义务"}, "violated"),
    ],
)
def test_classification(detail: dict[str, Any], status: str) -> None:
    kind = fact("kind", "某县", "normative_document", **detail)
    assert judge("classification", CLASSES, kind, fact("title", "某县停车办法")).status == status


# ------------------------------------------------------------------ patterns


def test_slow_pattern_raises_in_time(monkeypatch: pytest.MonkeyPatch) -> None:
    from checker.kinds import base
    from checker.reading.limits import Limits

    monkeypatch.setattr(base, "DEFAULT", Limits(pattern_seconds=0.1))
    with pytest.raises(TimeoutError):
        search("(甲|甲甲)+$", "甲" * 60 + "乙")


def test_patterns_are_compiled_once() -> None:
    assert compile_pattern("甲") is compile_pattern("甲")
