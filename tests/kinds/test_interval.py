"""Counting: boundaries, working days across 调休, local holidays, clauses without a date, stated numbers, reasons."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

import pytest

from checker.dossier import build_case
from checker.errors import UnknownCalendar
from checker.kinds import KINDS, Matter, Verdict
from checker.model import Document, Fact, Facts, Rule, Span, Trait
from checker.reference import load_reference

TEXT = "自公布之日起施行。因汛情紧急，缩短期限。"
PERIOD = {"from": "comment_start", "to": "comment_end", "unit": "working_day", "period": True, "min": 7}
GAP = {"from": "published", "to": "effective", "unit": "day", "min": 30}
CLAUSES = {**GAP, "clauses": {"on_publication": 0, "on_printing": 0}}


def judge(
    params: Mapping[str, Any],
    given: Mapping[str, date],
    *facts: Fact,
    region: str | None = None,
    traits: tuple[Trait, ...] = (),
) -> Verdict:
    document = Document("a.txt", "", "txt", TEXT, (), len(TEXT))
    values: dict[str, tuple[Fact, ...]] = {}
    for fact in facts:
        values[fact.key] = (*values.get(fact.key, ()), fact)
    found = Facts("normative_document", ("normative_document",), "", "enact", values, traits)
    case = build_case([document], [found], given=given, today=date(2026, 11, 21), region=region)
    rule = Rule("r", "P20", "t", "interval", "warning", "m", "s", {}, {}, ())
    return KINDS["interval"].judge(Matter(rule, params, case, load_reference()))


def gap(days: int) -> dict[str, date]:
    return {"published": date(2024, 3, 6), "effective": date.fromordinal(date(2024, 3, 6).toordinal() + days)}


def window(start: str, end: str) -> dict[str, date]:
    return {"comment_start": date.fromisoformat(start), "comment_end": date.fromisoformat(end)}


@pytest.mark.parametrize(
    ("days", "status"), [(-1, "violated"), (0, "violated"), (29, "violated"), (30, "met"), (31, "met")]
)
def test_least_number_of_days(days: int, status: str) -> None:
    verdict = judge(GAP, gap(days))
    assert verdict.status == status
    assert verdict.measured is not None
    assert verdict.measured.value == days
    assert (verdict.measured.start, verdict.measured.end) == tuple(gap(days).values())


@pytest.mark.parametrize(("days", "status", "notes"), [(29, "violated", 0), (30, "met", 1), (31, "met", 0)])
def test_strict_number_has_a_boundary_note(days: int, status: str, notes: int) -> None:
    verdict = judge({**GAP, "strict": True}, gap(days))
    assert (verdict.status, len(verdict.notes)) == (status, notes)


@pytest.mark.parametrize(("days", "status"), [(15, "met"), (16, "violated")])
def test_greatest_number(days: int, status: str) -> None:
    assert judge({"from": "published", "to": "effective", "unit": "day", "max": 15}, gap(days)).status == status


def test_figures_for_the_message() -> None:
    (fault,) = judge({**GAP, "strict": True}, gap(5)).faults
    assert fault.values["earliest"] == "2024年4月6日"
    assert (fault.values["from"], fault.values["to"], fault.values["actual"]) == ("2024年3月6日", "2024年3月11日", "5")
    (fault,) = judge(PERIOD, window("2024-02-07", "2024-02-19")).faults
    assert fault.values["earliest"] == "2024年2月22日"


@pytest.mark.parametrize(
    ("start", "end", "value", "status", "notes"),
    [
        ("2023-04-27", "2023-05-10", 7, "met", 0),
        ("2023-04-28", "2023-05-09", 5, "violated", 0),
        ("2023-09-27", "2023-10-11", 6, "met", 1),
        ("2023-09-27", "2023-10-12", 7, "met", 0),
        ("2022-09-29", "2022-10-12", 6, "met", 1),
        ("2025-01-24", "2025-02-09", 6, "met", 1),
        ("2026-02-13", "2026-03-03", 8, "met", 0),
        ("2021-09-17", "2021-09-30", 9, "met", 0),
    ],
)
def test_working_days_across_holidays(start: str, end: str, value: int, status: str, notes: int) -> None:
    verdict = judge(PERIOD, window(start, end))
    assert verdict.measured is not None
    assert (verdict.measured.value, verdict.status, len(verdict.notes)) == (value, status, notes)
    assert verdict.measured.days is not None
    assert len(verdict.measured.days) == value


def test_period_that_begins_on_a_day_off_has_no_boundary() -> None:
    assert judge(PERIOD, window("2024-06-15", "2024-06-24")).status == "violated"


def test_local_holidays_on_record_count() -> None:
    assert judge(PERIOD, window("2021-05-10", "2021-05-19")).status == "met"
    assert judge(PERIOD, window("2021-05-10", "2021-05-19"), region="宁夏").status == "violated"


def test_local_holidays_not_on_record_leave_it_open() -> None:
    verdict = judge(PERIOD, window("2024-04-08", "2024-04-17"), region="宁夏")
    assert (verdict.status, verdict.missing[0].what) == ("cannot_tell", "本地放假安排")
    assert judge(PERIOD, window("2024-04-08", "2024-04-30"), region="宁夏").status == "met"
    assert judge(PERIOD, window("2024-04-08", "2024-04-11"), region="宁夏").status == "violated"


def test_unknown_year_is_raised_for_the_engine() -> None:
    with pytest.raises(UnknownCalendar, match="2027"):
        judge(PERIOD, window("2027-01-04", "2027-01-29"))


CLAUSE = Span(0, 8)


@pytest.mark.parametrize(
    ("form", "detail", "status"),
    [
        ("on_publication", {}, "violated"),
        ("on_printing", {}, "violated"),
        ("after_publication", {"days": 30}, "met"),
        ("after_publication", {"days": 10}, "violated"),
        ("on_approval", {}, "cannot_tell"),
        ("other", {}, "cannot_tell"),
    ],
)
def test_clauses_without_a_date(form: str, detail: dict[str, int], status: str) -> None:
    clause = Fact("effect_clause", form, CLAUSE, detail=detail)
    assumed = Fact("effective", date(2024, 3, 1), CLAUSE, derived_from=("effect_clause", "issued"))
    issued = Fact("issued", date(2024, 3, 1), CLAUSE)
    assert judge(CLAUSES, {}, clause, assumed, issued).status == status


def test_assumed_day_of_effect_decides_nothing() -> None:
    assumed = Fact("effective", date(2024, 3, 1), CLAUSE, derived_from=("effect_clause", "issued"))
    assert judge(GAP, {"published": date(2024, 3, 6)}, assumed).status == "cannot_tell"


def test_missing_day_says_how_to_give_it_and_what_is_still_possible() -> None:
    verdict = judge(GAP, {"effective": date(2024, 3, 10), "issued": date(2024, 3, 1)})
    assert verdict.status == "cannot_tell"
    assert "--date published=" in verdict.missing[0].how
    assert "只有9日" in verdict.notes[0]


def test_impossible_day_is_named() -> None:
    verdict = judge(GAP, {"published": date(2024, 1, 30)}, Fact("effective", "2024年2月30日", CLAUSE))
    assert verdict.status == "cannot_tell"
    assert "2024年2月30日" in verdict.reason


def test_reversed_period_is_not_judged() -> None:
    assert judge(PERIOD, window("2024-06-20", "2024-06-10")).status == "cannot_tell"


@pytest.mark.parametrize(
    ("number", "unit", "wanted", "status"),
    [
        (7, "working_day", PERIOD, "met"),
        (6, "working_day", PERIOD, "violated"),
        (6, "day", PERIOD, "violated"),
        (9, "day", PERIOD, "cannot_tell"),
        (30, "day", {**PERIOD, "unit": "day", "min": 30}, "met"),
        (30, "working_day", {**PERIOD, "unit": "day", "min": 30}, "met"),
        (21, "working_day", {**PERIOD, "unit": "day", "min": 30}, "cannot_tell"),
        (15, "day", {**PERIOD, "unit": "day", "min": 30}, "violated"),
    ],
)
def test_stated_number_of_days(number: int, unit: str, wanted: dict[str, Any], status: str) -> None:
    stated = Fact("comment_stated", number, Span(0, 4), detail={"unit": unit})
    assert judge({**wanted, "stated": "comment_stated"}, {}, stated).status == status


REASON = Fact("urgency_reason", "因汛情紧急", Span(9, 14))


def test_stated_reason_excuses_a_soft_requirement() -> None:
    verdict = judge({**PERIOD, "excuse": {"fact": "urgency_reason"}}, window("2024-06-12", "2024-06-14"), REASON)
    assert verdict.status == "met"
    assert "已说明理由" in verdict.notes[0]


def test_reason_outside_the_listed_ones_does_not() -> None:
    params = {**GAP, "excuse": {"fact": "urgency_reason", "pattern": "国家安全"}}
    assert judge(params, gap(3), REASON).status == "violated"


def test_secret_matters_are_outside() -> None:
    trait = Trait("secret", "标有密级“秘密”")
    assert (
        judge({**PERIOD, "unless_trait": ["secret"]}, window("2024-06-12", "2024-06-14"), traits=(trait,)).status
        == "not_applicable"
    )


def test_no_number_of_days_is_never_a_default() -> None:
    verdict = judge({"from": "published", "to": "effective", "unit": "day"}, gap(3))
    assert verdict.status == "cannot_tell"
    assert "normcheck.toml" in verdict.missing[0].how
