"""The content rules on the sentences that nobody who writes rules has read, and the example sets themselves."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from checker.facts.norms.likeness import Model, likenesses, use_weights
from checker.facts.norms.sentences import Sentence
from tests.evaluation.content import HERE, measure, measure_papers, own, paper_table, papers, table, trainer

SENTENCES = sorted((*HERE.glob("tuned-*.jsonl"), *HERE.glob("held-*.jsonl")))
DOCUMENTS = sorted(HERE.glob("documents-*.jsonl"))
CLASSES = {f"C{number:02d}" for number in range(1, 21)}


def test_held_out_sentences() -> None:
    """Printed with -s. The limits are those below which something has broken; the figures to go by are in the README."""
    scores, _ = measure(own("held"), shipped=True)
    print(table("held", scores))
    offending = sum(score.offending for score in scores.values())
    found = sum(score.found for score in scores.values())
    accused = sum(score.accused_any for score in scores.values())
    assert found / offending >= 0.88
    assert found / (found + accused) >= 0.92
    assert sum(score.accused_error for score in scores.values()) <= 4


def test_held_out_documents() -> None:
    """The same for whole documents: what is found of the offending words, and what besides."""
    tally = measure_papers(papers("held"), shipped=True)
    print(paper_table("held-documents", tally))
    assert tally.found.total() / tally.marks.total() >= 0.85
    assert tally.right.total() / (tally.right.total() + tally.false.total()) >= 0.9
    assert tally.clean_error == 0


def rows(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text("utf-8").splitlines()]


@pytest.mark.parametrize("path", SENTENCES, ids=lambda path: path.name)
def test_examples_are_well_formed(path: Path) -> None:
    for row in rows(path):
        assert row["label"] in ("offending", "lawful"), row["id"]
        assert {row["class"], *row["also"]} <= CLASSES, row["id"]
        assert all(mark in row["text"] for mark in row["marks"]), row["id"]
        assert bool(row["marks"]) == (row["label"] == "offending"), row["id"]


@pytest.mark.parametrize("path", DOCUMENTS, ids=lambda path: path.name)
def test_documents_are_well_formed(path: Path) -> None:
    for row in rows(path):
        for one in row["violations"]:
            assert {one["class"], *one.get("also", ())} <= CLASSES, row["id"]
            assert row["text"].count(one["mark"]) == 1, (row["id"], one["mark"])


def test_every_example_has_an_id_of_its_own() -> None:
    ids = Counter(row["id"] for path in (*SENTENCES, *DOCUMENTS) for row in rows(path))
    assert not [name for name, count in ids.items() if count > 1]


def test_what_is_held_out_is_not_learned_from() -> None:
    learned = {text for path in trainer().own_files() for text in (row["text"] for row in rows(path))}
    held = (*HERE.glob("held-*.jsonl"), *HERE.glob("documents-held-*.jsonl"))
    assert held
    assert not [row["id"] for path in held for row in rows(path) if row["text"] in learned]


def test_other_weights_can_be_tried_and_taken_back(tmp_path: Path) -> None:
    sentence = Sentence("各餐馆每月须向镇市场办缴存卫生保证金三千元。", 0, range(21))
    weights = Model(
        np.array([1], np.uint64),
        np.ones(1),
        np.ones(1),
        -3.0,
        ("C05",),
        np.ones((1, 1), np.int8),
        np.ones(1),
        -np.ones(1),
    )
    weights.write(tmp_path / "none.npz")
    before = likenesses([sentence], whole=False)
    try:
        use_weights(tmp_path / "none.npz")
        assert [like.score for like in likenesses([sentence], whole=False)] == [-3.0]
    finally:
        use_weights(None)
    assert likenesses([sentence], whole=False) == before
