"""Citations: precision and recall on the labels, how many resolve, and the speeds; `make bench` prints them.

Targets: precision and recall 0.98 each, 1,000,000 characters a second, the catalogue read in under 40 ms.
"""

from __future__ import annotations

import time
from collections import Counter
from pathlib import Path
from statistics import median

import pytest

from checker import data_root, facts
from checker.catalogue import load_catalogue
from checker.facts.citations import Citations, KnownLaw
from checker.facts.record import Record
from checker.reading import read
from checker.reference import load_reference
from tests.golden.test_citations import measured

pytestmark = pytest.mark.bench


def test_quality(shared: Path) -> None:
    right, wrong, missed = measured(shared)
    print(
        f"\ncitations labelled {right + len(missed)}: precision {right / (right + len(wrong)):.3f}, "
        f"recall {right / (right + len(missed)):.3f}"
    )


def test_resolved(shared: Path) -> None:
    reference, counts = load_reference(), Counter[tuple[str, str]]()
    for path in sorted((shared / "corpora" / "issued").glob("*.txt")):
        found = facts.extract(read(path.read_bytes(), path.name), known_law=reference.knows_law).all("citations")
        for fact in found:
            if fact.detail["form"] in ("title", "short", "bare"):
                counts[_sort(str(fact.value)), _status(str(fact.value))] += 1
    for sort in ("法", "条例", "其他"):
        of_sort = {status: count for (name, status), count in counts.items() if name == sort}
        total = sum(of_sort.values())
        print(f"\n{sort}: {total} cited, resolved {of_sort.get('resolved', 0) / total:.0%}", of_sort, end="")
    print()


def _sort(title: str) -> str:
    return (
        "法"
        if title.endswith(("法", "法典")) and not title.endswith("办法")
        else "条例"
        if title.endswith("条例")
        else "其他"
    )


def _status(title: str) -> str:
    catalogue = load_reference().catalogue
    names = {version.title for version in catalogue.versions(title)}
    return "ambiguous" if len(names) > 1 else "resolved" if names or catalogue.repeal(title) else "unknown"


def test_speed(shared: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    reference = load_reference()
    documents = [read(path.read_bytes(), path.name) for path in sorted((shared / "corpora" / "issued").glob("*.txt"))]
    seconds: list[float] = []

    class Timed(Citations):
        def __init__(self, record: Record, known: KnownLaw) -> None:
            start = time.perf_counter()
            super().__init__(record, known)
            seconds.append(time.perf_counter() - start)

    monkeypatch.setattr(facts, "Citations", Timed)
    for document in documents:
        facts.extract(document, known_law=reference.knows_law)
    characters = sum(len(document.text) for document in documents)
    print(f"\ncitations: {characters / sum(seconds) / 1e6:.1f} million characters a second")


def test_catalogue() -> None:
    seconds = []
    for _ in range(9):
        start = time.perf_counter()
        load_catalogue(data_root() / "corpora" / "laws")
        seconds.append(time.perf_counter() - start)
    print(f"\ncatalogue read in {median(seconds) * 1000:.1f} ms")
