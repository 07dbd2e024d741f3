"""Kind `presence`: things that a document must hold, named one by one where they are missing.

An item is there when one of its facts was read or one of its patterns occurs in the place where it is looked for.
Something missing is shown at the place where it should stand. `needs` names facts without which the text is not
complete enough to say that something is missing: then the verdict is `cannot_tell`. `silent` is for things that must
be done but need not be written here: where they are not found the verdict is `cannot_tell` with what would show them.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from checker.kinds import base
from checker.kinds.base import Fault, KindSpec, Matter, Verdict, cite, cite_fact
from checker.model import Document, Evidence, Missing, Role, Span

_ORDER_TAIL = 400
"""Characters after the promulgation paragraph in which signature and date of an order stand."""


def judge(matter: Matter) -> Verdict:
    """Look for every item of params `items`."""
    outside = base.title_excuses(matter)
    if outside:
        return Verdict("not_applicable", outside)
    lacking = [item["name"] for item in matter.params["items"] if not _has(matter, item)]
    if not lacking:
        names = "、".join(item["name"] for item in matter.params["items"])
        return Verdict("met", f"已载明：{names}。", evidence=_found(matter))
    wanting = [
        need for need in matter.params.get("needs", ()) if not any(matter.case.main.first(key) for key in need["facts"])
    ]
    names = "、".join(lacking)
    if wanting:
        missing = tuple(Missing(need["what"], need["how"]) for need in wanting)
        what = "、".join(need["what"] for need in wanting)
        return Verdict("cannot_tell", f"文本中没有{what}，无法判断是否载明{names}。", missing=missing)
    silent = matter.params.get("silent")
    if silent is not None:
        unseen = Missing(silent["what"], silent["how"])
        return Verdict("cannot_tell", f"文中没有写到{names}，不等于没有做。", missing=(unseen,))
    evidence = (_place(matter),)
    fault = Fault({"missing": names, "count": str(len(lacking))}, evidence, absent=names)
    return Verdict("violated", "", (fault,), evidence=evidence)


def _has(matter: Matter, item: Mapping[str, Any]) -> bool:
    facts = matter.case.main
    if any(facts.all(key) for key in item.get("facts", ())):
        return True
    area = _area(matter, item.get("within", "body"))
    return any(base.search(source, area) for source in item.get("patterns", ()))


def _area(matter: Matter, within: str) -> str:
    document = matter.case.document
    if within == "document":
        return document.text
    preamble = matter.case.main.first("preamble")
    if within == "order" and preamble is not None:
        return document.text[: min(preamble.span.end + _ORDER_TAIL, document.body_end)]
    return document.body


def _found(matter: Matter) -> tuple[Evidence, ...]:
    keys = [key for item in matter.params["items"] for key in item.get("facts", ())]
    facts = [fact for key in keys if (fact := matter.case.main.first(key)) is not None]
    return tuple(cite_fact(matter.case, fact) for fact in facts)


def _place(matter: Matter) -> Evidence:
    """Where the missing thing should stand: an empty quote after the fact `anchor`, or at the end of the text."""
    document = matter.case.document
    anchor = matter.case.main.first(matter.params["anchor"]) if "anchor" in matter.params else None
    if anchor is not None:
        return cite(document, Span(anchor.span.end, anchor.span.end), anchor.clause)
    end = _end(document)
    return cite(document, Span(end, end))


def _end(document: Document) -> int:
    """The end of the last paragraph of the running text."""
    running = [
        block.span.end
        for block in document.blocks
        if block.span.end <= document.body_end and block.role is not Role.PAGE_NUMBER
    ]
    written = [end for end in running if end and not document.text[end - 1].isspace()]
    return max(written or running or [document.body_end])


_ITEM = base.table(
    {
        "name": base.words,
        "facts": base.listed(base.words),
        "patterns": base.listed(base.pattern),
        "within": base.one_of("body", "document", "order"),
    },
    frozenset({"name"}),
)
_NEED = base.table(
    {"facts": base.listed(base.words), "what": base.words, "how": base.words},
    frozenset({"facts", "what", "how"}),
)

SPEC = KindSpec(
    judge=judge,
    params={
        "items": base.listed(_ITEM),
        "needs": base.listed(_NEED),
        "anchor": base.words,
        "silent": base.table({"what": base.words, "how": base.words}, frozenset({"what", "how"})),
        **base.ABOUT,
    },
    required=frozenset({"items"}),
    gives=frozenset({"missing", "count"}),
)
