"""Kind `filing`: whether a document was filed for record in time (P22).

Issuer, days, unit, first step and recipients come from `[place."…"] filing` of normcheck.toml or from rules/places.toml;
without them nothing is concluded. The first day does not count; a term in days that ends on a day of rest ends on the
next working day (民法典 art. 201, 203). Terms to several recipients are compared each on its own.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import product

from checker.kinds import base
from checker.kinds.base import UNIT_NAMES, Fault, KindSpec, Matter, Verdict, chinese, usable
from checker.model import Basis, Event, FilingTerm, Measured, Missing

_DAY = timedelta(days=1)
_MADE = ("adopted", "signed", "issued")


@dataclass(frozen=True, slots=True)
class _Term:
    """A term that binds, with the place that sets it and the step it is counted from, where that is known."""

    place: str
    term: FilingTerm
    start: Event | None

    @property
    def words(self) -> str:
        since = f"自{base.EVENTS[self.term.counted_from]}起" if self.term.counted_from else ""
        return f"{since}{self.term.days}{UNIT_NAMES[self.term.unit]}内报{'、'.join(self.term.recipients)}备案"

    @property
    def basis(self) -> Basis:
        term = self.term
        said = f"规范性文件{self.words}"
        return Basis(term.source, "", said, "legal", term.verified, term.since or date.min, term.until)


@dataclass(frozen=True, slots=True)
class _Result:
    """What comes of one term: in time, late, or None with what is missing; `last` is the last day in time."""

    of: _Term
    in_time: bool | None
    last: date | None = None
    days: int | None = None
    missing: Missing | None = None
    note: str = ""


def judge(matter: Matter) -> Verdict:
    """Compare the day of filing with the last day that each term leaves."""
    outside = base.title_excuses(matter)
    if outside:
        return Verdict("not_applicable", outside)
    terms = _terms(matter)
    if not terms:
        return _unconfigured(matter)
    filed = usable(matter.case, "filed")
    results = [_result(matter, term, filed) for term in terms]
    late = [result for result in results if result.in_time is False]
    if late and len(late) == len(results):
        return _late(results, filed)
    if all(result.in_time for result in results):
        return _in_time(results, filed)
    return _open(results, filed)


def _terms(matter: Matter) -> list[_Term]:
    """The terms of the nearest place that has any for the issuer; the organ named first leads a joint document.

    What a government's office issues is the government's own document.
    """
    issuer = matter.case.main.first("issuer")
    levels = [str(issuer.detail.get("level"))] if issuer is not None else []
    if levels == ["government_office"]:
        levels.append(_government(matter))
    for place, level in product(matter.place_params, levels):
        found = [term for term in place.filing if level in term.issuer and term.covers(matter.day)]
        if found:
            return [
                _Term(place.place, term, usable(matter.case, term.counted_from) if term.counted_from else None)
                for term in found
            ]
    return []


def _government(matter: Matter) -> str:
    """The level of the government where the case lies."""
    region = matter.case.region
    if region is None or region.county:
        return "county_government"
    return "city_government" if region.city else "provincial_government"


def _unconfigured(matter: Matter) -> Verdict:
    region, issuer = matter.case.region, matter.case.main.first("issuer")
    place = ((region.province or region.name) if region is not None else "") or "省级行政区全称"
    level = issuer.detail.get("level") if issuer is not None else None
    how = f'在 normcheck.toml 的 [place."{place}"] filing 中按当地规定写明 issuer = "{level or "…"}" 的天数、起算日、报送对象和来源。'
    missing = [Missing("本地报送备案的期限", how)]
    if usable(matter.case, "filed") is None:
        missing.append(base.missing_event("filed"))
    return Verdict("cannot_tell", "没有本地报送备案期限的依据，不作推定。", missing=tuple(missing))


# ------------------------------------------------------------------ one term


def _result(matter: Matter, of: _Term, filed: Event | None) -> _Result:
    if of.start is None:
        return _without_start(matter, of, filed)
    if of.term.unit == "working_day":
        return _by_working_days(matter, of, of.start.day, filed)
    return _by_days(matter, of, of.start.day, filed)


def _without_start(matter: Matter, of: _Term, filed: Event | None) -> _Result:
    """No first day: in time only if it is so even counted from the day the document was made."""
    made = usable(matter.case, _MADE)
    if filed is not None and made is not None and of.term.unit == "day" and filed.day >= made.day:
        count = (filed.day - made.day).days
        if count <= of.term.days:
            return _Result(of, in_time=True, days=count, note=f"从{base.EVENTS[made.event]}起算也没有超过期限。")
    if of.term.counted_from:
        return _Result(of, None, missing=base.missing_event(of.term.counted_from))
    how = f'核对{of.term.source}原文，在 normcheck.toml 的 [place."{of.place}"] filing 中写明 counted_from。'
    return _Result(of, None, missing=Missing("报送期限的起算日", how))


def _by_days(matter: Matter, of: _Term, start: date, filed: Event | None) -> _Result:
    calendar, province = matter.reference.calendar, _province(matter)
    last = start + timedelta(days=of.term.days)
    if filed is None:
        return _Result(of, None, last, missing=base.missing_event("filed"))
    count = (filed.day - start).days
    if filed.day <= last:
        return _Result(of, in_time=True, last=last, days=count)
    rolled = calendar.roll_forward(last, province)
    if filed.day <= rolled:
        note = f"期限末日{chinese(last)}是休息日，顺延至{chinese(rolled)}。"
        return _Result(of, in_time=True, last=rolled, days=count, note=note)
    between = calendar.count(last - _DAY, filed.day - _DAY, province)
    if between.possible_local >= len(between.days):
        return _Result(of, None, rolled, count, _local_calendar())
    return _Result(of, in_time=False, last=rolled, days=count)


def _by_working_days(matter: Matter, of: _Term, start: date, filed: Event | None) -> _Result:
    calendar, province = matter.reference.calendar, _province(matter)
    last = calendar.add(start, of.term.days, province)
    if filed is None:
        return _Result(of, None, last, missing=base.missing_event("filed"))
    if filed.day <= last:
        return _Result(of, in_time=True, last=last, days=len(calendar.count(start, filed.day, province).days))
    count = calendar.count(start, filed.day, province)
    if len(count.days) - count.possible_local <= of.term.days:
        if len(count.days) <= of.term.days:  # only days of rest lie between
            return _Result(of, in_time=True, last=last, days=len(count.days))
        return _Result(of, None, last, len(count.days), _local_calendar())
    return _Result(of, in_time=False, last=last, days=len(count.days))


def _province(matter: Matter) -> str | None:
    return matter.case.region.province if matter.case.region is not None else None


def _local_calendar() -> Missing:
    return Missing("本地放假安排", "在 normcheck.toml 的 [calendar] files 中加入当年本地放假安排文件。")


# ------------------------------------------------------------------ verdicts


def _verdict_parts(results: list[_Result], filed: Event | None) -> Mapping[str, object]:
    strictest = min(results, key=lambda result: result.of.term.days)
    unit = strictest.of.term.unit
    events = [filed, *(result.of.start for result in results)]
    evidence = tuple(dict.fromkeys(event.evidence for event in events if event is not None and event.evidence))
    return {
        "measured": Measured(strictest.days, unit) if strictest.days is not None else None,
        "limit": {"max": strictest.of.term.days, "unit": unit},
        "evidence": evidence,
        "basis": tuple(result.of.basis for result in results),
    }


def _notes(results: list[_Result]) -> tuple[str, ...]:
    notes = [result.note for result in results if result.note]
    if len(results) > 1:
        notes.append("按不同报送对象各有期限，请核对报送的是哪一个机关。")
    return tuple(dict.fromkeys(notes))


def _in_time(results: list[_Result], filed: Event | None) -> Verdict:
    day = chinese(filed.day) if filed is not None else ""
    reason = f"{day}报送备案；要求" + "、".join(result.of.words for result in results) + "。"
    return Verdict("met", reason, notes=_notes(results), **_verdict_parts(results, filed))  # type: ignore[arg-type]


def _late(results: list[_Result], filed: Event | None) -> Verdict:
    parts = _verdict_parts(results, filed)
    last = max(result.last for result in results if result.last is not None)
    worst = min(results, key=lambda result: result.of.term.days)
    values = {
        "filed": chinese(filed.day) if filed is not None else "",
        "from": chinese(worst.of.start.day) if worst.of.start is not None else "",
        "last": chinese(last),
        "term": "、".join(result.of.words for result in results),
    }
    fault = Fault(values, parts["evidence"], absent="" if parts["evidence"] else "报送备案")  # type: ignore[arg-type]
    return Verdict("violated", "", (fault,), notes=_notes(results), **parts)  # type: ignore[arg-type]


def _open(results: list[_Result], filed: Event | None) -> Verdict:
    missing = [result.missing for result in results if result.missing is not None]
    late = [result for result in results if result.in_time is False]
    if late:
        names = "、".join("、".join(result.of.term.recipients) for result in late)
        missing.append(Missing("报送对象", f"核对这个日期报送的是否为{names}；如是，已超过期限。"))
    known = [f"{result.of.words}，最迟{chinese(result.last)}" for result in results if result.last is not None]
    reason = "缺少" + "、".join(dict.fromkeys(item.what for item in missing)) + "，无法判断是否按期报送备案。"
    notes = (*(f"期限：{words}。" for words in known), *_notes(results))
    parts = _verdict_parts(results, filed)
    return Verdict("cannot_tell", reason, missing=tuple(dict.fromkeys(missing)), notes=notes, **parts)  # type: ignore[arg-type]


SPEC = KindSpec(
    judge=judge,
    params={"only_title": base.pattern, "unless_title": base.pattern},
    required=frozenset(),
    gives=frozenset({"filed", "from", "last", "term"}),
)
