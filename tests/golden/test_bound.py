"""Nobody is accused under a rule that does not bind it: who is bound, written down once more and apart from the rules.

Kind, act and level of the issuers are those that a person read (gold.tsv, second.tsv, labels.jsonl), not the checker's.
Each document is checked as it is, and again with dates that break every term, so that whatever binds it accuses it.
"""

from __future__ import annotations

import csv
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

from checker.audit import Settings, check_file
from checker.model import Report
from tests.golden.test_documents import KNOWN, LABELS

HERE = Path(__file__).parent
TODAY = date(2026, 11, 21)
FORM = frozenset({"F01", "F02", "F03"})
LOCAL = frozenset({"S03", "F04", "F05", "P05", "P20", "P22"})  # of normative documents: places set them, or indicators
GOVERNMENTS = frozenset({"P01", "P04", "P17"})  # 组织法 art. 75 names governments; departments and townships by K alone
NEW_RULES = frozenset({"P05", "P06", "P11", "P12", "P20", "P21", "F05"})  # for what sets something new
FAIR_COMPETITION = frozenset({"C12", "C13", "C14", "C15", "C16"})  # 公平竞争审查条例 art. 2: rules too
OWN = ("normative_document", "government_rule", "major_decision")
PAPERS = ("comment_notice", "legality_review_opinion")


@dataclass(frozen=True)
class Read:
    """What a person read in one document; several kinds where the person left it open."""

    name: str
    path: Path
    kinds: frozenset[str]
    acts: frozenset[str]
    issuers: frozenset[tuple[str, str]]

    def bound_by(self, code: str) -> bool:
        """Whether a fault under requirement `code` can be this document's."""
        return any(self._bound(code, kind, act) for kind in self.kinds for act in self.acts)

    def _bound(self, code: str, kind: str, act: str) -> bool:
        if code == "P35":
            return True
        if code[0] == "C":  # what must not be said may stand in any paper; the powers of rules (C20) only in rules
            return (kind == "government_rule") == (code == "C20") or code in FAIR_COMPETITION
        if kind not in (*OWN, *PAPERS):
            official = kind in ("internal_document", "administrative_reply", "party_document")
            return official and (code in FORM or (code == "S01" and kind == "internal_document"))
        if kind == "government_rule":
            return code[0] == "G" or code in {"S01", "S03", "F04", "P06", "P21", "P33"}
        if act == "forward" and (code in NEW_RULES or code in {"F04", "S03"}):
            return False
        if act in ("repeal", "declare_invalid", "extend") and code in NEW_RULES - {"F05"}:
            return False
        if act in ("repeal", "declare_invalid") and code == "F05":
            return False
        return code[0] != "G" and self._level_bound(code) if kind in OWN else self._level_bound(code)

    def _level_bound(self, code: str) -> bool:
        """Whether one of the issuers is bound; an issuer that nobody could read leaves it open."""
        return not self.issuers or any(self._organ_bound(code, name, level) for name, level in self.issuers)

    @staticmethod
    def _organ_bound(code: str, name: str, level: str) -> bool:
        if name in ("国务院", "国务院办公厅"):
            return code in FORM | {"S01", "F07"}
        match level:
            case "congress" | "party_body":
                return False
            case "ministry":
                return code not in LOCAL | GOVERNMENTS
            case "department":
                return code not in GOVERNMENTS
            case "township":
                return code not in GOVERNMENTS and code[0] != "D"
            case _:
                return True


def issued(shared: Path) -> Iterator[Read]:
    """The issued documents and notices that were labelled fact by fact."""
    facts: dict[str, dict[str, set[str]]] = defaultdict(lambda: defaultdict(set))
    for name in ("gold.tsv", "second.tsv"):
        with (HERE / name).open(encoding="utf-8", newline="") as file:
            for row in csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE):
                facts[row["id"]][row["fact"]].add(row["value"])
    for name, read in sorted(facts.items()):
        yield _read(name, shared / "corpora" / "issued" / f"{name}.txt", read)


def written() -> Iterator[Read]:
    """The documents written for this project, without those whose kind is on record as misread."""
    for label in LABELS:
        if "kind" in KNOWN.get(label.id, {}):
            continue
        yield _read(label.id, label.path, {key: set(values) for key, values in label.facts.items()})


def _read(name: str, path: Path, facts: dict[str, set[str]]) -> Read:
    organs = (value.partition("|") for value in facts.get("issuer", ()))
    issuers = frozenset((organ, level) for organ, _, level in organs)
    return Read(name, path, frozenset(facts["kind"]), frozenset(facts.get("act", {"enact"})), issuers)


def hostile(day: date) -> dict[str, date]:
    """Steps around the day of the document that are too short, too late and out of order wherever a rule counts them."""
    days = {"comment_start": -9, "comment_end": -7, "review_complete": -5, "review_issued": -4, "published": 90}
    return {name: day + timedelta(count) for name, count in (days | {"effective": 91, "filed": 900}).items()}


def accused(read: Read) -> Iterator[str]:
    """Each fault of the document, as it is and with hostile dates, that cannot be its own."""
    first = check_file(read.path.read_bytes(), read.path.name, Settings(today=TODAY))
    day = first.case.as_of if first.case is not None else TODAY
    day = min(day, TODAY - timedelta(1000))
    given = Settings(today=TODAY, as_of=first.case.as_of if first.case else None, given=hostile(day))
    for report in (first, check_file(read.path.read_bytes(), read.path.name, given)):
        for code, rule in faults(report):
            if not read.bound_by(code):
                yield f"{read.name} ({'/'.join(read.kinds)}, {'/'.join(read.acts)}): {code} {rule}"


def faults(report: Report) -> set[tuple[str, str]]:
    return {(outcome.requirement, outcome.rule) for outcome in report.outcomes if outcome.status == "violated"}


def test_no_issued_document_is_accused_of_what_does_not_bind_it(shared: Path) -> None:
    found = [fault for read in issued(shared) for fault in accused(read)]
    assert not found, "\n".join(sorted(set(found)))


def test_no_written_document_is_accused_of_what_does_not_bind_it() -> None:
    found = [fault for read in written() for fault in accused(read)]
    assert not found, "\n".join(sorted(set(found)))


def test_hostile_dates_do_accuse_whom_they_bind() -> None:
    """Else the two tests above would prove nothing."""
    codes: set[str] = set()
    for read in written():
        settings = Settings(today=TODAY, as_of=date(2024, 3, 1), given=hostile(date(2024, 3, 1)))
        codes |= {code for code, _ in faults(check_file(read.path.read_bytes(), read.path.name, settings))}
    assert {"P05", "P11", "P19", "P33", "D03", "G03"} <= codes
