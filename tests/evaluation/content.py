"""Precision and recall of the content rules C01–C20; `make evaluate` prints all of it.

    python -m tests.evaluation.content [--part tuned|held|shared|quotes|answers] [--class C01] [--misses]

Sets: `tuned` (tests/golden/content/tuned-*.jsonl: the rules were written with them at hand), `held` (held-*.jsonl: written
by others, never read by who writes rules), and from the folder of shared material, where it is there, `shared`
(sentences written for the project), `quotes` (what authorities found unlawful, verbatim), `answers` (official answers).
An offending text is found when a finding of its class touches what is marked; a lawful one is accused when any finding is
made on it ("own": of the class it imitates, "any": of whatever class).
"""

from __future__ import annotations

import argparse
import csv
import hashlib
import json
import os
import sys
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import partial
from pathlib import Path
from typing import cast, get_args

from checker.audit import Settings, examine, load
from checker.dossier import build_case
from checker.engine import check
from checker.facts import extract
from checker.model import Finding, Kind
from checker.reading import read

HERE = Path(__file__).parents[1] / "golden" / "content"
SHARED = Path(__file__).parents[3] / "shared"
DAY = date(2025, 10, 1)
PACK = "national/content"
LIBRARY = Path(os.environ.get("NORMCHECK_LAW_LIBRARY", "-"))
"""A library of full texts (normcheck laws import), with which cited penalties are compared; without it they are not."""

Findings = tuple[Finding, ...]


@dataclass(frozen=True)
class Item:
    """One labelled text. `classes`: that may be reported; empty for a lawful one. `marks`: words a finding must touch."""

    id: str
    cls: str
    offending: bool
    text: str
    marks: tuple[str, ...] = ()
    also: tuple[str, ...] = ()
    tag: str = ""
    kind: str = "normative_document"
    graded: bool = True


@dataclass
class Score:
    """Counts of one class."""

    offending: int = 0
    found: int = 0
    found_as_other: int = 0
    lawful: int = 0
    accused_own: int = 0
    accused_any: int = 0
    accused_error: int = 0
    wrong: list[str] = field(default_factory=list)

    @property
    def recall(self) -> float | None:
        return self.found / self.offending if self.offending else None

    @property
    def precision(self) -> float | None:
        total = self.found + self.accused_any
        return self.found / total if total else None


# ------------------------------------------------------------------ the sets


def own(name: str) -> Iterator[Item]:
    """The project's own examples of tests/golden/content/NAME-*.jsonl."""
    for path in sorted(HERE.glob(f"{name}-*.jsonl")):
        for line in path.read_text("utf-8").splitlines():
            raw = json.loads(line)
            yield Item(
                raw["id"],
                raw["class"],
                raw["label"] == "offending",
                raw["text"],
                tuple(raw.get("marks", ())),
                tuple(raw.get("also", ())),
                raw.get("tag", ""),
                raw.get("document") or "normative_document",
                raw.get("tag") != "GREY",
            )


def shared() -> Iterator[Item]:
    """Sentences of domain/prohibited-content-examples.jsonl."""
    for line in (SHARED / "domain" / "prohibited-content-examples.jsonl").read_text("utf-8").splitlines():
        raw = json.loads(line)
        kind = "government_rule" if raw["class"] == "C20" or "规章)" in raw["text"] else "normative_document"
        yield Item(
            raw["id"], raw["class"], raw["label"] == "offending", raw["text"], tag=raw.get("cue") or "", kind=kind
        )


def seen(name: str) -> bool:
    """Whether a shared text belongs to the half that the likeness model was trained on (corpora/norms/train_likeness.py)."""
    return int(hashlib.sha256(name.encode()).hexdigest(), 16) % 2 == 0


def quotes(*, of_seen: bool) -> Iterator[Item]:
    """Verbatim quotations of corpora/offending.tsv: any finding of C12 to C16 (or C01, C02, C05) counts."""
    csv.field_size_limit(10**9)
    with (SHARED / "corpora" / "offending.tsv").open(encoding="utf-8") as file:
        for raw in csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE):
            if raw["clause_kind"] == "verbatim_quote" and seen(raw["id"]) is of_seen:
                text = raw["clause_text"].replace(" ‖ ", "\n")
                yield Item(raw["id"], "C12-16", True, text, tag=raw["violation_type"])


def answers() -> Iterator[Item]:
    """Questions of corpora/samr_qa.tsv on a wording that the authority called a violation."""
    with (SHARED / "corpora" / "samr_qa.tsv").open(encoding="utf-8") as file:
        for raw in csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE):
            if raw["label"] in ("violates", "conditional"):
                yield Item(raw["id"], "C12-16", True, raw["question_with_wording"], tag=raw["label"])


PARTS: dict[str, Callable[[], Iterator[Item]]] = {
    "tuned": lambda: own("tuned"),
    "held": lambda: own("held"),
    "shared": shared,
    "quotes": partial(quotes, of_seen=False),
    "quotes-seen": partial(quotes, of_seen=True),
    "answers": answers,
}


# ------------------------------------------------------------------ measuring


def findings(item: Item) -> Findings:
    """What the content pack says of one text, read as the kind of document that it comes from."""
    rulebook, reference = load(Settings(today=DAY, library=LIBRARY if LIBRARY.is_file() else None))
    document = read(item.text.encode(), f"{item.id}.txt")
    kind = item.kind if item.kind in get_args(Kind) else "normative_document"
    facts = extract(document, kind=cast(Kind, kind), known_law=reference.knows_law)
    case = build_case([document], [facts], given={}, as_of=DAY, today=DAY, region=None)
    return check(case, rulebook.named([PACK]), reference).findings


_RELATED = ("C01", "C02", "C05", "C12", "C13", "C14", "C15", "C16")


def is_found(item: Item, made: Findings) -> bool:
    """Whether a finding of the item's class (or of one that may rightly be reported on it) touches a mark."""
    classes = set(_RELATED) if item.cls == "C12-16" else {item.cls, *item.also}
    return any(finding.requirement in classes and _touches(item, finding) for finding in made)


def _touches(item: Item, finding: Finding) -> bool:
    if not item.marks:
        return True
    spans = [evidence.span for evidence in finding.evidence]
    for mark in item.marks:
        start = item.text.find(mark)
        if any(span.start < start + len(mark) and start < span.end for span in spans):
            return True
    return False


def measure(items: Sequence[Item]) -> tuple[dict[str, Score], list[tuple[Item, Findings]]]:
    """Scores by class, and every item that came out wrong with what was found on it."""
    scores: dict[str, Score] = defaultdict(Score)
    wrong = []
    for item in items:
        if not item.graded:
            continue
        made = findings(item)
        score = scores[item.cls]
        if item.offending:
            score.offending += 1
            score.found += is_found(item, made)
            score.found_as_other += bool(made) and not is_found(item, made)
            good = is_found(item, made)
        else:
            score.lawful += 1
            score.accused_own += any(finding.requirement == item.cls for finding in made)
            score.accused_any += bool(made)
            score.accused_error += any(finding.severity == "error" for finding in made)
            good = not made
        if not good:
            wrong.append((item, made))
    return scores, wrong


def table(name: str, scores: dict[str, Score]) -> str:
    """The figures of one set as lines of text."""
    rows = [f"{name:8} class    offending found recall as-other | lawful accused own error precision"]
    total = Score()
    for cls in sorted(scores):
        score = scores[cls]
        rows.append(_row(cls, score))
        for key in ("offending", "found", "found_as_other", "lawful", "accused_own", "accused_any", "accused_error"):
            setattr(total, key, getattr(total, key) + getattr(score, key))
    rows.append(_row("all", total))
    return "\n".join(rows)


def _row(cls: str, score: Score) -> str:
    def figure(value: float | None) -> str:
        return "  –  " if value is None else f"{value:5.2f}"

    return (
        f"{'':8} {cls:8} {score.offending:9} {score.found:5}  {figure(score.recall)} {score.found_as_other:8} |"
        f" {score.lawful:6} {score.accused_any:7} {score.accused_own:3} {score.accused_error:5}     {figure(score.precision)}"
    )


# ------------------------------------------------------------------ real documents

JUDGED = HERE / "judged.tsv"
"""Findings on issued documents that people read: document, rule, fingerprint, verdict (right, arguable, wrong), note."""


def issued_findings() -> Iterator[tuple[str, int, Finding]]:
    """The content findings on each real document at its own kind and day, with the length of its text."""
    settings = Settings(today=DAY)
    rulebook, reference = load(settings)
    pack = rulebook.named([PACK])
    for path in sorted((*SHARED.glob("corpora/issued/*.txt"), *SHARED.glob("corpora/notices/*.txt"))):
        document, facts = examine(path.read_bytes(), path.name, settings)
        case = build_case([document], [facts], given={}, as_of=None, today=DAY, region=None)
        for finding in check(case, pack, reference).findings:
            yield path.name, len(document.text), finding


def issued(classes: Sequence[str]) -> str:
    """Findings on the real documents by class: how many, at which level, and what readers said of them."""
    with JUDGED.open(encoding="utf-8") as file:
        verdicts = {
            (row["document"], row["fingerprint"]): row["verdict"] for row in csv.DictReader(file, delimiter="\t")
        }
    counts: dict[str, Counter[str]] = defaultdict(Counter)
    for name, _, finding in issued_findings():
        if not classes or finding.requirement in classes:
            for key in (finding.requirement, "all"):
                counts[key][finding.severity] += 1
                counts[key][verdicts.get((name, finding.fingerprint), "unread")] += 1
    length = sum(len(path.read_text("utf-8")) for path in SHARED.glob("corpora/*/*.txt"))
    rows = ["issued   class    error warning info | right arguable wrong unread"]
    for cls in sorted(counts):
        count = counts[cls]
        figures = "".join(f"{count[key]:{width}}" for key, width in (("error", 6), ("warning", 8), ("info", 5)))
        read = "".join(
            f"{count[key]:{width}}" for key, width in (("right", 6), ("arguable", 9), ("wrong", 6), ("unread", 7))
        )
        rows.append(f"{'':8} {cls:6} {figures} |{read}")
    total = sum(counts["all"][level] for level in ("error", "warning", "info"))
    rows.append(f"{'':8} {total / length * 10_000:.2f} findings in 10,000 characters of {length:,}")
    return "\n".join(rows) + "\n\n"


def main(arguments: Sequence[str] | None = None) -> int:
    """Print the tables; with --misses every item that came out wrong."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--part", choices=[*PARTS, "issued"], action="append")
    parser.add_argument("--class", dest="classes", action="append", default=[])
    parser.add_argument("--misses", action="store_true")
    options = parser.parse_args(arguments)
    out = sys.stdout.write
    for name in options.part or [*PARTS, "issued"]:
        if name in ("shared", "quotes", "quotes-seen", "answers", "issued") and not SHARED.is_dir():
            out(f"{name}: not measured, the shared material is not there\n")
            continue
        if name == "issued":
            out(issued(options.classes))
            continue
        items = [item for item in PARTS[name]() if not options.classes or item.cls in options.classes]
        scores, wrong = measure(items)
        out(table(name, scores) + "\n\n")
        if options.misses:
            for item, made in wrong:
                out(_miss(item, made))
    return 0


def _miss(item: Item, made: Findings) -> str:
    said = "; ".join(f"{finding.requirement} {finding.rule} {finding.message[:60]}" for finding in made)
    state = "MISSED" if item.offending else "ACCUSED"
    return (
        f"{state} {item.id} {item.tag} {Counter(f.requirement for f in made) or ''}\n    {item.text}\n    -> {said}\n"
    )


if __name__ == "__main__":
    raise SystemExit(main())
