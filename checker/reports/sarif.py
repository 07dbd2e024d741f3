"""SARIF 2.1.0 for code-scanning services and editors: one run, an artifact a document, every rule declared.

Regions count code points in the text that `normcheck facts --text` prints, and say so (columnKind): one character is
one column, whether it takes one UTF-16 unit or two. For a plain text file that is the file itself; for docx, pdf and
html the logical locations name page, paragraph and clause.

A finding is a result of kind "fail". The other outcomes are results too, of level "none" as SARIF wants it: met "pass",
cannot_tell "open" (not enough information to decide), not_applicable "notApplicable". A waiver is a suppression.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any
from urllib.parse import quote

from checker.model import Basis, Document, Evidence, Finding, Outcome, Pack, Problem, Report, Rule, Span
from checker.reports import words
from checker.reports.json_report import Tool, bases_of, laws_of, measured_of, plain

SCHEMA = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
FINGERPRINT = "normcheck/v1"
"""The key of our fingerprint among the partialFingerprints of a result."""

_Json = dict[str, Any]

_LEVEL: Mapping[str, str] = {"error": "error", "warning": "warning", "info": "note"}
_KIND: Mapping[str, str] = {"met": "pass", "cannot_tell": "open", "not_applicable": "notApplicable"}
_MIME: Mapping[str, str] = {
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "doc": "application/msword",
    "pdf": "application/pdf",
    "ofd": "application/ofd",
    "html": "text/html",
    "txt": "text/plain",
    "md": "text/markdown",
}
_NOTIFICATIONS: Mapping[str, tuple[str, str]] = {
    "unread": ("error", "文件没有读出来，没有结论"),
    "incomplete": ("warning", "部分内容没有读到，或者部分要求没有判断"),
    "notice": ("note", "读取和判断中的提示"),
}
_LINK = re.compile(r"(?<!\\)\[(?=[^\[\]]*\]\()")


def sarif_log(
    reports: Sequence[Report], tool: Tool, packs: Iterable[Pack], requirements: Mapping[str, str] | None = None
) -> _Json:
    """All reports of one run as one SARIF log.

    Args:
        reports: What was found; an unread file becomes a notification.
        tool: What judged.
        packs: Every pack whose rules are declared, used or not.
        requirements: The wording of each requirement by its code.
    """
    log = _Log(_declared(packs, requirements or {}))
    for report in reports:
        log.add(report)
    run = {
        "tool": {"driver": _driver(tool, list(log.rules.values()))},
        "language": "zh-CN",
        "columnKind": "unicodeCodePoints",
        "newlineSequences": ["\n"],
        "invocations": [
            {
                "executionSuccessful": all(report.case is not None for report in reports),
                "toolExecutionNotifications": log.notifications,
            }
        ],
        "artifacts": log.artifacts,
        "results": log.results,
        "properties": {"coordinates": "normcheck facts --text"},
    }
    return {"$schema": SCHEMA, "version": "2.1.0", "runs": [run]}


# ------------------------------------------------------------------ rules


def _driver(tool: Tool, rules: list[_Json]) -> _Json:
    properties = {
        "rulesDigest": tool.rules_digest,
        "calendarUntil": plain(tool.calendar_until),
        "lawState": plain(tool.law_state),
    }
    return {
        "name": "normcheck",
        "version": tool.version,
        "semanticVersion": tool.version,
        "shortDescription": {"text": "检查行政规范性文件、政府规章和重大行政决策文件"},
        "language": "zh-CN",
        "rules": rules,
        "notifications": [
            {"id": name, "shortDescription": {"text": text}, "defaultConfiguration": {"level": level}}
            for name, (level, text) in _NOTIFICATIONS.items()
        ],
        "properties": properties,
    }


def _declared(packs: Iterable[Pack], requirements: Mapping[str, str]) -> dict[str, _Json]:
    """One descriptor for each rule id; a rule that several packs hold gathers their names and bases."""
    by_id: dict[str, list[Rule]] = {}
    for pack in packs:
        for rule in pack.rules:
            by_id.setdefault(rule.id, []).append(rule)
    return {name: _descriptor(rules, requirements) for name, rules in by_id.items()}


def _descriptor(rules: Sequence[Rule], requirements: Mapping[str, str]) -> _Json:
    rule = rules[0]
    bases = list({(one.law, one.article, one.since): one for each in rules for one in each.basis}.values())
    lines = [_basis(basis) for basis in bases]
    wording = requirements.get(rule.requirement, rule.title)
    found: _Json = {
        "id": rule.id,
        "name": rule.title,
        "shortDescription": {"text": rule.title},
        "fullDescription": {"text": f"{rule.requirement} {wording}"},
        "help": {
            "text": "\n".join(["依据：", *lines]),
            "markdown": "\n".join(["**依据**", "", *(f"- {line}" for line in lines)]),
        },
        "defaultConfiguration": {"level": _LEVEL[rule.severity]},
        "properties": {
            "requirement": rule.requirement,
            "packs": list(dict.fromkeys(each.pack for each in rules)),
            "basisRoles": sorted({basis.role for basis in bases}),
            "severity": rule.severity,
            "tags": [rule.requirement],
        },
    }
    return found | ({"deprecatedIds": list(rule.formerly)} if rule.formerly else {})


def _basis(basis: Basis) -> str:
    number = f"（{basis.number}）" if basis.number else ""
    since = f"{basis.since}起" if basis.since > date.min else ""
    until = f"至{basis.until}之前" if basis.until else ""
    period = f"{since}{until}适用" if since or until else ""
    notes = "；".join(filter(None, (words.BASIS_ROLE[basis.role], words.VERIFIED[basis.verified], period)))
    return f"{basis.law}{number}{basis.article}：{basis.requires}〔{notes}〕"


# ------------------------------------------------------------------ results


@dataclass(slots=True)
class _Log:
    """The run while its reports are added one by one."""

    rules: dict[str, _Json]
    artifacts: list[_Json] = field(default_factory=list)
    results: list[_Json] = field(default_factory=list)
    notifications: list[_Json] = field(default_factory=list)
    order: dict[str, int] = field(init=False)

    def __post_init__(self) -> None:
        self.order = {name: number for number, name in enumerate(self.rules)}

    def add(self, report: Report) -> None:
        """The artifacts, results and notifications of one report."""
        places = _Places()
        for document in report.case.documents if report.case else ():
            places.add(document, len(self.artifacts))
            self.artifacts.append(_artifact(document, report))
        if report.case is None:
            places.main = {"uri": artifact_uri(report.name), "index": len(self.artifacts)}
            self.artifacts.append({"location": {"uri": artifact_uri(report.name)}, "roles": ["analysisTarget"]})
        self.results += [self._finding(finding, report, places) for finding in report.findings]
        self.results += [self._outcome(each, places) for each in report.outcomes if each.status in _KIND]
        unread = report.case is None
        self.notifications += [_notification(problem, places, unread=unread) for problem in report.problems]

    def _result(self, rule: str, kind: str, level: str, text: str) -> _Json:
        index = {"ruleIndex": self.order[rule]} if rule in self.order else {}
        return {"ruleId": rule, **index, "kind": kind, "level": level, "message": {"text": message_text(text)}}

    def _finding(self, finding: Finding, report: Report, places: _Places) -> _Json:
        said = f"{finding.message}\n建议：{finding.suggestion}" if finding.suggestion else finding.message
        outcome = next((each for each in report.outcomes if _speaks_of(each, finding)), None)
        waiver = finding.waived_by
        return {
            **self._result(finding.rule, "fail", _LEVEL[finding.severity], said),
            **places.locations(finding.evidence),
            "partialFingerprints": {FINGERPRINT: finding.fingerprint},
            "suppressions": []
            if waiver is None
            else [
                {
                    "kind": "external",
                    "status": "accepted",
                    "justification": str(waiver),
                    "properties": {"reason": waiver.reason, "who": waiver.who, "until": plain(waiver.until)},
                }
            ],
            "properties": {
                "requirement": finding.requirement,
                "severity": finding.severity,
                "certainty": finding.certainty,
                "clause": finding.clause,
                "suggestion": finding.suggestion,
                **(_counted(outcome) if outcome else {}),
                "basis": bases_of(finding.basis),
                **({"law": laws_of(finding.law)} if finding.law else {}),
            },
        }

    def _outcome(self, outcome: Outcome, places: _Places) -> _Json:
        return {
            **self._result(outcome.rule, _KIND[outcome.status], "none", outcome.reason),
            **places.locations(outcome.evidence),
            "suppressions": [],
            "properties": {
                "requirement": outcome.requirement,
                "severity": outcome.severity,
                "certainty": outcome.certainty,
                **_counted(outcome),
                "missing": [{"what": missing.what, "how": missing.how} for missing in outcome.missing],
                "notes": list(outcome.notes),
                "basis": bases_of(outcome.basis),
            },
        }


def _speaks_of(outcome: Outcome, finding: Finding) -> bool:
    return outcome.status == "violated" and (outcome.rule, outcome.basis) == (finding.rule, finding.basis)


def _counted(outcome: Outcome) -> _Json:
    return {"pack": outcome.pack, "measured": measured_of(outcome.measured), "limit": plain(outcome.limit)}


def _notification(problem: Problem, places: _Places, *, unread: bool) -> _Json:
    name = "unread" if unread else "incomplete" if problem.lost else "notice"
    place = f"{problem.where}：" if problem.where and problem.where != problem.document else ""
    return {
        "descriptor": {"id": name, "index": list(_NOTIFICATIONS).index(name)},
        "level": _NOTIFICATIONS[name][0],
        "message": {"text": message_text(f"{place}{problem.what}{problem.next}")},
        "locations": [{"physicalLocation": {"artifactLocation": places.artifact(problem.document)}}],
    }


def message_text(text: str) -> str:
    """`text` so that SARIF reads it as it stands: braces would be placeholders, [words](number) a link."""
    return _LINK.sub(r"\\[", text.replace("{", "{{").replace("}", "}}"))


# ------------------------------------------------------------------ places


@dataclass(slots=True)
class _Places:
    """The artifacts of one report, and where in them words stand."""

    main: _Json = field(default_factory=dict)
    known: dict[str, tuple[_Json, Document, list[int]]] = field(default_factory=dict)

    def add(self, document: Document, index: int) -> None:
        """Learns a document that is artifact number `index` of the run; the first one is the judged one."""
        location = {"uri": artifact_uri(document.name), "index": index}
        starts = [0, *(match.end() for match in re.finditer("\n", document.text))]
        self.known.setdefault(document.name, (location, document, starts))
        self.main = self.main or location

    def artifact(self, name: str) -> _Json:
        """Where the document `name` is; the judged one for a name that is none of the documents."""
        return self.known[name][0] if name in self.known else self.main

    def locations(self, evidence: Sequence[Evidence]) -> _Json:
        """The first words are where to act, the others are related; without words the document as a whole."""
        first, *others = dict.fromkeys(evidence) or (None,)
        if first is None:
            return {"locations": [{"physicalLocation": {"artifactLocation": self.main}}]}
        found: _Json = {"locations": [self._location(first)]}
        if others:
            found["relatedLocations"] = [
                {"id": number, **self._location(each)} for number, each in enumerate(others, 1)
            ]
        return found

    def _location(self, evidence: Evidence) -> _Json:
        if evidence.document not in self.known:
            return {"physicalLocation": {"artifactLocation": self.main}}
        location, document, starts = self.known[evidence.document]
        physical = {"artifactLocation": location, "region": _region(evidence.span, document.text, starts)}
        return {"physicalLocation": physical, "logicalLocations": _logical(evidence, document)}


def _region(span: Span, text: str, starts: Sequence[int]) -> _Json:
    """Lines and columns are 1-based, the end column is the one after; an empty span is the point where words lack."""
    first, last = bisect_right(starts, span.start) - 1, bisect_right(starts, span.end) - 1
    return {
        "startLine": first + 1,
        "startColumn": span.start - starts[first] + 1,
        "endLine": last + 1,
        "endColumn": span.end - starts[last] + 1,
        "charOffset": span.start,
        "charLength": len(span),
        "snippet": {"text": span.of(text)},
    }


def _logical(evidence: Evidence, document: Document) -> list[_Json]:
    place = words_of_place(evidence)
    if not place:
        return []
    properties: _Json = {"page": evidence.page, "paragraph": evidence.paragraph, "clause": evidence.clause}
    if evidence.boxes:
        properties["boxes"] = [[box.page, box.x0, box.y0, box.x1, box.y1] for box in evidence.boxes]
    return [
        {
            "name": evidence.clause or place[-1],
            "fullyQualifiedName": "/".join([document.name, *place]),
            "kind": "clause" if evidence.clause else "paragraph",
            "properties": properties,
        }
    ]


def words_of_place(evidence: Evidence) -> list[str]:
    """Page, paragraph and clause as people name them: 第3页, 第41段, 第十二条."""
    parts = (
        f"第{evidence.page}页" if evidence.page else "",
        f"第{evidence.paragraph}段" if evidence.paragraph else "",
        evidence.clause or "",
    )
    return [part for part in parts if part]


def artifact_uri(name: str) -> str:
    """The path `name` as a URI reference: relative as it was typed, percent-encoded; an absolute path as file URI."""
    path = Path(name)
    try:
        return path.as_uri() if path.is_absolute() else quote(path.as_posix(), errors="surrogateescape")
    except UnicodeEncodeError:
        return quote(path.as_posix(), errors="replace")


def _artifact(document: Document, report: Report) -> _Json:
    case = report.case
    found: _Json = {"location": {"uri": artifact_uri(document.name)}, "roles": ["analysisTarget"]}
    if document.format in _MIME:
        found["mimeType"] = _MIME[document.format]
    found["hashes"] = {"sha-256": document.sha256}
    properties: _Json = {"textSha256": document.text_sha256, "format": document.format}
    if case is not None:
        properties |= {"asOf": plain(case.as_of), "asOfSource": case.as_of_source, "packs": list(report.packs)}
        kinds = [facts.kind for each, facts in zip(case.documents, case.facts, strict=True) if each is document]
        properties["kind"] = kinds[0]
    return found | {"properties": properties}
