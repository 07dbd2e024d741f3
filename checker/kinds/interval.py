"""Kind `interval`: the days or working days between two steps, against a least or greatest number.

Counting: the first day does not count (民法典 art. 201). A period announced "from … to …" (`period = true`) that
reaches the limit only when its first day is counted gets a boundary note and is no violation. `strict` is for
"…日后" (规章制定程序条例 art. 32): the difference must exceed the number, exactly the number is a boundary note. `roll`
lets a term of days that ends on a day of rest end on the next working day (民法典 art. 203). `unsure` names facts (the
date of a web page) that acquit but do not accuse.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from checker.errors import UnknownCalendar
from checker.kinds import base
from checker.kinds.base import UNIT_NAMES, Fault, KindSpec, Matter, Verdict, chinese, cite_fact, find, usable
from checker.model import Event, Evidence, Fact, Measured, Missing

_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class _Length:
    """What was counted, after `start` up to and including `end`.

    `local`: how many of the counted days may be holidays of the place that are not on record.
    """

    value: int
    days: tuple[date, ...] | None = None
    local: int = 0
    notes: tuple[str, ...] = ()
    start: date | None = None
    end: date | None = None


def judge(matter: Matter) -> Verdict:
    """Count between params `from` and `to` and compare with `min` and `max`."""
    outside = _outside(matter)
    if outside:
        return Verdict("not_applicable", outside, limit=_limit(matter))
    if "min" not in matter.params and "max" not in matter.params:
        wanted = Missing("本地规定的天数", "在 normcheck.toml 的 [place] 中写明天数、来源和起算日。")
        return Verdict("cannot_tell", "没有可用的天数规定，不作推定。", limit=_limit(matter), missing=(wanted,))
    clause = _by_clause(matter) or _against_clause(matter)
    if clause is not None:
        return clause
    start, end = usable(matter.case, matter.params["from"]), usable(matter.case, matter.params["to"])
    if start is None or end is None:
        return _by_stated_number(matter) or _unknown(matter, start, end)
    if end.day < start.day and matter.params.get("period"):
        return _reversed(matter, start, end)
    return _compare(matter, start, end, _length(matter, start.day, end.day))


def _outside(matter: Matter) -> str | None:
    for name in matter.params.get("unless_trait", ()):
        trait = next((trait for trait in matter.case.main.traits if trait.name == name), None)
        if trait is not None:
            return f"属于例外情形：{trait.reason}"
    return base.title_excuses(matter)


def _limit(matter: Matter) -> dict[str, Any]:
    limit = {key: matter.params[key] for key in ("min", "max") if key in matter.params}
    return {**limit, "unit": matter.params["unit"]}


def _names(value: str | list[str]) -> list[str]:
    return [value] if isinstance(value, str) else list(value)


# ------------------------------------------------------------------ clauses without a date


def _by_clause(matter: Matter) -> Verdict | None:
    """Judge "自公布之日起施行" and "公布之日起30日后施行", whose interval is the same whatever the day."""
    clauses: Mapping[str, int] = matter.params.get("clauses", {})
    fact = matter.case.main.first("effect_clause")
    if fact is None or not clauses:
        return None
    form = str(fact.value)
    if form == "after_publication" and isinstance(fact.detail.get("days"), int):
        value = int(fact.detail["days"])
    elif form in clauses and usable(matter.case, matter.params["to"]) is None:
        value = clauses[form]
    else:
        return None
    evidence = (cite_fact(matter.case, fact),)
    start = usable(matter.case, matter.params["from"])
    if value >= matter.params["min"]:
        return Verdict(
            "met",
            f"“{evidence[0].quote}”，间隔不少于{value}日。",
            (),
            _measured(matter, _Length(value)),
            _limit(matter),
            evidence=evidence,
        )
    values = _values(matter, start, None, _Length(value)) | {"to": evidence[0].quote}
    return _short(matter, _Length(value), Fault(values, evidence))


def _against_clause(matter: Matter) -> Verdict | None:
    """`cannot_tell` where the text takes effect on its publication by one of its clauses and on a day of its own by another."""
    facts = matter.case.main
    clause, stated = facts.first("effect_clause"), facts.first("effective")
    start = usable(matter.case, matter.params["from"])
    if clause is None or stated is None or start is None or str(clause.value) not in matter.params.get("clauses", {}):
        return None
    apart = clause.span.start >= stated.span.end or stated.span.start >= clause.span.end
    if stated.derived or not apart or stated.value == start.day:
        return None
    evidence = (cite_fact(matter.case, stated), cite_fact(matter.case, clause))
    reason = f"“{evidence[0].quote}”与“{evidence[1].quote}”说法不同，不能确定施行日期。"
    missing = (base.missing_event("effective"),)
    return Verdict("cannot_tell", reason, limit=_limit(matter), missing=missing, evidence=evidence)


# ------------------------------------------------------------------ two days


def _length(matter: Matter, start: date, end: date) -> _Length:
    if matter.params["unit"] == "day":
        return _Length((end - start).days, start=start, end=end)
    region = matter.case.region
    count = matter.reference.calendar.count(start, end, region.province if region else None)
    return _Length(len(count.days), tuple(count.days), count.possible_local, tuple(count.notes), start, end)


def _compare(matter: Matter, start: Event, end: Event, length: _Length) -> Verdict:
    least, most = matter.params.get("min"), matter.params.get("max")
    evidence = tuple(event.evidence for event in (end, start) if event.evidence is not None)
    fault = Fault(_values(matter, start, end, length), evidence, absent="" if evidence else _span_name(matter))
    if least is not None:
        boundary = _boundary(matter, start, end, length)
        needed = least + 1 if matter.params.get("strict") else least
        if boundary and length.value < needed:
            return _met(matter, length, evidence, boundary, start, end)
        if length.value < needed:
            return _short(matter, length, fault)
        if length.value - length.local < needed:
            return _local_holidays(matter, length, evidence)
    if most is not None and not _rolled(matter, start, end, length):
        if length.value - length.local > most:
            return _short(matter, length, fault)
        if length.value > most:
            return _local_holidays(matter, length, evidence)
    return _met(matter, length, evidence, None, start, end)


def _boundary(matter: Matter, start: Event, end: Event, length: _Length) -> str | None:
    least = matter.params["min"]
    unit = UNIT_NAMES[matter.params["unit"]]
    if matter.params.get("strict") and length.value == least:
        return f"边界：恰为{least}{unit}。“{least}日后”有从第{least}日和从第{least + 1}日起算两种理解，建议推迟一日。"
    if matter.params.get("period") and length.value == least - 1:
        inclusive = _length(matter, start.day - _DAY, end.day)
        if inclusive.value == least and inclusive.local == 0:
            return f"边界：不计首日为{length.value}{unit}，计入首日恰为{least}{unit}，请核对当天是否完整公布。"
    return None


def _met(
    matter: Matter, length: _Length, evidence: tuple[Evidence, ...], boundary: str | None, start: Event, end: Event
) -> Verdict:
    unit = UNIT_NAMES[matter.params["unit"]]
    reason = f"{chinese(start.day)}至{chinese(end.day)}为{length.value}{unit}，{_limit_words(matter)}。"
    notes = (boundary,) if boundary else ()
    return Verdict(
        "met", reason, (), _measured(matter, length), _limit(matter), notes=(*notes, *length.notes), evidence=evidence
    )


def _limit_words(matter: Matter) -> str:
    unit = UNIT_NAMES[matter.params["unit"]]
    least, most = matter.params.get("min"), matter.params.get("max")
    parts = [f"要求不少于{least}{unit}"] if least is not None else []
    return "、".join([*parts, f"要求不超过{most}{unit}"] if most is not None else parts)


def _rolled(matter: Matter, start: Event, end: Event, length: _Length) -> bool:
    """Whether a term that is over was prolonged to `end` by days of rest at its end."""
    most = matter.params["max"]
    if not matter.params.get("roll") or length.value <= most:
        return False
    region = matter.case.region
    last = start.day + timedelta(days=most)
    return end.day <= matter.reference.calendar.roll_forward(last, region.province if region else None)


def _measured(matter: Matter, length: _Length) -> Measured:
    return Measured(length.value, matter.params["unit"], length.days, length.start, length.end)


def _local_holidays(matter: Matter, length: _Length, evidence: tuple[Evidence, ...]) -> Verdict:
    reason = (
        f"按全国安排为{length.value}个工作日，其中可能有本地假日{length.local}天，{_limit_words(matter)}，不能确定。"
    )
    missing = Missing("本地放假安排", "在 normcheck.toml 的 [calendar] files 中加入当年本地放假安排文件。")
    return Verdict(
        "cannot_tell", reason, (), _measured(matter, length), _limit(matter), (missing,), length.notes, evidence
    )


def _short(matter: Matter, length: _Length, fault: Fault) -> Verdict:
    """Too short or too long: violated, unless the file gives a reason that the rule accepts."""
    excuse = _excuse(matter)
    if excuse is not None:
        said = cite_fact(matter.case, excuse)
        note = f"已说明理由：“{excuse.value}”。"
        reason = f"为{length.value}{UNIT_NAMES[matter.params['unit']]}，{_limit_words(matter)}；已说明理由。"
        return Verdict(
            "met",
            reason,
            (),
            _measured(matter, length),
            _limit(matter),
            notes=(note, *length.notes),
            evidence=(*fault.evidence, said),
        )
    doubt = _doubt(matter)
    if doubt is not None:
        reason = f"按文中日期为{length.value}{UNIT_NAMES[matter.params['unit']]}，{_limit_words(matter)}；{doubt.what}需要核实。"
        return Verdict(
            "cannot_tell", reason, (), _measured(matter, length), _limit(matter), (doubt,), length.notes, fault.evidence
        )
    return Verdict(
        "violated", "", (fault,), _measured(matter, length), _limit(matter), notes=length.notes, evidence=fault.evidence
    )


def _doubt(matter: Matter) -> Missing | None:
    """What has to be made sure of before a day read from the file may accuse (params `unsure`)."""
    unsure = matter.params.get("unsure")
    if unsure is None:
        return None
    for names in (matter.params["from"], matter.params["to"]):
        step = usable(matter.case, names)
        fact = find(matter.case, step.event) if step is not None and step.source != "given" else None
        if fact is not None and all(fact.detail.get(key) == value for key, value in unsure["detail"].items()):
            return Missing(unsure["what"], unsure["how"])
    return None


def _excuse(matter: Matter) -> Fact | None:
    excuse = matter.params.get("excuse")
    if excuse is None:
        return None
    for facts in matter.case.facts:
        for fact in facts.all(excuse["fact"]):
            if "pattern" not in excuse or base.search(excuse["pattern"], str(fact.value)):
                return fact
    return None


def _values(matter: Matter, start: Event | None, end: Event | None, length: _Length) -> dict[str, str]:
    params = matter.params
    return {
        "from": chinese(start.day) if start else "日期未载明",
        "to": chinese(end.day) if end else "日期未载明",
        "actual": str(length.value),
        "unit": UNIT_NAMES[params["unit"]],
        "min": str(params.get("min", "")),
        "max": str(params.get("max", "")),
        "earliest": _earliest(matter, start),
    }


def _earliest(matter: Matter, start: Event | None) -> str:
    """The earliest day that satisfies `min`, in words; without a start day, how to find it."""
    least = matter.params.get("min")
    if least is None:
        return ""
    unit = matter.params["unit"]
    steps = least + 1 if matter.params.get("strict") else least
    if start is None:
        name = base.EVENTS[_names(matter.params["from"])[0]]
        return f"{name}后第{steps}{UNIT_NAMES[unit]}"
    if unit == "day":
        return chinese(start.day + timedelta(days=steps))
    region = matter.case.region
    try:
        return chinese(matter.reference.calendar.add(start.day, steps, region.province if region else None))
    except UnknownCalendar:
        return f"{chinese(start.day)}后第{steps}个工作日"


def _span_name(matter: Matter) -> str:
    return f"{_names(matter.params['from'])[0]}→{_names(matter.params['to'])[0]}"


# ------------------------------------------------------------------ not enough to count


def _by_stated_number(matter: Matter) -> Verdict | None:
    """Judge by the number of days that a notice states, where it does not state both ends.

    A period of n working days has n days or more, one of n days has n working days or fewer.
    """
    key = matter.params.get("stated")
    fact = find(matter.case, key) if key else None
    if fact is None or not isinstance(fact.value, int | float) or "min" not in matter.params:
        return None
    value, unit, least = int(fact.value), fact.detail.get("unit", "day"), matter.params["min"]
    evidence = (cite_fact(matter.case, fact),)
    wanted = matter.params["unit"]
    length = _Length(value)
    if value >= least and wanted in (unit, "day"):
        reason = f"载明期限为{value}{UNIT_NAMES[unit]}，{_limit_words(matter)}。"
        return Verdict("met", reason, (), Measured(value, unit), _limit(matter), evidence=evidence)
    if value < least and wanted in (unit, "working_day"):
        values = _values(matter, None, None, length) | {"unit": UNIT_NAMES[unit]}
        return _short(matter, length, Fault(values, evidence))
    return None


def _unknown(matter: Matter, start: Event | None, end: Event | None) -> Verdict:
    missing, impossible = [], []
    for event, wanted in ((start, matter.params["from"]), (end, matter.params["to"])):
        if event is not None:
            continue
        name = _names(wanted)[0]
        fact = find(matter.case, name)
        if fact is not None and isinstance(fact.value, str):
            impossible.append(f"{base.EVENTS[name]}“{fact.value}”不是真实存在的日期。")
        missing.append(base.missing_event(name))
    known = tuple(event.evidence for event in (end, start) if event is not None and event.evidence is not None)
    reason = "".join(impossible) + "缺少" + "、".join(item.what for item in missing) + "，无法计算间隔。"
    return Verdict(
        "cannot_tell",
        reason,
        limit=_limit(matter),
        missing=tuple(missing),
        notes=_best_case(matter, start, end),
        evidence=known,
    )


def _best_case(matter: Matter, start: Event | None, end: Event | None) -> tuple[str, ...]:
    """A document is not published before it is made: the greatest interval that is still possible."""
    least = matter.params.get("min")
    if start is not None or end is None or least is None or "published" not in _names(matter.params["from"]):
        return ()
    made = [
        event
        for event in matter.case.timeline
        if event.event in ("signed", "issued", "adopted") and event.source != "derived"
    ]
    if not made:
        return ()
    last = max(made, key=lambda event: event.day)
    possible = (end.day - last.day).days
    if possible >= least:
        return ()
    return (f"即使在{base.EVENTS[last.event]}{chinese(last.day)}当天公布，间隔也只有{possible}日，请核实公布日期。",)


def _reversed(matter: Matter, start: Event, end: Event) -> Verdict:
    evidence = tuple(event.evidence for event in (start, end) if event.evidence is not None)
    reason = f"截止日{chinese(end.day)}早于开始日{chinese(start.day)}，请核对原文日期。"
    missing = tuple(base.missing_event(event.event) for event in (start, end))
    return Verdict("cannot_tell", reason, limit=_limit(matter), missing=missing, evidence=evidence)


SPEC = KindSpec(
    judge=judge,
    params={
        "from": base.event,
        "to": base.event,
        "unit": base.one_of("day", "working_day"),
        "min": base.number,
        "max": base.number,
        "strict": base.flag,
        "roll": base.flag,
        "period": base.flag,
        "clauses": base.mapping(base.number),
        "stated": base.words,
        "excuse": base.table({"fact": base.words, "pattern": base.pattern}, frozenset({"fact"})),
        "unsure": base.table(
            {"detail": base.mapping(base.scalar), "what": base.words, "how": base.words},
            frozenset({"detail", "what", "how"}),
        ),
        "unless_trait": base.listed(base.words),
        **base.ABOUT,
    },
    required=frozenset({"from", "to", "unit"}),
    gives=frozenset({"from", "to", "actual", "unit", "min", "max", "earliest"}),
    event="from",
)
