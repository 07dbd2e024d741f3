"""Kind `norm`: sentences that a document of its kind must not hold (国办发〔2018〕37号 part 1, and the laws behind it).

A rule gives `forms`, each one way of saying the forbidden thing: words that must occur (`cues`), a pattern over the
sentence with its lead-in, who must be bound, and which exemptions excuse it; `least` sets how much the sentence must read
like prohibited content to the likeness model (`long`: in a document of many sentences, at least so much). What fits a form
and is excused by nothing is a suspicion, for a person to verify: never more. Where the model is sure of another class and
that class has a finding on the same words, the form gives way to it: of 700 such forms on texts that the model had not seen
one in four was right. A rule that finds nothing is `met` as far as it can see (`screened`).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cache
from typing import Any, get_args

import regex

from checker.facts.norms import ALWAYS, EXEMPTIONS, Bound, Norm, Sentence, analyse, vocabulary
from checker.facts.norms.analysis import Actor
from checker.facts.norms.likeness import Likeness
from checker.facts.norms.reading import Reading, reading_of
from checker.facts.norms.sentences import Words
from checker.kinds import base
from checker.kinds.base import Fault, KindSpec, Matter, Verdict, cite
from checker.model import Fact, Severity, Span
from checker.reading.limits import DEFAULT

_COMMONLY = (
    "NEG",
    "QUOTE",
    "APPLY",
    "LAWFUL",
    "VOLUNTARY",
    "REDUCE",
    "CONTRACT",
    "CRIM",
    "COURT",
    "EMERG",
    "DEF",
    "INTERNAL",
)
_OUTSIDERS = ("private", "unknown", "association")
_QUOTE = 160
"""Longest quotation of a sentence, in characters; a longer one is cut at commas around the words that matter."""
_UNLIKE, _UNLIKE_IT = -0.7, 0.5
"""Log odds (`Reading.scores`) below which the fit of a form is taken for chance: a form that fits weighs as much as 1.5 of
what the model must see in a sentence that fits none (`least` of the *-alike rules), and in a document hardly anything where
the model sees another class (`_UNLIKE_IT`). Chosen on documents that neither had seen: of the fits below, half were wrong.
"""
_DOUBTFUL = 3.0
"""Log odds below which a fit is a warning at most; so is one where the model sees another class. Of fits on documents that the
model had not seen, those above were all right (415), those between 1.5 and this not (88 right, 3 wrong).
"""
_BEYOND_WORDS = ("C19", "C20")
"""Classes that the model does not know: they depend on who issues a document and in what form."""
_TOGETHER = 3
"""How many sentences are quoted where all of them make one finding."""
_MACRO = regex.compile(r"%(\w+)%")


@dataclass(frozen=True, slots=True)
class _Hit:
    """Words of one sentence that fit a form and that nothing excuses."""

    form: Mapping[str, Any]
    sentence: Sentence
    norm: Norm
    match: regex.Match[str]
    like: Likeness


def judge(matter: Matter) -> Verdict:
    """Violated (suspected) for every sentence that fits a form of the rule; met (screened) when none does."""
    outside = base.title_excuses(matter) or unbound_issuer(matter)
    if outside:
        return Verdict("not_applicable", outside)
    document = matter.case.document
    reading = reading_of(document)
    hits: dict[int, _Hit] = {}
    for form in matter.params["forms"]:
        if "document" in form and base.search(expanded(form["document"]), reading.sheet.joined) is None:
            continue
        least = form.get("least", matter.params.get("least", _UNLIKE))
        if reading.is_long and "long" in matter.params:
            least = max(least, matter.params["long"])
        elsewhere = max(least, _UNLIKE_IT) if reading.is_whole and least >= _UNLIKE else least
        for index in sorted(reading.index(reading.asked(least)).holding(_cues(form))):
            seen = _sees(matter.rule.requirement, reading.likenesses[index])
            if index not in hits and reading.scores[index] >= reading.asked(least if seen else elsewhere):
                hit = _fits(form, reading.sheet.sentences[index], reading.likenesses[index])
                if hit is not None:
                    hits[index] = hit
    faults = tuple(_fault(matter, reading, hits[index]) for index in sorted(hits))
    if faults and "together" in matter.params:
        faults = (joined(matter, faults),)
    if faults:
        marks = tuple(item for fault in faults[:5] for item in fault.evidence)
        return Verdict("violated", "", faults, evidence=marks, certainty="suspected")
    return Verdict("met", reading.screened, certainty="screened")


def unbound_issuer(matter: Matter) -> str | None:
    """Why a rule about what some organs may not issue does not concern this one, or None."""
    if "issuer" not in matter.rule.applies_to or _bound_issuer(matter) is not None:
        return None
    read = matter.case.main.all("issuer")
    return "制定机关依法律授权可以发布这类命令。" if read else "没有读出制定机关。"


def _bound_issuer(matter: Matter) -> Fact | None:
    """The issuing organ that makes the rule bind the document, unless `together` excepts it by its name."""
    levels, excepted = matter.rule.applies_to.get("issuer", ()), matter.params.get("together", {}).get("unless_issuer")
    for fact in matter.case.main.all("issuer"):
        if fact.detail.get("level") in levels and not (excepted and base.search(excepted, str(fact.value))):
            return fact
    return None


def joined(matter: Matter, faults: tuple[Fault, ...]) -> Fault:
    """One fault for all sentences, where it is the document that is at fault and not each of its sentences."""
    issuer = _bound_issuer(matter)
    evidence = tuple(item for fault in faults[:_TOGETHER] for item in fault.evidence)
    if issuer is not None:
        document, name = matter.case.document, str(issuer.value)
        head = document.body.find(name)
        named = [base.cite(document, Span(head, head + len(name)))] if 0 <= head < issuer.span.start else []
        evidence = (*named, base.cite_fact(matter.case, issuer), *evidence)
    values = {**faults[0].values, "issuer": str(issuer.value) if issuer is not None else "", "count": str(len(faults))}
    return replace(faults[0], values=values, evidence=evidence, of_document=True)


# ------------------------------------------------------------------ forms


def _fits(form: Mapping[str, Any], sentence: Sentence, like: Likeness) -> _Hit | None:
    for name in ("heading", "unless_heading"):
        if name in form and (base.search(expanded(form[name]), sentence.heading) is None) is (name == "heading"):
            return None
    for match in _matches(form["pattern"], sentence):
        if "unless" in form and base.search(expanded(form["unless"]), sentence.text):
            return None
        at = match.start("at") if "at" in match.re.groupindex and match.start("at") >= 0 else match.start()
        if "unless_clause" in form and base.search(expanded(form["unless_clause"]), _clauses(match)):
            continue
        norm = analyse(sentence.text)
        if norm.bound(at).actor not in form.get("bound", _OUTSIDERS):
            continue
        if set(norm.excuses(at, match.end())) & (ALWAYS | set(form.get("exempt", _COMMONLY))):
            continue
        return _Hit(form, sentence, norm, match, like)
    return None


def _matches(pattern: str, sentence: Sentence) -> Iterator[regex.Match[str]]:
    """The matches that reach into the sentence's own words: what the lead-in says alone is said there."""
    for match in compiled(pattern).finditer(sentence.text, timeout=DEFAULT.pattern_seconds):
        if match.end() > sentence.lead:
            yield match


def _clauses(match: regex.Match[str]) -> str:
    """The clauses that a match touches, whole."""
    first, last = clauses_around(match.string, match.start(), match.end())
    return match.string[first:last]


def clauses_around(text: str, start: int, end: int) -> tuple[int, int]:
    """Where the clauses of a sentence begin and end that [start, end) touches."""
    first = max(text.rfind(mark, 0, start) for mark in "，。；：！？") + 1
    return first, min((at for mark in "，。；：！？" if (at := text.find(mark, end)) >= 0), default=len(text))


def expanded(pattern: str) -> str:
    """The pattern with every %name% replaced by the words of corpora/norms `terms` or `actors` as an alternation."""
    return _MACRO.sub(lambda match: f"(?:{'|'.join(_words(match[1]))})", pattern)


def _words(name: str) -> list[str]:
    terms = vocabulary()
    words: list[str] = terms["terms"].get(name) or terms["actors"].get(name) or []
    if not words:
        raise KeyError(name)
    return [_MACRO.sub(lambda match: f"(?:{'|'.join(_words(match[1]))})", word) for word in words]


@cache
def compiled(pattern: str) -> regex.Pattern[str]:
    """The expanded pattern, compiled once."""
    return regex.compile(expanded(pattern))


def _cues(form: Mapping[str, Any]) -> tuple[Words, ...]:
    """The words of `cues`, each list named by a %macro% opened; kept, as every document asks for those of every form."""
    kept = _CUES.get(id(form))
    if kept is None or kept[0] is not form:
        groups = tuple(
            Words(plain for word in group for plain in (_words(word.strip("%")) if _MACRO.fullmatch(word) else [word]))
            for group in form.get("cues", ())
        )
        kept = _CUES[id(form)] = (form, groups)
    return kept[1]


_CUES: dict[int, tuple[Mapping[str, Any], tuple[Words, ...]]] = {}
"""By the form's identity, with the form itself: a mapping has no hash."""


# ------------------------------------------------------------------ findings


def _fault(matter: Matter, reading: Reading, hit: _Hit) -> Fault:
    start, end = quoted(hit.sentence, hit.match.start(), hit.match.end())
    span = hit.sentence.place(start, end)
    evidence = cite(matter.case.document, span, reading.outline.clause_at(span.start))
    groups = {name: _EDGES.sub("", value or "") for name, value in hit.match.groupdict().items()}
    at = hit.match.start("at") if "at" in groups and hit.match.start("at") >= 0 else hit.match.start()
    bound = hit.norm.bound(at)
    looked = looked_for(hit.form.get("exempt", _COMMONLY))
    values = {
        "quote": evidence.quote,
        "says": hit.form["says"].format_map(groups),
        "who": told(bound, hit.norm.modality(at)),
        "looked": looked or "豁免情形",
        "issuer": "",
        "count": "1",
    }
    severity: Severity | None = hit.form.get("severity")
    if severity is None and matter.rule.severity == "error" and not _is_sure(matter.rule.requirement, hit.like):
        severity = "warning"
    if severity == "info":
        return Fault(values, (evidence,), severity=severity, gives_way=base.ANY)
    if hit.like.score >= _DOUBTFUL and not _sees(matter.rule.requirement, hit.like) and _is_there(hit):
        others = tuple(cls for cls in (hit.like.cls, hit.like.second) if cls)
        return Fault(values, (evidence,), severity=severity, gives_way=others, weakest=True)
    return Fault(values, (evidence,), severity=severity)


def _is_sure(requirement: str, like: Likeness) -> bool:
    """Whether the model, too, is sure of prohibited content, and of this class where it knows the class at all."""
    return like.score >= _DOUBTFUL and _sees(requirement, like)


def _is_there(hit: _Hit) -> bool:
    """Whether the form fits the clause that the model points at, or what stands beside it."""
    first, last = clauses_around(hit.sentence.text, hit.like.start, hit.like.end)
    return hit.match.start() < last and first < hit.match.end()


def _sees(requirement: str, like: Likeness) -> bool:
    """Whether the model can be of the same opinion on the class."""
    return requirement in (like.cls, like.second, *_BEYOND_WORDS)


_EDGES = regex.compile(r"^[，。、；：的]+|[，。、；：]+$")
"""What words that are cut out of a sentence had better not begin or end with."""


def told(bound: Bound, modal: tuple[str, str] | None) -> str:
    """Who is bound and in what words, for a message: a clause that begins with ；, or nothing without a plain name."""
    name = _BEFORE_NAME.sub("", bound.words)
    if bound.actor not in ("private", "association") or not 2 <= len(name) <= 16 or _NO_NAME.search(name) is not None:
        return ""
    binds = modal is not None and modal[0] in _BINDING
    return f"；受约束的是“{name}”" + (f"，用词是“{modal[1]}”" if modal is not None and binds else "")


_BINDING = ("must", "must_not", "only_then")
_BEFORE_NAME = regex.compile(
    r"^.*(?:期间|时期|[之以实施行]前|[之以实施行]后|应?要求|凡是?|[每各]|所有|全体|一切)(?=..)"
)
"""What stands before a name and is none of it: times, and how many."""
_NO_NAME = regex.compile(
    r"^[但并且经未从自不由、和或及将把对在以按为因其该于]|[，。；：、“”]|[的和与及]$|\d{3}|[在把将给被]|之间|投资|礼金"
)


def looked_for(tags: Iterable[str]) -> str:
    """The exemptions that were looked for, the commonest first, in words."""
    return "、".join(EXEMPTIONS[tag] for tag in _TOLD if tag in tags) or "可以除外的情形"


_TOLD = ("APPLY", "LAWFUL", "NEG", "VOLUNTARY")
"""Exemptions that a message names; there are more than a reader wants to hear of."""


def quoted(sentence: Sentence, start: int, end: int) -> tuple[int, int]:
    """What is quoted for [start, end) of a sentence: its own words; of a long one the clauses around the place."""
    own = (sentence.lead, len(sentence.text))
    if own[1] - own[0] <= _QUOTE:
        return own
    start, end = max(start, own[0]), max(end, own[0] + 1)
    marks = [own[0], *(m.end() for m in regex.finditer(r"[，。；：]", sentence.text, own[0], own[1])), own[1]]
    first = max((mark for mark in marks if mark <= start), default=own[0])
    last = min((mark for mark in marks if mark >= end), default=own[1])
    return first, last


# ------------------------------------------------------------------ parameters


def _expandable(value: object) -> str | None:
    """A pattern whose word lists exist and which compiles; sentences are short, so it is not tried on long texts.

    The lists are left out: expanding them for hundreds of forms would take many seconds of every reading of the rules.
    """
    if not isinstance(value, str) or not value:
        return "应为非空的正则表达式"
    try:
        for name in _MACRO.findall(value):
            _words(name)
        regex.compile(_MACRO.sub("(?:甲|乙)", value))
    except KeyError as error:
        return f"没有词表 %{error.args[0]}%，可用的：" + "、".join(vocabulary()["terms"])
    except regex.error as error:
        return f"正则表达式有误：{error}"
    return None


def _cue(value: object) -> str | None:
    if not isinstance(value, str) or not value:
        return "应为非空文字"
    name = _MACRO.fullmatch(value)
    if name is None:
        return None
    try:
        words = _words(name[1])
    except KeyError:
        return f"没有词表 {value}"
    special = next((word for word in words if regex.search(r"[\\\[\](){}|?*+^$.]", word)), None)
    return None if special is None else f"词表 {value} 里有正则表达式 {special}，不能作线索词"


_FORM = base.table(
    {
        "name": base.words,
        "says": base.words,
        "cues": base.listed(base.listed(_cue)),
        "pattern": _expandable,
        "bound": base.listed(base.one_of(*get_args(Actor))),
        "exempt": lambda value: None if value == [] else base.listed(base.one_of(*EXEMPTIONS))(value),
        "unless": _expandable,
        "unless_clause": _expandable,
        "document": _expandable,
        "heading": _expandable,
        "unless_heading": _expandable,
        "severity": base.one_of(*get_args(Severity)),
        "least": base.decimal,
    },
    frozenset({"name", "says", "cues", "pattern"}),
)

TOGETHER = base.table({"unless_issuer": base.pattern})
"""Parameter `together`: all sentences make one finding on the document; `unless_issuer` excepts organs by their names."""

SPEC = KindSpec(
    judge=judge,
    params={
        "forms": base.listed(_FORM),
        "least": base.decimal,
        "long": base.decimal,
        "together": TOGETHER,
        **base.ABOUT,
    },
    required=frozenset({"forms"}),
    gives=frozenset({"quote", "says", "who", "looked", "issuer", "count"}),
)
