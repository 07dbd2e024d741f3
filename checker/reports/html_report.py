"""The report as one page for people: to read on a screen, to print, to pass on as a file.

The page holds everything it needs, no script and no address outside itself; a content security policy says so to the
browser, with the digest of the one style sheet. Whatever comes from documents is escaped by `markup`.
"""

from __future__ import annotations

import base64
import hashlib
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from itertools import groupby
from pathlib import Path

from checker.model import Basis, Case, Document, Evidence, Finding, LawBeside, Measured, Outcome, Problem, Report
from checker.reference import Calendar
from checker.reports import words
from checker.reports.checklist import counted, folded
from checker.reports.json_report import Tool
from checker.reports.marked_text import Mark, text_html
from checker.reports.markup import Html, between, join, stylesheet_text, tag
from checker.reports.text import days_text
from checker.reports.timeline import Days, Interval, counted_days, day_words, interval, steps

_STYLE = Path(__file__).with_name("html_report.css")
_STATUSES = ("violated", "cannot_tell", "met", "not_applicable")
_GRAVITY = ("error", "warning", "info")
_DECIDED_FIRST = {"violated": 0, "met": 1, "cannot_tell": 2}
_QUOTE = 1000
_SHORT = 60
_CODES = 6
_ROLES = (
    ("legal", "合法性依据", "可以在合法性审核意见中引用。"),
    ("indicator", "考核指标", "只用于计分，不是合法性依据。"),
)


def reports_html(
    reports: Sequence[Report], tool: Tool, requirements: Mapping[str, str], calendar: Calendar | None = None
) -> str:
    """All reports of one run as one page; several begin with a table of contents.

    Args:
        reports: What to show, in this order.
        tool: What judged, named at the foot of the page.
        requirements: The wording of each requirement by its code.
        calendar: Marks public holidays and working weekends outside counted days, which show their own.
    """
    pages = [_Page(report, f"r{number}", requirements, calendar) for number, report in enumerate(reports, 1)]
    title = f"检查报告：{pages[0].title}" if len(pages) == 1 else f"检查报告：{len(pages)}个文件"
    style = _STYLE.read_text(encoding="ascii") + "".join(_print_header(page) for page in pages)
    content = [page.html() for page in pages]
    if len(pages) != 1:
        content.insert(0, _contents(pages, title))
    head = tag(
        "head",
        tag("meta", charset="utf-8"),
        tag("meta", http_equiv="Content-Security-Policy", content=_policy(style)),
        tag("meta", name="viewport", content="width=device-width, initial-scale=1"),
        tag("meta", name="referrer", content="no-referrer"),
        tag("title", title),
        tag("style", Html(style)),
    )
    last = pages[-1].key if pages else None
    body = tag("body", tag("main", *content), _foot(tool, last))
    return f"<!DOCTYPE html>\n{tag('html', head, body, lang='zh-CN')}\n"


def _policy(style: str) -> str:
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    return f"default-src 'none'; style-src 'sha256-{digest}'; base-uri 'none'; form-action 'none'"


def _print_header(page: _Page) -> str:
    """The printed pages of a report carry the name of its document."""
    shown = page.title if len(page.title) <= 40 else f"{page.title[:39]}…"
    return f"@page {page.key} {{ @top-right {{ content: {stylesheet_text(shown)} }} }}\n.{page.key} {{ page: {page.key} }}\n"


def _contents(pages: Sequence[_Page], title: str) -> Html:
    rows = []
    for number, page in enumerate(pages, 1):
        statuses = page.statuses
        counts = [
            tag(
                "td", str(statuses[status]) if page.case else "—", class_=f"figure {status if statuses[status] else ''}"
            )
            for status in _STATUSES
        ]
        name = tag("td", tag("a", page.title, href=f"#{page.key}"), tag("span", page.report.name, class_="file"))
        found = tag("td", str(len(page.open_findings)) if page.case else "没有读出", class_="figure")
        rows.append(tag("tr", tag("td", str(number), class_="figure"), name, found, *counts))
    columns = ("序号", "文件", "问题", *(words.STATUS[status] for status in _STATUSES))
    header = tag("thead", tag("tr", *(tag("th", column, scope="col") for column in columns)))
    return tag(
        "section",
        tag("h1", title),
        tag("table", header, tag("tbody", *rows), class_="contents"),
        class_="toc",
    )


def _foot(tool: Tool, kind: str | None) -> Html:
    """The last lines, on the printed pages of the report before them."""
    law = f"；法规目录更新至{tool.law_state.isoformat()}" if tool.law_state else ""
    said = f"normcheck {tool.version}；规则 {tool.rules_digest}；工作日历至{tool.calendar_until.isoformat()}{law}。"
    caution = "列出的问题是再看一遍的理由，不是法律意见；没有列出问题，不等于已经全部核对，请看逐项核对的结论。"
    return tag("footer", tag("p", caution), tag("p", said), class_=kind)


# ------------------------------------------------------------------ one report


@dataclass(frozen=True)
class _Page:
    """The part of the page that shows one report; `key` begins the name of each of its anchors."""

    report: Report
    key: str
    requirements: Mapping[str, str]
    calendar: Calendar | None

    @property
    def case(self) -> Case | None:
        return self.report.case

    @cached_property
    def title(self) -> str:
        fact = self.case.main.first("title") if self.case else None
        return " ".join(str(fact.value).split()) if fact else self.report.name

    @cached_property
    def days(self) -> Days:
        region = self.case.region if self.case else None
        return Days(self.calendar, region.province if region else None)

    @cached_property
    def findings(self) -> list[Finding]:
        """The gravest first, waived ones last, otherwise in the order of the text; those on one sentence stay together."""
        gravest: dict[object, int] = {}
        first: dict[object, int] = {}
        for number, finding in enumerate(self.report.findings):
            place, gravity = _sentence(finding), _GRAVITY.index(finding.severity)
            gravest[place] = min(gravest.get(place, gravity), gravity)
            first.setdefault(place, number)
        return sorted(
            self.report.findings,
            key=lambda finding: (
                bool(finding.waived_by),
                gravest[_sentence(finding)],
                first[_sentence(finding)],
                _GRAVITY.index(finding.severity),
            ),
        )

    @property
    def open_findings(self) -> list[Finding]:
        return [finding for finding in self.findings if not finding.waived_by]

    @cached_property
    def statuses(self) -> Counter[str]:
        return counted(self.report.outcomes)

    @cached_property
    def readable(self) -> frozenset[str]:
        """The documents whose text is on the page, by name."""
        return (
            frozenset(document.name for document in self.case.documents if document.blocks)
            if self.case
            else frozenset()
        )

    def html(self) -> Html:
        if self.case is None:
            parts = [*self._title(), self._verdict(), self._unread(1)]
        else:
            parts = [*self._title(), self._verdict(), self._facts(self.case)]
            sections = (self._findings, self._checklist, self._dates, self._bases, self._unread, self._texts)
            parts += [section(number) for number, section in enumerate(sections, 1)]
        return tag("article", *parts, class_=f"report {self.key}", id=self.key)

    def requirement(self, outcome: Outcome | Finding) -> str:
        title = outcome.title if isinstance(outcome, Outcome) else ""
        return self.requirements.get(outcome.requirement, title)

    def section(self, number: int, name: str, title: str, *content: str) -> Html:
        heading = tag("h2", f"{'一二三四五六'[number - 1]}、{title}")
        return tag("section", heading, *content, id=f"{self.key}-{name}", class_=name)

    # -------------------------------------------------------------- head

    def _title(self) -> Iterator[Html]:
        yield tag("p", "规范性文件检查报告", class_="kicker")
        yield tag("h1", self.title)
        if self.case:
            names = (("findings", "问题"), ("checklist", "逐项核对"), ("dates", "日期和期限"))
            more = (("bases", "依据"), ("unread", "没有读到、没有核对的"), ("texts", "原文"))
            links = [tag("a", name, href=f"#{self.key}-{anchor}") for anchor, name in (*names, *more)]
            yield tag("nav", *between(links, " · "), aria_label="本报告各部分")

    def _verdict(self) -> Html:
        if self.case is None:
            lead = tag("p", "没有得出结论：这个文件没有读出来。", class_="lead")
            return tag("section", lead, class_="verdict cannot_tell", aria_label="结论")
        counts = [
            tag("li", tag("b", str(number)), words.STATUS[status], class_=status if number else "none")
            for status in _STATUSES
            for number in [self.statuses[status]]
        ]
        lost = sum(problem.lost for problem in self.report.problems)
        parts = [tag("p", *self._lead(), class_="lead"), tag("ul", *counts, class_="counts")]
        if lost:
            link = tag("a", "哪些没有读到", href=f"#{self.key}-unread")
            parts.append(tag("p", f"有 {lost} 处内容没有读到或者没有判断，结论不完整：", link, "。", class_="lost"))
        grave = {finding.severity for finding in self.open_findings}
        tone = "violated" if "error" in grave else "cannot_tell" if grave or self.statuses["cannot_tell"] else "met"
        return tag("section", *parts, class_=f"verdict {tone}", aria_label="结论")

    def _lead(self) -> Iterator[str]:
        found = Counter[str](finding.severity for finding in self.open_findings)
        listed = [f"{words.SEVERITY[level]} {found[level]} 处" for level in _GRAVITY if found[level]]
        if not self.report.outcomes:
            yield "没有适用的规则，没有核对。"
        elif not listed:
            yield "没有列出问题。"
        else:
            yield f"列出问题 {found.total()} 处：{'，'.join(listed)}。"
            if not found["error"]:
                yield "没有发现违反硬性要求的。"
        suspected = sum(finding.certainty == "suspected" for finding in self.open_findings)
        if suspected:
            yield f"其中涉嫌 {suspected} 处，请核实依据。"
        waived = len(self.findings) - found.total()
        if waived:
            yield f"另有已豁免 {waived} 处。"

    def _facts(self, case: Case) -> Html:
        facts = case.main
        number = facts.first("document_number")
        issuers = [
            f"{fact.value}（{words.LEVEL.get(str(fact.detail.get('level')), '层级不明')}）"
            for fact in facts.all("issuer")
        ]
        source = words.AS_OF.get(case.as_of_source, case.as_of_source)
        rows = [
            ("制定机关", "、".join(issuers) or "（没有读到）"),
            ("发文字号", str(number.value) if number else "（没有读到）"),
            ("文种", words.kinds(facts)),
            ("行为", words.ACT.get(facts.act, facts.act)),
            *(("特征", f"{words.TRAIT.get(trait.name, trait.name)}：{trait.reason}") for trait in facts.traits),
            ("地区", (case.region.name if case.region else "") or "（没有读到）"),
            ("按此日判断", f"{_chinese(case.as_of)}（{source}）"),
            ("规则包", "、".join(self.report.packs) or "（没有适用的规则包）"),
            *(("文件", _described(document)) for document in case.documents),
        ]
        return _list(rows, "facts")

    # -------------------------------------------------------------- findings

    def _findings(self, number: int) -> Html:
        cards = [self._finding(finding, index) for index, finding in enumerate(self.findings, 1)]
        return self.section(number, "findings", "问题", *(cards or [tag("p", "没有列出问题。")]))

    def _finding(self, finding: Finding, number: int) -> Html:
        level = "waived" if finding.waived_by else finding.severity
        grade = words.SEVERITY[finding.severity]
        certainty = words.CERTAINTY[finding.certainty]
        if certainty and certainty not in finding.message:
            grade = f"{grade}，{certainty}"
        if finding.waived_by:
            grade = f"{grade}，已豁免"
        heading = tag(
            "h3",
            tag("span", str(number), class_="no"),
            tag("span", grade, class_="grade"),
            tag("span", finding.message, class_="message"),
        )
        quotes = [self._quote(finding, number, index) for index in range(len(_places(finding.evidence)))]
        rows: list[tuple[str, str]] = [("要求", f"{finding.requirement} {self.requirement(finding)}".strip())]
        if finding.waived_by:
            rows.insert(0, ("已豁免", str(finding.waived_by)))
        if not finding.evidence and finding.clause:
            rows.append(("位置", finding.clause))
        rows += [("依据", _basis(basis)) for basis in finding.basis]
        if finding.suggestion:
            rows.append(("建议", finding.suggestion))
        rows.append(("编号", join([finding.rule, " ", tag("code", finding.fingerprint)])))
        law = [_law(finding.law)] if finding.law else []
        return tag("article", heading, *quotes, _list(rows), *law, class_=f"finding {level}", id=f"{self.key}f{number}")

    def _quote(self, finding: Finding, number: int, index: int) -> Html:
        evidence = _places(finding.evidence)[index]
        where = words.place(evidence.page, evidence.paragraph, evidence.clause)
        where = "，".join(part for part in (self._file(evidence), where) if part)
        said = tag("q", _cut(evidence.quote, _QUOTE)) if evidence.quote else tag("span", "（此处没有应有的内容）")
        link = self._to_text(evidence, where or "看原文", f"{self.key}f{number}e{index}")
        return tag("blockquote", said, tag("cite", link))

    def _file(self, evidence: Evidence) -> str:
        """The name of the file, where there are several."""
        return evidence.document if self.case and len(self.case.documents) > 1 else ""

    def _to_text(self, evidence: Evidence, label: str, anchor: str) -> str:
        return tag("a", label, href=f"#{anchor}") if evidence.document in self.readable else label

    # -------------------------------------------------------------- checklist

    def _checklist(self, number: int) -> Html:
        outcomes = folded(self.report.outcomes)
        if not outcomes:
            return self.section(number, "checklist", "逐项核对", tag("p", "没有适用的规则。"))
        judged = [each for each in outcomes if each.status != "not_applicable" and not _elsewhere(each)]
        groups = sorted(
            self._by_requirement(judged),
            key=lambda group: min(_DECIDED_FIRST[outcome.status] for outcome in group),
        )
        parts = []
        if groups:
            header = tag("tr", *(tag("th", name, scope="col") for name in ("编号", "要求", "结论", "说明")))
            parts.append(tag("table", tag("thead", header), *map(self._group, groups), class_="outcomes"))
        for source in ("dossier", "register", "outside"):
            waiting = [each for each in outcomes if _elsewhere(each) and each.decided_by == source]
            if waiting:
                parts.append(self._waiting(waiting, words.DECIDED_BY[source]))
        aside = [outcome for outcome in outcomes if outcome.status == "not_applicable"]
        if aside:
            parts.append(self._aside(aside))
        return self.section(number, "checklist", "逐项核对", *parts)

    @staticmethod
    def _by_requirement(outcomes: Sequence[Outcome]) -> list[list[Outcome]]:
        ordered = sorted(outcomes, key=lambda outcome: words.by_requirement(outcome.requirement))
        return [list(group) for _, group in groupby(ordered, key=lambda outcome: outcome.requirement)]

    def _group(self, outcomes: Sequence[Outcome]) -> Html:
        """A requirement with a row for every outcome; the pack is named where several judge it."""
        ordered = sorted(outcomes, key=lambda outcome: _DECIDED_FIRST[outcome.status])
        several = len({outcome.pack for outcome in outcomes}) > 1
        rows = []
        for index, outcome in enumerate(ordered):
            cells = [
                tag("td", _status(outcome), class_=f"status {outcome.status}"),
                tag("td", *self._explained(outcome, several=several)),
            ]
            if index == 0:
                span = str(len(ordered)) if len(ordered) > 1 else None
                name = tag("td", self.requirement(outcome), rowspan=span)
                cells[:0] = [tag("th", outcome.requirement, scope="row", rowspan=span), name]
            rows.append(tag("tr", *cells, id=self._outcome_id(outcome)))
        return tag("tbody", *rows)

    def _outcome_id(self, outcome: Outcome) -> str:
        return f"{self.key}q{next(i for i, each in enumerate(self.report.outcomes) if each is outcome)}"

    def _explained(self, outcome: Outcome, *, several: bool) -> Iterator[Html]:
        if outcome.measured is not None:
            yield tag("p", words.measure(outcome.measured, outcome.limit), class_="measure")
        if outcome.reason:
            yield tag("p", outcome.reason)
        for missing in outcome.missing:
            yield tag("p", tag("b", f"缺{missing.what}"), f"：{missing.how}")
        for note in outcome.notes:
            yield tag("p", f"注：{note}", class_="small")
        links = [
            self._to_text(each, _cited(each, outcome.reason), f"{self._outcome_id(outcome)}e{index}")
            for index, each in enumerate(_places(outcome.evidence))
            if each.quote and outcome.status != "violated"
        ]
        if links:
            yield tag("p", "看原文：", *between(links, "、"), class_="small")
        found = [
            tag("a", f"问题{number}", href=f"#{self.key}f{number}", class_="short")
            for number, finding in enumerate(self.findings, 1)
            if outcome.status == "violated"
            and (finding.rule, finding.requirement) == (outcome.rule, outcome.requirement)
        ]
        if found:
            yield tag("p", "见", *between(found, "、"), class_="small")
        if several:
            yield tag("p", f"规则包：{outcome.pack}", class_="small")

    def _waiting(self, outcomes: Sequence[Outcome], source: str) -> Html:
        """Requirements that no single document decides: what to supply, and what can then be judged."""
        wanted: dict[tuple[str, str], list[Outcome]] = {}
        for outcome in outcomes:
            for missing in outcome.missing:
                wanted.setdefault((missing.what, missing.how), []).append(outcome)
        rows = [
            tag(
                "tr",
                tag("th", tag("b", f"缺{what}"), tag("p", how, class_="small"), scope="row"),
                tag("td", self._named(of_missing)),
            )
            for (what, how), of_missing in wanted.items()
        ]
        summary = tag("summary", tag("b", "待核实", class_="cannot_tell"), f"，需要{source}（{_number(outcomes)}项）")
        header = tag("tr", tag("th", "缺什么", scope="col"), tag("th", "补充后可以核对的要求", scope="col"))
        table = tag("table", tag("thead", header), tag("tbody", *rows), class_="grouped")
        return tag("details", summary, table)

    def _aside(self, outcomes: Sequence[Outcome]) -> Html:
        by_reason: dict[str, list[Outcome]] = {}
        for outcome in outcomes:
            by_reason.setdefault(outcome.reason, []).append(outcome)
        rows = [
            tag("tr", tag("th", reason or "（没有说明）", scope="row"), tag("td", self._named(of_reason)))
            for reason, of_reason in sorted(by_reason.items(), key=lambda item: -len(item[1]))
        ]
        summary = tag("summary", tag("b", "不涉及", class_="not_applicable"), f"（{_number(outcomes)}项）")
        header = tag("tr", tag("th", "理由", scope="col"), tag("th", "要求", scope="col"))
        table = tag("table", tag("thead", header), tag("tbody", *rows), class_="grouped")
        return tag("details", summary, table)

    def _named(self, outcomes: Iterable[Outcome]) -> Html:
        ordered = sorted(outcomes, key=lambda outcome: words.by_requirement(outcome.requirement))
        names = dict.fromkeys((outcome.requirement, self.requirement(outcome)) for outcome in ordered)
        return tag("ul", *(tag("li", tag("b", code), " ", name) for code, name in names), class_="names")

    # -------------------------------------------------------------- dates

    def _dates(self, number: int) -> Html:
        events = self.case.timeline if self.case else ()
        if not events:
            said = "没有读到日期。可以用 --date 公布=2024-03-05 的写法补充。"
            return self.section(number, "dates", "日期和期限", tag("p", said))
        caption = tag(
            "figcaption",
            tag("span", "●", class_="dot text"),
            "文件写明　",
            tag("span", "○", class_="dot"),
            "推算　",
            tag("span", "◎", class_="dot"),
            "由您指定　间隔不按比例，线上是相隔的自然日",
        )
        parts = [tag("figure", steps(events, self.days), caption), self._date_table()]
        return self.section(number, "dates", "日期和期限", *parts, *self._intervals())

    def _date_table(self) -> Html:
        rows = []
        for index, event in enumerate(self.case.timeline if self.case else ()):
            how: list[str] = [{"derived": "推算", "given": "由您指定"}.get(event.source, "")]
            if event.evidence:
                where = words.place(event.evidence.page, event.evidence.paragraph, event.evidence.clause)
                where = "，".join(part for part in (self._file(event.evidence), where) if part)
                how.append("自" if event.source == "derived" else "")
                how.append(
                    self._to_text(event.evidence, f"“{_cut(event.evidence.quote, _SHORT)}”", f"{self.key}t{index}e0")
                )
                how.append(f"（{where}）" if where else "")
            name = tag("th", words.EVENT.get(event.event, event.event), scope="row", id=f"{self.key}t{index}")
            day = tag("td", f"{_chinese(event.day)}（{day_words(event.day, self.days)}）")
            rows.append(tag("tr", name, day, tag("td", *how)))
        header = tag("tr", *(tag("th", name, scope="col") for name in ("事项", "日期", "出处")))
        return tag("table", tag("thead", header), tag("tbody", *rows), class_="plain days")

    def _intervals(self) -> Iterator[Html]:
        """One drawing for each interval, whichever rules it was counted for."""
        drawn: dict[Interval, list[Outcome]] = {}
        for outcome in self.report.outcomes:
            shown = interval(outcome.measured) if outcome.measured else None
            if shown is not None:
                drawn.setdefault(shown, []).append(outcome)
        for shown, outcomes in drawn.items():
            unit = "工作日" if shown.unit == "working_day" else "自然日"
            title = f"{_chinese(shown.start)}（不计入）至{_chinese(shown.end)}：{len(shown.counted)}个{unit}"
            said = [tag("p", *self._judged(outcome, outcome.measured)) for outcome in outcomes if outcome.measured]
            if shown.unit == "working_day":
                said.append(tag("p", f"计入：{'；'.join(days_text(shown.counted, width=1_000_000))}", class_="small"))
            notes = dict.fromkeys(note for outcome in outcomes for note in outcome.notes)
            said += [tag("p", f"注：{note}", class_="small") for note in notes]
            picture = counted_days(shown, self.case.timeline if self.case else (), self.days)
            yield tag("figure", tag("h3", title), picture, tag("figcaption", *said), class_="interval")

    def _judged(self, outcome: Outcome, measured: Measured) -> Iterator[Html]:
        yield tag("b", _status(outcome), class_=outcome.status)
        name = f"　{outcome.requirement} {self.requirement(outcome)}：{words.measure(measured, outcome.limit)}。"
        yield tag("span", name)

    # -------------------------------------------------------------- bases

    def _bases(self, number: int) -> Html:
        used: dict[tuple[str, str, str, str], tuple[Basis, list[str]]] = {}
        judged: list[Outcome | Finding] = [*self.report.outcomes, *self.report.findings]
        for each in judged:
            if isinstance(each, Outcome) and each.status == "not_applicable":
                continue
            for basis in each.basis:
                key = (basis.law, basis.article, basis.requires, basis.role)
                used.setdefault(key, (basis, []))[1].append(each.requirement)
        parts = [
            self._bases_of(title, said, [item for item in used.values() if item[0].role == role])
            for role, title, said in _ROLES
        ]
        return self.section(number, "bases", "依据", *parts)

    @staticmethod
    def _bases_of(title: str, said: str, bases: Sequence[tuple[Basis, list[str]]]) -> Html:
        heading = tag("h3", title, tag("span", said, class_="small"))
        if not bases:
            return join([heading, tag("p", f"本次核对没有用到{title}。")])
        rows = []
        for basis, codes in sorted(
            bases, key=lambda item: words.by_requirement(min(item[1], key=words.by_requirement))
        ):
            several = sorted(set(codes), key=words.by_requirement)
            of = "、".join(several) if len(several) <= _CODES else f"{'、'.join(several[:_CODES])}等{len(several)}项"
            number = tag("span", f"（{basis.number}）", class_="small") if basis.number else ""
            period = _period(basis)
            cells = (of, join([basis.law, number, basis.article]), basis.requires, words.GRADE[basis.verified], period)
            rows.append(tag("tr", *(tag("td", cell) for cell in cells)))
        header = tag("tr", *(tag("th", name, scope="col") for name in ("编号", "出处", "要求", "核验", "适用")))
        return join([heading, tag("table", tag("thead", header), tag("tbody", *rows), class_="plain bases")])

    # -------------------------------------------------------------- what is not known

    def _unread(self, number: int) -> Html:
        problems = sorted(self.report.problems, key=lambda problem: not problem.lost)
        parts: list[Html] = []
        if problems:
            header = tag("tr", *(tag("th", name, scope="col") for name in ("性质", "情况", "下一步")))
            body = tag("tbody", *map(self._problem, problems))
            parts.append(tag("table", tag("thead", header), body, class_="plain problems"))
        elif self.case:
            parts.append(tag("p", "文件的内容都读到了，读取中没有异常。"))
        waiting, aside = self.statuses["cannot_tell"], self.statuses["not_applicable"]
        said = [f"待核实 {waiting} 项，缺什么、怎样补充写在那里"] if waiting else []
        said += [f"不涉及 {aside} 项，理由写在那里"] if aside else []
        if said:
            parts.append(tag("p", f"{'；'.join(said)}：", tag("a", "逐项核对", href=f"#{self.key}-checklist"), "。"))
        return self.section(number, "unread", "没有读到、没有核对的", *parts)

    @staticmethod
    def _problem(problem: Problem) -> Html:
        place = f"{problem.where}：" if problem.where else ""
        kind = "没有读到或者没有判断" if problem.lost else "提示"
        cells = (tag("b", kind, class_="cannot_tell" if problem.lost else None), place + problem.what, problem.next)
        return tag("tr", *(tag("td", cell) for cell in cells))

    # -------------------------------------------------------------- texts

    def _texts(self, number: int) -> Html:
        parts: list[Html] = [
            tag(
                "p",
                "色块是问题所在，后面的数字通向该问题，上面另有一道线的是几个问题重叠处；虚线标出结论或者日期所依据的文字。",
                class_="small",
            )
        ]
        for index, document in enumerate(self.case.documents if self.case else ()):
            if index or len(self.case.documents if self.case else ()) > 1:
                parts.append(tag("h3", document.name))
            fact = self.case.facts[index].first("title") if self.case else None
            if document.blocks:
                parts.append(text_html(document, self._marks(document), title=fact.span if fact else None))
            else:
                parts.append(tag("p", "没有读到文字。"))
        return self.section(number, "texts", "原文", *parts)

    def _marks(self, document: Document) -> Iterator[Mark]:
        for number, finding in enumerate(self.findings, 1):
            level = "waived" if finding.waived_by else finding.severity
            label = f"{words.SEVERITY[finding.severity]}：{finding.message}"
            for index, evidence in enumerate(_places(finding.evidence)):
                if evidence.document == document.name:
                    anchor, target = f"{self.key}f{number}e{index}", f"{self.key}f{number}"
                    yield Mark(evidence.span, anchor, target, label, level, number, "" if index else finding.message)
        for outcome in self.report.outcomes:
            if outcome.status not in ("met", "cannot_tell"):
                continue
            target = self._outcome_id(outcome)
            label = f"{outcome.requirement} {words.STATUS[outcome.status]}"
            for index, evidence in enumerate(_places(outcome.evidence)):
                if evidence.document == document.name and evidence.quote:
                    yield Mark(evidence.span, f"{target}e{index}", target, label, "seen")
        for index, event in enumerate(self.case.timeline if self.case else ()):
            if event.evidence and event.evidence.document == document.name:
                target = f"{self.key}t{index}"
                label = words.EVENT.get(event.event, event.event)
                yield Mark(event.evidence.span, f"{target}e0", target, label, "seen")


# ------------------------------------------------------------------ phrases


def _elsewhere(outcome: Outcome) -> bool:
    """Whether it waits for something other than this document, and nothing of it is in the document."""
    waits = outcome.status == "cannot_tell" and outcome.decided_by != "text" and bool(outcome.missing)
    return waits and not (outcome.evidence or outcome.measured or outcome.notes)


def _number(outcomes: Sequence[Outcome]) -> int:
    """How many requirements they concern."""
    return len({outcome.requirement for outcome in outcomes})


def _sentence(finding: Finding) -> object:
    """The same for findings on the same words: document and span of what is quoted first."""
    evidence = finding.evidence[0] if finding.evidence else None
    return (evidence.document, evidence.span, finding.waived_by) if evidence is not None else finding.fingerprint


def _places(evidence: Sequence[Evidence]) -> list[Evidence]:
    """The evidence with every place once."""
    return list({(each.document, each.span): each for each in evidence}.values())


def _cited(evidence: Evidence, said: str) -> str:
    """The words, or where they stand when `said` has them already."""
    where = words.place(evidence.page, evidence.paragraph, evidence.clause)
    return where if where and evidence.quote in said else f"“{_cut(evidence.quote, _SHORT)}”"


def _status(outcome: Outcome) -> str:
    screened = outcome.status == "met" and outcome.certainty == "screened"
    return words.STATUS[outcome.status] + ("（初筛）" if screened else "")


def _basis(basis: Basis) -> Html:
    number = f"（{basis.number}）" if basis.number else ""
    role = tag("span", words.BASIS_ROLE[basis.role], class_=f"role {basis.role}")
    grade = tag("span", f"〔{words.GRADE[basis.verified]}〕", class_="small")
    return join([role, f"{basis.law}{number}{basis.article}：{basis.requires}", grade])


def _law(laws: Sequence[LawBeside]) -> Html:
    """The articles, folded; on paper they are open."""
    parts: list[Html] = []
    for relation, group in groupby(laws, key=lambda law: law.relation):
        parts.append(tag("h4", words.LAW[relation]))
        for law in group:
            parts.append(tag("p", tag("b", words.law_name(law)), class_="small"))
            parts += [tag("p", line) for line in law.text.splitlines() if line.strip()]
            if law.note:
                parts.append(tag("p", f"注：{law.note}", class_="small"))
    held = sum(bool(law.text) for law in laws)
    return tag(
        "details", tag("summary", f"法条原文（{held}条）" if held else "法规库里没有的条文"), *parts, class_="law"
    )


def _period(basis: Basis) -> str:
    since = f"{basis.since.isoformat()}起" if basis.since > date.min else "起始日期未核"
    return since + (f"，至{basis.until.isoformat()}前" if basis.until else "")


def _described(document: Document) -> str:
    pages = f"，{document.pages}页" if document.pages else ""
    return f"{document.name}（{document.format}，{len(document.text)}字{pages}；SHA-256 {document.sha256[:16]}…）"


def _chinese(day: date) -> str:
    return f"{day.year}年{day.month}月{day.day}日"


def _cut(text: str, limit: int) -> str:
    return text if len(text) <= limit else f"{text[: limit * 3 // 4]}……{text[-limit // 4 :]}"


def _list(rows: Iterable[tuple[str, str]], kind: str | None = None) -> Html:
    """Names with what they stand for; a name that comes again is said once."""
    parts: list[Html] = []
    for name, group in groupby(rows, key=lambda row: row[0]):
        parts.append(tag("dt", name))
        parts += [tag("dd", value) for _, value in group]
    return tag("dl", *parts, class_=kind)
