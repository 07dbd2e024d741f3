"""Who is bound, which basis counts, what is not concluded, and fingerprints that survive edits elsewhere."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from checker import engine
from checker.dossier import build_case
from checker.errors import UnknownCalendar
from checker.facts import extract
from checker.kinds import KINDS, KindSpec, Matter, Verdict
from checker.model import Basis, Case, Example, Outcome, Pack, Report, Rule
from checker.reading import read
from checker.reference import Reference, load_reference
from checker.rulebook import load_rulebook

ORDER = """青云市人民政府令
第12号
《青云市城市供水管理办法》已经2024年3月4日市人民政府第40次常务会议通过，现予公布，自2024年4月8日起施行。
市长　林知远
2024年3月20日
青云市城市供水管理办法
第一条　为了加强城市供水管理，保障用水安全，根据有关法律、法规，制定本办法。
第二条　供水单位应当保证水质符合国家标准。
第三条　用户应当按时缴纳水费，不得擅自改装供水设施。
第四条　本办法自2024年4月8日起施行。
"""
INDICATOR = Basis("某指标体系", "第1项", "隔三十日", "indicator", "V1", date(2023, 9, 1), params={"min": 30})
LEGAL = Basis("某办法", "第3条", "隔十日", "legal", "V1", date(2020, 1, 1), params={"min": 10})
RULE = Rule(
    id="too-soon",
    requirement="P20",
    title="间隔",
    kind="interval",
    severity="warning",
    message="公布（{from}）至施行（{to}）间隔{actual}日，少于{min}日。",
    suggestion="不早于{earliest}。",
    applies_to={"document": ("government_rule",)},
    params={"from": "published", "to": "effective", "unit": "day"},
    basis=(LEGAL, INDICATOR),
    pack="p",
)


DAY = date(2024, 3, 1)


def case(
    text: str = ORDER, given: Mapping[str, date] | None = None, name: str = "令.txt", kind: str | None = None
) -> Case:
    document = read(text.encode(), name)
    return build_case([document], [extract(document, kind)], given=given or {}, today=date(2024, 6, 1))


def judge(rule: Rule, of: Case | None = None, reference: Reference | None = None) -> tuple[Report, Outcome]:
    report = engine.check(of or case(), [Pack(rule.pack, "包", rules=(rule,))], reference or load_reference())
    return report, report.outcomes[0]


def test_violation_names_figures_words_basis_and_the_way_out() -> None:
    report, outcome = judge(RULE)
    (finding,) = report.findings
    assert outcome.status == "violated"
    assert finding.message == outcome.reason == "公布（2024年3月20日）至施行（2024年4月8日）间隔19日，少于30日。"
    assert finding.suggestion == "不早于2024年4月19日。"
    assert "2024年4月8日" in finding.evidence[0].quote
    assert outcome.measured is not None
    assert (outcome.measured.value, outcome.limit) == (19, {"min": 30, "unit": "day"})
    assert outcome.basis == (LEGAL, INDICATOR)


def test_basis_on_the_day_of_the_rules_own_event_supplies_the_figure() -> None:
    early = case(given={"published": date(2023, 8, 31), "effective": date(2023, 9, 15)})
    _, outcome = judge(RULE, early)
    assert (outcome.status, outcome.limit["min"], outcome.basis) == ("met", 10, (LEGAL,))


def test_a_basis_counts_only_for_the_organs_it_binds() -> None:
    city, county = (replace(INDICATOR, issuer=(level,)) for level in ("city_government", "county_government"))
    assert judge(replace(RULE, basis=(LEGAL, city)))[1].limit["min"] == 30
    _, outcome = judge(replace(RULE, basis=(LEGAL, county)))
    assert (outcome.limit["min"], outcome.basis) == (10, (LEGAL,))
    _, outcome = judge(replace(RULE, basis=(county,)))
    assert (outcome.status, outcome.basis) == ("not_applicable", ())
    assert "县级政府" in outcome.reason


def test_words_put_a_document_outside_even_where_its_maker_is_not_read() -> None:
    notice = "征求意见公告\n\n现就本办法公开征求意见，请于2024年6月3日前反馈。\n"
    only = {"pattern": "重大行政决策", "says": "不是决策。"}
    rule = replace(RULE, applies_to={"issuer": ("county_government",)}, params={**RULE.params, "only_text": only})
    assert judge(replace(rule, params=RULE.params), case(notice))[1].status == "cannot_tell"
    _, outcome = judge(rule, case(notice))
    assert (outcome.status, outcome.reason) == ("not_applicable", "不是决策。")
    _, outcome = judge(rule, case(notice.replace("本办法", "本重大行政决策")))
    assert outcome.status == "cannot_tell"


def test_a_term_that_ends_on_a_day_of_rest_ends_on_the_next_working_day() -> None:
    given = {"published": date(2024, 9, 5), "filed": date(2024, 10, 8)}
    params = {"from": "published", "to": "filed", "unit": "day", "max": 30}
    rule = replace(RULE, params=params, basis=(replace(LEGAL, params={}),))
    assert judge(rule, case(given=given))[1].status == "violated"
    rolling = replace(rule, params={**params, "roll": True})
    assert judge(rolling, case(given=given))[1].status == "met"
    assert judge(rolling, case(given={**given, "filed": date(2024, 10, 9)}))[1].status == "violated"


def test_a_web_date_acquits_but_does_not_accuse() -> None:
    unsure = {"detail": {"source": "web"}, "what": "首次公布的日期", "how": "核对。"}
    rule = replace(RULE, params={**RULE.params, "unsure": unsure, "to": "published", "from": "issued", "max": 20})
    rule = replace(rule, applies_to={}, basis=(replace(LEGAL, params={}),))
    text = "发布时间：{}\n青禾县人民政府关于加强停车管理的通知\n\n青政发〔2024〕3号\n\n各乡镇：\n\n请遵照执行。\n\n青禾县人民政府\n2024年3月1日\n"
    assert judge(rule, case(text.format("2024-03-08")))[1].status == "met"
    _, outcome = judge(rule, case(text.format("2024-08-08")))
    assert (outcome.status, outcome.missing[0].what) == ("cannot_tell", "首次公布的日期")
    typed = case(text.format("2024-08-08"), {"published": date(2024, 8, 8)})
    assert judge(rule, typed)[1].status == "violated"


def test_before_every_basis_the_requirement_is_not_applicable() -> None:
    _, outcome = judge(RULE, case(given={"published": date(2019, 12, 31)}))
    assert outcome.status == "not_applicable"
    assert "自2020-01-01起适用" in outcome.reason


def test_after_every_basis_too() -> None:
    ended = replace(RULE, basis=(replace(LEGAL, until=date(2022, 1, 1)),))
    assert judge(ended)[1].status == "not_applicable"


def test_memory_alone_accuses_nobody() -> None:
    report, outcome = judge(replace(RULE, basis=(replace(INDICATOR, verified="K"),)))
    assert outcome.status == "cannot_tell"
    assert "核对某指标体系第1项" in outcome.missing[0].how
    assert "间隔19日" in outcome.reason
    assert not report.findings


def test_doubtful_kind_accuses_nobody() -> None:
    doubtful = case()
    fact = doubtful.main.values["kind"][0]
    unsure = replace(fact, detail={"certain": False, "doubt": "没有标题"})
    facts = replace(doubtful.main, values={**doubtful.main.values, "kind": (unsure,)})
    report, outcome = judge(RULE, replace(doubtful, facts=(facts,)))
    assert (outcome.status, report.findings) == ("cannot_tell", ())
    assert "没有标题" in outcome.reason


@pytest.mark.parametrize(
    ("applies", "status"),
    [
        ({"document": ("normative_document",)}, "not_applicable"),
        ({"document": ("government_rule",)}, "violated"),
        ({"act": ("repeal",)}, "not_applicable"),
        ({"issuer": ("county_government",)}, "not_applicable"),
        ({"issuer": ("city_government", "provincial_government")}, "violated"),
        ({"trait": ("secret",)}, "not_applicable"),
        ({"format": ("docx",)}, "not_applicable"),
        ({"format": ("txt",)}, "violated"),
        ({}, "violated"),
    ],
)
def test_who_is_bound(applies: dict[str, tuple[str, ...]], status: str) -> None:
    _, outcome = judge(replace(RULE, applies_to=applies))
    assert outcome.status == status
    assert outcome.reason


NOTICE = """{organ}关于印发《公共停车场管理办法》的通知

各有关单位：

现将《公共停车场管理办法》印发给你们，请遵照执行。

{organ}
2024年3月1日

公共停车场管理办法
第一条　停车场经营者应当公示收费标准。
第二条　本办法自2024年5月1日起施行。
"""


@pytest.mark.parametrize(
    ("organ", "words", "status"),
    [
        ("国务院办公厅", ("state_council",), "not_applicable"),
        ("国家粮食局", ("state_council", "ministry"), "not_applicable"),
        ("国家粮食局", ("state_council",), "met"),
        ("青海省水利厅", ("provincial_organ",), "not_applicable"),
        ("青海省人民政府办公厅", ("provincial_organ",), "not_applicable"),
        ("青海省西宁市水务局", ("provincial_organ",), "met"),
        ("青海省河源新县水务局", ("provincial_organ",), "met"),
        ("重庆市渝中区水利局", ("provincial_organ",), "met"),
    ],
)
def test_issuers_that_a_rule_leaves_out(organ: str, words: tuple[str, ...], status: str) -> None:
    applies = {"document": ("normative_document",), "unless_issuer": words}
    _, outcome = judge(replace(RULE, applies_to=applies), case(NOTICE.format(organ=organ), {"published": DAY}))
    assert outcome.status == status


def test_law_of_a_place_waits_for_organ_or_place() -> None:
    text = "第一条　停车场经营者应当公示收费标准。\n第二条　本办法自2024年5月1日起施行。\n"
    rule = replace(RULE, applies_to={"unless_issuer": ("ministry",)})
    _, outcome = judge(rule, case(text, {"published": DAY}, kind="normative_document"))
    assert (outcome.status, outcome.missing[0].what) == ("cannot_tell", "制定机关")


def test_without_a_day_of_its_making_a_text_is_no_younger_than_its_effect() -> None:
    text = "第一条　停车场经营者应当公示收费标准。\n第二条　本办法自2019年5月1日起施行。\n"
    undated = case(text, kind="normative_document")
    rule = replace(RULE, kind="classification", applies_to={}, params={"internal": "方案", "binding": "义务"})
    report, outcome = judge(rule, undated)
    assert report.case is not None
    assert (report.case.as_of, report.case.as_of_source) == (date(2024, 6, 1), "today")
    assert outcome.status == "not_applicable"
    assert outcome.reason.endswith("本件按2019-05-01判断。")


def test_unknown_issuer_cannot_be_told() -> None:
    anonymous = case(
        "第一条　为了规范停车，制定本办法。\n第二条　驾驶人应当按照标线停放车辆。\n", kind="government_rule"
    )
    _, outcome = judge(replace(RULE, applies_to={"issuer": ("city_government",)}), anonymous)
    assert (outcome.status, outcome.missing[0].what) == ("cannot_tell", "制定机关")


def broken(error: Exception) -> KindSpec:
    def fail(matter: Matter) -> Verdict:
        raise error

    return KindSpec(fail, {}, frozenset(), frozenset())


@pytest.mark.parametrize(
    ("error", "problems"),
    [
        (ZeroDivisionError("x"), 1),
        (TimeoutError(), 1),
        (UnknownCalendar("没有2027年的放假安排。", next="补充日历。"), 0),
    ],
)
def test_failure_inside_a_kind_is_an_outcome(monkeypatch: pytest.MonkeyPatch, error: Exception, problems: int) -> None:
    monkeypatch.setattr(engine, "KINDS", {**KINDS, "broken": broken(error)})
    report, outcome = judge(replace(RULE, kind="broken", params={}))
    assert outcome.status == "cannot_tell"
    assert outcome.missing
    assert len(report.problems) == problems


def test_missing_parameter_is_never_a_default() -> None:
    _, outcome = judge(replace(RULE, basis=(replace(LEGAL, params={}),)))
    assert outcome.status == "cannot_tell"
    assert "normcheck.toml" in outcome.missing[0].how


def test_packs_that_say_the_same_share_a_row_and_others_stand_strictest_first() -> None:
    mild = Pack("mild", "甲", rules=(replace(RULE, pack="mild", basis=(LEGAL,)),))
    strict = Pack("strict", "乙", rules=(replace(RULE, pack="strict", basis=(INDICATOR,)),))
    same = Pack("same", "丙", rules=(replace(RULE, pack="same", basis=(replace(INDICATOR, law="另一指标体系"),)),))
    outcomes = engine.check(case(), [mild, strict, same], load_reference()).outcomes
    assert [(outcome.pack, outcome.limit["min"], outcome.status) for outcome in outcomes] == [
        ("strict", 30, "violated"),
        ("mild", 10, "met"),
    ]
    assert [basis.law for basis in outcomes[0].basis] == ["某指标体系", "另一指标体系"]


# ------------------------------------------------------------------ fingerprints

BOOK = load_rulebook()


def prints(text: str, name: str = "令.txt") -> dict[str, str]:
    report = engine.check(case(text, name=name), BOOK.named(["national/government-rules"]), load_reference())
    return {finding.rule: finding.fingerprint for finding in report.findings}


FAULTY = ORDER.replace("第12号\n", "")


@pytest.mark.parametrize(
    "edited",
    [
        FAULTY.replace("第四条　本办法", "第四条　水务部门应当公开水质信息。\n第五条　本办法"),
        FAULTY.replace("按时缴纳水费", "按时交纳水费"),
        FAULTY.replace("2024年4月8日起施行", "2024年4月8日 起施行"),
        "青云市政务公开网\n" + FAULTY,
    ],
)
def test_fingerprint_survives_edits_elsewhere(edited: str) -> None:
    before = prints(FAULTY)
    assert set(before) == {"rule-effect-too-soon", "order-items-missing"}
    assert prints(edited) == before


def test_fingerprint_has_sixteen_hex_digits_and_ignores_the_file_name() -> None:
    before = prints(FAULTY)
    assert all(len(value) == 16 and int(value, 16) >= 0 for value in before.values())
    assert prints(FAULTY, "另一个名字.txt") == before


def test_fingerprint_changes_with_the_words_that_are_at_fault() -> None:
    assert (
        prints(FAULTY.replace("2024年4月8日", "2024年4月9日"))["rule-effect-too-soon"]
        != prints(FAULTY)["rule-effect-too-soon"]
    )


def test_same_words_in_same_paragraphs_are_told_apart_by_their_order() -> None:
    text = (
        "青禾县人民政府关于印发《青禾县停车办法》的通知\n青政发[2024]3号\n\n现将《青禾县停车办法》印发给你们。\n青禾县人民政府\n2024年3月1日\n"
        "青禾县停车办法\n第一条　驾驶人应当按照标线停放车辆。\n第二条　《甲规定》同时废止，《甲规定》停止执行。\n"
    )
    document = replace(read(text.encode(), "a.txt"), format="docx")
    found = build_case([document], [extract(document)], today=date(2024, 6, 1))
    report = engine.check(
        found, BOOK.named(["national/official-documents", "national/normative-documents"]), load_reference()
    )
    assert len({finding.fingerprint for finding in report.findings}) == len(report.findings) > 0


def test_every_rule_of_the_packs_has_an_outcome_with_a_reason() -> None:
    packs = BOOK.choose(case())
    report = engine.check(case(), packs, load_reference())
    assert {outcome.rule for outcome in report.outcomes} == {rule.id for pack in packs for rule in pack.rules}
    assert all(outcome.reason for outcome in report.outcomes)
    assert all(outcome.missing for outcome in report.outcomes if outcome.status == "cannot_tell")


def test_absent_things_are_shown_where_they_should_stand() -> None:
    report = engine.check(case(FAULTY), BOOK.named(["national/government-rules"]), load_reference())
    (finding,) = [finding for finding in report.findings if finding.rule == "order-items-missing"]
    assert finding.message == "公布令没有载明序号（共1项）。"
    assert finding.evidence[0].quote == ""
    assert FAULTY[: finding.evidence[0].span.start].rstrip().endswith("起施行。")


def test_an_example_that_turns_out_otherwise_says_how() -> None:
    pack = Pack("p", "包", rules=(RULE,))
    assert engine.try_example(pack, RULE, Example(ORDER), load_reference(), violates=True) is None
    wrong: Any = engine.try_example(pack, RULE, Example(ORDER), load_reference(), violates=False)
    assert "应为 met，实为 violated" in wrong
    marked: Any = engine.try_example(pack, RULE, Example(ORDER, mark="第四条"), load_reference(), violates=True)
    assert "标记应为“第四条”" in marked


def test_a_renamed_rule_keeps_the_fingerprints_of_its_first_name() -> None:
    (before,) = judge(RULE)[0].findings
    (after,) = judge(replace(RULE, id="new-name", formerly=(RULE.id, "name-between")))[0].findings
    assert after.fingerprint == before.fingerprint
    (other,) = judge(replace(RULE, id="new-name"))[0].findings
    assert other.fingerprint != before.fingerprint
