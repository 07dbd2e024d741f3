"""Train the likeness model of checker/facts/norms/likeness.py; writes likeness.npz beside this script.

    python corpora/norms/train_likeness.py [--without K] [--to FILE]

Learns from the project's own sentences and documents (tests/golden/content/tuned-*.jsonl, documents-tuned-*.jsonl, and the
examples of the content rules: what is marked in offending texts against all else); from the folder of shared material the
sentences of the real issued documents, as lawful background, and the wordings that authorities found to restrict
competition. All of this falls into `PARTS` parts: an own file, which is the work of one writer, is in one part; a real text
or a rule is in the part that its name is hashed to. `--without K` leaves part K out, so that it can be measured on
(`make evaluate` does that for each part). Without the shared folder nothing is written. Of the texts only n-grams of up to
three characters are kept.
"""

from __future__ import annotations

import argparse
import csv
import hashlib
import json
import sys
import tomllib
from collections.abc import Iterator, Sequence
from contextlib import suppress
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import regex
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression

from checker.errors import ReadError
from checker.facts import extract
from checker.facts.layout import Layout
from checker.facts.norms import Sheet
from checker.facts.norms.likeness import LONGEST, Model, keys_of, masked, stretches
from checker.model import Document
from checker.reading import read

Classes = tuple[str, ...]

ROOT = Path(__file__).resolve().parents[2]
OWN = ROOT / "tests" / "golden" / "content"
SHARED = ROOT.parent / "shared" / "corpora"
RULES = ROOT / "rules" / "national" / "content"
PARTS = 5
QUOTE_WEIGHT = 4.0
STATUTES, STATUTE_WEIGHT = 20_000, 0.3
"""About how many sentences of laws and regulations are learned from as lawful background, and how much each counts."""
_POWERS = regex.compile(r"罚|没收|吊销|许可|批准|审批|核准|备案|登记|禁止|不得|费|缴|押|保证金|资格|证")
"""Words of sentences of a statute that a normative document might not be allowed to say."""
_OF_RULES = "C20"
"""The class of what a government rule may not say: none of its own for the model, which knows what it says by other classes."""
_UNKNOWN: Classes = ("?",)
"""Offending, but of no class that the model knows."""
_SAYING = 10
"""Shorter sentences of real documents are left out, in characters."""


def number_of(text: str) -> int:
    """A number that depends on nothing but the text."""
    return int(hashlib.sha256(text.encode()).hexdigest(), 16)


def part_of_text(name: str) -> int:
    """The part that a real text (file name, id of a quotation) belongs to."""
    return number_of(name) % PARTS


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
                if row.get("tag") != "GREY":
                    yield from sentences(row)
    for path in sorted(RULES.glob("*.toml")):
        if part_of_text(path.name) != without:
            rule = tomllib.loads(path.read_text("utf-8"))
            if rule.get("requirement", _OF_RULES) != _OF_RULES:
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
    """What is read of the sentences of one example; what touches a mark has its classes.

    What is neither lawful in general nor offending is left out: what only a government rule may say, what is arguable, and
    what else stands in a text whose fault is its issuer.
    """
    document = read(row["text"].encode(), "例.txt")
    marked = [{**row, "mark": mark} for mark in row.get("marks", ())] + row.get("violations", [])
    places = [(document.text.find(one["mark"]), len(one["mark"]), classes_of(one)) for one in marked]
    arguable = [(document.text.find(one["mark"]), len(one["mark"])) for one in row.get("arguable", ())]
    powers = row.get("document") == "government_rule" and ("violations" in row or row.get("tag") == "POWER")
    unclear = powers or (row.get("class") == "C19" and places != [])
    for sentence in Sheet(Layout(document)).sentences:
        for first, last in stretches(sentence.text, sentence.lead):
            span = sentence.place(max(first, sentence.lead), last)
            touched = (classes for start, length, classes in places if start < span.end and span.start < start + length)
            classes = next(touched, ())
            doubtful = any(start < span.end and span.start < start + length for start, length in arguable)
            if classes or not (unclear or doubtful):
                yield masked(sentence.text)[first:last], classes


def classes_of(marked: dict[str, Any]) -> Classes:
    """The class of marked words, and those that may be named too, as far as the model knows them."""
    return tuple(one for one in (marked["class"], *marked.get("also", ())) if one != _OF_RULES) or _UNKNOWN


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


@cache
def offenders() -> frozenset[str]:
    """The real documents in which readers found prohibited content for certain: the whole of them is no lawful background."""
    with (OWN / "judged.tsv").open(encoding="utf-8") as file:
        rows = csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE)
        return frozenset(row["document"] for row in rows if row["verdict"] == "right")


def background(without: int | None) -> Iterator[str]:
    """The sentences of the issued documents that content rules apply to."""
    for path in sorted((*SHARED.glob("issued/*.txt"), *SHARED.glob("notices/*.txt"))):
        if part_of_text(path.name) != without and path.name not in offenders():
            document = read(path.read_bytes(), path.name)
            if extract(document).kind != "government_rule":
                yield from pieces(document)


@cache
def statutes() -> tuple[str, ...]:
    """About `STATUTES` sentences of laws and regulations, those that use none of the powers which only a statute has."""
    found: set[str] = set()
    for path in (*SHARED.glob("laws/**/*.md"), *SHARED.glob("files/local_regulations_doc_docx/**/*.docx")):
        if "司法解释" not in path.parts:
            with suppress(ReadError):
                found.update(pieces(read(path.read_bytes(), path.name)))
    return tuple(sorted((text for text in found if not _POWERS.search(text)), key=number_of)[:STATUTES])


def train(without: int | None, to: Path) -> str:
    """Fit on all n-grams that stand in two texts at least, and write; says how much was learned from."""
    examples = list(own(without))
    quotes = sorted(set(restricting(without)))
    lawful = sorted(set(background(without)))
    law = statutes()
    texts = [text for text, _ in examples] + quotes + lawful + [*law]
    labels: list[Classes] = [classes for _, classes in examples] + [_UNKNOWN] * len(quotes)
    labels += [()] * (len(lawful) + len(law))
    offending = np.array([label != () for label in labels])
    statute = np.arange(len(labels)) >= len(labels) - len(law)
    weights = _even(offending, ~statute)
    weights *= np.array([QUOTE_WEIGHT if label == _UNKNOWN else 1.0 for label in labels])
    weights[statute] = STATUTE_WEIGHT

    vectors = TfidfVectorizer(analyzer=grams, min_df=2, sublinear_tf=True, lowercase=False)
    matrix = vectors.fit_transform(texts)
    model = fit(matrix, offending, weights)
    rows = [index for index, label in enumerate(labels) if label not in ((), _UNKNOWN)]
    names = sorted({labels[index][0] for index in rows})
    of_class = []
    for name in names:
        is_first = np.array([labels[index][0] == name for index in rows])
        unclear = np.array([name in labels[index][1:] for index in rows])
        of_class.append(fit(matrix[rows], is_first, _even(is_first, ~unclear)))
    kept = vectors.get_feature_names_out()
    keys = np.array([keys_of([gram])[0][len(gram) - 1][0] for gram in kept])
    order = np.argsort(keys)
    heavy = np.stack([one.coef_[0][order] for one in of_class])
    steps = np.abs(heavy).max(axis=1) / 127
    Model(
        keys[order],
        vectors.idf_[order],
        model.coef_[0][order],
        float(model.intercept_[0]),
        tuple(names),
        np.round(heavy / steps[:, None]).astype(np.int8),
        steps,
        np.array([one.intercept_[0] for one in of_class]),
    ).write(to)
    return (
        f"{len(examples)} own sentences, {len(quotes)} quoted, {len(lawful)} of background, {len(law)} of statutes,"
        f" {offending.sum()} offending, {len(kept)} n-grams"
    )


def grams(text: str) -> list[str]:
    """All n-grams of 1 to `LONGEST` characters of a masked sentence."""
    return [text[start : start + size] for size in range(1, LONGEST + 1) for start in range(len(text) - size + 1)]


def _even(positive: Any, counted: Any) -> Any:
    """Weights under which the positive and the other examples, among those counted, weigh the same; else 0."""
    share = np.where(positive, (positive & counted).sum(), (~positive & counted).sum())
    return np.where(counted, counted.sum() / 2 / share, 0.0)


def fit(matrix: object, labels: object, weights: object) -> LogisticRegression:
    """A logistic regression of little restraint: n-grams are rare, and most carry little."""
    return LogisticRegression(C=100, solver="liblinear", max_iter=400).fit(matrix, labels, sample_weight=weights)


def main(arguments: Sequence[str] | None = None) -> int:
    """See the module."""
    parser = argparse.ArgumentParser(description="Train the likeness model.")
    parser.add_argument("--without", type=int, choices=range(PARTS), metavar="K", help="the part to leave out")
    parser.add_argument("--to", type=Path, default=Path(__file__).resolve().parent / "likeness.npz")
    options = parser.parse_args(arguments)
    if not SHARED.is_dir():
        sys.stderr.write(f"{SHARED} is not there: nothing was trained\n")
        return 1
    sys.stdout.write(train(options.without, options.to) + "\n")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
