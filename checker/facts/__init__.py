"""Document -> Facts: what a document says of itself, each fact with the characters it was read from."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import date
from typing import cast, get_args

from checker.facts.citations import Citations, KnownLaw
from checker.facts.comments import Comments
from checker.facts.effect import Effect
from checker.facts.identity import Identity
from checker.facts.kind import KindReading, act_of, kind_of, traits_of
from checker.facts.layout import Layout
from checker.facts.record import Record
from checker.facts.repeals import Repeals
from checker.facts.steps import Steps
from checker.facts.structure import Outline
from checker.model import Document, Fact, Facts, Kind, Problem, Span, Trait, TraitName

__all__ = ["extract"]


_WITH_COMMENTS = ("comment_notice", "drafting_explanation", "feedback_summary", "publication_evidence")


def _no_law(_: str) -> bool:
    return False


def extract(
    document: Document, kind: str | None = None, traits: Sequence[str] = (), known_law: KnownLaw = _no_law
) -> Facts:
    """All facts of one document.

    Args:
        document: What reading gave.
        kind: A person's overruling of the kind, a word of the contract.
        traits: Traits a person adds ("business") or denies ("-business").
        known_law: Whether a name is a known law's title; without it only names in 《》 are read as laws.
    """
    layout = Layout(document)
    outline = Outline(layout)
    identity = Identity(layout, outline)
    act = act_of(identity.title_text)
    read = kind_of(identity, act)
    if kind is not None and kind in get_args(Kind):
        read = KindReading(cast(Kind, kind), "由使用者指定", read.span)
    record = Record(layout, outline, identity, read.kind)
    readers: list[tuple[Callable[[Record], object], str]] = [(Steps, "各环节日期")]
    if not read.about_another:
        readers += [(Effect, "施行日期和有效期"), (Repeals, "废止条款")]
    if read.kind in _WITH_COMMENTS:
        readers.append((Comments, "征求意见期限"))
    readers.append((lambda record: Citations(record, known_law), "引用的文件和条文"))
    slow = [what for reader, what in readers if not _in_time(reader, record)]
    values: dict[str, list[Fact]] = {}
    for fact in (*identity.title, *identity.issuers, *identity.numbers, *identity.marks(), *record.facts):
        values.setdefault(fact.key, []).append(fact)
    if identity.region is not None and identity.issuers:
        values["region"] = [Fact("region", identity.region.name, identity.issuers[0].span, derived_from=("issuer",))]
    values["kind"] = [
        Fact("kind", read.kind, read.span, detail={"certain": read.certain, "doubt": read.doubt, "reason": read.reason})
    ]
    values["act"] = [Fact("act", act, identity.title[0].span if identity.title else Span(0, 0))]
    if outline.units:
        values["structure"] = [
            Fact("structure", unit.label, unit.span, detail={"kind": unit.kind, "number": unit.number})
            for unit in outline.units
        ]
    found = _apply_traits(tuple(traits_of(identity, read)), traits)
    return Facts(
        kind=read.kind,
        kinds=(read.kind, *read.also),
        kind_reason=read.reason,
        act=act,
        values=cast(Mapping[str, tuple[Fact, ...]], {key: tuple(facts) for key, facts in values.items()}),
        traits=found,
        region=identity.region,
        problems=(*_problems(document, values), *(_too_slow(document, what) for what in slow)),
    )


def _in_time(reader: Callable[[Record], object], record: Record) -> bool:
    try:
        reader(record)
    except TimeoutError:
        return False
    return True


def _too_slow(document: Document, what: str) -> Problem:
    step = "用 --date 给出有关日期；或者检查文件里有没有大段重复、异常的字符。"
    return Problem(document.name, f"文本结构异常，没能在时限内读完{what}", "", step)


def _apply_traits(read: tuple[Trait, ...], asked: Sequence[str]) -> tuple[Trait, ...]:
    denied = {name[1:] for name in asked if name.startswith("-")}
    added = [name for name in asked if not name.startswith("-")]
    kept = [trait for trait in read if trait.name not in denied]
    for name in added:
        if name in get_args(TraitName):
            kept = [trait for trait in kept if trait.name != name]
            kept.append(Trait(cast(TraitName, name), "由使用者指定"))
    return tuple(kept)


_ROLE_NAMES = {
    "issued": "成文日期",
    "signed": "签署日期",
    "published": "公布日期",
    "printed": "印发日期",
    "effective": "施行日期",
    "expires": "有效期截止日期",
    "adopted": "通过日期",
    "comment_start": "征求意见开始日期",
    "comment_end": "征求意见截止日期",
}


def _problems(document: Document, values: Mapping[str, Sequence[Fact]]) -> list[Problem]:
    found: list[Problem] = []
    for key, name in _ROLE_NAMES.items():
        for fact in values.get(key, ()):
            if isinstance(fact.value, str):
                what = f"{name}“{fact.value}”在日历上不存在"
                found.append(
                    Problem(
                        document.name,
                        what,
                        _place(document, fact.span),
                        f"核对原文；或者用 --date {key}=… 给出正确日期。",
                    )
                )
    effective = [fact for fact in values.get("effective", ()) if isinstance(fact.value, date)]
    if len({fact.value for fact in effective}) > 1:
        listed = "、".join(str(fact.value) for fact in effective)
        found.append(
            Problem(
                document.name,
                f"写有两个不同的施行日期：{listed}，按第一个判断",
                _place(document, effective[1].span),
                "核对原文；或者用 --date effective=… 指定。",
            )
        )
    return found


def _place(document: Document, span: Span) -> str:
    page = document.page_of(span)
    paragraph = document.paragraph_of(span)
    return (f"第{page}页" if page else "") + (f"第{paragraph}段" if paragraph else "")
