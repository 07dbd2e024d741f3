"""JSON for programs: the object `normcheck.report/1`, whose keys and their order are a promise to users."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from checker.model import (
    Basis,
    Case,
    Document,
    Evidence,
    Fact,
    Facts,
    Finding,
    LawBeside,
    Measured,
    Outcome,
    Problem,
    Report,
    Waiver,
)
from checker.reports import words

SCHEMA = "normcheck.report/1"
FACTS_SCHEMA = "normcheck.facts/1"
_KEYS = tuple(words.FACT)


@dataclass(frozen=True, slots=True)
class Tool:
    """What judged: version of the program, digest of the rules, last day of the calendar, state of the law catalogue."""

    version: str
    rules_digest: str
    calendar_until: date
    law_state: date | None = None


def report_object(reports: Iterable[Report], tool: Tool) -> dict[str, Any]:
    """All reports of one run as one JSON-like object."""
    return {
        "schema": SCHEMA,
        "tool": {
            "version": tool.version,
            "rules_digest": tool.rules_digest,
            "calendar_until": plain(tool.calendar_until),
            "law_state": plain(tool.law_state),
        },
        "reports": [_report(report) for report in reports],
    }


def facts_object(document: Document, facts: Facts) -> dict[str, Any]:
    """What was read from one document, without any judgement."""
    return {
        "schema": FACTS_SCHEMA,
        "document": _document(document, facts),
        "case": _case(facts, facts.region.name if facts.region else None),
        "facts": _facts(document, facts),
        "problems": [_problem(problem) for problem in (*document.problems, *facts.problems)],
    }


def dumps(value: Mapping[str, Any], *, ascii_only: bool = False) -> str:
    """The text of `value`, indented, with a final newline."""
    return json.dumps(value, ensure_ascii=ascii_only, indent=2) + "\n"


def _report(report: Report) -> dict[str, Any]:
    case = report.case
    if case is None:
        documents: list[dict[str, Any]] = [_unread(report.name)]
    else:
        documents = [_document(*pair) for pair in zip(case.documents, case.facts, strict=True)]
    return {
        "documents": documents,
        "case": _case(case.main, case.region.name if case.region else None) if case else None,
        "as_of": plain(case.as_of) if case else None,
        "as_of_source": case.as_of_source if case else None,
        "packs": list(report.packs),
        "facts": _facts_of_all(case) if case else {},
        "timeline": _timeline(case) if case else [],
        "outcomes": [_outcome(outcome) for outcome in report.outcomes],
        "findings": [_finding(finding) for finding in report.findings],
        "problems": [_problem(problem) for problem in report.problems],
    }


def _document(document: Document, facts: Facts) -> dict[str, Any]:
    return {
        "name": document.name,
        "sha256": document.sha256,
        "text_sha256": document.text_sha256,
        "format": document.format,
        "characters": len(document.text),
        "role": None,
        "kind": facts.kind,
        "kind_reason": facts.kind_reason,
    }


def _unread(name: str) -> dict[str, Any]:
    keys = ("sha256", "text_sha256", "format", "characters", "role", "kind", "kind_reason")
    return {"name": name, **dict.fromkeys(keys)}


def _case(facts: Facts, region: str | None) -> dict[str, Any]:
    def value(key: str) -> Any:
        fact = facts.first(key)
        return plain(fact.value) if fact else None

    issuers = [{"name": plain(fact.value), "level": fact.detail.get("level")} for fact in facts.all("issuer")]
    return {
        "title": value("title"),
        "issuer": value("issuer"),
        "issuers": issuers,
        "document_number": value("document_number"),
        "region": region,
        "kind": facts.kind,
        "kinds": list(facts.kinds),
        "act": facts.act,
        "traits": [{"trait": trait.name, "reason": trait.reason} for trait in facts.traits],
    }


def _facts_of_all(case: Case) -> dict[str, list[dict[str, Any]]]:
    """The facts of all documents under one key each, those of the judged document first."""
    merged: dict[str, list[dict[str, Any]]] = {}
    for document, facts in zip(case.documents, case.facts, strict=True):
        for key, values in _facts(document, facts).items():
            merged.setdefault(key, []).extend(values)
    return merged


def _facts(document: Document, facts: Facts) -> dict[str, list[dict[str, Any]]]:
    """The facts under the keys that are promised; what else was read serves the rules alone."""
    return {key: [_fact(document, fact) for fact in facts.all(key)] for key in _KEYS if facts.all(key)}


def _fact(document: Document, fact: Fact) -> dict[str, Any]:
    return {
        "value": plain(fact.value),
        "quote": fact.span.of(document.text),
        "document": document.name,
        "start": fact.span.start,
        "end": fact.span.end,
        "page": document.page_of(fact.span),
        "paragraph": document.paragraph_of(fact.span),
    } | ({"derived": True} if fact.derived else {})


def _timeline(case: Case) -> list[dict[str, Any]]:
    return [
        {
            "event": event.event,
            "date": plain(event.day),
            "document": event.evidence.document if event.evidence else None,
            "quote": event.evidence.quote if event.evidence else None,
        }
        for event in case.timeline
    ]


def _outcome(outcome: Outcome) -> dict[str, Any]:
    return {
        "rule": outcome.rule,
        "requirement": outcome.requirement,
        "pack": outcome.pack,
        "title": outcome.title,
        "status": outcome.status,
        "severity": outcome.severity,
        "certainty": outcome.certainty,
        "reason": outcome.reason,
        "measured": measured_of(outcome.measured),
        "limit": plain(outcome.limit),
        "missing": [{"what": missing.what, "how": missing.how} for missing in outcome.missing],
        "notes": list(outcome.notes),
        "evidence": [_evidence(evidence) for evidence in outcome.evidence],
        "basis": bases_of(outcome.basis),
    }


def measured_of(measured: Measured | None) -> dict[str, Any] | None:
    """What was counted as programs read it; null where nothing was."""
    if measured is None:
        return None
    value = int(measured.value) if measured.value == int(measured.value) else measured.value
    return {"value": value, "unit": measured.unit, "days": plain(measured.days)}


def _finding(finding: Finding) -> dict[str, Any]:
    return {
        "rule": finding.rule,
        "requirement": finding.requirement,
        "severity": finding.severity,
        "certainty": finding.certainty,
        "message": finding.message,
        "suggestion": finding.suggestion,
        "clause": finding.clause,
        "evidence": [_evidence(evidence) for evidence in finding.evidence],
        "basis": bases_of(finding.basis),
        "fingerprint": finding.fingerprint,
        "waived": _waived(finding.waived_by),
    } | ({"law": laws_of(finding.law)} if finding.law else {})


def laws_of(laws: Sequence[LawBeside]) -> list[dict[str, Any]]:
    """The law beside a finding as programs read it."""
    return [
        {
            "title": law.title,
            "number": law.number,
            "article": law.article,
            "text": law.text,
            "in_force_from": plain(law.since),
            "relation": law.relation,
            "note": law.note,
        }
        for law in laws
    ]


def _waived(waiver: Waiver | None) -> dict[str, Any] | None:
    return None if waiver is None else {"reason": waiver.reason, "who": waiver.who, "until": plain(waiver.until)}


def _evidence(evidence: Evidence) -> dict[str, Any]:
    return {
        "document": evidence.document,
        "quote": evidence.quote,
        "start": evidence.span.start,
        "end": evidence.span.end,
        "page": evidence.page,
        "paragraph": evidence.paragraph,
        "boxes": [[box.page, box.x0, box.y0, box.x1, box.y1] for box in evidence.boxes],
    }


def bases_of(bases: Sequence[Basis]) -> list[dict[str, Any]]:
    """Bases as programs read them."""
    return [
        {
            "law": basis.law,
            "article": basis.article,
            "requires": basis.requires,
            "role": basis.role,
            "verified": basis.verified,
            "from": plain(basis.since) if basis.since > date.min else None,
            "until": plain(basis.until),
        }
        for basis in bases
    ]


def _problem(problem: Problem) -> dict[str, Any]:
    return {"document": problem.document, "what": problem.what, "where": problem.where, "next": problem.next}


def plain(value: Any) -> Any:
    """`value` in the types JSON knows; dates in ISO."""
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Mapping):
        return {str(key): plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [plain(item) for item in value]
    return value
