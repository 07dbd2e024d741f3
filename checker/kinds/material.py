"""Kind `material`: a requirement that a single document cannot decide, with the evidence that would.

It never accuses and never acquits. It names every material that is not among the documents of the case; where all are
there it says so and leaves their content to the pre-filing check. Nothing follows from an absence.
"""

from __future__ import annotations

from typing import get_args

from checker.kinds import base
from checker.kinds.base import KindSpec, Matter, Verdict
from checker.model import Kind, Missing, TraitName

_DECIDED = {
    "dossier": "本件文本不能判断，要看卷宗材料。",
    "register": "本件文本不能判断，要看登记、台账。",
    "outside": "本件文本不能判断，要看文件以外的工作情况。",
}


def judge(matter: Matter) -> Verdict:
    """`cannot_tell` with what is missing; `not_applicable` where params `when` asks for a trait the document lacks."""
    outside = _untouched(matter) or base.title_excuses(matter)
    if outside:
        return Verdict("not_applicable", outside)
    held = {kind for facts in matter.case.facts for kind in facts.kinds or (facts.kind,)}
    lacking = [item for item in matter.params["materials"] if not held & set(item.get("roles", ()))]
    if lacking:
        missing = tuple(Missing(item["what"], item["how"]) for item in lacking)
        return Verdict("cannot_tell", _DECIDED[matter.params["decided_by"]], missing=missing)
    names = "、".join(item["what"] for item in matter.params["materials"])
    checked = Missing("材料内容的核对结果", f"打开{names}，核对其内容。")
    return Verdict("cannot_tell", "材料已提供，内容由报备前检查核对。", missing=(checked,))


def _untouched(matter: Matter) -> str | None:
    wanted = matter.params.get("when", {}).get("trait", ())
    if not wanted or any(matter.case.main.has_trait(name) for name in wanted):
        return None
    options = " 或者 ".join(f"--trait {name}" for name in wanted)
    return f"没有识别出触发本项要求的特征；如有，用 {options} 指定。"


_MATERIAL = base.table(
    {"what": base.words, "how": base.words, "roles": base.listed(base.one_of(*get_args(Kind)))},
    frozenset({"what", "how"}),
)

SPEC = KindSpec(
    judge=judge,
    params={
        "decided_by": base.one_of("dossier", "register", "outside"),
        "materials": base.listed(_MATERIAL),
        "when": base.table({"trait": base.listed(base.one_of(*get_args(TraitName)))}, frozenset({"trait"})),
        **base.ABOUT,
    },
    required=frozenset({"decided_by", "materials"}),
    gives=frozenset(),
    accuses=False,
)
