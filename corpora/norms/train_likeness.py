"""Train the likeness model of checker/facts/norms/likeness.py; writes likeness.tsv beside this script.

    python corpora/norms/train_likeness.py [--without K] [--to FILE]

Learns from the project's own sentences and documents (tests/golden/content/tuned-*.jsonl, documents-tuned-*.jsonl, and the
examples of the content rules: what is marked in offending texts against all else); from the folder of shared material the
sentences of the real issued documents, as lawful background, and the wordings that authorities found to restrict
competition. All of this falls into `PARTS` parts: an own file, which is the work of one writer, is in one part; a real text
or a rule is in the part that its name is hashed to. `--without K` leaves part K out, so that it can be measured on
(`make evaluate` does that for each part). Without the shared folder nothing is written. Of the texts only n-grams of up to
four characters are kept.
"""

from __future__ import annotations

import argparse
import csv
import hashlib
import json
import sys
import tomllib
from collections.abc import Iterator, Sequence
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression

from checker.facts import extract
from checker.facts.layout import Layout
from checker.facts.norms import Sheet
from checker.facts.norms.likeness import grams, masked, stretches
from checker.model import Document
from checker.reading import read

Classes = tuple[str, ...]

ROOT = Path(__file__).resolve().parents[2]
OWN = ROOT / "tests" / "golden" / "content"
SHARED = ROOT.parent / "shared" / "corpora"
RULES = ROOT / "rules" / "national" / "content"
PARTS = 5
KEPT, KEPT_OF_CLASS = 30_000, 5_000
QUOTE_WEIGHT = 2.0
_OTHER = ("C19", "C20")
"""Classes that no wording shows: they depend on who issues the document and in what form."""
_SAYING = 10
"""Shorter sentences of real documents are left out, in characters."""


def part_of_text(name: str) -> int:
    """The part that a real text (file name, id of a quotation) belongs to."""
    return int(hashlib.sha256(name.encode()).hexdigest(), 16) % PARTS


def part_of_file(path: Path) -> int:
    """The part that a file of the project's own examples belongs to: its place among all of them."""
    return sorted(other.name for other in own_files()).index(path.name) % PARTS


def own_files() -> list[Path]:
    """The files of own examples that may be learned from."""
    return [*OWN.glob("tuned-*.jsonl"), *OWN.glob("documents-tuned-*.jsonl")]


def own(without: int | None) -> Iterator[tuple[str, Classes]]:
    """Each sentence of the project's own examples with its class and those that may be named too; none for a lawful one."""
    for path in sorted(own_files()):
        if part_of_file(path) != without:
            for line in path.read_text("utf-8").splitlines():
                row = json.loads(line)
                if row.get("tag") != "GREY" and row.get("class") not in _OTHER:
                    yield from sentences(row)
    for path in sorted(RULES.glob("*.toml")):
        if part_of_text(path.name) != without:
            rule = tomllib.loads(path.read_text("utf-8"))
            if rule.get("requirement", "C19") not in _OTHER:
                yield from rule_examples(rule)


def rule_examples(rule: dict[str, Any]) -> Iterator[tuple[str, Classes]]:
    """The sentences of the examples of a rule; offending ones of several lines only where the rule marks the words."""
    for example in rule.get("violates", ()):
        words = example.get("mark", example["text"].strip())
        if "\n" not in words:
            yield from sentences({"text": example["text"], "class": rule["requirement"], "marks": [words]})
    for example in rule.get("complies", ()):
        yield from sentences({"text": example["text"]})


def sentences(row: dict[str, Any]) -> Iterator[tuple[str, Classes]]:
    """What is read of the sentences of one example; what touches a mark has its classes."""
    document = read(row["text"].encode(), "例.txt")
    marked = [{**row, "mark": mark} for mark in row.get("marks", ())]
    marked += [one for one in row.get("violations", ()) if one["class"] not in _OTHER]
    places = [(document.text.find(one["mark"]), len(one["mark"]), one) for one in marked]
    for sentence in Sheet(Layout(document)).sentences:
        for first, last in stretches(sentence.text, sentence.lead):
            span = sentence.place(max(first, sentence.lead), last)
            touched = (one for start, length, one in places if start < span.end and span.start < start + length)
            yield masked(sentence.text)[first:last], next(((one["class"], *one.get("also", ())) for one in touched), ())


def restricting(without: int | None) -> Iterator[str]:
    """The wordings that authorities found to restrict competition."""
    csv.field_size_limit(10**9)
    with (SHARED / "offending.tsv").open(encoding="utf-8") as file:
        for row in csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE):
            if row["clause_kind"] == "verbatim_quote" and part_of_text(row["id"]) != without:
                document = read(row["clause_text"].replace(" ‖ ", "\n").encode(), "例.txt")
                yield from pieces(document)


@cache
def doubted() -> frozenset[str]:
    """Fingerprints of the sentences of real documents that readers found rightly, or arguably, accused: no lawful background."""
    with (OWN / "judged.tsv").open(encoding="utf-8") as file:
        return frozenset(row["sentence"] for row in csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE))


def pieces(document: Document) -> Iterator[str]:
    """What is read of the sentences of a real text."""
    for sentence in Sheet(Layout(document)).sentences:
        fingerprint = hashlib.sha256(masked(sentence.text).encode()).hexdigest()[:16]
        if len(sentence.text) >= _SAYING and fingerprint not in doubted():
            for start, end in stretches(sentence.text, sentence.lead):
                yield masked(sentence.text)[start:end]


def background(without: int | None) -> Iterator[str]:
    """The sentences of the issued documents that content rules apply to."""
    for path in sorted((*SHARED.glob("issued/*.txt"), *SHARED.glob("notices/*.txt"))):
        if part_of_text(path.name) != without:
            document = read(path.read_bytes(), path.name)
            if extract(document).kind != "government_rule":
                yield from pieces(document)


def train(without: int | None, to: Path) -> str:
    """Fit, keep the heaviest n-grams, fit again on those, write; says how much was learned from."""
    examples = list(own(without))
    quotes = sorted(set(restricting(without)))
    lawful = sorted(set(background(without)))
    texts = [text for text, _ in examples] + quotes + lawful
    labels: list[Classes] = [classes for _, classes in examples] + [("?",)] * len(quotes) + [()] * len(lawful)
    weights = np.array([QUOTE_WEIGHT if label == ("?",) else 1.0 for label in labels])
    offending = np.array([label != () for label in labels])

    vectors = TfidfVectorizer(analyzer=grams, min_df=2, sublinear_tf=True, lowercase=False)
    first = fit(vectors.fit_transform(texts), offending, weights)
    names = np.array(vectors.get_feature_names_out())
    kept = sorted(names[np.argsort(-np.abs(first.coef_[0] * vectors.idf_))[:KEPT]])

    vectors = TfidfVectorizer(analyzer=grams, vocabulary=kept, sublinear_tf=True, lowercase=False)
    matrix = vectors.fit_transform(texts)
    model = fit(matrix, offending, weights)
    lines = [f"bias\t{model.intercept_[0]:.4f}"]
    lines += [f"g\t{gram}\t{idf:.2f}\t{w:.3f}" for gram, idf, w in zip(kept, vectors.idf_, model.coef_[0], strict=True)]
    rows = [index for index, label in enumerate(labels) if label not in ((), ("?",))]
    for name in sorted({labels[index][0] for index in rows}):
        is_first = np.array([labels[index][0] == name for index in rows])
        unclear = np.array([name in labels[index][1:] for index in rows])
        of_class = fit(matrix[rows], is_first, np.where(unclear, 0.0, 1.0))
        lines.append(f"class\t{name}\t{of_class.intercept_[0]:.4f}")
        heaviest = np.argsort(-np.abs(of_class.coef_[0]))[:KEPT_OF_CLASS]
        lines += [f"w\t{kept[index]}\t{name}\t{of_class.coef_[0][index]:.3f}" for index in sorted(heaviest)]
    to.write_text("\n".join(lines) + "\n", "utf-8")
    return (
        f"{len(examples)} own sentences, {len(quotes)} quoted, {len(lawful)} of background, {offending.sum()} offending"
    )


def fit(matrix: object, labels: object, weights: object) -> LogisticRegression:
    """A logistic regression with both classes weighing the same."""
    model = LogisticRegression(C=30, solver="liblinear", class_weight="balanced", max_iter=400)
    return model.fit(matrix, labels, sample_weight=weights)


def main(arguments: Sequence[str] | None = None) -> int:
    """See the module."""
    parser = argparse.ArgumentParser(description="Train the likeness model.")
    parser.add_argument("--without", type=int, choices=range(PARTS), metavar="K", help="the part to leave out")
    parser.add_argument("--to", type=Path, default=Path(__file__).resolve().parent / "likeness.tsv")
    options = parser.parse_args(arguments)
    if not SHARED.is_dir():
        sys.stderr.write(f"{SHARED} is not there: nothing was trained\n")
        return 1
    sys.stdout.write(train(options.without, options.to) + "\n")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
