"""Citations of real documents against labels made by reading, before the extractor ran on them; LABELLING.md says how."""

from __future__ import annotations

import csv
from collections import defaultdict
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

import pytest

from checker.facts import extract
from checker.model import Fact
from checker.reading import read
from checker.reference import load_reference

LABELS = Path(__file__).parent / "citations.tsv"
GOAL = 0.98
Line = tuple[int, int, str, str, str, str]


@dataclass
class Labelled:
    """What was read in one document: the citations, and the stretch; the first draw was read whole and names none."""

    lines: set[Line] = field(default_factory=set)
    stretch: tuple[int, int] | None = None

    @property
    def draw(self) -> str:
        """Which of the two draws of LABELLING.md the document is of."""
        return "second" if self.stretch else "first"

    def inside(self, line: Line) -> bool:
        """Whether a citation lies in what was read."""
        return self.stretch is None or (line[0] >= self.stretch[0] and line[1] <= self.stretch[1])


def labels() -> dict[str, Labelled]:
    """id -> what was labelled; a citation is start, end, form, law, number, provisions."""
    found: dict[str, Labelled] = defaultdict(Labelled)
    with LABELS.open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE):
            start, end = int(row["start"]), int(row["end"])
            if row["form"] == "stretch":
                found[row["id"]].stretch = (start, end)
            else:
                found[row["id"]].lines.add((start, end, row["form"], row["law"], row["number"], row["provisions"]))
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


@dataclass
class Measured:
    """How many citations agree in every column, which were read and are none, which were missed."""

    right: int = 0
    wrong: list[str] = field(default_factory=list)
    missed: list[str] = field(default_factory=list)

    @property
    def labelled(self) -> int:
        """The number of labels."""
        return self.right + len(self.missed)

    @property
    def precision(self) -> float:
        """Share of what was read that is right."""
        return self.right / (self.right + len(self.wrong))

    @property
    def recall(self) -> float:
        """Share of the labels that were read."""
        return self.right / self.labelled


@cache
def measured(shared: Path) -> dict[str, Measured]:
    """The measure of each draw, and of all labels."""
    known = load_reference().knows_law
    found = {"first": Measured(), "second": Measured(), "all": Measured()}
    for name, labelled in labels().items():
        data = (shared / "corpora" / "issued" / f"{name}.txt").read_bytes()
        lines = {line_of(fact) for fact in extract(read(data, name), known_law=known).all("citations")}
        lines = {line for line in lines if labelled.inside(line)}
        for measure in (found[labelled.draw], found["all"]):
            measure.right += len(lines & labelled.lines)
            measure.wrong += [f"{name} {line}" for line in sorted(lines - labelled.lines)]
            measure.missed += [f"{name} {line}" for line in sorted(labelled.lines - lines)]
    return found


@pytest.mark.parametrize(("draw", "least"), [("first", 150), ("second", 200), ("all", 300)])
def test_precision_and_recall(shared: Path, draw: str, least: int) -> None:
    found = measured(shared)[draw]
    assert found.labelled >= least
    assert min(found.precision, found.recall) >= GOAL, (
        f"precision {found.precision:.3f}, recall {found.recall:.3f}\n+ {found.wrong}\n- {found.missed}"
    )
