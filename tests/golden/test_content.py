"""The content rules on the sentences that nobody who writes rules has read, and the example sets themselves."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path

import pytest

from tests.evaluation.content import HERE, measure, own, table

FILES = sorted(HERE.glob("*.jsonl"))


def test_held_out_sentences() -> None:
    """Printed with -s. The limits are those below which something has broken; the figures to go by are in the README."""
    scores, _ = measure(own("held"), shipped=True)
    print(table("held", scores))
    offending = sum(score.offending for score in scores.values())
    found = sum(score.found for score in scores.values())
    accused = sum(score.accused_any for score in scores.values())
    assert found / offending >= 0.85
    assert found / (found + accused) >= 0.9
    assert sum(score.accused_error for score in scores.values()) <= 2


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_examples_are_well_formed(path: Path) -> None:
    for line in path.read_text("utf-8").splitlines():
        row = json.loads(line)
        assert row["label"] in ("offending", "lawful"), row["id"]
        assert all(mark in row["text"] for mark in row["marks"]), row["id"]
        assert bool(row["marks"]) == (row["label"] == "offending"), row["id"]


def test_every_example_has_an_id_of_its_own() -> None:
    ids = Counter(json.loads(line)["id"] for path in FILES for line in path.read_text("utf-8").splitlines())
    assert not [name for name, count in ids.items() if count > 1]
