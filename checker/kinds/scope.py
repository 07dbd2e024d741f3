"""Kind `scope`: whether what a document is about lies within the matters that its maker may regulate (立法法 art. 93).

The subject is read from the title. A title that names none of the matters decides nothing; one that names a matter
plainly beyond them is pointed out as a suspicion, for a person to judge.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from checker.kinds import base
from checker.kinds.base import Fault, KindSpec, Matter, Verdict, cite_fact
from checker.model import Missing

_HOW = "对照起草说明和立法计划，核实规定的是哪一类事项；2015年3月15日以前已经制定的规章继续有效。"


def judge(matter: Matter) -> Verdict:
    """Met for a title that names one of params `within`, violated for one of `beyond`, else cannot_tell."""
    outside = base.title_excuses(matter)
    if outside:
        return Verdict("not_applicable", outside)
    fact = matter.case.main.first("title")
    if fact is None:
        missing = Missing("规章名称", "提供写有名称的完整文本。")
        return Verdict("cannot_tell", "没有读出名称，不能判断事项范围。", missing=(missing,))
    title, evidence = str(fact.value), (cite_fact(matter.case, fact),)
    scope = "、".join(field["name"] for field in matter.params["within"])
    found = _named(matter.params["within"], title)
    if found:
        return Verdict("met", f"名称“{title}”涉及{found}，在可以规定的事项内（{scope}）。", evidence=evidence)
    beyond = _named(matter.params["beyond"], title)
    if beyond:
        fault = Fault({"title": title, "matter": beyond, "scope": scope}, evidence)
        return Verdict("violated", "", (fault,), evidence=evidence)
    missing = Missing("规章规定的事项属于哪一类", _HOW)
    return Verdict("cannot_tell", f"从名称“{title}”看不出是否属于{scope}。", missing=(missing,), evidence=evidence)


def _named(fields: Sequence[dict[str, Any]], title: str) -> str:
    return next((field["name"] for field in fields if base.search(field["pattern"], title)), "")


_FIELD = base.table({"name": base.words, "pattern": base.pattern}, frozenset({"name", "pattern"}))

SPEC = KindSpec(
    judge=judge,
    params={"within": base.listed(_FIELD), "beyond": base.listed(_FIELD), **base.ABOUT},
    required=frozenset({"within", "beyond"}),
    gives=frozenset({"title", "matter", "scope"}),
)
