"""Whole documents written for this project to trip the extractor, read from bytes to facts and compared fact by fact.

`documents/<id>.txt` and `files/<id>.docx|pdf|html` are fictional; `files/make_files.py` writes the latter from
`files/sources.txt`. `labels.jsonl` beside them holds one object a line: `facts` is what the text states (or
LABELLING.md derives) and nothing else is stated; `also` is what may be found besides or, for title, issuer, number and
region, instead ("*": anything); `outcomes` is what `check` must say of single requirements; `note` names the trap; `batch` is the round it was written in. Labels were made and
frozen before the extractor saw the document.

KNOWN are the failures on record: they must still fail, so that a repaired one is struck off.
"""

from __future__ import annotations

import json
import re
import unicodedata
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

import pytest

from checker.audit import Settings, check_file
from checker.facts import extract
from checker.model import Fact, Facts, Outcome, Status
from checker.reading import read

HERE = Path(__file__).parent
FOLDERS = ("documents", "files")
FORMATS = (".txt", ".docx", ".pdf", ".html")

DATES = (
    "adopted",
    "signed",
    "issued",
    "printed",
    "published",
    "effective",
    "expires",
    "comment_start",
    "comment_end",
    "review_received",
    "review_complete",
    "review_issued",
)
NAMES = ("title", "issuer", "document_number", "region")
KEYS = (
    "kind",
    "act",
    *NAMES,
    *DATES,
    "registration_number",
    "validity_years",
    "comment_stated",
    "effect_clause",
    "repeals",
    "repeal_numbers",
    "publicity",
)
LABELLED_ONLY = ("region", "publicity")  # not labelled in every document that states them

KNOWN: dict[str, dict[str, str]] = {
    "cn-web-survey": {
        "kind": "a title without 关于 that ends in 民意征集 is not found, so nothing is judged",
        "title": "a title without 关于 that ends in 民意征集 is not found, so nothing is judged",
        "comment_start": "a title without 关于 that ends in 民意征集 is not found, so nothing is judged",
        "comment_end": "a title without 关于 that ends in 民意征集 is not found, so nothing is judged",
    },
    "cn-publicity-period": {
        "kind": "the 公示 of a draft is taken for a normative document",
        "comment_start": "the 公示 of a draft is taken for a normative document",
        "comment_end": "the 公示 of a draft is taken for a normative document",
    },
    "cn-second-round": {
        "comment_start": "the first round's period is taken for this round's",
        "comment_end": "the first round's period is taken for this round's",
    },
    "cn-workdays-with-end": {"title": "menu entries of the page run into the title"},
    "ru-minister-order": {
        "title": "X令第N号 on one line is read as the title",
        "issuer": "X令第N号 on one line is read as the title",
        "document_number": "X令第N号 on one line is read as the title",
    },
    "ru-two-signers": {
        "kind": "a joint letterhead in a table with 令 beside the first organ is no letterhead of an order",
        "issuer": "a joint letterhead in a table with 令 beside the first organ is no letterhead of an order",
        "published": "a joint letterhead in a table with 令 beside the first organ is no letterhead of an order",
    },
    "lr-table-form": {
        "issuer": "the drafter in a table wins over the signature; 收件日期 is not read",
        "review_received": "the drafter in a table wins over the signature; 收件日期 is not read",
    },
    "dn-five-organs": {"title": "menu entries of the page run into the title"},
    "tw-ethnic-township": {"expires": "…自动失效 is not read"},
    "hq-fire-order": {"document_number": "organ and 命令 on two lines give no title, so nothing is judged"},
    "hq-epidemic-notice": {"document_number": "organ and 通告 on two lines give no title"},
    "an-maritime": {"title": "menu entries run into the title; an official's signature leaves the date of issue out"},
    "ms-annex-before": {
        "title": "an annex before the notice hides its title and number",
        "document_number": "an annex before the notice hides its title and number",
    },
    "ms-scan-spaced": {"document_number": "digits with a space between each"},
    "ms-seal-between": {
        "issued": "a seal between signature and date; 下月1日",
        "effective": "a seal between signature and date; 下月1日",
    },
}


@dataclass(frozen=True)
class Label:
    """What a person read in one document."""

    id: str
    batch: int
    facts: dict[str, list[str]]
    also: dict[str, list[str]]
    note: str
    folder: str
    outcomes: dict[str, str] = field(default_factory=dict)

    @property
    def path(self) -> Path:
        """The labelled file."""
        return next(path for path in documents_of(self.folder) if path.stem == self.id)


@dataclass(frozen=True)
class Verdict:
    """One fact of one document: how many values are right, wrong and missing."""

    right: int
    wrong: int
    missing: int
    misplaced: bool
    expected: list[str]
    found: list[str]

    @property
    def failed(self) -> bool:
        """Whether anything differs from the label; a date also fails when the document's own is not the first."""
        return bool(self.wrong or self.missing or self.misplaced)


def documents_of(folder: str) -> list[Path]:
    return sorted(path for path in (HERE / folder).iterdir() if path.suffix in FORMATS and path.stem != "sources")


def labels(folder: str) -> list[Label]:
    lines = (HERE / folder / "labels.jsonl").read_text(encoding="utf-8").splitlines()
    return [Label(**json.loads(line), folder=folder) for line in lines]


def squeezed(value: str) -> str:
    return re.sub(r"\s", "", unicodedata.normalize("NFKC", value))


def printed_value(key: str, fact: Fact) -> str:
    if isinstance(fact.value, date):
        return fact.value.isoformat()
    match key:
        case "issuer":
            return f"{fact.value}|{fact.detail.get('level')}"
        case "comment_stated":
            return f"{fact.value} {fact.detail.get('unit')}"
        case "effect_clause" if fact.detail.get("days"):
            return f"{fact.value}+{fact.detail['days']}"
        case _:
            return str(fact.value)


def found_values(facts: Facts, key: str) -> list[str]:
    match key:
        case "kind":
            return [facts.kind]
        case "act":
            return [facts.act]
        case "region":
            return [facts.region.name] if facts.region else []
        case "repeal_numbers":
            return [str(fact.detail["number"]) for fact in facts.all("repeals") if fact.detail.get("number")]
        case _:
            return [printed_value(key, fact) for fact in facts.all(key) if not fact.detail.get("inner")]


def squeezed_for(key: str, value: str) -> str:
    # The unit of a comment period is set off by a space that counts.
    return value if key == "comment_stated" else squeezed(value)


def judge(label: Label, facts: Facts, key: str) -> Verdict:
    expected = [squeezed_for(key, value) for value in label.facts.get(key, [])]
    accepted = {squeezed_for(key, value) for value in label.also.get(key, [])}
    found = [squeezed_for(key, value) for value in found_values(facts, key)]
    if key in LABELLED_ONLY and not expected:
        found = []
    if key in ("kind", "act"):
        ok = found[0] in expected
        return Verdict(int(ok), int(not ok), int(not ok), False, expected, found)
    values = set(found)
    right = values & set(expected)
    wrong = set() if "*" in accepted else values - set(expected) - accepted
    missing = len(set(expected) - values)
    if key in NAMES:
        missing = 0 if "*" in accepted else max(0, missing - len(values & accepted - set(expected)))
    misplaced = key in DATES and bool(right) and found[0] not in expected
    return Verdict(
        len(expected) - missing if key in NAMES else len(right), len(wrong), missing, misplaced, expected, found
    )


def verdicts(label: Label) -> dict[str, Verdict]:
    facts = extract(read(label.path.read_bytes(), label.path.name))
    return {key: judge(label, facts, key) for key in KEYS}


def strictest(outcomes: Iterable[Outcome]) -> dict[str, str]:
    """What the rules of each requirement say together: a fault, else that it is met, else that it cannot be told."""
    order: tuple[Status, ...] = ("not_applicable", "cannot_tell", "met", "violated")
    said: dict[str, Status] = {}
    for outcome in outcomes:
        said[outcome.requirement] = max(outcome.status, said.get(outcome.requirement, order[0]), key=order.index)
    return dict(said)


LABELS = [label for folder in FOLDERS for label in labels(folder)]


@pytest.mark.parametrize("label", LABELS, ids=[label.id for label in LABELS])
def test_facts_are_those_a_person_reads(label: Label) -> None:
    failed = {key: verdict for key, verdict in verdicts(label).items() if verdict.failed}
    known = KNOWN.get(label.id, {})
    new = [f"{key}: expected {v.expected}, found {v.found}" for key, v in failed.items() if key not in known]
    assert not new, f"{label.note}\n" + "\n".join(new)
    repaired = sorted(known.keys() - failed.keys())
    assert not repaired, f"now right, strike off KNOWN: {repaired}"


JUDGED = [label for label in LABELS if label.outcomes]


@pytest.mark.parametrize("label", JUDGED, ids=[label.id for label in JUDGED])
def test_requirements_are_judged_as_a_person_does(label: Label) -> None:
    report = check_file(label.path.read_bytes(), label.path.name, Settings(today=date(2026, 11, 21)))
    said = dict.fromkeys(label.outcomes, "not_applicable") | strictest(report.outcomes)
    wrong = {code: (wanted, said[code]) for code, wanted in label.outcomes.items() if said[code] != wanted}
    assert not wrong, f"{label.note}\n(expected, found): {wrong}"


def test_documents_labels_and_known_failures_belong_together() -> None:
    ids = [label.id for label in LABELS]
    assert len(ids) == len(set(ids))
    assert sorted(ids) == sorted(path.stem for folder in FOLDERS for path in documents_of(folder))
    assert set(KNOWN) <= set(ids)
    assert {key for facts in KNOWN.values() for key in facts} <= set(KEYS)
    assert {key for label in LABELS for key in label.facts} <= set(KEYS)


@pytest.mark.bench
@pytest.mark.parametrize("folder", FOLDERS)
def test_precision_and_recall_per_fact(folder: str) -> None:
    chosen = [label for label in LABELS if label.folder == folder]
    right: Counter[str] = Counter()
    wrong: Counter[str] = Counter()
    missing: Counter[str] = Counter()
    for label in chosen:
        for key, verdict in verdicts(label).items():
            right[key] += verdict.right
            wrong[key] += verdict.wrong
            missing[key] += verdict.missing
    print(f"\n{folder}: {len(chosen)} documents\n{'fact':20} {'labelled':>8} {'precision':>9} {'recall':>7}")
    for key in KEYS:
        found, labelled = right[key] + wrong[key], right[key] + missing[key]
        precision = f"{right[key] / found:9.2f}" if found else "        -"
        recall = f"{right[key] / labelled:7.2f}" if labelled else "      -"
        print(f"{key:20} {labelled:8} {precision} {recall}")
