"""The report for people at a terminal, in Chinese, aligned by display width."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import groupby

from checker.model import Case, Document, Evidence, Fact, Facts, Finding, Outcome, Problem, Report
from checker.reports import words
from checker.reports.checklist import counted, folded

WIDTH = 100
_LABEL = 12
_NAME = 20
_QUOTE = 60
_LAW = 100
"""Characters of an article beside a finding."""
_WEEKDAYS = "一二三四五六日"
_STATUSES = ("violated", "cannot_tell", "met", "not_applicable")
_DECIDED_FIRST = ("violated", "met", "cannot_tell")
_NAMED = 3
"""Requirements that are named in full in a line of those that do not concern the document; beyond it their codes do."""
_COLOURS = {"violated": "31", "cannot_tell": "33", "met": "32", "not_applicable": "2", "error": "31", "warning": "33"}
_CLOSING = "，。、；：！？）〕】》”’…,.;:!?)]}%"
_OPENING = "（〔【《“‘([{"
_HARMFUL = re.compile(r"[\x00-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff\ufffe\uffff\ud800-\udfff]+")


@dataclass(frozen=True, slots=True)
class Style:
    """How to print: columns of the terminal, and whether it shows colours."""

    width: int = WIDTH
    colour: bool = False

    def paint(self, text: str, key: str) -> str:
        """`text` in the colour of a status or severity."""
        code = _COLOURS.get(key)
        return f"\x1b[{code}m{text}\x1b[0m" if self.colour and code else text

    def bold(self, text: str) -> str:
        """`text` in bold."""
        return f"\x1b[1m{text}\x1b[0m" if self.colour else text


def report_text(report: Report, style: Style | None = None, requirements: Mapping[str, str] | None = None) -> str:
    """One report; `requirements` gives the wording of each requirement by its code."""
    style = style or Style()
    lines = ["=" * style.width]
    if report.case is None:
        lines += _row("文件", report.name, style)
        lines += ["", style.bold("【没有得出结论】")]
    else:
        lines += _head(report, report.case, style)
        lines += _dates(report.case, style)
        lines += _checklist(report.outcomes, requirements or {}, style)
        lines += _findings(report.findings, style)
    lines += _problems(report.problems, style)
    if report.case is not None:
        lines += ["", *_wrap(_summary(report), style.width, 6, first=0)]
    return "\n".join(lines) + "\n"


def facts_text(document: Document, facts: Facts, style: Style | None = None) -> str:
    """What was read from one document, as a table: name, value, quote, place."""
    style = style or Style()
    lines = _row("文件", _described(document), style, label=_NAME)
    lines += _row("文种", words.kinds(facts), style, label=_NAME)
    lines += _row("行为", words.ACT.get(facts.act, facts.act), style, label=_NAME)
    for trait in facts.traits:
        lines += _row("特征", f"{words.TRAIT.get(trait.name, trait.name)}：{trait.reason}", style, label=_NAME)
    for key, label in words.FACT.items():
        for number, fact in enumerate(facts.all(key)):
            lines += _fact("" if number else label, document, fact, style)
    lines += _problems((*document.problems, *facts.problems), style)
    return "\n".join(lines) + "\n"


def days_text(days: Sequence[date], *, width: int = WIDTH, indent: int = 0) -> list[str]:
    """Days grouped by month, weekend days marked: 2024年9月 29（周日）、30；10月 8、9、10、11."""
    groups = []
    previous: int | None = None
    for (year, month), group in groupby(days, key=lambda day: (day.year, day.month)):
        marked = [f"{day.day}（周{_WEEKDAYS[day.weekday()]}）" if day.weekday() >= 5 else f"{day.day}" for day in group]
        groups.append((f"{year}年" if year != previous else "") + f"{month}月 " + "、".join(marked))
        previous = year
    return _wrap("；".join(groups), width, indent)


def labelled(name: str, value: str, *, width: int = WIDTH, label: int = _LABEL) -> list[str]:
    """Lines with `name` at the left and `value` beside it, as in the head of a report."""
    return _row(name, value, Style(width), label=label)


def weekday(day: date) -> str:
    """The day of the week, e.g. 周六."""
    return f"周{_WEEKDAYS[day.weekday()]}"


# ------------------------------------------------------------------ parts


def _head(report: Report, case: Case, style: Style) -> list[str]:
    facts = case.main
    lines = _row("文件", _described(case.document), style)
    for label, key in (("标题", "title"), ("发文字号", "document_number")):
        fact = facts.first(key)
        lines += _row(label, str(fact.value) if fact else "（没有读到）", style)
    issuers = [
        f"{fact.value}（{words.LEVEL.get(str(fact.detail.get('level')), '层级不明')}）" for fact in facts.all("issuer")
    ]
    lines += _row("制定机关", "、".join(issuers) or "（没有读到）", style)
    lines += _row("文种", words.kinds(facts), style)
    lines += _row("行为", words.ACT.get(facts.act, facts.act), style)
    for trait in facts.traits:
        lines += _row("特征", f"{words.TRAIT.get(trait.name, trait.name)}：{trait.reason}", style)
    lines += _row("地区", (case.region.name if case.region else "") or "（没有读到，用 --region 指定）", style)
    source = words.AS_OF.get(case.as_of_source, case.as_of_source)
    lines += _row("按此日判断", f"{case.as_of}（{source}）", style)
    return lines + _row("规则包", "、".join(report.packs) or "（没有适用的规则包）", style)


def _dates(case: Case, style: Style) -> list[str]:
    lines = ["", style.bold("【日期】")]
    for event in case.timeline:
        how = {"derived": "推算", "given": "由您指定"}.get(event.source, "")
        if event.evidence:
            how = "，".join(part for part in (how, _cited(event.evidence)) if part)
        label = words.EVENT.get(event.event, event.event)
        lines += _row(label, f"{event.day}（{weekday(event.day)}）  {how}", style, indent=2, label=14)
    if not case.timeline:
        lines.append("  没有读到日期。可以用 --date 公布=2024-03-05 的写法补充。")
    return lines


def _checklist(outcomes: Sequence[Outcome], requirements: Mapping[str, str], style: Style) -> list[str]:
    """What was decided first, then what the document leaves open, what other material decides, and what does not concern it.

    A requirement stands once in each group, with all that its rules say; the pack is named where two packs judge it.
    """
    lines = ["", style.bold("【逐项核对】")]
    if not outcomes:
        return [*lines, "  没有适用的规则。"]
    outcomes = folded(outcomes)
    screened = [outcome for outcome in outcomes if outcome.status == "met" and outcome.certainty == "screened"]
    judged = [
        outcome
        for outcome in outcomes
        if outcome.status != "not_applicable" and not _elsewhere(outcome) and outcome not in screened
    ]
    packs: dict[str, set[str]] = {}
    for outcome in judged:
        packs.setdefault(outcome.requirement, set()).add(outcome.pack)
    ordered = sorted(judged, key=lambda outcome: (_DECIDED_FIRST.index(outcome.status), _order(outcome)))
    for (_, code), rows in groupby(ordered, key=lambda outcome: (outcome.status, outcome.requirement)):
        lines += _requirement(list(rows), requirements, style, several=len(packs[code]) > 1)
    lines += _screened(screened, requirements, style)
    lines += _decided_elsewhere([outcome for outcome in outcomes if _elsewhere(outcome)], requirements, style)
    return lines + _aside([outcome for outcome in outcomes if outcome.status == "not_applicable"], requirements, style)


def _screened(outcomes: Sequence[Outcome], requirements: Mapping[str, str], style: Style) -> list[str]:
    """The requirements in which sentence by sentence nothing was found; that is no proof, so they stand together."""
    if not outcomes:
        return []
    lines = [f"  {style.paint('符合（初筛）', 'met')}（{len(outcomes)}项）"]
    names = "；".join(
        f"{each.requirement} {requirements.get(each.requirement, each.title)}" for each in sorted(outcomes, key=_order)
    )
    return lines + _wrap(f"{names}：{outcomes[0].reason}", style.width, 10)


def _elsewhere(outcome: Outcome) -> bool:
    return outcome.status == "cannot_tell" and outcome.decided_by != "text"


def _decided_elsewhere(outcomes: Sequence[Outcome], requirements: Mapping[str, str], style: Style) -> list[str]:
    """What no single document decides, a line each: the requirement, and the material that is wanted for it."""
    lines: list[str] = []
    for source in ("dossier", "register", "outside"):
        rows = sorted((outcome for outcome in outcomes if outcome.decided_by == source), key=_order)
        if rows:
            title = f"待核实（需要{words.DECIDED_BY[source]}）"
            number = len({outcome.requirement for outcome in rows})
            lines.append(f"  {style.paint(title, 'cannot_tell')}（{number}项）")
        wanted: dict[str, dict[str, None]] = {}
        for outcome in rows:
            name = f"{outcome.requirement} {requirements.get(outcome.requirement, outcome.title)}"
            wanted.setdefault(name, {}).update(dict.fromkeys(missing.what for missing in outcome.missing))
        for name, materials in wanted.items():
            lines += _wrap(f"{name}：缺{'、'.join(materials)}", style.width, 10, first=6)
    if lines:
        lines += _wrap("怎样提供这些材料：normcheck rules list 查编号，normcheck rules show 编号。", style.width, 6)
    return lines


def _aside(outcomes: Sequence[Outcome], requirements: Mapping[str, str], style: Style) -> list[str]:
    """What does not concern the document, a line for each reason; of more than three requirements only the codes."""
    if not outcomes:
        return []
    lines = [f"  {style.paint('不涉及', 'not_applicable')}（{len(outcomes)}项）"]
    by_reason: dict[str, dict[str, str]] = {}
    for outcome in sorted(outcomes, key=_order):
        title = requirements.get(outcome.requirement, outcome.title)
        by_reason.setdefault(outcome.reason, {})[outcome.requirement] = f"{outcome.requirement} {title}"
    for reason, names in by_reason.items():
        said = names.keys() if len(names) > _NAMED else names.values()
        lines += _wrap(f"{'、'.join(said)}：{reason}", style.width, 10)
    return lines


def _requirement(
    outcomes: Sequence[Outcome], requirements: Mapping[str, str], style: Style, *, several: bool
) -> list[str]:
    """A requirement that its rules judge alike, with what each of them says."""
    first = outcomes[0]
    status = words.STATUS[first.status]
    if first.status == "met" and all(outcome.certainty == "screened" for outcome in outcomes):
        status += "（初筛）"
    head = f"[{status}] {first.requirement} {requirements.get(first.requirement, first.title)}"
    alone = len(outcomes) == 1
    lines = _wrap(head + (f"〔{first.pack}〕" if several and alone else ""), style.width, 10, first=2)
    lines[0] = lines[0].replace(f"[{status}]", style.paint(f"[{status}]", first.status), 1)
    for outcome in outcomes:
        lines += _explained(outcome, style)
        if several and not alone:
            lines += _wrap(f"规则包：{outcome.pack}", style.width, 10)
    return lines


def _explained(outcome: Outcome, style: Style) -> list[str]:
    lines: list[str] = []
    if outcome.measured is not None:
        lines += _wrap(words.measure(outcome.measured, outcome.limit), style.width, 10)
        if outcome.measured.days:
            counted = "；".join(days_text(outcome.measured.days, width=100_000))
            lines += _wrap(f"计入：{counted}", style.width, 10)
    if outcome.reason:
        lines += _wrap(outcome.reason, style.width, 10)
    for how, group in groupby(outcome.missing, key=lambda missing: missing.how):
        names = "、".join(missing.what for missing in group)
        lines += _wrap(f"缺{names}：{how}", style.width, 10)
    for note in outcome.notes:
        lines += _wrap(f"注：{note}", style.width, 10)
    return lines


def _findings(findings: Sequence[Finding], style: Style) -> list[str]:
    lines = ["", style.bold("【问题】")]
    if not findings:
        return [*lines, "  没有列出问题。"]
    said: dict[str, int] = {}
    quoted: dict[tuple[str, ...], int] = {}
    for number, finding in enumerate(findings, 1):
        grade = words.SEVERITY[finding.severity]
        mark = words.CERTAINTY[finding.certainty]
        grade = f"{grade}，{mark}" if mark and mark not in finding.message else grade
        wrapped = _wrap(f"{number}. [{grade}] {finding.requirement} {finding.message}", style.width, 5, first=2)
        wrapped[0] = wrapped[0].replace(f"[{grade}]", style.paint(f"[{grade}]", finding.severity), 1)
        lines += wrapped
        if finding.waived_by:
            lines += _wrap(f"已豁免：{finding.waived_by}", style.width, 11, first=5)
        cited = tuple(dict.fromkeys(_cited(evidence) for evidence in finding.evidence))
        first = quoted.setdefault(cited, number)
        for quote in cited if first == number else (f"同问题{first}",):
            lines += _wrap(f"原文：{quote}", style.width, 11, first=5)
        for basis in finding.basis:
            lines += _wrap(f"依据：{words.basis_line(basis)}", style.width, 11, first=5)
        for label, law in words.law_lines(finding, _LAW):
            first = said.setdefault(law, number)
            again = f"{law.partition('：')[0]}：见问题{first}"
            lines += _wrap(f"{label}：{law if first == number else again}", style.width, 11, first=5)
        if finding.suggestion:
            lines += _wrap(f"建议：{finding.suggestion}", style.width, 11, first=5)
        lines += _wrap(f"编号：{finding.rule} {finding.fingerprint}", style.width, 11, first=5)
    return lines


def _problems(problems: Iterable[Problem], style: Style) -> list[str]:
    lines: list[str] = []
    for problem in problems:
        place = f"{problem.where}：" if problem.where else ""
        mark = "没有读到或者没有判断的" if problem.lost else "提示"
        lines += _wrap(f"[{mark}] {place}{problem.what}", style.width, 4, first=2)
        if problem.next:
            lines += _wrap(f"下一步：{problem.next}", style.width, 12, first=4)
    return ["", style.bold("【读取和判断中的情况】"), *lines] if lines else []


def _summary(report: Report) -> str:
    statuses = counted(report.outcomes)
    parts = [f"{words.STATUS[status]} {statuses[status]}" for status in _STATUSES]
    severities = Counter[str](finding.severity for finding in report.findings if not finding.waived_by)
    found = "，".join(
        f"{words.SEVERITY[key]} {severities[key]}" for key in ("error", "warning", "info") if severities[key]
    )
    waived = sum(1 for finding in report.findings if finding.waived_by)
    aside = f"；已豁免 {waived} 条" if waived else ""
    return f"合计：{'，'.join(parts)}；问题 {sum(severities.values())} 条" + (f"（{found}）" if found else "") + aside


# ------------------------------------------------------------------ phrases


def _order(outcome: Outcome) -> tuple[str, int, str]:
    return words.by_requirement(outcome.requirement)


def _described(document: Document) -> str:
    pages = f"，{document.pages}页" if document.pages else ""
    return f"{document.name}（{document.format}，{len(document.text)}字{pages}）"


def _cited(evidence: Evidence) -> str:
    place = words.place(evidence.page, evidence.paragraph, evidence.clause)
    return f"“{_short(evidence.quote)}”（{place}）" if place else f"“{_short(evidence.quote)}”"


def _fact(label: str, document: Document, fact: Fact, style: Style) -> list[str]:
    quote = _short(fact.span.of(document.text))
    place = words.place(document.page_of(fact.span), document.paragraph_of(fact.span), fact.clause)
    value = _short(str(fact.value), 200)
    how = f"（推算自：{'、'.join(words.FACT.get(key, key) for key in fact.derived_from)}）" if fact.derived else ""
    said = f"  “{quote}”" if quote and quote != value else ""
    return _row(label, f"{value}{how}{said}" + (f"（{place}）" if place else ""), style, label=_NAME)


def _short(text: str, limit: int = _QUOTE) -> str:
    text = clean(text)
    return text if len(text) <= limit else f"{text[: limit - 15]}……{text[-14:]}"


# ------------------------------------------------------------------ lines


def clean(text: str) -> str:
    """`text` on one line, without what steers a terminal or fits in no XML (control characters, direction marks)."""
    return re.sub(r"\s+", " ", _HARMFUL.sub(" ", text)).strip()


def display_width(text: str) -> int:
    """Columns that `text` takes on a terminal: wide and full-width characters two, combining marks none."""
    return sum(map(_columns, text))


def _columns(char: str) -> int:
    if unicodedata.combining(char):
        return 0
    return 2 if unicodedata.east_asian_width(char) in "WFA" and not _halfwidth(char) else 1


def _halfwidth(char: str) -> bool:
    """Ambiguous characters that are no Chinese punctuation take one column."""
    return unicodedata.east_asian_width(char) == "A" and char not in "“”‘’…—·×"


def _row(name: str, value: str, style: Style, *, indent: int = 0, label: int = _LABEL) -> list[str]:
    """A labelled line; what does not fit continues under the value."""
    left = " " * indent + name
    left += " " * max(indent + label - display_width(left), 1)
    wrapped = _wrap(value, style.width, indent + label, first=0, used=display_width(left))
    wrapped[0] = left + wrapped[0]
    return wrapped


def _wrap(text: str, width: int, indent: int, *, first: int | None = None, used: int = 0) -> list[str]:
    """`text` in lines of `width` columns; continuation lines (and the first, unless `first` says) begin at `indent`."""
    start = indent if first is None else first
    lines: list[str] = []
    line, room = " " * start, max(width - start - used, 20)
    for piece in _pieces(clean(text)):
        size = display_width(piece)
        if size > room and line.strip():
            lines.append(line.rstrip())
            line, room = " " * indent, max(width - indent, 20)
        if piece.strip() or line.strip():
            line += piece
            room -= size
    return [*lines, line.rstrip()]


def _pieces(text: str) -> Iterator[str]:
    """Units that are not broken: words and numbers, and Chinese characters with the punctuation that clings to them."""
    opening, closing = re.escape(_OPENING), re.escape(_CLOSING)
    unit = rf"[{opening}]*(?:[A-Za-z0-9_/\-]{{1,40}}|[^{opening}\s])[{closing}]*|\s+|[{opening}]+"
    for match in re.finditer(unit, text):
        yield match[0]
