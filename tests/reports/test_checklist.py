"""What of the outcomes people are shown."""

from __future__ import annotations

from dataclasses import replace

from checker.model import Basis, Outcome, Report, Status
from checker.reports.checklist import counted, folded


def outcome(
    report: Report, requirement: str, status: Status, reason: str = "", basis: tuple[Basis, ...] = ()
) -> Outcome:
    return replace(report.outcomes[0], requirement=requirement, status=status, reason=reason, basis=basis)


def test_what_one_rule_judges_is_not_also_listed_as_not_concerned(report: Report) -> None:
    met, aside = outcome(report, "S03", "met"), outcome(report, "S03", "not_applicable")
    doubtful = outcome(report, "S03", "cannot_tell")
    assert folded((aside, met, aside, doubtful)) == (met, doubtful)
    assert counted((aside, met, met, aside, doubtful)) == {"met": 1, "cannot_tell": 1}


def test_a_requirement_that_no_rule_judges_stands_once_with_its_nearest_reason(report: Report) -> None:
    kinds = [outcome(report, code, "not_applicable", "本件是征求意见公告。") for code in ("D03", "G03", "P20")]
    looked = outcome(report, "D03", "not_applicable", "公告征求意见的不是决策事项。", report.outcomes[0].basis)
    ended = outcome(report, "G03", "not_applicable", "该要求已经不适用。")
    assert folded((*kinds, looked, ended)) == (kinds[2], looked, ended)
    assert counted((*kinds, looked, ended)) == {"not_applicable": 3}
