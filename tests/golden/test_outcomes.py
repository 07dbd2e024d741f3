"""What `check` says of real documents, requirement by requirement, against what a person reads in them.

`outcomes.tsv` holds one outcome a line (`id  requirement  status  note`); the text itself is not kept here. A line `*  read`
says that the document was read for all requirements in REQUIREMENTS: those without a line do not concern it. The labels
were made from the texts and the law before anybody saw what the checker says; where reading again changed one, its note
says why. DEPENDENT are documents of which the reader had seen something of the checker before; they do not count.

The rules of one requirement say one thing together: a fault, else that it is met, else that it cannot be told.
"""

from __future__ import annotations

import csv
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

import pytest

from checker.audit import Settings, check_file
from checker.model import Report
from tests.golden.test_documents import strictest

LABELS = Path(__file__).parent / "outcomes.tsv"
DEPENDENT = frozenset({"E002", "E006"})
DECIDED = frozenset({"met", "violated"})
REQUIREMENTS = frozenset(
    ("S01", "S02", "S03", "F01", "F02", "F03", "F04", "F05", "F07", "P05", "P06", "P07", "P11", "P12", "P19", "P20", "P21", "P22", "P33", "G01", "G02", "G03", "G04", "G05", "G06", "G09", "D03", "D04")
)  # fmt: skip
LEAST_DECIDED, LEAST_RIGHT = 0.9, 0.97


@dataclass
class Tally:
    """One requirement over all documents; `wrong` names each document with what was said and what a person reads."""

    bound: int = 0
    decidable: int = 0
    decided: int = 0
    said: int = 0
    wrong: list[str] = field(default_factory=list)

    @property
    def recall(self) -> float:
        """Of what the text decides, the part that was decided."""
        return self.decided / self.decidable if self.decidable else 1.0

    @property
    def precision(self) -> float:
        """Of what was decided, the part that is right."""
        return 1 - len(self.wrong) / self.said if self.said else 1.0


def gold() -> dict[str, dict[str, str]]:
    """Document -> requirement -> status."""
    read: dict[str, dict[str, str]] = defaultdict(dict)
    with LABELS.open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE):
            read[row["id"]][row["requirement"]] = row["status"]
    return dict(read)


@pytest.fixture(scope="module")
def reports(shared: Path) -> Mapping[str, Report]:
    """Every labelled document through the ordinary check, with the packs chosen for it."""
    paths = {path.stem: path for name in ("issued", "notices") for path in (shared / "corpora" / name).glob("*.txt")}
    settings = Settings(today=date(2026, 11, 21))
    return {name: check_file(paths[name].read_bytes(), paths[name].name, settings) for name in gold()}


def tallies(reports: Mapping[str, Report]) -> Iterator[tuple[str, Tally]]:
    read = {name: labels for name, labels in gold().items() if name not in DEPENDENT}
    said = {name: strictest(reports[name].outcomes) for name in read}
    for code in sorted(REQUIREMENTS):
        tally = Tally()
        for name, labels in read.items():
            wanted, found = labels.get(code, "not_applicable"), said[name].get(code, "not_applicable")
            tally.bound += wanted != "not_applicable"
            tally.decidable += wanted in DECIDED
            tally.decided += wanted in DECIDED and found in DECIDED
            tally.said += found in DECIDED
            if found in DECIDED and found != wanted:
                tally.wrong.append(f"{name} {found} ({wanted})")
        yield code, tally


def test_decided_and_right(reports: Mapping[str, Report], capsys: pytest.CaptureFixture[str]) -> None:
    """Prints for each requirement: documents it binds, decidable, decided of them, right of all that was decided."""
    lines = [f"\n{'':4} {'binds':>5} {'decidable':>9} {'decided':>14} {'right':>14}  wrong: said (read)"]
    short = []
    for code, tally in tallies(reports):
        decided = f"{tally.decided}/{tally.decidable} = {tally.recall:.2f}" if tally.decidable else "-"
        right = f"{tally.said - len(tally.wrong)}/{tally.said} = {tally.precision:.2f}" if tally.said else "-"
        lines.append(
            f"{code:4} {tally.bound:5} {tally.decidable:9} {decided:>14} {right:>14}  {'; '.join(tally.wrong)}"
        )
        if tally.decidable and (tally.recall < LEAST_DECIDED or tally.precision < LEAST_RIGHT):
            short.append(f"{code}: decided {decided}, right {right}; {'; '.join(tally.wrong)}")
    with capsys.disabled():
        print(*lines, sep="\n")
    assert not short, "\n".join(short)


def test_nobody_is_accused_under_a_rule_that_does_not_bind(reports: Mapping[str, Report]) -> None:
    read = gold()
    accused = [
        f"{name} {outcome.requirement} {outcome.rule}"
        for name, report in reports.items()
        for outcome in report.outcomes
        if outcome.status == "violated"
        and outcome.requirement in REQUIREMENTS
        and read[name].get(outcome.requirement, "not_applicable") == "not_applicable"
    ]
    assert not accused
