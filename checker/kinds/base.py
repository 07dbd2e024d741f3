"""What every kind of check is given and gives back, and how a rule file's parameters for it are checked.

A kind is a function `judge(Matter) -> Verdict` with the parameters it takes and the placeholders it fills in the
rule's message. Kinds never raise for what a document says: what cannot be judged is a verdict `cannot_tell`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import lru_cache
from typing import Any, Literal, get_args

import regex

from checker.locality import nearest_first
from checker.model import (
    Basis,
    Case,
    Certainty,
    Document,
    Event,
    Evidence,
    Fact,
    Facts,
    Kind,
    Measured,
    Missing,
    PlaceParams,
    Rule,
    Severity,
    Span,
    Status,
)
from checker.reading.limits import DEFAULT
from checker.reference import Reference

EVENTS: Mapping[str, str] = {
    "comment_start": "征求意见开始日",
    "comment_end": "征求意见截止日",
    "hearing": "听证会举行日",
    "review_received": "送审日",
    "review_complete": "材料齐备日",
    "review_issued": "审核意见出具日",
    "deliberated": "集体审议日",
    "adopted": "通过日",
    "signed": "签署日",
    "issued": "成文日",
    "printed": "印发日",
    "published": "公布日",
    "effective": "施行日",
    "expires": "有效期截止日",
    "filed": "报送备案日",
}
"""The dated steps of a document's making in their usual order, with the name that users read."""

_SUPPLY: Mapping[str, str] = {
    "published": "或者上传公布网页、政府公报页面",
    "comment_start": "或者上传征求意见公告",
    "comment_end": "或者上传征求意见公告",
    "hearing": "或者上传听证会公告",
    "review_received": "或者上传送审登记材料",
    "review_complete": "或者上传补正、齐备登记材料",
    "review_issued": "或者上传合法性审核意见书",
    "deliberated": "或者上传会议纪要",
    "filed": "或者上传备案报告、备案回执",
}

Check = Callable[[object], str | None]
"""Looks at a value of a rule file: None when it is good, else what is allowed, in Chinese."""


@dataclass(frozen=True, slots=True)
class Matter:
    """What a kind judges: a rule with the parameters in force on the day of its event, and a case."""

    rule: Rule
    params: Mapping[str, Any]
    case: Case
    reference: Reference
    own_day: date | None = None

    @property
    def day(self) -> date:
        """The day of the rule's own event, else the day of the document."""
        return self.own_day if self.own_day is not None else self.case.as_of

    @property
    def place_params(self) -> tuple[PlaceParams, ...]:
        """What the places that hold the case's region set, the nearest first."""
        return nearest_first(self.reference.places, self.case.region)


ANY = ("*",)
"""Every requirement, for `Fault.gives_way`."""


@dataclass(frozen=True, slots=True)
class Fault:
    """One problem place.

    values: fill the placeholders of the rule's message and suggestion. absent: what is missing, where nothing can be
    quoted. severity: where this place weighs less than the rule says. gives_way: the requirements (or `ANY`) before whose
    faults on the same words this one gives way; weakest: also before faults that themselves give way to others.
    of_document: several places make one fault of the whole document.
    """

    values: Mapping[str, str]
    evidence: tuple[Evidence, ...]
    absent: str = ""
    severity: Severity | None = None
    gives_way: tuple[str, ...] = ()
    weakest: bool = False
    of_document: bool = False


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a kind says of a case; the engine adds rule, pack and the rule's bases before those of the verdict.

    certainty: "certain" for what is counted or plainly there or not, "suspected" and "screened" for readings of content.
    """

    status: Status
    reason: str
    faults: tuple[Fault, ...] = ()
    measured: Measured | None = None
    limit: Mapping[str, Any] = field(default_factory=dict)
    missing: tuple[Missing, ...] = ()
    notes: tuple[str, ...] = ()
    evidence: tuple[Evidence, ...] = ()
    basis: tuple[Basis, ...] = ()
    certainty: Certainty = "certain"


@dataclass(frozen=True, slots=True)
class KindSpec:
    """A kind of check.

    params: every parameter a rule may give, with its check. required: those that rule or basis must supply.
    gives: placeholders for message and suggestion. event: the parameter that names the rule's own event. accuses: whether
    a document can violate such a rule; one that cannot needs no message, suggestion and violating examples.
    """

    judge: Callable[[Matter], Verdict]
    params: Mapping[str, Check]
    required: frozenset[str]
    gives: frozenset[str]
    event: str | None = None
    accuses: bool = True


# ------------------------------------------------------------------ checks of parameters


def one_of(*allowed: object) -> Check:
    """One of the listed words."""
    return lambda value: None if value in allowed else "可用的值：" + "、".join(str(word) for word in allowed)


def flag(value: object) -> str | None:
    """True or false."""
    return None if isinstance(value, bool) else "应为 true 或者 false"


def number(value: object) -> str | None:
    """A whole number, 0 or more."""
    good = isinstance(value, int) and not isinstance(value, bool) and value >= 0
    return None if good else "应为不小于 0 的整数"


def decimal(value: object) -> str | None:
    """A number, negative and broken ones too."""
    good = isinstance(value, int | float) and not isinstance(value, bool)
    return None if good else "应为数字"


def words(value: object) -> str | None:
    """A text that is not empty."""
    return None if isinstance(value, str) and value.strip() else "应为非空文字"


def event(value: object) -> str | None:
    """The name of a dated step, or a list of names of which the first known one counts."""
    names = value if isinstance(value, list | tuple) else [value]
    good = bool(names) and all(isinstance(name, str) and name in EVENTS for name in names)
    return None if good else "可用的日期名称：" + "、".join(EVENTS)


def pattern(value: object) -> str | None:
    """A regular expression that compiles and does not explode on long texts."""
    if not isinstance(value, str) or not value:
        return "应为非空的正则表达式"
    try:
        compiled = compile_pattern(value)
    except regex.error as error:
        return f"正则表达式有误：{error}"
    try:
        for probe in _probes(value):
            compiled.search(probe, timeout=DEFAULT.pattern_seconds)
    except TimeoutError:
        return f"正则表达式在长文本上超过 {DEFAULT.pattern_seconds:g} 秒，请去掉嵌套的重复"
    return None


def _probes(source: str) -> Iterator[str]:
    """Long texts that make a pattern with nested repeats try every way of splitting them.

    What a match must hold stands behind them: without it the pattern would give up before it tries.
    """
    literal = "".join(dict.fromkeys(char for char in source if char.isalnum()))
    tail = _METACHARACTERS.sub("", source) + literal
    for char in [*literal[:8], "0", "甲", "，", " "]:
        yield char * 120 + "\x00"
        yield char * 120 + "\x00" + tail
    yield (literal * 40)[:400] + "\x00" + tail


_METACHARACTERS = regex.compile(r"\\[a-zA-Z]|\{[\d,]+\}|\(\?[<!=:P]*|\[[^\]]*\]|[\\^$.|?*+(){}\[\]]")


def listed(check: Check) -> Check:
    """A list, not empty, of values that each pass `check`."""

    def look(value: object) -> str | None:
        if not isinstance(value, list | tuple) or not value:
            return "应为非空列表"
        return next((wrong for wrong in map(check, value) if wrong), None)

    return look


def table(keys: Mapping[str, Check], required: frozenset[str] = frozenset()) -> Check:
    """A table with none but the given keys, each passing its check."""

    def look(value: object) -> str | None:
        if not isinstance(value, Mapping):
            return "应为表，可用的键：" + "、".join(keys)
        for key in value:
            if key not in keys:
                return f"未知的键 {key}，可用的键：" + "、".join(keys)
        for key in sorted(required - set(value)):
            return f"缺少键 {key}"
        return next((f"{key} {wrong}" for key, item in value.items() if (wrong := keys[key](item))), None)

    return look


def mapping(check: Check) -> Check:
    """A table with any keys whose values pass `check`."""

    def look(value: object) -> str | None:
        if not isinstance(value, Mapping) or not value:
            return "应为非空的表"
        return next((f"{key} {wrong}" for key, item in value.items() if (wrong := check(item))), None)

    return look


def scalar(value: object) -> str | None:
    """A text, a number or a truth value."""
    return None if isinstance(value, str | int | bool) else "应为文字、整数或者 true/false"


# ------------------------------------------------------------------ patterns


@lru_cache(maxsize=512)
def compile_pattern(source: str) -> regex.Pattern[str]:
    """The pattern, compiled once; it works on one paragraph or a short text, `^` and `$` at lines."""
    return regex.compile(source, regex.MULTILINE)


def search(source: str, text: str) -> regex.Match[str] | None:
    """The first match.

    Raises:
        TimeoutError: When the pattern takes longer than `Limits.pattern_seconds`.
    """
    return compile_pattern(source).search(text, timeout=DEFAULT.pattern_seconds)


# ------------------------------------------------------------------ looking things up in a case


def pairs(case: Case) -> Iterator[tuple[Document, Facts]]:
    """Each document with its facts, the judged one first."""
    return zip(case.documents, case.facts, strict=True)


def cite(document: Document, span: Span, clause: str | None = None) -> Evidence:
    """The words at `span`, with page, paragraph and boxes."""
    return Evidence(
        document=document.name,
        quote=span.of(document.text),
        span=span,
        page=document.page_of(span),
        paragraph=document.paragraph_of(span),
        boxes=document.boxes(span),
        clause=clause,
    )


def cite_fact(case: Case, fact: Fact) -> Evidence:
    """The words a fact was read from, in whichever document of the case holds it."""
    for document, facts in pairs(case):
        if any(fact is other for other in facts.all(fact.key)):
            return cite(document, fact.span, fact.clause)
    return cite(case.document, fact.span, fact.clause)


def find(case: Case, key: str) -> Fact | None:
    """The first fact under `key`, the judged document before the others."""
    return next((fact for facts in case.facts if (fact := facts.first(key)) is not None), None)


def usable(case: Case, names: str | list[str] | tuple[str, ...]) -> Event | None:
    """The first of the named steps whose day is stated, given or soundly derived.

    A day of entry into force that was computed from "自公布之日起" with another day in place of the publication is an
    assumption, and never used.
    """
    for name in [names] if isinstance(names, str) else names:
        step = case.event(name)
        if step is None:
            continue
        fact = case.main.first(name)
        if step.source == "derived" and fact is not None and "effect_clause" in fact.derived_from:
            continue
        return step
    return None


def missing_event(name: str) -> Missing:
    """Says that the day of a step is wanted, and how to give it."""
    how = f"用 --date {name}=2024-03-05 这样的写法给出{EVENTS[name]}"
    return Missing(EVENTS[name], f"{how}，{_SUPPLY[name]}。" if name in _SUPPLY else f"{how}。")


def title_excuses(matter: Matter) -> str | None:
    """Why its title or its words put the document outside the rule (parameters `ABOUT`), or None.

    `only_text` and `unless_text` look at the title and the running text of the kinds of document they name (without
    `document`: of all), and say themselves why the document is outside.
    """
    return _by_words(matter) or _by_title(matter)


def _by_words(matter: Matter) -> str | None:
    main, body = matter.case.main, matter.case.document.body
    for key, wanted in (("only_text", True), ("unless_text", False)):
        test = matter.params.get(key)
        if test is None or ("document" in test and main.kind not in test["document"]):
            continue
        if (search(test["pattern"], body) is not None) is not wanted:
            return str(test["says"])
    return None


def _by_title(matter: Matter) -> str | None:
    only, unless = matter.params.get("only_title"), matter.params.get("unless_title")
    if not only and not unless:
        return None
    fact = matter.case.main.first("title")
    title = str(fact.value) if fact is not None else ""
    if only and not search(only, title):
        return f"标题“{title}”不属于须作此项检查的文种。" if title else "没有读出标题，文种不明。"
    if unless and search(unless, title):
        return f"标题“{title}”表明不属于须作此项检查的文件。"
    return None


_WORDS = table(
    {"document": listed(one_of(*get_args(Kind))), "pattern": pattern, "says": words}, frozenset({"pattern", "says"})
)
ABOUT: Mapping[str, Check] = {
    "only_title": pattern,
    "unless_title": pattern,
    "only_text": _WORDS,
    "unless_text": _WORDS,
}
"""Parameters that put documents outside a rule by their title or their words."""


def chinese(day: date) -> str:
    """2024年3月5日."""
    return f"{day.year}年{day.month}月{day.day}日"


Unit = Literal["day", "working_day"]
UNIT_NAMES: Mapping[str, str] = {"day": "日", "working_day": "个工作日", "year": "年"}
