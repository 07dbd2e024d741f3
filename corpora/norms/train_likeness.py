"""Train the likeness model of checker/facts/norms/likeness.py; writes likeness.tsv beside this script.

    python corpora/norms/train_likeness.py [--half]

Learns from the project's own sentences (tests/golden/content/tuned-*.jsonl: what is marked in offending texts against all
else); from the folder of shared material the sentences of the real issued documents, as lawful background, and the wordings
that authorities found to restrict competition. With --half only one half of these (by hash of the name) is learned from:
what `make evaluate` then says of the other half is said of unseen texts. Without that folder nothing is written. Of the
texts only n-grams of up to four characters are kept.
"""

from __future__ import annotations

import csv
import hashlib
import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression

from checker.facts import extract
from checker.facts.layout import Layout
from checker.facts.norms import Sheet
from checker.facts.norms.likeness import grams, masked
from checker.reading import read

ROOT = Path(__file__).resolve().parents[2]
SHARED = ROOT.parent / "shared" / "corpora" / "issued"
KEPT, KEPT_OF_CLASS = 24_000, 3_000
BACKGROUND_WEIGHT = 1.0
QUOTE_WEIGHT = 1.0


def seen(name: str) -> bool:
    """Whether a shared text is learned from."""
    return "--half" not in sys.argv or int(hashlib.sha256(name.encode()).hexdigest(), 16) % 2 == 0


def own() -> Iterator[tuple[str, str]]:
    """Each sentence of the project's own examples with its class, "" for a lawful one."""
    for path in sorted((ROOT / "tests" / "golden" / "content").glob("tuned-*.jsonl")):
        for line in path.read_text("utf-8").splitlines():
            row = json.loads(line)
            if row.get("tag") != "GREY" and row["class"] not in ("C19", "C20"):
                yield from sentences(row)


def sentences(row: dict[str, Any]) -> Iterator[tuple[str, str]]:
    """The sentences of one example; those that touch a mark have its class."""
    document = read(row["text"].encode(), "例.txt")
    marks: list[str] = row["marks"] if row["label"] == "offending" else []
    places = [(document.text.find(mark), len(mark)) for mark in marks]
    for sentence in Sheet(Layout(document)).sentences:
        span = sentence.place(sentence.lead, len(sentence.text))
        touched = any(start < span.end and span.start < start + length for start, length in places)
        yield masked(sentence.text), row["class"] if touched else ""


def restricting() -> Iterator[tuple[str, str]]:
    """The seen half of the wordings that authorities found to restrict competition, without a class."""
    csv.field_size_limit(10**9)
    with (SHARED.parent / "offending.tsv").open(encoding="utf-8") as file:
        for row in csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE):
            if row["clause_kind"] == "verbatim_quote" and seen(row["id"]):
                document = read(row["clause_text"].replace(" ‖ ", "\n").encode(), "例.txt")
                yield from ((masked(s.text), "?") for s in Sheet(Layout(document)).sentences if len(s.text) >= 10)


def background() -> Iterator[str]:
    """The sentences of the seen half of the issued documents that content rules apply to."""
    for path in sorted(SHARED.glob("*.txt")):
        if seen(path.name):
            document = read(path.read_bytes(), path.name)
            if extract(document).kind != "government_rule":
                yield from (masked(s.text) for s in Sheet(Layout(document)).sentences if len(s.text) >= 10)


def main() -> int:
    """Fit, keep the heaviest n-grams, fit again on those, write."""
    if not SHARED.is_dir():
        sys.stderr.write(f"{SHARED} is not there: nothing was trained\n")
        return 1
    examples = list(own())
    lawful = sorted(set(background()))
    quotes = sorted(set(restricting()))
    examples += quotes
    texts = [text for text, _ in examples] + lawful
    labels = [label for _, label in examples] + [""] * len(lawful)
    weights = np.array(
        [1.0] * (len(examples) - len(quotes)) + [QUOTE_WEIGHT] * len(quotes) + [BACKGROUND_WEIGHT] * len(lawful)
    )
    offending = np.array([label != "" for label in labels])

    vectors = TfidfVectorizer(analyzer=grams, min_df=2, sublinear_tf=True, lowercase=False)
    first = fit(vectors.fit_transform(texts), offending, weights)
    names = np.array(vectors.get_feature_names_out())
    kept = sorted(names[np.argsort(-np.abs(first.coef_[0] * vectors.idf_))[:KEPT]])

    vectors = TfidfVectorizer(analyzer=grams, vocabulary=kept, sublinear_tf=True, lowercase=False)
    matrix = vectors.fit_transform(texts)
    model = fit(matrix, offending, weights)
    lines = [f"bias\t{model.intercept_[0]:.4f}"]
    lines += [f"g\t{gram}\t{idf:.2f}\t{w:.3f}" for gram, idf, w in zip(kept, vectors.idf_, model.coef_[0], strict=True)]
    rows = [index for index, label in enumerate(labels) if label not in ("", "?")]
    classes = np.array([labels[index] for index in rows])
    for name in sorted(set(classes)):
        of_class = fit(matrix[rows], classes == name, None)
        lines.append(f"class\t{name}\t{of_class.intercept_[0]:.4f}")
        heaviest = np.argsort(-np.abs(of_class.coef_[0]))[:KEPT_OF_CLASS]
        lines += [f"w\t{kept[index]}\t{name}\t{of_class.coef_[0][index]:.3f}" for index in sorted(heaviest)]
    (Path(__file__).resolve().parent / "likeness.tsv").write_text("\n".join(lines) + "\n", "utf-8")
    sys.stdout.write(f"{len(examples)} own sentences ({offending.sum()} offending), {len(lawful)} of background\n")
    return 0


def fit(matrix: object, labels: object, weights: object) -> LogisticRegression:
    """A logistic regression with both classes weighing the same."""
    model = LogisticRegression(C=30, solver="liblinear", class_weight="balanced", max_iter=400)
    return model.fit(matrix, labels, sample_weight=weights)


if __name__ == "__main__":
    raise SystemExit(main())
