"""Kind `citation`: what a document cites, against the law catalogue and against its own articles.

A law that the catalogue does not hold is unknown and accuses nobody; so does a citation that names a version of its own,
that speaks of the past (原《…》), that repeals or amends, or that stands in a quotation or an attachment. What the
catalogue knows up to a day earlier than the document's is said as such, never as a fault.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

import regex

from checker.catalogue import Catalogue, Version, key, plain
from checker.kinds import base
from checker.kinds.base import Fault, KindSpec, Matter, Verdict, chinese, cite_fact
from checker.model import Evidence, Fact, Missing, Span

_LATER = timedelta(days=400)
"""Within this time after its publication an amendment may not have been in force yet; then either text counts."""

_ORDER = regex.compile(r"国务院(?:第(?P<before>\d+)号令|令第?(?P<number>\d+)号(?!修[订改正]))$")
_SAYS_UNKNOWN: Mapping[str, str] = {
    "in_force": "引用的文件都不在目录中，没有核对。",
    "article": "目录没有引用的文件，或者没有它当时文本的条数，没有核对。",
}
"""Checks that say `cannot_tell` where nothing could be compared; the others would only repeat it."""

_MET: Mapping[str, str] = {
    "in_force": "{count}处引用的文件，目录中没有已经废止的记录。",
    "article": "{count}处引用的条文号都没有超出最后一条。",
    "title": "{count}处引用的名称与目录没有矛盾。",
    "number": "{count}处引用的公布令号与目录没有矛盾。",
    "repeal": "{count}件被废止文件的名称、令号与目录没有矛盾。",
    "internal": "{count}处对本文件条款的引用都有对应的条款。",
    "numbering": "全文{count}条，条文号连续。",
}
_LISTED = 6
"""How many unknown titles a note names."""


@dataclass
class _Looked:
    """What one check saw: faults, doubts (with the words that would be said), what was compared, what is unknown."""

    faults: list[Fault] = field(default_factory=list)
    doubts: list[tuple[str, Evidence]] = field(default_factory=list)
    compared: list[Fact] = field(default_factory=list)
    unknown: dict[str, None] = field(default_factory=dict)


def judge(matter: Matter) -> Verdict:
    """Runs the test `check`: in_force, article, title, number, repeal, internal or numbering."""
    outside = base.title_excuses(matter)
    if outside:
        return Verdict("not_applicable", outside)
    looked = _Looked()
    _CHECKS[matter.params["check"]](matter, looked)
    return _verdict(matter, looked)


def _verdict(matter: Matter, looked: _Looked) -> Verdict:
    check = matter.params["check"]
    evidence = tuple(cite_fact(matter.case, fact) for fact in looked.compared[:5])
    notes = (*_unknown_note(looked), *_state_note(matter)) if check in _SAYS_UNKNOWN else ()
    if looked.faults:
        marks = tuple(item for fault in looked.faults for item in fault.evidence)
        return Verdict("violated", "", tuple(looked.faults), notes=notes, evidence=marks)
    if looked.doubts:
        said = "；".join(dict.fromkeys(words for words, _ in looked.doubts[:3]))
        how = "到国家法律法规数据库或者制定机关网站核对；文件没有日期的，用 --as-of 给出。"
        marks = tuple(mark for _, mark in looked.doubts[:5])
        missing = Missing("引用文件的现行文本", how)
        return Verdict("cannot_tell", f"{said}。", missing=(missing,), notes=notes, evidence=marks)
    if looked.compared:
        return Verdict("met", _MET[check].format(count=len(looked.compared)), notes=notes, evidence=evidence)
    if looked.unknown and check in _SAYS_UNKNOWN:
        missing = Missing("、".join(f"《{title}》" for title in list(looked.unknown)[:_LISTED]), "到制定机关网站核对。")
        return Verdict("cannot_tell", _SAYS_UNKNOWN[check], missing=(missing,), notes=_state_note(matter))
    return Verdict("not_applicable", "没有目录收录的文件可以比对。" if looked.unknown else "没有需要核对的内容。")


def _unknown_note(looked: _Looked) -> tuple[str, ...]:
    if not looked.unknown:
        return ()
    names = "、".join(f"《{title}》" for title in list(looked.unknown)[:_LISTED])
    more = "等" if len(looked.unknown) > _LISTED else ""
    return (f"目录没有收录或者资料不全、未核对的有{len(looked.unknown)}件：{names}{more}。",)


def _state_note(matter: Matter) -> tuple[str, ...]:
    state = matter.reference.catalogue.state
    return (f"法规目录截至{chinese(state)}，其后的变动没有核对。",) if _day(matter) > state else ()


# ------------------------------------------------------------------ cited laws


def _cited(matter: Matter, *, versioned: bool = False) -> Iterator[Fact]:
    """Citations of other texts that stand for the law of the document's day."""
    for fact in matter.case.main.all("citations"):
        if fact.detail["form"] not in ("title", "short", "bare") or fact.detail["context"]:
            continue
        if fact.detail["version"] is None or versioned:
            yield fact


def _dated(matter: Matter) -> bool:
    """Whether the document's day is stated or given, and not merely the day of the run."""
    return matter.case.as_of_source != "today"


def _day(matter: Matter) -> date:
    """The day whose law counts; a document without a day of its own is as old as its stated entry into force."""
    effective = base.usable(matter.case, "effective")
    if not _dated(matter) and effective is not None and effective.source != "derived":
        return min(effective.day, matter.case.as_of)
    return matter.case.as_of


def _blame(matter: Matter, looked: _Looked, fact: Fact, says: str, right: str) -> None:
    """A fault; a doubt when the document states no day of its own."""
    mark = cite_fact(matter.case, fact)
    if _dated(matter):
        looked.faults.append(Fault({"quote": mark.quote, "says": says, "right": right}, (mark,)))
    else:
        looked.doubts.append((f"{mark.quote}：{says}（文件没有载明日期，按{chinese(_day(matter))}判断）", mark))


def _in_force(matter: Matter, looked: _Looked) -> None:
    catalogue, day = matter.reference.catalogue, _day(matter)
    for fact in _cited(matter):
        title = str(fact.value)
        repeal = catalogue.repeal(title)
        if repeal is not None and repeal.since <= day:
            since = f"自{chinese(repeal.since)}起" if repeal.exact else f"至迟自{chinese(repeal.since)}起"
            _blame(matter, looked, fact, f"该文件{since}已经由《{repeal.successor}》废止", f"《{repeal.successor}》")
        elif repeal is not None or catalogue.versions(title):
            looked.compared.append(fact)
        else:
            looked.unknown[title] = None


def _article(matter: Matter, looked: _Looked) -> None:
    catalogue, day = matter.reference.catalogue, _day(matter)
    for fact in _cited(matter):
        title = str(fact.value)
        wanted = max((max(unit["article"] or 0, unit["to"] or 0) for unit in fact.detail["provisions"]), default=0)
        repeal = catalogue.repeal(title)
        if not wanted or (repeal is not None and repeal.since <= day):
            continue
        texts = _texts_on(catalogue.versions(title), day)
        counts = [text.articles for text in texts if text.articles]
        if not counts or len(counts) < len(texts):
            looked.unknown[title] = None
            continue
        looked.compared.append(fact)
        if wanted <= max(counts):
            continue
        newest = texts[-1]
        says = f"《{newest.title}》{chinese(newest.published)}的文本共{max(counts)}条，没有第{wanted}条"
        if newest.state < day or not newest.checked:
            reason = f"目录中该法截至{chinese(newest.state)}" if newest.state < day else "条数没有经过复核"
            looked.doubts.append((f"{says}（{reason}，请核对）", cite_fact(matter.case, fact)))
        else:
            _blame(matter, looked, fact, says, f"《{newest.title}》现行文本的条文号")


def _texts_on(versions: tuple[Version, ...], day: date) -> tuple[Version, ...]:
    """The texts of which one was in force on `day`, the newest last; empty when that is not sure."""
    if len({version.title for version in versions}) > 1:
        return ()
    known = [version for version in versions if version.published <= day]
    if not known:
        return ()
    settled = known[-1].effective or known[-1].published + _LATER
    if settled <= day or known[-1].adopted == known[-1].published:
        return (known[-1],)
    return tuple(known[-2:]) if len(known) > 1 else ()


def _title(matter: Matter, looked: _Looked) -> None:
    for fact in _cited(matter, versioned=True):
        if fact.detail["form"] != "title":
            continue
        right = _right_title(matter.reference.catalogue, str(fact.value), fact.detail["number"], _day(matter))
        if right is not None:
            _blame(matter, looked, fact, f"名称不准确，应为《{right}》", f"《{right}》")
        elif matter.reference.catalogue.knows(str(fact.value)):
            looked.compared.append(fact)
        else:
            looked.unknown[str(fact.value)] = None


def _right_title(catalogue: Catalogue, title: str, number: str | None, day: date) -> str | None:
    """The exact title that `title` surely means, when it is written otherwise; else None."""
    order = _order_of(number)
    if order is not None and not catalogue.knows(title):
        named = catalogue.of_order(order)
        if len(named) == 1 and named[0].published <= day and _alike(key(title), key(named[0].title)):
            return named[0].title
    meant = catalogue.kindred(title)
    if meant is not None:
        found = catalogue.versions(meant)[-1]
        since = found.adopted or found.published
        return meant if since <= day <= found.state and found.level in ("法律", "行政法规") else None
    written = plain(title)
    if written.startswith("中华人民共和国"):
        found_all = catalogue.versions(title)
        if found_all and all(plain(one.title) == key(title) and one.level == "行政法规" for one in found_all):
            return found_all[-1].title if found_all[0].published <= day else None
    return None


def _alike(one: str, other: str) -> bool:
    """Whether two titles share most of their pairs of characters."""
    first, second = ({text[i : i + 2] for i in range(len(text) - 1)} for text in (one, other))
    return len(first & second) * 5 >= 3 * max(len(first), len(second))


def _order_of(number: str | None) -> int | None:
    found = _ORDER.search(number or "")
    return int(found["number"] or found["before"]) if found else None


def _number(matter: Matter, looked: _Looked) -> None:
    catalogue = matter.reference.catalogue
    for fact in _cited(matter, versioned=True):
        order = _order_of(fact.detail["number"])
        if order is None:
            continue
        wrong = _wrong_number(catalogue, str(fact.value), order, _day(matter))
        if wrong is not None:
            _blame(matter, looked, fact, *wrong)
        elif catalogue.versions(str(fact.value)):
            looked.compared.append(fact)
        else:
            looked.unknown[str(fact.value)] = None


def _wrong_number(catalogue: Catalogue, title: str, order: int, day: date) -> tuple[str, str] | None:
    """What is wrong with State Council order `order` as the number of `title`, and the right one; else None."""
    versions = [version for version in catalogue.versions(title) if version.published <= day]
    if not versions or any(version.order == order for version in versions[-1:]):
        return None
    newest = versions[-1]
    replaced = newest.rewritten and newest.adopted is not None and newest.published - newest.adopted > _LATER
    if newest.order is not None and replaced and newest.since <= day and order < newest.order:
        return (
            f"现行文本已经由国务院令第{newest.order}号公布（{chinese(newest.since)}起施行）",
            f"国务院令第{newest.order}号",
        )
    others = [text for text in catalogue.of_order(order) if key(text.title) != key(title)]
    if len(others) == 1 and len(catalogue.of_order(order)) == 1 and others[0].adopted is not None:
        own = f"国务院令第{newest.order}号" if newest.order else "该法的公布令号"
        if others[0].rewritten or others[0].published - others[0].adopted < _LATER:
            return f"国务院令第{order}号公布的是《{others[0].title}》", own
    return None


def _repeal(matter: Matter, looked: _Looked) -> None:
    catalogue = matter.reference.catalogue
    for fact in matter.case.main.all("repeals"):
        title, number = str(fact.value), fact.detail.get("number")
        right = _right_title(catalogue, title, number, _day(matter))
        order = _order_of(number)
        wrong = _wrong_number(catalogue, title, order, _day(matter)) if order is not None else None
        if right is not None:
            _blame(matter, looked, fact, f"被废止文件的名称不准确，应为《{right}》", f"《{right}》")
        elif wrong is not None and "公布的是" in wrong[0]:
            _blame(matter, looked, fact, wrong[0], wrong[1])
        elif catalogue.knows(title):
            looked.compared.append(fact)
        else:
            looked.unknown[title] = None


# ------------------------------------------------------------------ the document's own articles


@dataclass(frozen=True)
class _Articles:
    """The one sequence of articles of a document: units 条 with the 款 and 项 below each."""

    heads: tuple[Fact, ...]
    units: tuple[Fact, ...]

    def below(self, number: int, kind: str) -> list[Fact]:
        """The units of `kind` inside article `number`."""
        index = next(i for i, head in enumerate(self.heads) if head.detail["number"] == number)
        start = self.heads[index].span.start
        end = self.heads[index + 1].span.start if index + 1 < len(self.heads) else self.units[-1].span.end + 1
        return [unit for unit in self.units if start < unit.span.start < end and unit.detail["kind"] == kind]


def _articles(matter: Matter) -> _Articles | None:
    """The articles when there is one sequence of at least three that begins with 第一条; else None."""
    units = matter.case.main.all("structure")
    heads = [unit for unit in units if unit.detail["kind"] == "条"]
    if len(heads) < 3 or heads[0].detail["number"] != 1:
        return None
    if any(head.detail["number"] == 1 for head in heads[1:]):
        return None
    return _Articles(tuple(heads), units)


def _internal(matter: Matter, looked: _Looked) -> None:
    articles = _articles(matter)
    if articles is None:
        return
    numbers = [head.detail["number"] for head in articles.heads]
    last = max(numbers)
    if numbers != list(range(1, last + 1)):
        return
    starts = [head.span.start for head in articles.heads]
    for fact in matter.case.main.all("citations"):
        if fact.detail["form"] != "internal" or {"quoted", "annex"} & set(fact.detail["context"]):
            continue
        if not bisect_right(starts, fact.span.start):
            continue
        looked.compared.append(fact)
        says = next((wrong for unit in fact.detail["provisions"] if (wrong := _broken(articles, unit, last))), None)
        if says is not None:
            mark = cite_fact(matter.case, fact)
            looked.faults.append(Fault({"quote": mark.quote, "says": says, "right": "正确的条款号"}, (mark,)))


def _broken(articles: _Articles, unit: Mapping[str, int | None], last: int) -> str | None:
    """Why a provision of the document itself does not exist."""
    article, paragraph = unit["article"], unit["paragraph"]
    if not article:
        return None
    highest = max(article, unit["to"] or 0)
    if highest > last:
        return f"全文共{last}条，没有第{highest}条"
    if paragraph and article <= last:
        count = 1 + len(articles.below(article, "款"))
        if paragraph > count:
            return f"第{article}条共{count}款，没有第{paragraph}款"
    return None


def _numbering(matter: Matter, looked: _Looked) -> None:
    articles = _articles(matter)
    if articles is None:
        return
    before: Fact | None = None
    for head in articles.heads:
        looked.compared.append(head)
        number, last = head.detail["number"], before.detail["number"] if before is not None else 0
        if before is not None and number != last + 1:
            mark = base.cite(matter.case.document, _label(matter, head), head.clause)
            says = f"条文号重复，前一条已经是第{last}条" if number == last else f"前一条是第{last}条，条文号不连续"
            looked.faults.append(Fault({"quote": mark.quote, "says": says, "right": f"第{last + 1}条"}, (mark,)))
        before = head


def _label(matter: Matter, head: Fact) -> Span:
    """第十二条 alone, without the text of the article."""
    found = regex.match(r"第\s*\S{1,8}?\s*条", head.span.of(matter.case.document.text))
    return Span(head.span.start, head.span.start + found.end()) if found else head.span


_CHECKS: Mapping[str, Callable[[Matter, _Looked], None]] = {
    "in_force": _in_force,
    "article": _article,
    "title": _title,
    "number": _number,
    "repeal": _repeal,
    "internal": _internal,
    "numbering": _numbering,
}

_PARAMS: Mapping[str, Any] = {
    "check": base.one_of(*_CHECKS),
    "only_title": base.pattern,
    "unless_title": base.pattern,
}

SPEC = KindSpec(
    judge=judge,
    params=_PARAMS,
    required=frozenset({"check"}),
    gives=frozenset({"quote", "says", "right"}),
)
