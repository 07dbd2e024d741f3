"""What a person has accepted, and what an earlier run has already shown: reports in, reports out.

A waiver marks a finding, with the reason, who decided and until when; the finding stays in the report and no longer
counts. A baseline hides what an earlier JSON report listed. Nothing disappears silently: waivers that are unused,
expired or invalid, and the number of hidden findings, are problems of the report (`lost` is false).
"""

from __future__ import annotations

import json
import os
import re
import tomllib
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from pathlib import Path
from typing import Any

from checker.errors import UsageError
from checker.model import Finding, Problem, Report, Rule, Waiver
from checker.rulebook import line_of

ALL = "all"
"""The `document` of a waiver that holds for every document."""

_TABLE = "waiver"
_WORDS = ("rule", "fingerprint", "document", "reason", "who")
_KEYS = (*_WORDS, "until")
_FINGERPRINT = re.compile(r"[0-9a-f]{16}")
_SCHEMA = "normcheck.report/1"
_BRACKETS = str.maketrans({**dict.fromkeys("〔［【（(", "["), **dict.fromkeys("〕］】）)", "]")})
_NAMED = 5
"""So many documents are named in a message about many."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One waiver of a file: which finding of which document, and why it is accepted."""

    rule: str
    fingerprint: str
    document: str
    waiver: Waiver


@dataclass(frozen=True, slots=True)
class WaiverFile:
    """The waivers of one file.

    folder: where the file lies, absolute; paths in it are relative to this folder. beside: whether it was found beside
    the documents, and so speaks only of what lies in its folder and below. problems: entries that hold for nothing.
    """

    name: str
    folder: Path
    entries: tuple[Entry, ...] = ()
    problems: tuple[Problem, ...] = ()
    beside: bool = False


def rule_names(rules: Iterable[Rule]) -> dict[str, frozenset[str]]:
    """The present ids of the rules by every name they go or went by."""
    names: dict[str, frozenset[str]] = {}
    for rule in rules:
        for name in (rule.id, *rule.formerly):
            names[name] = names.get(name, frozenset()) | {rule.id}
    return names


# ------------------------------------------------------------------ a file of waivers


def parse_waivers(
    data: bytes, name: str, folder: Path, rules: Mapping[str, frozenset[str]], *, beside: bool = False
) -> WaiverFile:
    """The waivers in `data`, the content of the file `name`, which lies in `folder`.

    An entry that is not understood waives nothing and becomes a problem with its line; so does one whose rule is not
    among `rules` (see `rule_names`).

    Raises:
        UsageError: When the file is no UTF-8 TOML, or holds anything but [[waiver]] tables.
    """
    try:
        text = data.decode("utf-8-sig")
        values = tomllib.loads(text)
    except (ValueError, RecursionError) as error:  # no UTF-8, no TOML, a number too long, tables too deep
        raise UsageError(f"豁免文件不是有效的 UTF-8 TOML：{error}。", where=name) from error
    for key in values:
        if key != _TABLE:
            where = f"{name} 第{line_of(text, (key,))}行 {key}"
            raise UsageError("豁免文件里有不认识的内容。", where=where, next="每条豁免写成一个 [[waiver]]。")
    tables = values.get(_TABLE, [])
    if not isinstance(tables, list) or not all(isinstance(table, dict) for table in tables):
        raise UsageError("豁免应当是表的列表。", where=f"{name} 第1行", next="每条豁免写成一个 [[waiver]]。")
    entries: dict[tuple[str, str, str], Entry] = {}
    problems = []
    for number, table in enumerate(tables):
        fault = _fault(table, rules)
        source = f"{name} 第{line_of(text, (_TABLE, number))}行"
        entry = None if fault else _entry(table, source)
        if entry is not None and (twin := entries.get((entry.rule, entry.fingerprint, entry.document))):
            fault = ("rule", f"和{twin.waiver.source}的豁免相同", "删去其中一条。")
        if fault:
            key, what, step = fault
            where = f"{name} 第{line_of(text, (_TABLE, number, key))}行 {key}"
            problems.append(Problem(name, f"这条豁免无效，没有起作用：{what}。", where, step, lost=False))
        elif entry is not None:
            entries[entry.rule, entry.fingerprint, entry.document] = entry
    return WaiverFile(name, folder, tuple(entries.values()), tuple(problems), beside)


def _entry(table: Mapping[str, Any], source: str) -> Entry:
    waiver = Waiver(table["reason"].strip(), table["who"].strip(), table.get("until"), source)
    return Entry(table["rule"].strip(), table["fingerprint"].strip(), table["document"].strip(), waiver)


def _fault(table: Mapping[str, Any], rules: Mapping[str, frozenset[str]]) -> tuple[str, str, str] | None:
    """Key, what is wrong with it, and what to do; None for a good entry."""
    for key in table:
        if key not in _KEYS:
            return key, f"不认识的项 {key}", f"可以用：{'、'.join(_KEYS)}。"
    for key in _WORDS:
        if not isinstance(table.get(key), str) or not table[key].strip():
            return key, f"缺 {key}" if key not in table else f"{key} 应为文字", _MEANING[key]
    if not _FINGERPRINT.fullmatch(table["fingerprint"].strip()):
        return "fingerprint", "指纹不是16位十六进制数", _MEANING["fingerprint"]
    if table["rule"].strip() not in rules:
        return "rule", f"没有规则“{table['rule'].strip()}”", _MEANING["rule"]
    until = table.get("until")
    if until is not None and (not isinstance(until, date) or isinstance(until, datetime)):
        return "until", "until 应为日期", "写成 until = 2027-12-31，不加引号；长期有效的不写这一项。"
    return None


_MEANING: Mapping[str, str] = {
    "rule": "写规则编号，报告中问题的“编号”一行有。",
    "fingerprint": "写报告中问题的“编号”一行里规则编号后面的指纹。",
    "document": "写文件的路径或者发文字号；对所有文件都豁免的写 all。",
    "reason": "写明豁免的理由。",
    "who": "写明是谁决定的。",
}


# ------------------------------------------------------------------ waivers upon reports


def waive(
    reports: Sequence[Report],
    files: Sequence[WaiverFile],
    paths: Mapping[str, Path],
    rules: Mapping[str, frozenset[str]],
    today: date,
) -> tuple[list[Report], tuple[Problem, ...]]:
    """The reports with the waived findings marked, and what is to be said of waivers that are no single document's.

    That the last report says as well, so that every format has it.

    Args:
        reports: What was found, in this run.
        files: The waivers; where several speak of one finding the first one that has not expired counts.
        paths: The absolute path of each report's document, by the name of the report.
        rules: See `rule_names`.
        today: A waiver holds through its last day.
    """
    desk = _Desk(files, paths, rules, today)
    done = [desk.waived(report) for report in reports]
    names, common = {report.name for report in reports}, []
    for problem in desk.leftover(reports):
        if problem.document not in names:
            common.append(problem)
        done = [
            replace(report, problems=(*report.problems, problem)) if report.name == problem.document else report
            for report in done
        ]
    if done:
        done[-1] = replace(done[-1], problems=(*done[-1].problems, *common))
    return done, tuple(common)


class _Desk:
    """The waivers of a run, each with what became of it."""

    def __init__(
        self,
        files: Sequence[WaiverFile],
        paths: Mapping[str, Path],
        rules: Mapping[str, frozenset[str]],
        today: date,
    ) -> None:
        self.files, self.paths, self.rules, self.today = files, paths, rules, today
        self.used: set[int] = set()

    def waived(self, report: Report) -> Report:
        """The report with its waived findings marked, and what waivers have expired."""
        entries = [entry for file in self.files for entry in file.entries if self._addresses(file, entry, report)]
        problems: list[Problem] = []
        findings = tuple(self._marked(finding, entries, report.name, problems) for finding in report.findings)
        return replace(report, findings=findings, problems=(*report.problems, *problems))

    def _marked(self, finding: Finding, entries: Iterable[Entry], name: str, problems: list[Problem]) -> Finding:
        fitting = [entry for entry in entries if self._fits(entry, finding)]
        self.used.update(id(entry) for entry in fitting)
        holding = [entry for entry in fitting if not self._expired(entry)]
        if holding:
            return replace(finding, waived_by=holding[0].waiver)
        for entry in fitting:
            what = f"豁免已于{entry.waiver.until}到期，不再起作用：{finding.rule} {finding.fingerprint}。"
            step = "重新审核后改写 until，或者删去这条豁免。"
            problems.append(Problem(name, what, entry.waiver.source, step, lost=False))
        return finding

    def leftover(self, reports: Sequence[Report]) -> tuple[Problem, ...]:
        """Invalid waivers, those that fit no finding, and those whose documents were not checked."""
        problems: list[Problem] = []
        for file in self.files:
            problems += file.problems
            aside: list[Entry] = []
            for entry in file.entries:
                if id(entry) in self.used:
                    continue
                addressed = [report for report in reports if self._addresses(file, entry, report)]
                if not addressed and entry.document != ALL:
                    aside.append(entry)
                elif all(report.case is not None for report in addressed):
                    problems.append(self._unused(entry, addressed))
            if aside:
                problems.append(_not_checked(file, aside))
        return tuple(problems)

    def _unused(self, entry: Entry, addressed: Sequence[Report]) -> Problem:
        twins = {each.rule for report in addressed for each in report.findings if each.fingerprint == entry.fingerprint}
        if twins:
            what = f"豁免没有用到：指纹 {entry.fingerprint} 是规则 {'、'.join(sorted(twins))} 的问题，不是 {entry.rule} 的。"
            step = "改正 rule。"
        else:
            expired = "，而且已经到期" if self._expired(entry) else ""
            what = f"豁免没有用到{expired}：没有 {entry.rule} {entry.fingerprint} 这个问题了。"
            step = "原文已经改好的，删去这条豁免；原文改动过的，核对报告中现在的指纹。"
        document = addressed[0].name if len(addressed) == 1 else entry.document
        return Problem(document, what, entry.waiver.source, step, lost=False)

    def _fits(self, entry: Entry, finding: Finding) -> bool:
        return finding.fingerprint == entry.fingerprint and finding.rule in self.rules.get(entry.rule, ())

    def _expired(self, entry: Entry) -> bool:
        return entry.waiver.until is not None and entry.waiver.until < self.today

    def _addresses(self, file: WaiverFile, entry: Entry, report: Report) -> bool:
        """Whether the entry is about the document of the report: by path, by name as reported, or by number."""
        path = self.paths.get(report.name)
        if file.beside and (path is None or not path.is_relative_to(file.folder)):
            return False
        if entry.document == ALL:
            return True
        if path is not None and Path(os.path.normpath(file.folder / entry.document)) == path:
            return True
        return _same_name(entry.document, report.name) or _number(entry.document) in _numbers(report)


def _not_checked(file: WaiverFile, entries: Sequence[Entry]) -> Problem:
    names = list(dict.fromkeys(entry.document for entry in entries))
    listed = "、".join(names[:_NAMED]) + ("等" if len(names) > _NAMED else "")
    what = f"{len(entries)}条豁免所说的文件不在这次检查的文件里：{listed}。"
    step = "检查的是别的文件的，不用处理；路径或者文号写错的，请改正。"
    return Problem(file.name, what, file.name, step, lost=False)


def _same_name(written: str, name: str) -> bool:
    return os.path.normpath(written) == os.path.normpath(name)


def _numbers(report: Report) -> set[str]:
    fact = report.case.main.first("document_number") if report.case else None
    return {_number(str(fact.value))} if fact else set()


def _number(text: str) -> str:
    """A document number in one spelling: 青政规发〔2024〕3号 and 青政规发 [2024] 3 号 are the same."""
    return re.sub(r"\s+", "", unicodedata.normalize("NFKC", text).translate(_BRACKETS))


# ------------------------------------------------------------------ the baseline


@dataclass(frozen=True, slots=True)
class _Known:
    """What the earlier run said of one document: fingerprints, and which of them were waived then."""

    name: str
    text_sha256: str | None
    number: str | None
    fingerprints: frozenset[str]
    waived: frozenset[str]


@dataclass(frozen=True, slots=True)
class Baseline:
    """An earlier run."""

    name: str
    documents: tuple[_Known, ...]


def parse_baseline(data: bytes, name: str) -> Baseline:
    """The earlier run in `data`, the content of the file `name`.

    Raises:
        UsageError: When it is no JSON report of normcheck.
    """
    try:
        value = json.loads(data.decode("utf-8-sig"))
        documents = tuple(_known(report) for report in {_SCHEMA: value}[value["schema"]]["reports"])
    except (ValueError, KeyError, TypeError, IndexError, AttributeError, RecursionError) as error:
        raise UsageError(
            "基线不是 normcheck 的 JSON 报告。", where=name, next="用 normcheck check --format json --output 生成基线。"
        ) from error
    return Baseline(name, documents)


def _known(report: Mapping[str, Any]) -> _Known:
    document, case = report["documents"][0], report["case"] or {}
    findings = report["findings"]
    number = case.get("document_number")
    return _Known(
        name=str(document["name"]),
        text_sha256=document["text_sha256"],
        number=_number(str(number)) if number else None,
        fingerprints=frozenset(str(finding["fingerprint"]) for finding in findings),
        waived=frozenset(str(finding["fingerprint"]) for finding in findings if finding["waived"]),
    )


def only_new(reports: Sequence[Report], baseline: Baseline) -> list[Report]:
    """The reports without the findings the earlier run had of the same document; each says how many are hidden.

    The same document is the one of the same name, else of the same text, else the only one of the same number. What
    was waived then and no longer is comes back as new.
    """
    return [_without_known(report, baseline) for report in reports]


def _without_known(report: Report, baseline: Baseline) -> Report:
    if report.case is None:
        return report
    known = _counterpart(report, baseline)
    place = f"基线 {baseline.name}"
    if known is None:
        what, step = "基线里没有这份文件，它的问题全部列出。", "文件改了名称的，用改名以后的报告作基线。"
        return replace(report, problems=(*report.problems, Problem(report.name, what, place, step, lost=False)))
    shown = tuple(
        finding
        for finding in report.findings
        if finding.fingerprint not in known.fingerprints
        or (finding.fingerprint in known.waived and finding.waived_by is None)
    )
    gone = len(known.fingerprints - {finding.fingerprint for finding in report.findings})
    what = f"基线里已有的问题{len(report.findings) - len(shown)}条没有列出；基线里的问题有{gone}条不再出现。"
    step = "不加 --baseline 再检查一次，可以看到全部问题。"
    notice = Problem(report.name, what, place, step, lost=False)
    return replace(report, findings=shown, problems=(*report.problems, notice))


def _counterpart(report: Report, baseline: Baseline) -> _Known | None:
    if report.case is None:
        return None
    named = [each for each in baseline.documents if _same_name(each.name, report.name)]
    digest = report.case.document.text_sha256
    same = [each for each in baseline.documents if each.text_sha256 == digest]
    numbers = _numbers(report)
    numbered = [each for each in baseline.documents if each.number in numbers]
    if named or same:
        return (named or same)[0]
    return numbered[0] if len(numbered) == 1 else None
