"""Kind `likeness`: sentences that read like what is forbidden although no form of a rule names their wording.

The model of `checker.facts.norms.likeness` points at a sentence. One that binds organs, or that stands under an exemption,
must read much more like prohibited content than another (`_EXCUSED`). Such a place is the weakest of suspicions: it gives
way to a finding of its own class, or of the one it is nearly as much like, on the same words. A rule about who issues a
document (C19, C20) names the `classes` of content that this organ may not lay down; it gives way to its own requirement.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, get_args

import regex

from checker.facts.norms import ALWAYS, EXEMPTIONS, Sentence, analyse
from checker.facts.norms.analysis import Actor
from checker.facts.norms.likeness import Likeness
from checker.facts.norms.reading import Reading, reading_of
from checker.kinds import base
from checker.kinds.base import Fault, KindSpec, Matter, Verdict, cite
from checker.kinds.norm import TOGETHER, clauses_around, joined, looked_for, quoted, told, unbound_issuer

_SAYS = regex.compile(
    r"[须应得不限免奖补扣罚缴交收加减由归]|优先|指定|统一|只[能许限准可]|仅|本地|当地|注册|取消|禁|停|凭"
)
"""Words of which a line without punctuation holds one when it orders something."""
_TITLE = regex.compile(
    r"(?:关于|管理|实施|若干|暂行|工作|征求|试行|的).{0,30}(?:通知|意见|方案|办法|公告|通告|决定|规定|细则)$"
)
_REACHED = regex.compile(
    r"邮政?编码?|邮编|(?:电子)?邮箱|传真[:：号]|(?:邮寄|寄送|寄)[至到][^，。；]{4,}[号路街楼]|(?:联系|咨询|监督|举报)(?:电话|人|方式)[:：]"
)
"""Words of a line that says where somebody can be reached."""
_TOLD_WHOLE = 32
"""Longest clause that a message repeats whole, in characters."""
_SHORTEST = 10
"""Sentences of fewer characters say too little to be like anything."""
_STOPPED = regex.compile(r"[。；！？][”」』）]?$")
"""How a sentence ends that nobody has cut out of another: what authorities quote mostly breaks off, and is scored lower."""
_EXCUSED = 2.0
"""Log odds that a sentence must have more when it binds organs or stands under an exemption: of sentences that nobody had
learned from, those so much likelier were as often offending as the others.
"""


def judge(matter: Matter) -> Verdict:
    """Violated (suspected) for each sentence that is like the class and excused by nothing; else met (screened)."""
    outside = base.title_excuses(matter) or unbound_issuer(matter)
    if outside:
        return Verdict("not_applicable", outside)
    reading = reading_of(matter.case.document)
    faults = tuple(_fault(matter, reading, sentence, like) for sentence, like in _alike(matter.params, reading))
    if faults and "together" in matter.params:
        faults = (joined(matter, faults),)
    if faults:
        marks = tuple(item for fault in faults[:5] for item in fault.evidence)
        return Verdict("violated", "", faults, evidence=marks, certainty="suspected")
    return Verdict("met", reading.screened, certainty="screened")


def _alike(params: Any, reading: Reading) -> Iterator[tuple[Sentence, Likeness]]:
    for sentence, like in reading.alike:
        cut_out = "fragment" in params and not reading.is_whole and _STOPPED.search(sentence.text) is None
        least = params["fragment"] if cut_out else reading.asked(params["least"])
        if not {like.cls, like.second} & {*params["classes"]} or like.score < least:
            continue
        if len(sentence.text) - sentence.lead < _SHORTEST or like.end <= sentence.lead or _is_title(sentence.text):
            continue
        if _REACHED.search(sentence.text) or (reading.is_whole and _is_name(sentence.text[sentence.lead :])):
            continue
        if "unless" in params and base.search(params["unless"], sentence.text):
            continue
        norm = analyse(sentence.text)
        if norm.forbids_organs(like.start) or norm.forbids_organs(like.end - 1):
            continue
        excuses = _excuses(sentence, like)
        if excuses & ALWAYS:
            continue
        excused = excuses or norm.bound(like.start).actor not in params["bound"]
        if like.score >= least + (_EXCUSED if excused else 0):
            yield sentence, like


def _excuses(sentence: Sentence, like: Likeness) -> frozenset[str]:
    """The tags of the exemptions under which the place stands that the model points at."""
    norm = analyse(sentence.text)
    return frozenset((*norm.excuses(like.start, like.end), *norm.excuses(like.end - 1, like.end)))


def _is_name(text: str) -> bool:
    """Whether a line of a document is a caption, a heading or an entry of a list of names: it says nothing."""
    return regex.search(r"[，。；：！？]", text) is None and _SAYS.search(text) is None


def _is_title(text: str) -> bool:
    return _TITLE.search(text) is not None and "，" not in text


def _fault(matter: Matter, reading: Reading, sentence: Sentence, like: Likeness) -> Fault:
    span = sentence.place(*quoted(sentence, like.start, like.end))
    evidence = cite(matter.case.document, span, reading.outline.clause_at(span.start))
    norm = analyse(sentence.text)
    values = {
        "quote": evidence.quote,
        "words": _clause(sentence.text, like.start, like.end),
        "who": told(norm.bound(like.start), norm.modality(like.start)),
        "looked": looked_for(tag for tag in EXEMPTIONS if tag not in _excuses(sentence, like)),
        "issuer": "",
        "count": "1",
    }
    requirement = matter.rule.requirement
    if requirement not in (like.cls, like.second):
        return Fault(values, (evidence,), gives_way=(requirement,))
    if requirement == like.cls:
        return Fault(values, (evidence,), gives_way=(like.cls, like.second))
    return Fault(values, (evidence,), severity="info", gives_way=base.ANY)


def _clause(text: str, start: int, end: int) -> str:
    """The clause that holds [start, end), where it is short enough to be read in passing; else those words alone."""
    first, last = clauses_around(text, start, end)
    return text[first:last] if last - first <= _TOLD_WHOLE else f"…{text[start:end]}…"


SPEC = KindSpec(
    judge=judge,
    params={
        "classes": base.listed(base.words),
        "least": base.decimal,
        "fragment": base.decimal,
        "bound": base.listed(base.one_of(*get_args(Actor))),
        "unless": base.pattern,
        "together": TOGETHER,
        **base.ABOUT,
    },
    required=frozenset({"classes", "least", "bound"}),
    gives=frozenset({"quote", "words", "who", "looked", "issuer", "count"}),
)
