"""Rules x Case -> Report: who is bound, which basis is in force, what the rule's kind says, and the findings.

Who is bound comes first (act, kind of document, issuing organ, traits, file format). Each rule takes the bases in force
on the day of its own event. What rests on memory alone (K) or on a doubtful kind of document accuses nobody. A kind
that crashes or runs out of time gives `cannot_tell`, never silence.
"""

from __future__ import annotations

import hashlib
import unicodedata
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

import regex

from checker import vocabulary
from checker.dossier import build_case
from checker.errors import UnknownCalendar
from checker.facts import extract
from checker.kinds import KINDS, Fault, KindSpec, Matter, Verdict
from checker.kinds.base import ANY, cite_fact
from checker.locality import read_place
from checker.model import (
    Basis,
    Case,
    Evidence,
    Example,
    Fact,
    Finding,
    Missing,
    Outcome,
    Pack,
    Problem,
    Report,
    Rule,
    Severity,
    Span,
)
from checker.reading import read
from checker.reference import GivenLaws, Reference

TRAIT_NAMES: Mapping[str, str] = {
    "business": "与市场主体生产经营密切相关",
    "professional": "专业性较强",
    "major_impact": "对权利义务有重大影响",
    "risk": "可能产生不利影响",
    "operators": "涉及经营者经济活动",
    "secret": "依法需要保密",
    "urgent": "情况紧急",
}

_NUMBERING = regex.compile(
    r"^(?:第[一二三四五六七八九十百千零〇\d]+[章节条款项]|[（(][一二三四五六七八九十百\d]+[）)]|[一二三四五六七八九十百]+[、.．]|\d+[、.．)）])+"
)
_EXAMPLE_DAY = date(2024, 6, 1)
"""The day of the run for examples whose text states no date."""

_PLACE_BELOW = regex.compile(r"[一-龥]{2,6}?(?:市|县|区|州|盟|旗|乡|镇|街道)")
"""What stands between the name of a province and that of an organ which is not the province's."""

_GRAVEST_FIRST: tuple[Severity, ...] = ("error", "warning", "info")


@dataclass(frozen=True, slots=True)
class _Judged:
    """An outcome with its problem places."""

    rule: Rule
    outcome: Outcome
    faults: tuple[Fault, ...] = ()
    problem: Problem | None = None


def check(case: Case, packs: Sequence[Pack], reference: Reference) -> Report:
    """Judge the case by every rule of the packs, which stand side by side.

    Rows of several packs that say the same of the same rule become one, with the bases of all; differing limits stay
    apart, the strictest first. Findings are in the order of the text.
    """
    judged = [_judge(rule, case, reference) for pack in packs for rule in pack.rules]
    rows = _merged(_settled(judged))
    problems = [problem for document in case.documents for problem in document.problems]
    problems += [problem for facts in case.facts for problem in facts.problems]
    problems += [row.problem for row in rows if row.problem is not None]
    return Report(
        case=case,
        packs=tuple(pack.id for pack in packs),
        outcomes=tuple(row.outcome for row in rows),
        findings=_findings(case, rows),
        problems=tuple(problems),
        name=case.document.name,
    )


def try_example(pack: Pack, rule: Rule, example: Example, reference: Reference, *, violates: bool) -> str | None:
    """Run one example of a rule through reading, facts and judgement; None when it turns out as the file says.

    An example stands for an original: rules on the form of docx and pdf look at it too. Without a `status` an example
    under [[violates]] must be violated and one under [[complies]] must be met.
    """
    document = replace(read(example.text.encode(), f"{rule.id}.txt"), format="docx")
    facts = extract(document, kind=example.kind, known_law=reference.knows_law)
    case = build_case(
        [document], [facts], given=example.dates, as_of=example.as_of, today=_EXAMPLE_DAY, region=example.region
    )
    if example.place:
        name = case.region.name if case.region is not None else ""
        own = read_place(name, example.place, f"{rule.lineage[-1] if rule.lineage else rule.id} place")
        reference = replace(reference, places=(own, *reference.places))
    if example.laws:
        reference = replace(reference, laws=GivenLaws(example.laws))
    report = check(case, [replace(pack, rules=(rule,))], reference)
    outcome = report.outcomes[0]
    wanted = example.status or ("violated" if violates else "met")
    if outcome.status != wanted:
        return f"应为 {wanted}，实为 {outcome.status}：{outcome.reason}"
    if example.mark is not None:
        quotes = [finding.evidence[0].quote if finding.evidence else "" for finding in report.findings]
        if quotes != [example.mark]:
            return f"标记应为“{example.mark}”，实为 {quotes}"
    return None


# ------------------------------------------------------------------ one rule


def _judge(rule: Rule, case: Case, reference: Reference) -> _Judged:
    spec = KINDS[rule.kind]
    unbound = _unbound(rule, case)
    if unbound is not None:
        return _Judged(rule, _outcome(rule, _plainly(unbound, rule, case, reference), ()))
    day = _own_day(rule, spec, case)
    in_force = [basis for basis in rule.basis if basis.covers(day)]
    if not in_force:
        return _Judged(rule, _outcome(rule, Verdict("not_applicable", _not_in_force(rule, day)), ()))
    bases = tuple(basis for basis in in_force if _binds(basis, case))
    if not bases:
        return _Judged(rule, _outcome(rule, _plainly(_binds_others(case, in_force), rule, case, reference), ()))
    params: dict[str, Any] = {key: value for key, value in rule.params.items() if key != "event"}
    for basis in bases:
        params.update(basis.params)
    verdict, problem = _run(spec, Matter(rule, params, case, reference, day))
    bases = (*bases, *(basis for basis in verdict.basis if basis not in bases))
    verdict = _cautious(rule, case, bases, verdict, spec)
    faults = verdict.faults if verdict.status == "violated" else ()
    return _Judged(rule, _outcome(rule, verdict, bases), faults, problem)


def _run(spec: KindSpec, matter: Matter) -> tuple[Verdict, Problem | None]:
    """The kind's verdict; whatever goes wrong inside it becomes `cannot_tell` and, if it is our fault, a problem."""
    lacking = sorted(spec.required - set(matter.params))
    if lacking:
        missing = Missing("规则参数：" + "、".join(lacking), "在 normcheck.toml 中按当地规定写明。")
        return Verdict("cannot_tell", "没有可用的规则参数，不作推定。", missing=(missing,)), None
    try:
        return spec.judge(matter), None
    except UnknownCalendar as error:
        return Verdict("cannot_tell", error.what, missing=(Missing(error.what.rstrip("。"), error.next),)), None
    except TimeoutError:
        return _failed(matter, "检查超时", "文本过长或者规则的正则表达式过慢")
    except MemoryError:  # the process has run out, not this rule: a process of its own may judge the document
        raise
    except Exception as error:  # noqa: BLE001 - one broken rule must not silence the others
        return _failed(matter, "检查出错", f"{type(error).__name__}：{error}")


def _failed(matter: Matter, what: str, why: str) -> tuple[Verdict, Problem]:
    problem = Problem(
        matter.case.document.name,
        f"规则 {matter.rule.id} {what}：{why}",
        where=matter.rule.title,
        next="请把文件和这条提示报告给维护者。",
    )
    return Verdict(
        "cannot_tell", f"{what}，没有结论。", missing=(Missing("本项检查结果", "人工核对本项要求。"),)
    ), problem


def _cautious(rule: Rule, case: Case, bases: Sequence[Basis], verdict: Verdict, spec: KindSpec) -> Verdict:
    """Turn an accusation that stands on too little into `cannot_tell`; it keeps what would have been said."""
    if verdict.status != "violated":
        return verdict
    said = _filled(rule.message, verdict.faults[0].values)
    if all(basis.verified == "K" for basis in bases):
        names = "、".join(f"{basis.law}{basis.article}" for basis in bases)
        missing = Missing("依据原文", f"核对{names}的原文后再作结论。")
        return replace(verdict, status="cannot_tell", reason=f"{said}依据未经核对原文，不作结论。", missing=(missing,))
    kind = case.main.first("kind")
    if (
        kind is not None
        and kind.detail.get("certain") is False
        and "document" in rule.applies_to
        and spec is not KINDS["classification"]
    ):
        doubt = str(kind.detail.get("doubt", "")).rstrip("。")
        missing = Missing("文件类别", f"核对后用 --kind {rule.applies_to['document'][0]} 等指定类别。")
        reason = f"文件类别存疑（{doubt or '理由见文种归类'}）；如属{vocabulary.KIND[case.main.kind]}：{said}"
        return replace(verdict, status="cannot_tell", reason=reason, missing=(missing,))
    return replace(verdict, reason=said)


def _outcome(rule: Rule, verdict: Verdict, bases: tuple[Basis, ...]) -> Outcome:
    return Outcome(
        rule=rule.id,
        requirement=rule.requirement,
        pack=rule.pack,
        title=rule.title,
        status=verdict.status,
        severity=_gravest(rule, verdict.faults),
        certainty=verdict.certainty,
        reason=verdict.reason,
        measured=verdict.measured,
        limit=verdict.limit,
        missing=verdict.missing,
        notes=verdict.notes,
        evidence=verdict.evidence,
        basis=bases,
        decided_by=rule.decided_by,
    )


def _gravest(rule: Rule, faults: Sequence[Fault]) -> Severity:
    """The level of the gravest fault; the rule's own without any."""
    weights = {fault.severity or rule.severity for fault in faults}
    return next((level for level in _GRAVEST_FIRST if level in weights), rule.severity)


# ------------------------------------------------------------------ who is bound, and when


def _unbound(rule: Rule, case: Case) -> Verdict | None:
    """Why the rule does not bind this case (or cannot be known to), or None."""
    applies, facts = rule.applies_to, case.main
    if "act" in applies and facts.act not in applies["act"]:
        return Verdict("not_applicable", f"本件是{vocabulary.ACT[facts.act]}行为，不涉及本项要求。")
    if "document" in applies and not set(facts.kinds or (facts.kind,)) & set(applies["document"]):
        return Verdict("not_applicable", f"本件是{vocabulary.KIND[facts.kind]}，不涉及本项要求。")
    if "unless_issuer" in applies and (excepted := _excepted(case, applies["unless_issuer"])) is not None:
        return excepted
    if "format" in applies and case.document.format not in applies["format"]:
        return Verdict("not_applicable", f"本项只核对 {'、'.join(applies['format'])} 原件。")
    if "trait" in applies and not any(facts.has_trait(name) for name in applies["trait"]):
        names = "、".join(f"“{TRAIT_NAMES[name]}”" for name in applies["trait"])
        return Verdict("not_applicable", f"没有识别出{names}的特征；如有，用 --trait {applies['trait'][0]} 指定。")
    return _unbound_issuer(rule, case) if "issuer" in applies else None


def _excepted(case: Case, words: Sequence[str]) -> Verdict | None:
    """Why the issuing organs are outside: all of them are among `words` of `applies_to.unless_issuer`.

    What binds no ministry is law of a place: of a text that shows neither organ nor place nothing says that it binds it.
    """
    issuers = case.main.all("issuer")
    if not issuers and case.region is None and "ministry" in words:
        missing = Missing("制定机关", "提供有署名或者版头的完整文本，或者用 --region 指定地区。")
        return Verdict("cannot_tell", "没有读出制定机关和地区，无法判断是否受地方规定约束。", missing=(missing,))
    if not issuers or not all(_sorts(fact, case) & set(words) for fact in issuers):
        return None
    names = "、".join(str(fact.value) for fact in issuers)
    return Verdict("not_applicable", f"制定机关{names}不受本项要求约束。", evidence=(cite_fact(case, issuers[0]),))


def _sorts(fact: Fact, case: Case) -> set[str]:
    """The level of an issuing organ, and what `unless_issuer` knows besides."""
    name, level = str(fact.value), str(fact.detail.get("level"))
    words = {level}
    if name in ("国务院", "国务院办公厅"):
        words.add("state_council")
    region = case.region
    if (
        level in ("department", "government_office")
        and region is not None
        and region.province
        and not (region.city or region.county)
    ):
        rest = regex.sub(rf"^(?:{regex.escape(region.province)}|省|自治区)", "", name)
        if rest != name and not _PLACE_BELOW.match(rest):
            words.add("provincial_organ")
    return words


def _unbound_issuer(rule: Rule, case: Case) -> Verdict | None:
    levels = {fact.detail.get("level") for fact in case.main.all("issuer")}
    return None if levels & set(rule.applies_to["issuer"]) else _other_issuer(case, rule.applies_to["issuer"])


def _other_issuer(case: Case, bound: Sequence[str]) -> Verdict:
    issuers = case.main.all("issuer")
    levels = [str(fact.detail.get("level")) for fact in issuers if fact.detail.get("level")]
    if not levels:
        missing = Missing("制定机关", "提供有署名或者版头的完整文本。")
        return Verdict("cannot_tell", "没有读出制定机关，无法判断是否受本项要求约束。", missing=(missing,))
    names = "、".join(
        f"{fact.value}（{vocabulary.LEVEL.get(level, level)}）" for fact, level in zip(issuers, levels, strict=False)
    )
    whom = "、".join(vocabulary.LEVEL.get(level, level) for level in bound)
    reason = f"制定机关{names}不在本项要求的范围内（约束{whom}）。"
    return Verdict("not_applicable", reason, evidence=(cite_fact(case, issuers[0]),))


def _plainly(verdict: Verdict, rule: Rule, case: Case, reference: Reference) -> Verdict:
    """An organ that is not read leaves nothing open where the day or the text puts the document outside the rule anyhow."""
    if verdict.status != "cannot_tell":
        return verdict
    spec = KINDS[rule.kind]
    day = _own_day(rule, spec, case)
    if not any(basis.covers(day) for basis in rule.basis):
        return Verdict("not_applicable", _not_in_force(rule, day))
    anyhow, _ = _run(spec, Matter(rule, rule.params, case, reference, day))
    return anyhow if anyhow.status == "not_applicable" else verdict


def _binds(basis: Basis, case: Case) -> bool:
    """Whether the basis binds one of the issuing organs; one whose level is not read is bound by what binds all."""
    levels = {fact.detail.get("level") for fact in case.main.all("issuer")}
    return not basis.issuer or bool(levels & set(basis.issuer))


def _binds_others(case: Case, bases: Sequence[Basis]) -> Verdict:
    bound = tuple(dict.fromkeys(level for basis in bases for level in basis.issuer))
    return _other_issuer(case, bound)


def _own_day(rule: Rule, spec: KindSpec, case: Case) -> date:
    """The day of the rule's own event: its `event`, else the one its kind names, else the document's day.

    A document that states no day of its making was made before it took effect, where that day is past.
    """
    named = rule.params.get("event") or (rule.params.get(spec.event) if spec.event else None)
    for name in [named] if isinstance(named, str) else named or ():
        step = case.event(name)
        if step is not None:
            return step.day
    effective = case.event("effective") if case.as_of_source == "today" else None
    return min(case.as_of, effective.day) if effective is not None else case.as_of


def _not_in_force(rule: Rule, day: date) -> str:
    ahead = [basis for basis in rule.basis if basis.since > day]
    if ahead:
        first = min(ahead, key=lambda basis: basis.since)
        return f"该要求自{first.since.isoformat()}起适用（{first.law}{first.article}），本件按{day.isoformat()}判断。"
    ended = max(basis.until for basis in rule.basis if basis.until is not None)
    return f"该要求适用至{ended.isoformat()}之前，本件按{day.isoformat()}判断。"


# ------------------------------------------------------------------ packs side by side


_Said = dict[str, list[tuple[Span | None, str]]]
"""By document: places of which something has been said, or None for all of it, with the requirement it was said for."""


def _settled(judged: Sequence[_Judged]) -> list[_Judged]:
    """Each suspicion once: without faults that give way to what another rule has to say of the same words, and without a
    second fault of one requirement on the same words.
    """
    before: _Said = {}
    for one in judged:
        for fault in one.faults:
            if not fault.gives_way:
                _note(fault, one.outcome.requirement, before)
    firm = {document: [*places] for document, places in before.items()}
    for one in judged:
        for fault in one.faults:
            if fault.gives_way and not fault.weakest and not _is_said(fault, fault.gives_way, firm):
                _note(fault, one.outcome.requirement, before)
    said: _Said = {}
    settled = []
    for one in judged:
        kept = one
        if one.outcome.certainty == "suspected":
            own = (one.outcome.requirement,)
            left = []
            for fault in one.faults:
                if not fault.gives_way or fault.weakest:
                    repeated = _is_said(fault, own, said) or _is_said(fault, fault.gives_way, before)
                else:
                    repeated = _is_said(fault, fault.gives_way, firm)
                if not repeated:
                    left.append(fault)
            kept = one if len(left) == len(one.faults) else _with_faults(one, left)
            for fault in left:
                _note(fault, one.outcome.requirement, said)
        settled.append(kept)
    return settled


def _note(fault: Fault, requirement: str, places: _Said) -> None:
    for document, span in _place(fault):
        places.setdefault(document, []).append((span, requirement))


def _is_said(fault: Fault, requirements: Sequence[str], places: _Said) -> bool:
    return any(
        other == span or (other is not None and span is not None and other.start < span.end and span.start < other.end)
        for document, span in _place(fault)
        for other, requirement in places.get(document, ())
        if requirements == ANY or requirement in requirements
    )


def _place(fault: Fault) -> list[tuple[str, Span | None]]:
    """Document and words that a fault is about, if they are in one place, or the document that it is about as a whole."""
    if fault.of_document:
        return [(fault.evidence[0].document, None)]
    return [(item.document, item.span) for item in fault.evidence] if len(fault.evidence) == 1 else []


def _with_faults(one: _Judged, faults: Sequence[Fault]) -> _Judged:
    """The judgement without the other faults: what the outcome says and shows is of those that are left."""
    if faults:
        outcome = replace(
            one.outcome,
            reason=_filled(one.rule.message, faults[0].values),
            severity=_gravest(one.rule, faults),
            evidence=tuple(item for fault in faults[:5] for item in fault.evidence),
        )
        return replace(one, outcome=outcome, faults=tuple(faults))
    met = Verdict("met", "有嫌疑的句子，已经由其他规则指出。", certainty="screened")
    return replace(one, outcome=_outcome(one.rule, met, one.outcome.basis), faults=())


def _merged(judged: Iterable[_Judged]) -> list[_Judged]:
    """One row for each rule and limit; the strictest of a rule's rows first."""
    rows: dict[tuple[Any, ...], _Judged] = {}
    for one in judged:
        outcome = one.outcome
        key = (outcome.rule, outcome.status, tuple(sorted((name, str(value)) for name, value in outcome.limit.items())))
        if key in rows:
            rows[key] = _with_bases(rows[key], outcome.basis)
        else:
            rows[key] = one
    order = {rule: index for index, rule in enumerate(dict.fromkeys(row.outcome.rule for row in rows.values()))}
    return sorted(rows.values(), key=lambda row: (order[row.outcome.rule], -_strictness(row.outcome)))


def _with_bases(row: _Judged, more: Sequence[Basis]) -> _Judged:
    bases = list(row.outcome.basis)
    bases += [basis for basis in more if basis not in bases]
    return replace(row, outcome=replace(row.outcome, basis=tuple(bases)))


def _strictness(outcome: Outcome) -> float:
    least, most = outcome.limit.get("min"), outcome.limit.get("max")
    return float(least) if least is not None else -float(most) if most is not None else 0.0


# ------------------------------------------------------------------ findings


def _findings(case: Case, rows: Sequence[_Judged]) -> tuple[Finding, ...]:
    places = [(row, fault) for row in rows for fault in row.faults]
    places.sort(
        key=lambda place: (_position(case, place[1]), _GRAVEST_FIRST.index(place[1].severity or place[0].rule.severity))
    )
    seen: Counter[str] = Counter()
    found: dict[str, Finding] = {}
    for row, fault in places:
        key = _identity(case, row.rule, fault)
        finding = _finding(row, fault, _digest(f"{key}\0{seen[key]}"))
        seen[key] += 1
        found[finding.fingerprint] = finding
    return tuple(found.values())


def _position(case: Case, fault: Fault) -> tuple[int, int]:
    if not fault.evidence:
        return (len(case.documents), 0)
    names = [document.name for document in case.documents]
    first = fault.evidence[0]
    return (names.index(first.document) if first.document in names else 0, first.span.start)


def _finding(row: _Judged, fault: Fault, fingerprint: str) -> Finding:
    rule = row.rule
    return Finding(
        rule=rule.id,
        requirement=rule.requirement,
        severity=fault.severity or rule.severity,
        certainty=row.outcome.certainty,
        message=_filled(rule.message, fault.values),
        suggestion=_filled(rule.suggestion, fault.values),
        clause=next((evidence.clause for evidence in fault.evidence if evidence.clause), None),
        evidence=fault.evidence,
        basis=row.outcome.basis,
        fingerprint=fingerprint,
    )


def _filled(template: str, values: Mapping[str, str]) -> str:
    return template.format_map(values)


def _identity(case: Case, rule: Rule, fault: Fault) -> str:
    """What makes this problem the same one in a later version: no offset, no clause number (contract.md).

    A renamed rule goes by the first of its names, so that waivers and baselines outlive the renaming.
    """
    first: Evidence | None = fault.evidence[0] if fault.evidence else None
    name, role = (rule.formerly or (rule.id,))[0], _role(case, first)
    if fault.absent or first is None:
        return f"{name}\0{role}\0{fault.absent}"
    return "\0".join((name, role, _normal(first.quote), _paragraph(case, first)))


def _role(case: Case, evidence: Evidence | None) -> str:
    for document, facts in zip(case.documents, case.facts, strict=True):
        if evidence is not None and document.name == evidence.document:
            return facts.kind
    return case.main.kind


def _paragraph(case: Case, evidence: Evidence) -> str:
    """The normalised paragraph that holds the evidence, without its number."""
    document = next((document for document in case.documents if document.name == evidence.document), case.document)
    if not document.blocks:
        return ""
    block = document.blocks[document.block_index(evidence.span.start)]
    return _NUMBERING.sub("", _normal(block.span.of(document.text)))


def _normal(text: str) -> str:
    return regex.sub(r"\s+", "", unicodedata.normalize("NFKC", text))


def _digest(identity: str) -> str:
    return hashlib.sha256(identity.encode("utf-8", "surrogatepass")).hexdigest()[:16]
