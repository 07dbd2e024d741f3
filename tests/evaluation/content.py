"""Precision and recall of the content rules C01–C20; `make evaluate` prints all of it.

    python -m tests.evaluation.content [--part NAME] [--class C01] [--misses] [--shipped]

Parts: sentences that rules and model were made with (`tuned`, tests/golden/content/tuned-*.jsonl) and that neither has seen
(`held`, held-*.jsonl); whole documents likewise (`documents`, documents-tuned-*.jsonl; `held-documents`,
documents-held-*.jsonl); and from the folder of shared material, where it is there, `shared` (sentences written for the
project), `quotes` (what authorities found unlawful, verbatim), `answers` (official answers), `issued` (real documents).

What the model learns from (tuned, documents, quotes, issued) is measured by models that have not learned from it: one is
trained for each of five parts without that part (corpora/norms/train_likeness.py --without). `--shipped` measures
everything with the weights that the project ships.

An offending text is found when a finding of its class touches what is marked; a lawful one is accused when any finding is
made on it ("own": of the class it imitates, "any": of whatever class).
"""

from __future__ import annotations

import argparse
import csv
import hashlib
import importlib.util
import json
import os
import subprocess
import sys
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any, TypeVar, cast, get_args

from checker.audit import Settings, examine, load
from checker.dossier import build_case
from checker.engine import check
from checker.facts import extract
from checker.facts.norms.likeness import use_weights
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
    part: int | None = None


@dataclass(frozen=True)
class Paper:
    """One whole document of the project's own: offending words with the classes that may be reported on them.

    arguable: words on which its writer would blame nobody for a finding, nor for none.
    """

    id: str
    text: str
    marks: tuple[tuple[str, tuple[str, ...]], ...]
    kind: str
    part: int | None
    arguable: tuple[str, ...] = ()


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
        part = None if name == "held" else trainer().part_of_file(path)
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
                part,
            )


def papers(name: str) -> Iterator[Paper]:
    """The project's own documents of tests/golden/content/documents-NAME-*.jsonl."""
    for path in sorted(HERE.glob(f"documents-{name}-*.jsonl")):
        part = None if name == "held" else trainer().part_of_file(path)
        for line in path.read_text("utf-8").splitlines():
            raw = json.loads(line)
            marks = tuple((one["mark"], (one["class"], *one.get("also", ()))) for one in raw["violations"])
            arguable = tuple(one["mark"] for one in raw.get("arguable", ()))
            yield Paper(raw["id"], raw["text"], marks, raw.get("document") or "normative_document", part, arguable)


def shared() -> Iterator[Item]:
    """Sentences of domain/prohibited-content-examples.jsonl."""
    for line in (SHARED / "domain" / "prohibited-content-examples.jsonl").read_text("utf-8").splitlines():
        raw = json.loads(line)
        kind = "government_rule" if raw["class"] == "C20" or "规章)" in raw["text"] else "normative_document"
        yield Item(
            raw["id"], raw["class"], raw["label"] == "offending", raw["text"], tag=raw.get("cue") or "", kind=kind
        )


def quotes() -> Iterator[Item]:
    """Verbatim quotations of corpora/offending.tsv: any finding of C12 to C16 (or C01, C02, C05) counts."""
    csv.field_size_limit(10**9)
    with (SHARED / "corpora" / "offending.tsv").open(encoding="utf-8") as file:
        for raw in csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE):
            if raw["clause_kind"] == "verbatim_quote":
                text = raw["clause_text"].replace(" ‖ ", "\n")
                part = trainer().part_of_text(raw["id"])
                yield Item(raw["id"], "C12-16", True, text, tag=raw["violation_type"], part=part)


def answers() -> Iterator[Item]:
    """Questions of corpora/samr_qa.tsv on a wording that the authority called a violation."""
    with (SHARED / "corpora" / "samr_qa.tsv").open(encoding="utf-8") as file:
        for raw in csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE):
            if raw["label"] in ("violates", "conditional"):
                yield Item(raw["id"], "C12-16", True, raw["question_with_wording"], tag=raw["label"])


Text = TypeVar("Text", Item, Paper)
PARTS: dict[str, Callable[[], Iterator[Item]]] = {
    "tuned": lambda: own("tuned"),
    "held": lambda: own("held"),
    "shared": shared,
    "quotes": quotes,
    "answers": answers,
}
DOCUMENTS = {"documents": "tuned", "held-documents": "held"}


# ------------------------------------------------------------------ weights that have not seen a part

CACHE = Path(__file__).parents[2] / ".cache" / "likeness"


@cache
def trainer() -> Any:
    """corpora/norms/train_likeness.py as a module."""
    path = Path(__file__).parents[2] / "corpora" / "norms" / "train_likeness.py"
    spec = importlib.util.spec_from_file_location("train_likeness", path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@cache
def unseen() -> tuple[Path, ...]:
    """For each part a file of weights learned from the others; kept for as long as script and examples stay the same."""
    CACHE.mkdir(parents=True, exist_ok=True)
    sources = [Path(trainer().__file__), *sorted(trainer().own_files())]
    key = hashlib.sha256(b"".join(path.read_bytes() for path in sources)).hexdigest()[:16]
    files = tuple(CACHE / f"{key}-{part}.npz" for part in range(trainer().PARTS))

    def make(part: int) -> None:
        if not files[part].is_file():
            new = files[part].with_suffix(".new.npz")
            command = [sys.executable, str(sources[0]), "--without", str(part), "--to", str(new)]
            subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
            new.replace(files[part])

    with ThreadPoolExecutor(os.cpu_count()) as pool:
        list(pool.map(make, range(trainer().PARTS)))
    return files


def by_weights(texts: Iterable[Text], *, shipped: bool) -> Iterator[Text]:
    """The texts, each while the weights are in use that have not learned from it (or, with `shipped`, the project's)."""
    by_part: dict[int | None, list[Text]] = defaultdict(list)
    for text in texts:
        by_part[None if shipped else text.part].append(text)
    try:
        for part, group in by_part.items():
            use_weights(None if part is None else unseen()[part])
            yield from group
    finally:
        use_weights(None)


# ------------------------------------------------------------------ measuring


def findings(text: str, kind: str) -> Findings:
    """What the content pack says of one text, read as that kind of document."""
    rulebook, reference = load(Settings(today=DAY, library=LIBRARY if LIBRARY.is_file() else None))
    document = read(text.encode(), "例.txt")
    known = cast(Kind, kind if kind in get_args(Kind) else "normative_document")
    facts = extract(document, kind=known, known_law=reference.knows_law)
    case = build_case([document], [facts], given={}, as_of=DAY, today=DAY, region=None)
    return check(case, rulebook.named([PACK]), reference).findings


_RELATED = ("C01", "C02", "C05", "C12", "C13", "C14", "C15", "C16")


def is_found(item: Item, made: Findings) -> bool:
    """Whether a finding of the item's class (or of one that may rightly be reported on it) touches a mark."""
    classes = set(_RELATED) if item.cls == "C12-16" else {item.cls, *item.also}
    return any(finding.requirement in classes and _touches(item, finding) for finding in made)


def _touches(item: Item, finding: Finding) -> bool:
    return not item.marks or any(_touches_words(item.text, mark, finding) for mark in item.marks)


def _touches_words(text: str, words: str, finding: Finding) -> bool:
    start = text.find(words)
    return any(at.span.start < start + len(words) and start < at.span.end for at in finding.evidence)


def measure(items: Iterable[Item], *, shipped: bool) -> tuple[dict[str, Score], list[tuple[Item, Findings]]]:
    """Scores by class, and every item that came out wrong with what was found on it."""
    scores: dict[str, Score] = defaultdict(Score)
    wrong = []
    for item in by_weights((item for item in items if item.graded), shipped=shipped):
        made = findings(item.text, item.kind)
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


# ------------------------------------------------------------------ whole documents


@dataclass
class Tally:
    """Counts over whole documents. `false`: findings that touch no offending words, by level; `arguable`: those that touch
    arguable words, and are neither right nor false; `clean`: documents without offending words, `clean_error`: those of them
    with a finding at level error.
    """

    documents: int = 0
    characters: int = 0
    marks: Counter[str] = field(default_factory=Counter)
    found: Counter[str] = field(default_factory=Counter)
    found_as_other: int = 0
    right: Counter[str] = field(default_factory=Counter)
    false: Counter[str] = field(default_factory=Counter)
    arguable: int = 0
    clean: int = 0
    clean_false: int = 0
    clean_error: int = 0
    wrong: list[str] = field(default_factory=list)


def measure_papers(texts: Iterable[Paper], *, shipped: bool) -> Tally:
    """What was found of the offending words of whole documents, and what besides."""
    tally = Tally()
    for paper in by_weights(texts, shipped=shipped):
        made = findings(paper.text, paper.kind)
        tally.documents += 1
        tally.characters += len(paper.text)
        for words, classes in paper.marks:
            at = [finding.requirement for finding in made if _touches_words(paper.text, words, finding)]
            tally.marks[classes[0]] += 1
            tally.found[classes[0]] += bool({*at} & {*classes})
            tally.found_as_other += bool(at) and not {*at} & {*classes}
            if not at:
                tally.wrong.append(f"MISSED {paper.id} {classes[0]}\n    {words}\n")
        besides = [one for one in made if not any(_touches_words(paper.text, words, one) for words, _ in paper.marks)]
        false = [one for one in besides if not any(_touches_words(paper.text, words, one) for words in paper.arguable)]
        tally.arguable += len(besides) - len(false)
        tally.right.update(one.severity for one in made if one not in besides)
        tally.false.update(one.severity for one in false)
        tally.wrong += [
            f"ACCUSED {paper.id} {one.severity} {one.rule}\n    {one.evidence[0].quote}\n    {one.message[:90]}\n"
            for one in false
        ]
        if not paper.marks:
            tally.clean += 1
            tally.clean_false += len(false)
            tally.clean_error += any(one.severity == "error" for one in false)
    return tally


def paper_table(name: str, tally: Tally) -> str:
    """The figures as lines of text."""
    marks, found, false, right = (counter.total() for counter in (tally.marks, tally.found, tally.false, tally.right))
    levels = ", ".join(
        f"{level} {right} right {tally.false[level]} wrong" for level, right in tally.right.most_common()
    )
    return (
        f"{name}: {tally.documents} documents, {tally.characters:,} characters\n"
        f"    of {marks} offending places {found} found ({found / max(marks, 1):.2f}), {tally.found_as_other} more as another class\n"
        f"    of {right + false} findings {right} touch such a place ({right / max(right + false, 1):.2f}): {levels}{f'; {tally.arguable} more are arguable' if tally.arguable else ''}\n"
        f"    {tally.clean} documents without any: {tally.clean_false} findings, {tally.clean_error} of them with one at level error\n"
        f"    found by class: {'  '.join(f'{cls} {tally.found[cls]}/{tally.marks[cls]}' for cls in sorted(tally.marks))}\n"
    )


# ------------------------------------------------------------------ real documents

JUDGED = HERE / "judged.tsv"
"""Findings on issued documents that people read: document, rule, fingerprint, verdict (right, arguable, wrong), note."""


def issued_findings(*, shipped: bool) -> Iterator[tuple[str, Finding]]:
    """The content findings on each real document at its own kind and day."""
    settings = Settings(today=DAY)
    rulebook, reference = load(settings)
    pack = rulebook.named([PACK])
    paths = {path.name: path for name in ("issued", "notices") for path in SHARED.glob(f"corpora/{name}/*.txt")}
    names = (Item(name, "", False, "", part=trainer().part_of_text(name)) for name in sorted(paths))
    for item in by_weights(names, shipped=shipped):
        document, facts = examine(paths[item.id].read_bytes(), item.id, settings)
        case = build_case([document], [facts], given={}, as_of=None, today=DAY, region=None)
        yield from ((item.id, finding) for finding in check(case, pack, reference).findings)


def issued(classes: Sequence[str], *, shipped: bool) -> str:
    """Findings on the real documents by class: how many, at which level, and what readers said of them."""
    with JUDGED.open(encoding="utf-8") as file:
        verdicts = {
            (row["document"], row["fingerprint"]): row["verdict"] for row in csv.DictReader(file, delimiter="\t")
        }
    counts: dict[str, Counter[str]] = defaultdict(Counter)
    for name, finding in issued_findings(shipped=shipped):
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
    names = [*PARTS, *DOCUMENTS, "issued"]
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--part", choices=names, action="append")
    parser.add_argument("--class", dest="classes", action="append", default=[])
    parser.add_argument("--misses", action="store_true")
    parser.add_argument("--shipped", action="store_true", help="everything with the weights that the project ships")
    options = parser.parse_args(arguments)
    shipped = options.shipped or not SHARED.is_dir()
    out = sys.stdout.write
    if shipped and not options.shipped:
        out("The shared material is not there: nothing can be trained, all is measured with the shipped weights.\n")
    for name in options.part or names:
        if name in ("shared", "quotes", "answers", "issued") and not SHARED.is_dir():
            out(f"{name}: not measured, the shared material is not there\n")
        elif name == "issued":
            out(issued(options.classes, shipped=shipped))
        elif name in DOCUMENTS:
            tally = measure_papers(papers(DOCUMENTS[name]), shipped=shipped)
            out(paper_table(name, tally) + "\n" + "".join(tally.wrong if options.misses else ()))
        else:
            items = (item for item in PARTS[name]() if not options.classes or item.cls in options.classes)
            scores, wrong = measure(items, shipped=shipped)
            out(table(name, scores) + "\n\n" + "".join(_miss(*one) for one in wrong if options.misses))
    return 0


def _miss(item: Item, made: Findings) -> str:
    said = "; ".join(f"{finding.requirement} {finding.rule} {finding.message[:60]}" for finding in made)
    state = "MISSED" if item.offending else "ACCUSED"
    return (
        f"{state} {item.id} {item.tag} {Counter(f.requirement for f in made) or ''}\n    {item.text}\n    -> {said}\n"
    )


if __name__ == "__main__":
    raise SystemExit(main())
