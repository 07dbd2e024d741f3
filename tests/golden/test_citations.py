"""Citations of real documents against labels made by reading, before the extractor ran on them; LABELLING.md says how."""

from __future__ import annotations

import csv
from collections import defaultdict
from pathlib import Path

from checker.facts import extract
from checker.model import Fact
from checker.reading import read
from checker.reference import load_reference

LABELS = Path(__file__).parent / "citations.tsv"
GOAL = 0.98
Line = tuple[int, int, str, str, str, str]


def labels() -> dict[str, set[Line]]:
    """id -> the labelled citations: start, end, form, law, number, provisions."""
    found: dict[str, set[Line]] = defaultdict(set)
    with LABELS.open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE):
            line = (int(row["start"]), int(row["end"]), row["form"], row["law"], row["number"], row["provisions"])
            found[row["id"]].add(line)
    return found


def line_of(fact: Fact) -> Line:
    """A fact in the words of the labels."""
    named = fact.detail["form"] in ("title", "short", "bare")
    return (
        fact.span.start,
        fact.span.end,
        fact.detail["form"],
        str(fact.value) if named else "",
        fact.detail["number"] or "",
        ";".join(_provision(unit) for unit in fact.detail["provisions"]),
    )


def _provision(unit: dict[str, int | None]) -> str:
    article = f"{unit['article'] or '-'}" + (f"-{unit['to']}" if unit["to"] else "")
    if not unit["paragraph"] and not unit["item"]:
        return article
    return f"{article}/{unit['paragraph'] or '-'}" + (f"/{unit['item']}" if unit["item"] else "")


def measured(shared: Path) -> tuple[int, list[str], list[str]]:
    """How many citations agree in every column, which were read and are none, which were missed."""
    known, right, wrong, missed = load_reference().knows_law, 0, [], []
    for name, wanted in labels().items():
        data = (shared / "corpora" / "issued" / f"{name}.txt").read_bytes()
        found = {line_of(fact) for fact in extract(read(data, name), known_law=known).all("citations")}
        right += len(found & wanted)
        wrong += [f"{name} {line}" for line in sorted(found - wanted)]
        missed += [f"{name} {line}" for line in sorted(wanted - found)]
    return right, wrong, missed


def test_precision_and_recall(shared: Path) -> None:
    right, wrong, missed = measured(shared)
    precision, recall = right / (right + len(wrong)), right / (right + len(missed))
    assert right + len(missed) >= 150
    assert min(precision, recall) >= GOAL, f"precision {precision:.3f}, recall {recall:.3f}\n+ {wrong}\n- {missed}"
