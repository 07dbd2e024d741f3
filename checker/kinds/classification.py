"""Kind `classification`: whether it is clear what kind of document this is, which decides what binds it.

A document that looks internal by its title and yet sets duties on outsiders is pointed out: it may have to go through
the procedure of a normative document (国办发〔2018〕115号 section 3).
"""

from __future__ import annotations

from checker.kinds import base
from checker.kinds.base import Fault, KindSpec, Matter, Verdict, cite, cite_fact
from checker.model import Missing

_HOW = "核对文件内容后，用 --kind normative_document（或者 internal_document 等）指定类别。"


def judge(matter: Matter) -> Verdict:
    """Met when the kind is certain; violated when an internal-looking document binds outsiders; else cannot_tell."""
    outside = base.title_excuses(matter)
    if outside:
        return Verdict("not_applicable", outside)
    fact = matter.case.main.first("kind")
    reason = matter.case.main.kind_reason
    if fact is None or fact.detail.get("certain", True):
        evidence = () if fact is None else (cite_fact(matter.case, fact),)
        return Verdict("met", reason or "文件类别明确。", evidence=evidence)
    doubt = str(fact.detail.get("doubt") or reason)
    evidence = (cite(matter.case.document, fact.span),)
    title = matter.case.main.first("title")
    looks_internal = title is not None and base.search(matter.params["internal"], str(title.value)) is not None
    if looks_internal and base.search(matter.params["binding"], doubt):
        fault = Fault({"doubt": doubt.rstrip("。"), "title": str(title.value) if title else ""}, evidence)
        return Verdict("violated", "", (fault,), evidence=evidence)
    return Verdict("cannot_tell", f"文件类别存疑：{doubt}", missing=(Missing("文件类别", _HOW),), evidence=evidence)


SPEC = KindSpec(
    judge=judge,
    params={
        "internal": base.pattern,
        "binding": base.pattern,
        **base.ABOUT,
    },
    required=frozenset({"internal", "binding"}),
    gives=frozenset({"doubt", "title"}),
)
