"""Citations: precision and recall on each draw of the labels, the share that resolves at each level, and the speeds; `make bench` prints them.

Targets: precision and recall 0.98 each, 1,000,000 characters a second, the catalogue read in under 40 ms.
"""

from __future__ import annotations

import re
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
            f"citations, draw {draw}: {measure.labelled} labelled, "
            f"precision {measure.precision:.3f}, recall {measure.recall:.3f}"
        )


LOCAL = re.compile(
    r"^(?:[一-龥]{2,7}(?:省|自治区|自治州|市|县|旗|盟|经济特区)|北京|上海|天津|重庆|大兴安岭|万盛)(?!场|政)"
)
LEVELS = (  # the level that a title shows by itself, the first that matches
    ("judicial interpretation", r"^最高人民"),
    (
        "other document",
        r"(?:通知|意见|决定|函|批复|请示|报告|方案|计划|规划|纲要|预案|目录|名录|指南|标准|公约|协议|安排|措施|政策|（草案）|征求意见稿）)",
    ),
    ("law", r"(?:宪法|法典|(?<!办)法)$"),
    ("administrative regulation", r"条例$|法实施细则$"),
    ("ministry rule or the like", r"(?:办法|规定|规则|程序|细则|准则|通则|规范)(?:（试行）)?$"),
)
OTHER = "other document"


def test_resolved(shared: Path) -> None:
    """How many of the cited titles the catalogue knows, by the level that the title shows: mentions and distinct titles."""
    reference, mentions = load_reference(), Counter[str]()
    for path in sorted((shared / "corpora" / "issued").glob("*.txt")):
        found = facts.extract(read(path.read_bytes(), path.name), known_law=reference.knows_law).all("citations")
        mentions.update(str(fact.value) for fact in found if fact.detail["form"] in ("title", "short", "bare"))
    levels = {title: _level(title) for title in mentions}
    print()
    for level in sorted(set(levels.values())):
        titles = [title for title in mentions if levels[title] == level]
        of_titles = Counter(_status(title) for title in titles)
        of_mentions = Counter[str]()
        for title in titles:
            of_mentions[_status(title)] += mentions[title]
        cited = of_mentions.total()
        print(
            f"{level}: {cited} citations, resolved {of_mentions['resolved'] / cited:.0%}; "
            f"{len(titles)} titles, resolved {of_titles['resolved'] / len(titles):.0%} {dict(of_titles)}"
        )


def _level(title: str) -> str:
    """The level as the words of the title tell it; a place at its head makes a regulation or rule a local one."""
    level = next((level for level, words in LEVELS if re.search(words, title)), OTHER)
    if not LOCAL.search(title) or level in (OTHER, "judicial interpretation"):
        return level
    return "local regulation" if title.endswith("条例") else "local rule or document"


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
