"""Kind `form`: how a fact is written, and of what sort it is.

Every fault of params `faults` is one test of the fact: a pattern over its written form (`quote`) or its normalised
value, a detail it must not have, details of which it must have one (`lacks`), a year that must agree, or occurrences that
must agree. `after` excuses a fact by the words before it in the same sentence. `instead` names words of the text that show
the same where the fact was not read (本办法 in place of a title).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any

import regex

from checker.kinds import base
from checker.kinds.base import Fault, KindSpec, Matter, Verdict, cite, cite_fact
from checker.model import Evidence, Fact, Missing, Span


def judge(matter: Matter) -> Verdict:
    """Test the fact `fact` (with `each`, all of its occurrences)."""
    outside = base.title_excuses(matter) or _skipped(matter)
    if outside:
        return Verdict("not_applicable", outside)
    facts = matter.case.main.all(matter.params["fact"])
    if not facts:
        return _absent(matter)
    looked = facts if matter.params.get("each") else facts[:1]
    faults = tuple(fault for fact in looked for fault in _faults(matter, fact))
    if faults:
        return Verdict("violated", "", faults, evidence=tuple(item for fault in faults for item in fault.evidence))
    evidence = tuple(cite_fact(matter.case, fact) for fact in looked)
    unsure = next((fact for fact in looked if _doubtful(matter, fact)), None)
    if unsure is not None:
        missing = Missing(matter.params["unsure"]["what"], matter.params["unsure"]["how"])
        return Verdict(
            "cannot_tell", f"“{unsure.value}”：{missing.what}不能确定。", missing=(missing,), evidence=evidence
        )
    quoted = "、".join(f"“{item.quote}”" for item in evidence[:3])
    return Verdict("met", f"已核对：{quoted}。", evidence=evidence)


def _skipped(matter: Matter) -> str | None:
    skip = matter.params.get("skip")
    if skip is None:
        return None
    for fact in matter.case.main.all(skip["fact"]):
        if base.search(skip["pattern"], str(fact.value)):
            return f"“{fact.value}”：{skip['says']}"
    return None


def _absent(matter: Matter) -> Verdict:
    what = matter.params["name"]
    if matter.params.get("optional"):
        return Verdict("not_applicable", f"文中没有{what}。")
    shown = _instead(matter)
    if shown is not None:
        return Verdict("met", f"没有读出{what}，文中自称“{shown.quote}”。", evidence=(shown,))
    missing = Missing(what, matter.params.get("how", f"核对原文是否写明{what}，或者提供完整的正式文本。"))
    return Verdict("cannot_tell", f"没有读出{what}。", missing=(missing,))


def _instead(matter: Matter) -> Evidence | None:
    words, document = matter.params.get("instead"), matter.case.document
    if words is None or base.search(words["unless"], document.body):
        return None
    match = base.search(words["pattern"], document.body)
    return cite(document, Span(*match.span())) if match else None


def _faults(matter: Matter, fact: Fact) -> Iterator[Fault]:
    """At most one fault for each test; a doubtful reading accuses nobody."""
    if _doubtful(matter, fact):
        return
    for test in matter.params["faults"]:
        if matter.case.document.format in test.get("formats", (matter.case.document.format,)) and _fails(
            matter, fact, test
        ):
            evidence = cite_fact(matter.case, fact)
            values = {"quote": evidence.quote, "value": _value(fact), "says": _filled(matter, fact, test["says"])}
            yield Fault(values, (evidence,))


def _doubtful(matter: Matter, fact: Fact) -> bool:
    unsure: Mapping[str, Any] | None = matter.params.get("unsure")
    return unsure is not None and any(fact.detail.get(key) == value for key, value in unsure["detail"].items())


def _fails(matter: Matter, fact: Fact, test: Mapping[str, Any]) -> bool:
    written = fact.span.of(_text(matter, fact)) if test.get("of", "quote") == "quote" else _value(fact)
    if "unless" in test and base.search(test["unless"], written):
        return False
    if "after" in test and base.search(test["after"], _before(_text(matter, fact), fact)):
        return False
    if "pattern" in test and not base.search(test["pattern"], written):
        return False
    if "detail" in test and not any(fact.detail.get(key) in values for key, values in test["detail"].items()):
        return False
    if "lacks" in test and any(fact.detail.get(key) for key in test["lacks"]):
        return False
    if "year_of" in test and not _other_year(matter, fact, test):
        return False
    return not test.get("differs") or _differs(matter, fact, test)


def _before(text: str, fact: Fact) -> str:
    """The words of the sentence before the fact."""
    start = max(fact.span.start - 300, 0)
    return regex.split(r"[。；\n]", text[start : fact.span.start])[-1]


def _text(matter: Matter, fact: Fact) -> str:
    for document, facts in base.pairs(matter.case):
        if any(fact is other for other in facts.all(fact.key)):
            return document.text
    return matter.case.document.text


def _value(fact: Fact) -> str:
    return fact.value.isoformat() if isinstance(fact.value, date) else str(fact.value)


def _other_year(matter: Matter, fact: Fact, test: Mapping[str, Any]) -> bool:
    """Whether the year that `year` finds in the value is not the year of the step `year_of`."""
    step = base.usable(matter.case, test["year_of"])
    found = base.search(test["year"], _value(fact))
    return step is not None and step.source != "derived" and found is not None and int(found[0]) != step.day.year


def _differs(matter: Matter, fact: Fact, test: Mapping[str, Any]) -> bool:
    """Whether an occurrence disagrees with the first one that `differs` gives the same key (the same 机关代字)."""
    mine = base.search(test["differs"], _value(fact))
    for other in matter.case.main.all(fact.key):
        theirs = base.search(test["differs"], _value(other))
        if mine is not None and theirs is not None and mine[0] == theirs[0]:
            return _value(other) != _value(fact)
    return False


def _filled(matter: Matter, fact: Fact, says: str) -> str:
    first = matter.case.main.all(fact.key)[0]
    return says.replace("{first}", _value(first))


_FAULT = base.table(
    {
        "says": base.words,
        "pattern": base.pattern,
        "unless": base.pattern,
        "after": base.pattern,
        "of": base.one_of("quote", "value"),
        "detail": base.mapping(base.listed(base.scalar)),
        "lacks": base.listed(base.words),
        "year": base.pattern,
        "year_of": base.event,
        "differs": base.pattern,
        "formats": base.listed(base.words),
    },
    frozenset({"says"}),
)

SPEC = KindSpec(
    judge=judge,
    params={
        "fact": base.words,
        "name": base.words,
        "each": base.flag,
        "optional": base.flag,
        "how": base.words,
        "faults": base.listed(_FAULT),
        "skip": base.table(
            {"fact": base.words, "pattern": base.pattern, "says": base.words}, frozenset({"fact", "pattern", "says"})
        ),
        "instead": base.table({"pattern": base.pattern, "unless": base.pattern}, frozenset({"pattern", "unless"})),
        "unsure": base.table(
            {"detail": base.mapping(base.scalar), "what": base.words, "how": base.words},
            frozenset({"detail", "what", "how"}),
        ),
        **base.ABOUT,
    },
    required=frozenset({"fact", "name", "faults"}),
    gives=frozenset({"quote", "value", "says"}),
)
