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
    print()
    for draw, measure in measured(shared).items():
        print(
            f"citations of the {draw} draw: {measure.labelled} labelled, "
            f"precision {measure.precision:.3f}, recall {measure.recall:.3f}"
        )


LEVELS = (  # the level that a title names by itself, first match; laws and State Council regulations both end in 条例
    ("constitution, law", r"(?:宪法|法|法典)$(?<!办法)|人民代表大会常务委员会关于"),
    ("judicial interpretation", r"最高人民(?:法|检察)院"),
    ("order of a minister or agency", r""),
)


def test_resolved(shared: Path) -> None:
    """How many of the cited titles the catalogue knows, by the level that the title shows: mentions and distinct titles."""
    reference, mentions = load_reference(), Counter[str]()
    for path in sorted((shared / "corpora" / "issued").glob("*.txt")):
        found = facts.extract(read(path.read_bytes(), path.name), known_law=reference.knows_law).all("citations")
        mentions.update(str(fact.value) for fact in found if fact.detail["form"] in ("title", "short", "bare"))
    statuses = {title: _status(title) for title in mentions}
    print()
    for level in dict.fromkeys([*ORDER, *map(_level, mentions)]):
        titles = [title for title in mentions if _level(title) == level]
        if not titles:
            continue
        cited = sum(mentions[title] for title in titles)
        resolved = sum(mentions[title] for title in titles if statuses[title] == "resolved")
        distinct = Counter(statuses[title] for title in titles)
        print(
            f"{level}: {cited} citations, resolved {resolved / cited:.0%}; "
            f"{len(titles)} titles, resolved {distinct['resolved'] / len(titles):.0%} {dict(distinct)}"
        )


def _level(title: str) -> str:
    return next((level for level, words in LEVELS if re.search(words, title)), "normative or other document")


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
