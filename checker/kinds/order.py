"""Kind `order`: dated steps that must not stand in the wrong order.

Only days that a document states or a person gives are compared; a computed day proves nothing about the order.
"""

from __future__ import annotations

from checker.kinds import base
from checker.kinds.base import Fault, KindSpec, Matter, Verdict, chinese
from checker.model import Event, Evidence, Missing


def judge(matter: Matter) -> Verdict:
    """Compare every pair of params `pairs` whose two days are known."""
    faults: list[Fault] = []
    notes: list[str] = []
    compared: list[str] = []
    absent: dict[str, None] = {}
    for pair in matter.params["pairs"]:
        before, after = _stated(matter, pair["before"]), _stated(matter, pair["after"])
        if before is None or after is None:
            absent.update(
                {name: None for name, step in ((pair["before"], before), (pair["after"], after)) if step is None}
            )
            continue
        compared.append(f"{_said(before)}、{_said(after)}")
        same_day = pair.get("same_day", "ok")
        if before.day > after.day or (before.day == after.day and same_day == "fault"):
            faults.append(_fault(before, after, soft=bool(pair.get("soft"))))
        elif before.day == after.day and same_day == "note":
            notes.append(f"边界：{_name(before)}与{_name(after)}同为{chinese(before.day)}，请核对当日先后。")
    return _verdict(faults, notes, compared, list(absent))


def _stated(matter: Matter, name: str) -> Event | None:
    step = matter.case.event(name)
    return step if step is not None and step.source != "derived" else None


def _verdict(faults: list[Fault], notes: list[str], compared: list[str], absent: list[str]) -> Verdict:
    missing = tuple(base.missing_event(name) for name in absent)
    if faults:
        evidence = tuple(item for fault in faults for item in fault.evidence)
        return Verdict("violated", "", tuple(faults), notes=tuple(notes), evidence=evidence)
    if not compared:
        reason = "已知的日期不足两个，无法比对先后。"
        return Verdict("cannot_tell", reason, missing=missing or (Missing("各环节日期", "用 --date 给出。"),))
    if absent:
        names = "、".join(base.EVENTS[name] for name in absent)
        notes.append(f"未比对：{names}没有日期，可以用 --date 补充。")
    return Verdict("met", "已比对，先后无矛盾：" + "；".join(compared) + "。", notes=tuple(notes))


def _fault(before: Event, after: Event, *, soft: bool) -> Fault:
    quoted: tuple[Evidence, ...] = tuple(step.evidence for step in (after, before) if step.evidence is not None)
    values = {
        "before": _name(before),
        "after": _name(after),
        "before_day": chinese(before.day),
        "after_day": chinese(after.day),
    }
    return Fault(
        values, quoted, absent="" if quoted else f"{before.event}→{after.event}", severity="warning" if soft else None
    )


def _name(step: Event) -> str:
    return base.EVENTS[step.event]


def _said(step: Event) -> str:
    return f"{_name(step)}{chinese(step.day)}"


_PAIR = base.table(
    {
        "before": base.one_of(*base.EVENTS),
        "after": base.one_of(*base.EVENTS),
        "same_day": base.one_of("ok", "note", "fault"),
        "soft": base.flag,
    },
    frozenset({"before", "after"}),
)

SPEC = KindSpec(
    judge=judge,
    params={"pairs": base.listed(_PAIR)},
    required=frozenset({"pairs"}),
    gives=frozenset({"before", "after", "before_day", "after_day"}),
)
